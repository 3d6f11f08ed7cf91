"""Our notes in QuickBooks: where they hang, that each stands once, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from connector.errors import Refused, Unavailable
from connector.hosts.quickbooks.writing import Writer
from connector.model import Attachment, Kind, Ref
from connector.ports import CloseTask, MoveTask, Note, Task, TaskKind
from tests.contract.quickbooks_desk import Desk, desk

DAY, LATER = date(2026, 12, 15), date(2026, 12, 18)


@pytest.fixture
def played() -> Iterator[Desk]:
    with desk(language="fr") as found:
        yield found


def note(on: Ref, key: str = "reminder/1/note/1", html: str = "<p>Relance <b>1</b> envoyée</p>") -> Note:
    return Note(key, on, html)


def promise(on: Ref, key: str = "promise/7", day: date = DAY) -> Task:
    return Task(key, on, TaskKind.PROMISE, "Promesse", "<p>…</p>", day)


# notes ------------------------------------------------------------------------------------------------------
def test_a_note_hangs_on_the_invoice_and_its_customer_and_is_never_sent(played: Desk) -> None:
    on = played.on
    (written,) = played.write(note(on))
    assert written.error is None
    (found,) = played.notes()
    assert found["Note"].startswith("Relance 1 envoyée [")
    customer = Ref(Kind.CUSTOMER, played.invoice()["CustomerRef"]["value"])
    assert [each["Id"] for each in played.notes(customer)] == [found["Id"]]
    assert {each["IncludeOnSend"] for each in found["AttachableRef"]} == {False}


def test_notes_on_invoices_that_were_read_cost_no_billed_call(played: Desk) -> None:
    reader = played.reader()
    reader.owners.read([ref.id for ref in played.open_invoices()])
    before = played.billed
    written = list(Writer(reader).write([note(on, f"n/{on.id}") for on in played.open_invoices()], ()))
    assert len(written) > 5
    assert {each.error for each in written} == {None}
    assert played.billed == before


def test_a_note_on_a_job_is_seen_from_who_pays_for_it(played: Desk) -> None:
    reader = played.reader()
    reader.owners.note([{"Id": played.on.id, "CustomerRef": {"value": "8"}}])
    parent = played.invoice(played.open_invoices()[-1].id)["CustomerRef"]["value"]
    reader.known.learn({"Id": "8", "ParentRef": {"value": parent}, "BillWithParent": True})
    assert reader.owners.of([played.on.id]) == {played.on.id: parent}


def test_a_note_whose_customer_is_gone_hangs_on_the_invoice_alone(played: Desk) -> None:
    reader = played.reader()
    reader.owners.note([{"Id": played.on.id, "CustomerRef": {"value": "987654321"}}])
    (written,) = Writer(reader).write([note(played.on)], ())
    assert written.error is None
    assert len(played.notes()[0]["AttachableRef"]) == 1


def test_a_note_on_a_customer_hangs_on_him_alone(played: Desk) -> None:
    on = Ref(Kind.CUSTOMER, played.invoice()["CustomerRef"]["value"])
    (written,) = played.write(note(on))
    assert written.error is None
    (found,) = played.notes(on)
    assert len(found["AttachableRef"]) == 1
    assert played.billed == 0


def test_a_long_note_is_cut_between_words_and_says_so(played: Desk) -> None:
    played.write(note(played.on, html=f"<p>Relance 1 à compta@exemple.example</p><p>{'mot 🙂 ' * 600}</p>"))
    text = played.notes()[0]["Note"]
    assert text.startswith("Relance 1 à compta@exemple.example")
    assert "mot … (coupé) [" in text or "🙂 … (coupé) [" in text
    assert 1_900 < len(text.encode("utf-16-le")) // 2 <= 2_000


def test_a_note_names_the_files_that_went_along(played: Desk) -> None:
    played.write(Note("n", played.on, "<p>Relance</p>", (Attachment("f.pdf", "application/pdf", b"%PDF"),)))
    assert "[f.pdf]" in played.notes()[0]["Note"]


# once, and not never ----------------------------------------------------------------------------------------
def test_a_note_whose_end_was_not_seen_is_found_again_with_one_billed_call(played: Desk) -> None:
    played.sandbox.faults.arm("lost_after", "write attachable", times=None)
    notes = [note(played.on, f"n/{rank}") for rank in range(20)]
    with pytest.raises(Unavailable) as lost:
        played.write(*notes)
    assert lost.value.maybe_done
    played.sandbox.faults.clear()
    there = len(played.notes())
    before = played.billed
    written = played.write(*notes, again=[each.key for each in notes])
    assert {each.error for each in written} == {None}
    assert there == 1
    assert len(played.notes()) == 20
    assert played.billed == before + 3  # whose they are, what is there, whether the others came


def test_a_note_whose_answer_was_lost_once_is_sent_again_and_stands_once(played: Desk) -> None:
    played.sandbox.faults.arm("lost_after", "write attachable", times=1)
    (written,) = played.write(note(played.on))
    assert written.error is None
    assert len(played.notes()) == 1


def test_a_note_that_a_person_deleted_is_really_made_again(played: Desk) -> None:
    (first,) = played.write(note(played.on))
    for _ in range(2):
        played.delete(played.notes()[0])
        assert played.notes() == []
        (again,) = played.write(note(played.on), again=["reminder/1/note/1"])
        assert again.error is None
        assert again.ref != first.ref
        assert [f"attachable/{each['Id']}" for each in played.notes()] == [again.ref]


def test_a_note_that_stands_is_not_made_again_in_other_words(played: Desk) -> None:
    (first,) = played.write(note(played.on))
    (second,) = played.write(note(played.on, html="<p>Relance 1, autrement</p>"))
    assert (second.error, second.ref) == (None, first.ref)
    assert len(played.notes()) == 1


def test_the_note_that_was_copied_with_an_invoice_is_not_the_one_on_another(played: Desk) -> None:
    first, second, *_ = played.open_invoices()
    played.write(note(first))
    copied = {"Note": played.notes()[0]["Note"], "AttachableRef": [_hung_on(second)]}
    played.delete(played.notes()[0])
    played.person.post("attachable", copied)
    (again,) = played.write(note(first), again=["reminder/1/note/1"])
    assert [f"attachable/{each['Id']}" for each in played.notes(first)] == [again.ref]


def _hung_on(on: Ref) -> dict[str, object]:
    return {"IncludeOnSend": False, "EntityRef": {"type": "Invoice", "value": on.id}}


def test_an_entry_that_is_refused_leaves_the_others_alone(played: Desk) -> None:
    gone, nobody = Ref(Kind.INVOICE, "987654321"), Ref(Kind.CUSTOMER, "987654321")
    notes = [note(played.on, "a"), note(gone, "b"), note(nobody, "c"), note(played.on, "d")]
    written = {each.key: each.error for each in played.write(*notes, promise(gone))}
    assert {key for key, error in written.items() if error is None} == {"a", "d"}
    assert all(isinstance(error, Refused) for error in written.values() if error)


def test_a_task_of_another_kind_is_a_note_with_its_day(played: Desk) -> None:
    call = Task("call/1", played.on, TaskKind.CALL, "Appeler Exemple SARL", "<p>…</p>", DAY)
    written = played.write(call, MoveTask("m", "call/1", LATER), CloseTask("c", "call/1", "fait"))
    assert {(each.error, each.ref) for each in written} == {(None, None)}
    (said,) = played.notes()
    assert said["Note"].startswith("2026-12-15 : Appeler Exemple SARL")
