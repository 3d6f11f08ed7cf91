"""Which notes prove a message, and what a call sheet leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from connector import tasks
from connector.channels import as_file
from connector.model import Allocation, AllocationSource, Attachment, Kind, PromiseState, Ref
from connector.store.ports import Event
from connector.tasks import Sent, calls_in, promise_outcome
from connector.tasks.exchanges import exchanges
from connector.tasks.owed import owed_table
from tests.builders import NOW, TODAY, account, invoice, policy, promise, reminder
from tests.golden.entries_shown import message, rich

PARIS = ZoneInfo("Europe/Paris")


def sent(*refs: str, on: date = TODAY, **changes: object) -> Sent:
    item = rich()
    taken = [replace(reminder("reminder_1", of=ref), due_on=TODAY - timedelta(days=10)) for ref in refs]
    made = Sent(message("fr", item, "reminder_1", *refs), on, taken, policy(), item)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_each_invoice_gets_a_note_and_the_customer_one_for_several() -> None:
    assert [note.on for note in tasks.reminder_notes("fr", sent("i1"))] == [Ref(Kind.INVOICE, "i1")]
    several = tasks.reminder_notes("fr", sent("i1", "i2"))
    assert [note.on.kind for note in several] == [Kind.INVOICE, Kind.INVOICE, Kind.CUSTOMER]
    assert len({note.key for note in several}) == 3


def test_the_note_beside_the_message_itself_does_not_repeat_its_text() -> None:
    first, second, _ = tasks.reminder_notes("fr", sent("i1", "i2", posted="i1"))
    assert "Rappel 1" in first.html
    assert "Bonjour" not in first.html
    assert "Bonjour" in second.html


def test_the_next_step_is_counted_from_the_day_on_which_it_left() -> None:
    (late,) = tasks.reminder_notes("fr", sent("i1", on=TODAY + timedelta(days=9)))
    assert "Envoyé le 02/12/2026." in late.html
    assert "« Rappel 2 », au plus tôt le 10/12/2026" in late.html


def test_a_next_step_on_a_sunday_is_told_for_the_day_on_which_it_can_leave() -> None:
    sunday = sent("i1", on=date(2026, 11, 28), policy=policy(closed_weekdays=frozenset({5, 6})))
    (note,) = tasks.reminder_notes("fr", sunday)
    assert "au plus tôt le 07/12/2026" in note.html


def test_the_mail_goes_with_the_note_of_the_first_invoice_alone() -> None:
    mail = Attachment("a.eml", "message/rfc822", b"x")
    notes = tasks.reminder_notes("fr", sent("i1", "i2", mail=mail))
    assert [note.attachments for note in notes] == [(mail,), (), ()]


def test_a_mail_as_a_file_is_named_after_its_day_and_its_subject() -> None:
    made = replace(sent("i1").message, subject="Rappel : <FAC/1> à régler")
    file = as_file(made, NOW)
    assert file is not None
    assert file.name == "2026-11-23_Rappel_FAC_1_à_régler.eml"
    assert b"Message-ID: " in file.content
    assert as_file(replace(made, message_id="broken"), NOW) is None


def test_a_promise_kept_in_part_says_what_came_and_what_is_missing() -> None:
    came = Allocation("a", AllocationSource.PAYMENT, Decimal(300), TODAY)
    item = account(invoice(amount="900.00", allocations=(came,)))
    made = promise(-3, made=-5, amount=Decimal(500), currency="EUR", state=PromiseState.PARTLY)
    said = promise_outcome("fr", "partly", item, made)
    assert "300,00" in said
    assert "200,00" in said
    assert promise_outcome("fr", "partly") == "Promesse tenue en partie seulement : la relance reprend."


def test_the_calls_are_those_tasks_to_call_that_somebody_marked_done() -> None:
    def event(task: str, name: str = "task_done") -> Event:
        at = datetime(2026, 11, 22, 23, 30, tzinfo=ZoneInfo("UTC"))
        return Event(at, name, "c1", None, {"task": task, "by": "Camille", "reason_text": "dit oui"})

    found = calls_in(
        [
            event("0123/call"),
            event("0123/call/again/1"),
            event("follow_up/1/missing_order_number/2"),
            event("promise/1"),
            event("0123/call", "task_deleted"),
        ],
        PARIS,
    )
    assert len(found) == 3
    assert found[0].on == date(2026, 11, 23)
    assert (found[0].by, found[0].said) == ("Camille", "dit oui")


def test_only_the_last_three_exchanges_are_told_and_a_message_of_many_lines_once() -> None:
    item = account(
        reminders=tuple(
            reminder("reminder_1", of=ref, on=-day, message_key=f"m{day}")
            for day in (9, 7, 5, 3)
            for ref in ("i1", "i2")
        )
    )
    assert [line[:10] for line in exchanges("fr", item)] == ["20/11/2026", "18/11/2026", "16/11/2026"]


def test_a_customer_with_many_invoices_gets_a_table_that_still_reads_well() -> None:
    item = account(*(invoice(f"i{n:02}", due=-n - 1) for n in range(30)))
    table = str(owed_table("fr", item, TODAY))
    assert table.count("<tr>") == 13
    assert "et 18 autres factures" in table
    assert "36 000,00" in table.replace("\u202f", " ")
