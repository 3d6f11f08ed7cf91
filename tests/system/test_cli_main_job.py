"""The main job at the command line, from an empty folder to the note in the chatter."""

from __future__ import annotations

from datetime import timedelta

from connector.sandbox.nouns import Document
from tests.system.desk import TODAY, Desk

SHAPE = {
    "company": str, "host": str, "today": str, "seconds": float, "calls": int, "bytes": int,
    "pulled": {"customers": int, "invoices": int, "payments": int, "set_aside": int},
    "decisions": {"remind": int, "follow_up": int, "thank": int, "wait": dict, "hold": dict},
    "delivered": {"sent": int, "failed": int, "unknown": int},
    "written_back": {"notes": int, "activities": int},
    "heard": {"orders": int, "refused": int, "answered": int},
    "wake_on": str,
}  # fmt: skip


def has_shape(value: object, shape: object) -> bool:
    if isinstance(shape, dict):
        return (
            isinstance(value, dict)
            and list(value) == list(shape)
            and all(has_shape(value[key], shape[key]) for key in shape)
        )
    return type(value) is shape


def test_a_pass_prints_one_object_of_the_promised_shape(desk: Desk) -> None:
    result = desk.relance("run", "--once", "--json")
    assert result.code == 0, result.err
    assert has_shape(result.object, SHAPE), result.object
    assert result.object["company"] == "exemple-sarl" or result.object["company"]
    assert result.object["today"] == TODAY.isoformat()
    decisions = result.object["decisions"]
    assert all(
        isinstance(n, int) for counts in (decisions["wait"], decisions["hold"]) for n in counts.values()
    )


def test_what_the_pass_says_is_what_lies_in_the_folder_and_in_the_chatter(desk: Desk) -> None:
    report = desk.relance("run", "--once", "--json").object
    mails = desk.mails()
    assert len(mails) == report["delivered"]["sent"] > 0
    assert len(desk.our_notes()) == report["written_back"]["notes"] > 0
    reminded = {note.subject.number for note in desk.our_notes() if isinstance(note.subject, Document)}
    assert all(desk.document(number).open_amount > 0 for number in reminded)
    for mail in mails:
        assert any(number in mail.get_body(("plain",)).get_content() for number in reminded)  # type: ignore[union-attr]


def test_the_second_pass_does_nothing(desk: Desk) -> None:
    desk.relance("run", "--once")
    mails, notes, activities = len(desk.mails()), len(desk.our_notes()), len(list(desk.ledger.activities))
    again = desk.relance("run", "--once", "--json")
    assert again.code == 0
    assert again.object["delivered"] == {"sent": 0, "failed": 0, "unknown": 0}
    assert again.object["written_back"] == {"notes": 0, "activities": 0}
    assert again.object["decisions"]["remind"] == 0
    assert (len(desk.mails()), len(desk.our_notes()), len(list(desk.ledger.activities))) == (
        mails, notes, activities
    )  # fmt: skip


def test_a_quiet_pass_takes_at_most_six_calls(desk: Desk) -> None:
    desk.relance("run", "--once")
    desk.relance("run", "--once")
    assert desk.relance("run", "--once", "--json").object["calls"] <= 6


def test_the_plan_is_what_the_run_does(desk: Desk) -> None:
    planned = [o for o in desk.relance("plan", "--json").objects if "message" in o]
    assert desk.mails() == []
    assert list(desk.our_notes()) == []
    desk.relance("run", "--once")
    assert sorted(o["to"] for o in planned) == sorted(m["To"].addresses[0].addr_spec for m in desk.mails())


def test_a_payment_between_plan_and_run_is_seen(desk: Desk) -> None:
    number = desk.reminded_number()
    desk.ledger.pay(number)
    desk.relance("run", "--once")
    assert all(number not in m.get_body(("plain",)).get_content() for m in desk.mails())  # type: ignore[union-attr]


def test_check_says_who_we_are_and_what_is_missing(desk: Desk) -> None:
    result = desk.relance("check", "--json")
    assert result.code == 0, result.err
    assert result.object["ok"] is True
    assert result.object["host"].startswith("Odoo 18")
    assert result.object["host_company"] == "Exemple SARL"
    assert {"ok", "what", "remedy", "warning"} == set(result.object["findings"][0])
    spoken = desk.relance("check")
    assert spoken.code == 0
    assert "Odoo 18" in spoken.out


def test_check_and_plan_write_nothing_into_the_host(desk: Desk) -> None:
    desk.relance("check")
    desk.relance("plan")
    writes = [call for call in desk.sandbox.meter.calls if call.rpartition(".")[2] in ("create", "write")]
    assert writes == []


def test_pull_says_how_much_it_brought(desk: Desk) -> None:
    first = desk.relance("pull", "--json")
    assert first.code == 0
    assert first.object["pulled"]["invoices"] > 0
    assert desk.relance("pull", "--json").object["pulled"].get("invoices", 0) == 0


def test_explain_gives_every_rule_the_answer_and_the_next_date(desk: Desk) -> None:
    number = desk.reminded_number()
    explained = desk.relance("explain", number, "--json").object
    assert explained["number"] == number
    assert (explained["action"], explained["reason"]) == ("remind", "due")
    assert [rule["applies"] for rule in explained["rules"]] == [False] * (len(explained["rules"]) - 1) + [
        True
    ]
    desk.relance("run", "--once")
    later = desk.relance("explain", number, "--json").object
    assert later["action"] == "wait"
    assert later["wake_on"] > TODAY.isoformat()
    assert number in desk.relance("explain", number).out


def test_explain_takes_a_customer_too(desk: Desk) -> None:
    number = desk.reminded_number()
    named = desk.document(number).customer
    name = (named.parent or named).name
    found = desk.relance("explain", name, "--json")
    assert found.code == 0, found.err
    assert number in {o["number"] for o in found.objects}, found.err


def test_show_tells_the_history_of_an_invoice(desk: Desk) -> None:
    number = desk.reminded_number()
    desk.relance("run", "--once")
    events = [o["event"] for o in desk.relance("show", number, "--json").objects]
    assert events[0] == "invoice_issued"
    assert "fell_due" in events
    assert events.index("reminder_queued") < events.index("reminder_sent")
    spoken = desk.relance("show", number)
    assert number in spoken.out
    assert spoken.code == 0


def test_two_weeks_later_the_next_step_is_taken_and_none_skipped(desk: Desk) -> None:
    number = desk.reminded_number()
    desk.relance("run", "--once")
    for weeks in (1, 2, 3):
        desk.ledger.advance(TODAY + timedelta(weeks=weeks))
        desk.relance("run", "--once", today=TODAY + timedelta(weeks=weeks))
    steps = [
        o["step"]
        for o in desk.relance("show", number, "--json", today=TODAY + timedelta(weeks=3)).objects
        if o["event"] == "reminder_queued"
    ]
    order = ["pre_due", "reminder_1", "reminder_2", "reminder_3", "formal_notice"]
    ranks = [order.index(step) for step in steps]
    assert ranks == list(range(ranks[0], ranks[0] + len(ranks)))
    assert len(ranks) > 1
