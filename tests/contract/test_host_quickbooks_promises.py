"""The day of a promise on its invoice in QuickBooks: where it stands, and what a person wrote there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from connector.errors import Conflict, Unavailable
from connector.hosts.quickbooks import QuickBooksHost
from connector.hosts.quickbooks.looking import Look
from connector.hosts.quickbooks.writing import Writer
from connector.http import Http, Pace
from connector.mapping import load_mapping
from connector.model import Kind, Ref
from connector.ports import CloseTask, MoveTask, Note, Task, TaskKind
from connector.testing import Ledger
from tests.contract.quickbooks_desk import Desk, desk

DAY, LATER = date(2026, 12, 15), date(2026, 12, 18)


@pytest.fixture
def played() -> Iterator[Desk]:
    with desk(language="fr") as found:
        yield found


@pytest.fixture
def slotted() -> Iterator[Desk]:
    """A company that set a custom field aside for promises."""
    with desk(language="fr", promise_field="promise") as found:
        yield found


def promise(on: Ref, key: str = "promise/7", day: date = DAY) -> Task:
    return Task(key, on, TaskKind.PROMISE, "Promesse", "<p>…</p>", day)


def moved(key: str = "promise/7", day: date = LATER) -> MoveTask:
    return MoveTask(f"{key}/back/1", key, day)


def ended(key: str = "promise/7") -> CloseTask:
    return CloseTask(f"{key}/kept", key, "Promesse tenue.")


# the day of a promise ---------------------------------------------------------------------------------------
def test_a_promise_stands_in_its_field_moves_and_goes(slotted: Desk) -> None:
    fields = slotted.invoice()["CustomField"]
    slotted.change(
        CustomField=[f | {"StringValue": "PO 4711"} if f["DefinitionId"] == "1" else f for f in fields]
    )
    days = []
    for entry in (promise(slotted.on), moved(), ended()):
        (written,) = slotted.write(entry)
        assert (written.error, written.ref) == (None, None)
        days.append(slotted.promise())
    assert days == ["2026-12-15", "2026-12-18", ""]
    assert slotted.invoice()["CustomField"][0]["StringValue"] == "PO 4711"
    assert slotted.private() == ""
    (said,) = slotted.notes()
    assert "18/12/2026" in said["Note"]
    assert "Promesse tenue." in said["Note"]


@pytest.mark.parametrize(
    "theirs",
    [
        "",
        "Payeur lent.\r\n\tAppeler Mme Exemple\u00a0!  \r\n",
        "sans fin de ligne",
        "Voided? non\n\n",
        "[Relance]",
    ],
)
def test_without_a_field_it_is_a_line_and_no_byte_of_a_persons_note_changes(
    played: Desk, theirs: str
) -> None:
    if theirs:
        played.change(PrivateNote=theirs)
    before = played.private()
    played.write(promise(played.on))
    assert played.private().startswith(before)
    assert "Relance : règlement promis pour le 15/12/2026" in played.private()
    played.write(moved())
    assert played.private().startswith(before)
    assert "18/12/2026" in played.private()
    assert "15/12/2026" not in played.private()
    played.write(ended())
    assert played.private() == before == theirs


def test_what_a_person_writes_after_the_line_stays_when_it_goes(played: Desk) -> None:
    played.change(PrivateNote="avant")
    played.write(promise(played.on))
    played.change(PrivateNote=played.private() + "\naprès")
    played.write(moved())
    played.write(ended())
    assert played.private() == "avant\naprès"


def test_a_promise_on_an_invoice_that_is_voided_leaves_the_word_for_it(played: Desk) -> None:
    played.change(PrivateNote="à voir")
    played.write(promise(played.on))
    on = played.on
    row = played.invoice(on.id)
    played.person.post("invoice", {"Id": row["Id"], "SyncToken": row["SyncToken"]}, operation="void")
    (written,) = played.write(ended())
    assert written.error is None
    assert played.invoice(on.id)["PrivateNote"] == "Voided - à voir"


def test_an_invoice_saved_meanwhile_is_read_again_and_loses_nothing(played: Desk) -> None:
    reader = played.reader()
    stale = reader.owners.read([played.on.id])
    played.change(PrivateNote="écrit entre-temps")
    object.__setattr__(reader.owners, "fetch", lambda _wanted: {"Invoice": stale})
    (written,) = Writer(reader).write([promise(played.on)], ())
    assert written.error is None
    assert played.private().startswith("écrit entre-temps\n[Relance")


def test_an_invoice_saved_again_and_again_is_tried_twice_and_put_off(played: Desk) -> None:
    stale = played.invoice()
    played.change(PrivateNote="a")
    reader = played.reader()
    for name in ("owners", "client"):
        getattr(reader, name)
    object.__setattr__(reader.owners, "fetch", lambda _wanted: {"Invoice": {stale["Id"]: stale}})
    reader.client.get = lambda _path, **_params: {"Invoice": stale}  # type: ignore[method-assign]
    (written,) = Writer(reader).write([promise(played.on)], ())
    assert isinstance(written.error, Conflict)
    assert played.private() == "a"


def test_a_promise_whose_end_was_not_seen_stands_once(played: Desk) -> None:
    played.sandbox.faults.arm("lost_after", "write invoice", times=None)
    with pytest.raises(Unavailable):
        played.write(promise(played.on))
    played.sandbox.faults.clear()
    token = played.invoice()["SyncToken"]
    (written,) = played.write(promise(played.on), again=["promise/7"])
    assert written.error is None
    assert played.private().count("Relance") == 1
    assert played.invoice()["SyncToken"] == token  # nothing was written: it stood there
    played.write(ended())
    assert played.private() == ""


def test_two_promises_on_an_invoice_do_not_take_each_other_away(slotted: Desk) -> None:
    on = slotted.on
    slotted.write(promise(on, "promise/1"), promise(on, "plan/2", LATER))
    assert slotted.promise() == LATER.isoformat()
    slotted.write(ended("plan/2"))
    assert slotted.promise() == DAY.isoformat()
    slotted.write(ended("promise/1"))
    assert slotted.promise() == ""


def test_a_promise_that_replaces_another_stands_though_the_other_ends_later(slotted: Desk) -> None:
    slotted.write(promise(slotted.on, "promise/1"))
    slotted.write(promise(slotted.on, "promise/2", LATER), ended("promise/1"))
    assert slotted.promise() == LATER.isoformat()


def test_promises_that_come_and_go_in_one_pass_leave_nothing(slotted: Desk) -> None:
    slotted.write(promise(slotted.on, "promise/1"))
    slotted.write(ended("promise/1"), promise(slotted.on, "promise/2", LATER), ended("promise/2"))
    assert slotted.promise() == ""


def test_what_a_person_typed_into_the_field_stays_and_the_day_goes_to_the_note(slotted: Desk) -> None:
    slotted.fill_in("fin janvier ?")
    slotted.write(promise(slotted.on))
    assert slotted.promise() == "fin janvier ?"
    assert "15/12/2026" in slotted.private()
    slotted.write(ended())
    assert slotted.promise() == "fin janvier ?"
    assert slotted.private() == ""


def test_a_day_that_a_person_wrote_over_ours_stays_when_the_promise_ends(slotted: Desk) -> None:
    slotted.write(promise(slotted.on))
    slotted.fill_in("2027-01-31")
    (written,) = slotted.write(ended())
    assert written.error is None
    assert slotted.promise() == "2027-01-31"


@pytest.mark.parametrize("field", ["promise", "PROMISE ", "2", 2])
def test_the_field_is_named_or_numbered(played: Desk, field: str | int) -> None:
    played.write(promise(played.on), promise_field=field)
    assert played.promise() == DAY.isoformat()


def test_a_field_that_is_not_there_leaves_the_note(played: Desk) -> None:
    played.write(promise(played.on), promise_field="Zusage")
    assert "15/12/2026" in played.private()


# where it cannot stand --------------------------------------------------------------------------------------
@pytest.mark.parametrize("field", [None, "promise"])
def test_in_closed_books_the_day_is_attached_with_the_reason(played: Desk, field: str | None) -> None:
    played.close_books()
    (written,) = played.write(promise(played.on), promise_field=field)
    assert (written.error, written.ref) == (None, None)
    (said,) = played.notes()
    assert "15/12/2026" in said["Note"]
    assert "comptes sont clos" in said["Note"]
    (closing,) = played.write(ended(), promise_field=field)
    assert closing.error is None
    assert len(played.notes()) == 2


def test_a_day_that_closed_books_keep_is_told_when_the_promise_ends(played: Desk) -> None:
    played.write(promise(played.on))
    played.close_books()
    (written,) = played.write(ended())
    assert written.error is None
    assert "15/12/2026" in played.private()
    assert "à retirer à la main" in played.notes()[0]["Note"]


def test_a_note_that_is_full_keeps_its_text_and_the_day_is_attached(played: Desk) -> None:
    full = "é" * 3_980
    played.change(PrivateNote=full)
    (written,) = played.write(promise(played.on))
    assert written.error is None
    assert played.private() == full
    assert "4 000 caractères" in played.notes()[0]["Note"]


def test_the_end_of_a_promise_whose_invoice_is_gone_is_fine(played: Desk) -> None:
    on = played.on
    played.write(promise(on))
    row = played.invoice(on.id)
    played.person.post("invoice", {"Id": row["Id"], "SyncToken": row["SyncToken"]}, operation="delete")
    (written,) = played.write(ended())
    assert written.error is None


def test_a_promise_costs_one_billed_call_and_so_do_many(played: Desk) -> None:
    ons = played.open_invoices()[:10]
    played.write(*(promise(on, f"promise/{on.id}") for on in ons))
    assert played.billed == 1
    played.write(*(ended(f"promise/{on.id}") for on in ons))
    assert played.billed == 2


# what comes back to us --------------------------------------------------------------------------------------
@pytest.mark.parametrize("field", [None, "promise"])
def test_what_we_write_comes_back_as_nothing_new(played: Desk, field: str | None) -> None:
    with_field = QuickBooksHost(
        replace(played.settings, promise_field=field),
        load_mapping("quickbooks"),
        played.memo,
        http=Http(pace=Pace(sleep=lambda _seconds: None)),
    )
    ledger = Ledger(load_mapping("quickbooks"))
    ledger.take(with_field.pull(None))
    played.change(PrivateNote="#attente 31/12")
    (said,) = ledger.take(with_field.pull(ledger.cursor))
    assert said.id == f"invoice/{played.on.id}/1"
    for entry in (promise(played.on), moved(), Note("n", played.on, "<p>#promesse 15/12</p>"), ended()):
        assert [each.error for each in with_field.write([entry])] == [None]
        assert ledger.take(with_field.pull(ledger.cursor)) == []
    with_field.close()


def test_the_line_that_is_copied_with_an_invoice_is_neither_ours_there_nor_an_order(played: Desk) -> None:
    on = played.on
    played.write(promise(on))
    people = played.sandbox.quickbooks.people
    copy = str(people.id_of(people.copy(people.document_of(on.id))))
    line = played.invoice(copy)["PrivateNote"]
    assert line == played.invoice(on.id)["PrivateNote"]
    played.write(promise(Ref(Kind.INVOICE, copy), "promise/8", LATER))
    played.write(ended("promise/7"), ended("promise/8"))
    assert played.invoice(copy)["PrivateNote"] == line
    assert not played.invoice(on.id).get("PrivateNote")
    again = Look(played.reader()).again([Ref(Kind.REMARK, f"invoice/{copy}/1")], ())
    assert Kind.REMARK not in {record.ref.kind for record in again}
