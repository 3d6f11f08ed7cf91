"""What people write in the host is taken exactly once, and answered."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector.model import DisputeReason, Kind, PromiseState, Ref
from tests.builders import TODAY
from tests.system.people import C1, I1, Office
from tests.system.world import World


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    world = World(tmp_path)
    yield Office(world)
    world.close()


@pytest.fixture
def unborn(tmp_path: Path) -> Iterator[Office]:
    """A company whose first pass is still to come."""
    world = World(tmp_path)
    yield Office(world, started=False)
    world.close()


# once -------------------------------------------------------------------------------------------------------
def test_a_promise_written_in_a_note_is_one(office: Office) -> None:
    office.say("#promesse 15/12/2026 800")
    report = office.run()
    (made,) = office.account.promises
    assert (made.invoice_ref, made.promised_on, made.amount) == ("i1", TODAY.replace(month=12, day=15), 800)
    assert f"promise/{made.id}" in office.open_tasks()
    assert report["heard"] == {"orders": 1, "refused": 0, "answered": 0}  # its own note tells it


def test_the_same_note_is_not_obeyed_again_whatever_is_read_again(office: Office) -> None:
    office.say("#attente 31/12/2026")
    office.run()
    office.world.company.store.memo("exemple")["mapping"] = "an older mapping"
    assert office.run()["heard"]["orders"] == 0
    office.host.mapping = copy(office.host.mapping)
    office.host.mapping.version = "another"
    office.world.company = replace(office.world.company, mapping=office.host.mapping)
    assert office.run()["heard"]["orders"] == 0
    assert len(office.account.holds) == 1
    assert len(office.answers()) == 1


def test_an_edited_note_is_read_again(office: Office) -> None:
    ref = office.say("#attente 31/12/2026")
    office.run()
    office.host.change(Kind.REMARK, ref, text="#attente  31/12/2026 ")  # only laid out otherwise
    assert office.run()["heard"]["orders"] == 0
    office.host.change(Kind.REMARK, ref, text="#attente 15/01/2027")
    assert office.run()["heard"]["orders"] == 1
    assert [h.until_on for h in office.account.holds] == [
        TODAY.replace(month=12, day=31),
        TODAY.replace(year=2027, month=1, day=15),
    ]


def test_a_note_without_an_order_says_nothing(office: Office) -> None:
    office.say("Vu avec la cliente, tout va bien. Promesse du 15/12, dit-elle.")
    office.say("le n° #42 du devis")
    assert office.run()["heard"] == {"orders": 0, "refused": 0, "answered": 0}
    assert office.answers() == []


def test_several_orders_of_one_note_are_all_carried_out_and_answered_together(office: Office) -> None:
    office.say("#type chronique\n#segment public\n#promesse 15/12/2026", on=C1)
    assert office.run()["heard"] == {"orders": 3, "refused": 0, "answered": 1}
    account = office.account
    marks = {(str(m.name), m.value) for m in account.marks}
    assert marks == {("payer_type", "chronic"), ("segment", "public")}
    assert [p.invoice_ref for p in account.promises] == [None]
    (answer,) = office.answers()
    assert answer.count("<p>") == 2


def test_a_death_anywhere_repeats_nothing_and_loses_nothing(tmp_path: Path) -> None:
    for writes in range(0, 60, 3):
        folder = tmp_path / str(writes)
        folder.mkdir()
        world = World(folder)
        office = Office(world)
        office.say("#promesse 15/12/2026 800")
        office.say("#attente 31/12/2026", on=C1)
        world.life.left = writes
        world.run()
        office.run()
        assert [p.state for p in office.account.promises] == [PromiseState.OPEN], writes
        assert len(office.account.holds) == 1, writes
        assert [len(office.events(name)) for name in ("promise_made", "held")] == [1, 1], writes
        assert len(office.answers()) == 1, writes
        world.close()


def test_a_customers_own_mail_orders_nothing(office: Office) -> None:
    office.host.answer(I1, "#exclure\n#promesse 15/12/2027", at=office.now)
    assert office.run()["heard"]["orders"] == 0
    assert office.account.promises == ()
    assert office.account.marks == ()


# long ago ---------------------------------------------------------------------------------------------------
def test_what_was_written_before_anybody_listened_is_obeyed_in_its_order_and_without_a_word(
    unborn: Office,
) -> None:
    before = unborn.now - timedelta(days=20)
    unborn.host.say(I1, "#attente", at=before + timedelta(days=2))
    unborn.host.say(I1, "#reprise", at=before + timedelta(days=1))
    unborn.host.say(C1, "#exclure", at=before)
    unborn.host.say(I1, "#promesse 01/11/2026", at=before - timedelta(days=20))
    unborn.run()
    account = unborn.account
    assert [(h.invoice_ref, h.released_at) for h in account.holds] == [("i1", None)]
    assert [m.value for m in account.marks] == ["yes"]
    assert account.promises == ()  # over before anybody listened
    assert unborn.answers() == []
    assert unborn.sent() == 0


def test_an_old_promise_that_still_runs_is_kept_without_a_note(unborn: Office) -> None:
    unborn.host.say(I1, "#promesse 15/12/2026", at=unborn.now - timedelta(days=20))
    unborn.run()
    (made,) = unborn.account.promises
    assert made.made_on == TODAY - timedelta(days=20)
    assert unborn.open_tasks() == [f"promise/{made.id}"]
    assert unborn.notes() == []


# who, when and what -----------------------------------------------------------------------------------------
def test_days_are_counted_from_the_day_on_which_it_was_written(office: Office) -> None:
    office.say("#promesse demain")
    office.world.move(days=2)  # the machine was off
    office.run()
    (made,) = office.account.promises
    assert made.promised_on == TODAY + timedelta(days=1)
    assert made.made_on == TODAY


def test_the_history_names_who_ordered_what(office: Office) -> None:
    office.say("#litige prix", by="dominique")
    office.run()
    (opened,) = office.events("dispute_opened")
    assert opened.data["by"] == "Dominique"
    assert [d.reason for d in office.account.disputes] == [DisputeReason.PRICE]


def test_a_note_on_what_was_never_pulled_is_answered(office: Office) -> None:
    office.host.put(Kind.REMARK, {**remark_row(office), "on_id": "i99"})
    assert office.run()["heard"]["orders"] == 0
    assert office.account.holds == ()


def remark_row(office: Office) -> dict[str, object]:
    ref = office.say("#attente")
    row = office.host.truth(Kind.REMARK, ref)
    assert row is not None
    office.host.delete(Ref(Kind.REMARK, ref))
    return row


def test_an_amount_above_what_is_owed_is_answered_with_what_is_owed(office: Office) -> None:
    office.say("#promesse 15/12/2026 9999")
    assert office.run()["heard"] == {"orders": 0, "refused": 1, "answered": 1}
    assert office.account.promises == ()
    (answer,) = office.answers()
    assert "9\u202f999,00" in answer
    assert "1\u202f200,00" in answer


def test_what_needs_a_second_word_is_answered_with_how_to_say_it_and_then_done(tmp_path: Path) -> None:
    world = World(tmp_path, promise_max=30)
    office = Office(world)
    office.say("#promesse 15/03/2027 1200")
    office.run()
    assert office.account.promises == ()
    (answer,) = office.answers()
    assert "#promesse 15/03/2027 1200 confirmé" in answer
    office.say("#promesse 15/03/2027 1200 confirmé")
    office.run()
    assert [p.amount for p in office.account.promises] == [Decimal(1200)]
    world.close()


def test_what_cannot_be_read_is_asked_never_guessed(office: Office) -> None:
    office.say("#promesse bientôt")
    assert office.run()["heard"]["refused"] == 1
    assert office.account.promises == ()
    (answer,) = office.answers()
    assert "bientôt" in answer
    assert "#promesse" in answer


def test_an_answer_is_no_way_into_the_page(office: Office) -> None:
    office.say("#promesse <script>alert(1)</script>")
    office.run()
    assert "<script" not in "".join(office.answers())


def test_a_text_that_breaks_the_reader_stops_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connector import grammar  # noqa: PLC0415 - patched here alone

    real = grammar.read_orders

    def fragile(text: str, *args: object, **named: object) -> object:
        if "boom" in text:
            raise ValueError("boom")
        return real(text, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(grammar, "read_orders", fragile)
    office.say("#boom")
    office.say("#attente")
    report = office.run()
    assert len(office.account.holds) == 1
    assert any("could not be read" in error for error in report["errors"])
