"""What bad input and a bad world get: a place, a remedy, the right exit code, and nothing sent."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from tests.stores import about_the_file
from tests.system.desk import TODAY, Desk


def nothing_left(desk: Desk) -> bool:
    return not to_customers(desk) and not list(desk.our_notes())


def to_customers(desk: Desk) -> list[str]:
    """The recipients of what was sent, without the word that our own desk gets when a pass stops."""
    return [to for mail in desk.mails() if "compta@example.com" not in (to := str(mail["To"]))]


def test_a_missing_secret_names_its_reference(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RELANCE_TEST_KEY")
    for command in (("check",), ("plan",), ("run", "--once")):
        result = desk.relance(*command)
        assert result.code == 2, command
        assert "RELANCE_TEST_KEY" in result.err


def test_a_wrong_key_stops_the_company_and_is_never_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELANCE_TEST_KEY", "a-key-of-nobody-0123456789")
    for command in (("check",), ("pull",), ("plan",), ("run", "--once")):
        result = desk.relance(*command)
        assert result.code == 1, command
        assert result.err
        assert "a-key-of-nobody" not in result.out + result.err
    assert nothing_left(desk)


def test_broken_toml_names_file_and_line(desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text() + "\n[email\n")
    result = desk.relance("run", "--once")
    assert result.code == 2
    assert "exemple.toml" in result.err


def test_all_problems_of_a_file_come_at_once(desk: Desk) -> None:
    desk.edit('via = "folder"', 'via = "fodler"')
    desk.edit("day = 15", 'day = "soon"')
    result = desk.relance("run", "--once")
    assert result.code == 2
    assert "folder" in result.err
    assert "email.via" in result.err
    assert "day" in result.err


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--onec"),
        ("fly",),
        ("promise",),
        ("plan", "--today", "tomorrow"),
        ("run", "--once", "--company", "x"),
    ],
)
def test_a_wrong_use_is_exit_code_two(desk: Desk, words: tuple[str, ...]) -> None:
    config = () if words == ("fly",) else ("--config", str(desk.folder))
    result = desk.type(*words, *config)
    assert result.code == 2
    assert result.out == ""
    assert result.err


def test_no_configuration_at_all_says_what_to_do(desk: Desk) -> None:
    result = desk.type("run", "--once", "--config", str(desk.folder / "elsewhere"))
    assert result.code == 2
    assert "init" in result.err


def test_init_writes_over_nothing(desk: Desk) -> None:
    before = desk.config.read_text()
    assert desk.init().code == 2
    assert desk.config.read_text() == before


def test_a_template_with_an_error_names_file_and_line_and_nothing_leaves(desk: Desk) -> None:
    folder = desk.folder / "templates" / "fr"
    folder.mkdir(parents=True)
    (folder / "reminder_1.md").write_text("---\nsubject: Rappel\n---\n\nBonjour {{ customer.nmae }\n")
    desk.edit("[rules]", '[templates]\nfolder = "templates"\n\n[rules]')
    for command in (("check",), ("plan",), ("run", "--once")):
        result = desk.relance(*command)
        assert result.code != 0, command
        assert "reminder_1.md:5" in result.err.replace("\n", ""), command
    assert nothing_left(desk)


@about_the_file
def test_a_store_of_a_newer_version_is_not_opened(desk: Desk) -> None:
    desk.relance("pull")
    with sqlite3.connect(desk.folder / "relance.sqlite") as store:
        table = store.execute("select name from sqlite_master where name like '%version%'").fetchone()[0]
        store.execute(f"update {table} set version_num = '9999'")  # noqa: S608
    store.close()
    result = desk.relance("run", "--once")
    assert result.code == 1
    assert "newer" in result.err
    assert nothing_left(desk)


def test_one_failing_company_of_two_does_not_stop_the_other(desk: Desk) -> None:
    desk.init("--name", "Absente SARL", output="absente.toml")
    desk.edit(f'url = "{desk.url}"\ndatabase', 'url = "http://127.0.0.1:9"\ndatabase', file="absente.toml")
    for command in (("pull", "--json"), ("run", "--once", "--json")):
        result = desk.relance(*command)
        assert result.code == 1, command
        assert "absente-sarl" in result.out + result.err
        sound = [o for o in result.objects if o["company"] != "absente-sarl"]
        assert len(sound) == 1
        assert "errors" not in sound[0]
    assert desk.mails()


def test_a_company_that_is_wrong_in_the_file_does_not_stop_the_other(desk: Desk) -> None:
    desk.init("--name", "Absente SARL", output="absente.toml")
    desk.edit("day = 15", 'day = "soon"', file="absente.toml")
    result = desk.relance("run", "--once", "--json")
    assert result.code == 2
    assert "absente.toml" in result.err
    assert result.object["delivered"]["sent"] > 0


def test_more_messages_than_the_limit_stop_the_pass_until_a_person_agrees(desk: Desk) -> None:
    desk.edit("[rules]", "[rules]\nmax_messages_per_pass = 1")
    stopped = desk.relance("run", "--once", "--json")
    assert stopped.code == 3
    assert "max_messages_per_pass" in stopped.object["stopped"]
    assert nothing_left(desk)
    assert desk.relance("run", "--once").code == 3
    assert nothing_left(desk)
    accepted = desk.relance("run", "--once", "--accept", "--json")
    assert accepted.code == 0
    assert accepted.object["delivered"]["sent"] == len(to_customers(desk)) > 1


def test_a_collapsing_open_set_stops_the_pass_until_a_person_agrees(desk: Desk) -> None:
    desk.relance("pull")
    for document in list(desk.ledger.documents()):
        if document.open_amount > 0 and document.number:
            desk.ledger.drop_entry(document)  # without a trace, as when a right is lost
    tomorrow = TODAY + timedelta(days=2)
    stopped = desk.relance("run", "--once", "--json", today=tomorrow)
    assert stopped.code == 3
    assert "no longer open" in stopped.object["stopped"]
    assert desk.relance("pull", today=tomorrow).code == 3
    assert desk.relance("run", "--once", "--accept", today=tomorrow).code == 0
    assert desk.relance("run", "--once", today=tomorrow).code == 0
    assert nothing_left(desk)


def test_a_record_that_cannot_be_read_is_listed_and_holds_its_customer(desk: Desk) -> None:
    number = desk.reminded_number()
    customer = desk.relance("explain", number, "--json").object["customer"]
    document = desk.document(number)
    document.currency = None  # type: ignore[assignment]
    desk.ledger.touch(document, desk.ledger.clock.tick())
    result = desk.relance("run", "--once", "--json")
    assert result.object["pulled"]["set_aside"] == 1
    (aside,) = desk.relance("show", "--set-aside", "--json").objects
    assert aside["customer"] == customer
    assert {o["reason"] for o in desk.relance("explain", customer, "--json").objects} <= {"unreadable"}
    assert all(number not in m.get_body(("plain",)).get_content() for m in desk.mails())  # type: ignore[union-attr]


@pytest.mark.parametrize("fault", ["rate_limited", "server_error", "bad_gateway", "torn_body", "lost_before"])
def test_a_host_that_stumbles_once_is_asked_again(desk: Desk, fault: str) -> None:
    desk.sandbox.faults.arm(fault, "account.move.search_read", seconds=1)  # type: ignore[arg-type]
    result = desk.relance("run", "--once", "--json")
    assert result.code == 0, result.err
    assert result.object["delivered"]["sent"] == len(desk.mails()) > 0


def test_json_gives_only_objects_on_stdout_whatever_happens(desk: Desk) -> None:
    number = desk.reminded_number()
    for words in (
        ("check",), ("pull",), ("plan",), ("plan", "--no-pull"), ("run", "--once"), ("explain", number),
        ("show", number), ("show", "--set-aside"), ("outbox", "list", "--all"), ("hold", number),
        ("resume", number), ("promise", number, "--on", TODAY.isoformat()), ("explain", "nobody at all"),
        ("promise", number, "--on", "never"), ("outbox", "show", "nothing"),
    ):  # fmt: skip
        result = desk.relance(*words, "--json")
        assert all(isinstance(o, dict) for o in result.objects), words
