"""``relance pause`` at the command line, and what the other commands say while it lasts."""

from __future__ import annotations

from datetime import timedelta

from tests.system.desk import TODAY, Desk


def test_a_pause_is_seen_everywhere_and_ends_at_a_word(desk: Desk) -> None:
    result = desk.relance("pause", "--why", "migration", "--by", "Camille", "--json")
    assert result.code == 0, result.err
    assert (result.object["paused"], result.object["by"]) == (True, "Camille")

    plan = desk.relance("plan", "--json").objects
    assert [o["company_stop"]["reason"] for o in plan if "company_stop" in o] == ["paused"]
    assert {o["reason"] for o in plan if "number" in o} == {"paused"}
    number = next(o["number"] for o in plan if "number" in o)
    for command in (("plan",), ("explain", number), ("worklist",)):
        shown = desk.relance(*command).out
        assert "relance unpause" in shown, command
        assert "suspendues par Camille" in shown, command
        assert "migration" in shown, command

    run = desk.relance("run", "--once")
    assert (run.code, desk.mails()) == (0, [])
    assert "relance unpause" in run.err

    assert desk.relance("unpause", "--json").object["was_paused"] is True
    assert desk.relance("unpause", "--json").object["was_paused"] is False
    assert desk.relance("run", "--once").code == 0
    assert desk.mails()


def test_a_pause_needs_nothing_but_the_store(desk: Desk) -> None:
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(text.replace("RELANCE_TEST_KEY", "NO_SUCH_KEY"), encoding="utf-8")
    assert desk.relance("plan").code == 2
    assert desk.relance("pause").code == 0


def test_a_pause_that_would_be_over_is_refused(desk: Desk) -> None:
    result = desk.relance("pause", "--until", "2020-01-01")
    assert result.code == 2
    assert "--until" in result.err
    assert "company_stop" not in desk.relance("plan", "--json").out


def test_several_companies_are_paused_together_and_freed_one_by_one(desk: Desk) -> None:
    other = desk.config.with_name("zweite.toml")
    text = desk.config.read_text(encoding="utf-8")
    changed = text.replace('id = "sandbox"', 'id = "zweite"')
    assert changed != text
    other.write_text(changed, encoding="utf-8")
    assert [o["paused"] for o in desk.relance("pause", "--json").objects] == [True, True]
    refused = desk.relance("unpause")
    assert refused.code == 2
    assert "--all" in refused.err
    assert desk.relance("unpause", "--company", "zweite", "--json").object["was_paused"] is True
    freed = {o["company"]: o["was_paused"] for o in desk.relance("unpause", "--all", "--json").objects}
    assert freed == {"sandbox": True, "zweite": False}


def test_an_old_bank_ends_a_pass_with_the_code_of_a_stop(desk: Desk) -> None:
    desk.edit("[rules]\n", '[rules]\nmax_bank_age = "5 working days"\n')
    later = TODAY + timedelta(days=30)
    result = desk.relance("run", "--once", today=later)
    assert result.code == 3, result.err
    assert "importer les relevés" in result.err
    (report,) = desk.relance("run", "--once", "--json", today=later).objects
    assert [stop["reason"] for stop in report["company_stops"]] == ["stale_bank"]
    assert "importer les relevés" in desk.relance("worklist", "--today", later.isoformat()).out


def findings(desk: Desk) -> list[dict[str, object]]:
    result = desk.relance("check", "--json")
    assert result.code == 0, "a warning: reminders leave all the same"
    found: list[dict[str, object]] = result.object["findings"]
    return found


def test_check_says_that_the_host_cannot_mail_to_our_own_people(desk: Desk) -> None:
    desk.edit('via = "folder"', 'via = "host"')
    (finding,) = [f for f in findings(desk) if "mailed" in str(f["what"])]
    assert (finding["ok"], finding["warning"]) == (False, True)
    assert "[email.smtp]" in str(finding["remedy"])
    text = desk.config.read_text(encoding="utf-8")
    smtp = '[email.smtp]\nhost = "smtp.example.com"\nsecurity = "starttls"\n'
    desk.config.write_text(text + "\n" + smtp, encoding="utf-8")
    assert not [f for f in findings(desk) if "mailed" in str(f["what"])]
