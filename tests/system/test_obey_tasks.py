"""What people do in the host with tasks of ours: moved, marked done, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector import orders
from connector.model import DisputeReason, Kind, Promise, PromiseState
from connector.ports import MoveTask
from tests.builders import TODAY
from tests.system.people import Office
from tests.system.world import World

FIRST = date(2026, 12, 4)
LATER = date(2026, 12, 18)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    world = World(tmp_path)
    yield Office(world)
    world.close()


def promised(office: Office, on: date = FIRST, amount: Decimal | None = None) -> Promise:
    """A promise that stands in the host, and that a pass has seen there."""
    made = orders.promise(office.world.company, "F-i1", on, amount, office.world.today)
    office.run()
    office.run()
    return made


def states(office: Office) -> list[PromiseState]:
    return [promise.state for promise in office.account.promises]


# moved ------------------------------------------------------------------------------------------------------
def test_a_promise_goes_with_its_task(office: Office) -> None:
    made = promised(office)
    office.host.move_task(f"promise/{made.id}", LATER)
    assert office.run()["heard"]["orders"] == 1
    assert [p.promised_on for p in office.account.promises] == [LATER]
    (moved,) = office.events("promise_moved")
    assert (moved.data["from_on"], moved.data["promised_on"]) == ("2026-12-04", "2026-12-18")
    assert any("18/12/2026" in note.html for note in office.notes() if "/moved/" in note.key)
    assert office.moves() == []
    assert office.run()["heard"]["orders"] == 0


def test_moved_there_and_back_each_time_is_an_order(office: Office) -> None:
    made = promised(office)
    for on in (LATER, FIRST, LATER):
        office.host.move_task(f"promise/{made.id}", on)
        office.run()
        assert [p.promised_on for p in office.account.promises] == [on]
    assert len(office.events("promise_moved")) == 3


def test_a_moved_promise_is_judged_by_its_new_day(office: Office) -> None:
    made = promised(office, TODAY)
    office.host.move_task(f"promise/{made.id}", LATER)
    office.run()
    office.world.move(days=8)
    office.run()
    assert states(office) == [PromiseState.OPEN]
    office.host.pay("i1", on=office.world.today)
    office.run()
    assert states(office) == [PromiseState.KEPT]


def test_money_that_came_before_the_move_still_counts(office: Office) -> None:
    made = promised(office, amount=Decimal(800))
    office.world.move(days=1)
    office.host.pay("i1", "300.00", on=office.world.today)
    office.run()
    office.host.move_task(f"promise/{made.id}", LATER)
    office.run()
    office.host.pay("i1", "500.00", on=office.world.today)
    office.run()
    assert states(office) == [PromiseState.KEPT]


@pytest.mark.parametrize("to", [TODAY - timedelta(days=3), TODAY + timedelta(days=200)])
def test_a_day_that_cannot_be_is_answered_and_the_task_put_back(tmp_path: Path, to: date) -> None:
    world = World(tmp_path, promise_max=60)
    office = Office(world)
    made = promised(office)
    for _ in range(2):  # a person insists
        office.host.move_task(f"promise/{made.id}", to)
        office.run()
        assert [p.promised_on for p in office.account.promises] == [FIRST]
        assert office.host.tasks[f"promise/{made.id}"]["due_on"] == FIRST.isoformat()
        assert office.run()["heard"]["refused"] == 0  # our own move back is no order
    assert len(office.moves()) == 2
    assert len(office.answers()) == 2
    world.close()


def test_our_own_move_that_waits_is_not_undone_by_the_older_fact(office: Office) -> None:
    made = promised(office)
    key = f"promise/{made.id}"
    with office.world.unit() as unit:
        unit.move_promise(made.id, LATER, None)
        unit.queue_entries([MoveTask(f"{key}/ours", key, LATER)], office.now)
    office.host.change(Kind.ACTIVITY, key, summary="lue")  # the host shows it again, with its old day
    office.run()
    assert [p.promised_on for p in office.account.promises] == [LATER]
    assert office.host.tasks[key]["due_on"] == LATER.isoformat()
    office.run()
    assert [p.promised_on for p in office.account.promises] == [LATER]
    assert office.events("promise_moved") == []


def test_a_promise_that_ended_goes_nowhere(office: Office) -> None:
    made = promised(office)
    with office.world.unit() as unit:
        unit.settle_promise(made.id, PromiseState.KEPT)
    office.host.move_task(f"promise/{made.id}", LATER)
    assert office.run()["heard"]["orders"] == 0
    assert [p.promised_on for p in office.account.promises] == [FIRST]


# done -------------------------------------------------------------------------------------------------------
def test_a_promise_renewed_in_the_word_on_its_task(office: Office) -> None:
    made = promised(office)
    office.done(f"promise/{made.id}", "promis le 18/12 800 €", by="dominique")
    office.run()
    old, new = office.account.promises
    assert (old.state, new.state) == (PromiseState.WITHDRAWN, PromiseState.OPEN)
    assert (new.promised_on, new.amount, new.invoice_ref) == (LATER, Decimal(800), "i1")
    assert office.open_tasks() == [f"promise/{new.id}"]
    assert office.events("promise_made")[-1].data["by"] == "Dominique"


@pytest.mark.parametrize("feedback", ["", "payé", "vu avec le comptable"])
def test_a_promise_stays_until_the_money_says_how_it_ended(office: Office, feedback: str) -> None:
    made = promised(office)
    office.done(f"promise/{made.id}", feedback)
    office.run()
    assert states(office) == [PromiseState.OPEN]
    assert [e.data["by"] for e in office.events("task_done")] == ["Camille"]
    office.host.pay("i1", on=office.world.today)
    office.run()
    assert states(office) == [PromiseState.KEPT]


def test_a_promise_whose_task_is_deleted_is_withdrawn_and_the_chase_goes_on(office: Office) -> None:
    sent = office.sent()
    made = promised(office)
    office.delete(f"promise/{made.id}")
    office.run()
    assert states(office) == [PromiseState.WITHDRAWN]
    assert len(office.events("promise_withdrawn")) == 1
    assert office.answers() == ["<p>Promesse retirée.</p>"]  # a deleted task leaves no trace of its own
    office.world.move(days=10)
    office.run()
    assert office.sent() > sent


def test_a_task_deleted_before_any_pass_saw_it_is_deleted_all_the_same(office: Office) -> None:
    made = orders.promise(office.world.company, "F-i1", FIRST, None, office.world.today)
    office.run()
    office.delete(f"promise/{made.id}")
    office.run()
    assert states(office) == [PromiseState.WITHDRAWN]


def test_closing_a_task_ourselves_is_nobodys_order(office: Office) -> None:
    promised(office)
    orders.promise(office.world.company, "F-i1", LATER, None, office.world.today)
    for _ in range(3):
        assert office.run()["heard"]["orders"] == 0
    assert states(office) == [PromiseState.WITHDRAWN, PromiseState.OPEN]


def test_a_word_on_a_task_whose_promise_was_broken_meanwhile_is_a_new_promise(office: Office) -> None:
    made = promised(office, TODAY)
    office.done(f"promise/{made.id}", "promis le 18/12")
    office.world.move(days=10)
    office.run()
    assert [p.promised_on for p in office.account.promises if p.state is PromiseState.OPEN] == [LATER]


def test_a_death_anywhere_withdraws_once(tmp_path: Path) -> None:
    for writes in range(0, 40, 4):
        folder = tmp_path / str(writes)
        folder.mkdir()
        world = World(folder)
        office = Office(world)
        made = promised(office)
        office.delete(f"promise/{made.id}")
        world.life.left = writes
        world.run()
        office.run()
        assert states(office) == [PromiseState.WITHDRAWN], writes
        assert len(office.events("promise_withdrawn")) == 1, writes
        world.close()


# calls and follow-ups ---------------------------------------------------------------------------------------
def broken(office: Office) -> str:
    """The key of the call that a broken promise asks for."""
    made = promised(office, TODAY)
    office.world.move(days=7)
    office.run()
    office.run()
    key = f"promise/{made.id}/broken/call"
    assert key in office.open_tasks()
    return key


def test_a_call_ends_in_a_promise(office: Office) -> None:
    office.done(broken(office), "promis le 18/12 1 200 €")
    office.run()
    assert [p.promised_on for p in office.account.promises if p.state is PromiseState.OPEN] == [LATER]


def test_a_call_ends_in_a_dispute(office: Office) -> None:
    office.done(broken(office), "conteste le prix")
    office.run()
    assert [(d.invoice_ref, d.reason) for d in office.account.disputes] == [("i1", DisputeReason.PRICE)]


def test_a_call_is_to_be_made_again_on_a_day(office: Office) -> None:
    key = broken(office)
    office.done(key, "rappeler le 18/12")
    office.run()
    assert f"{key}/again/1" in office.open_tasks()
    assert office.host.tasks[f"{key}/again/1"]["due_on"] == LATER.isoformat()
    office.run()
    office.done(f"{key}/again/1", "rappeler le 22/12")
    office.run()
    assert f"{key}/again/2" in office.open_tasks()


def test_who_says_he_has_paid_is_given_the_time_for_the_money_to_come(office: Office) -> None:
    office.done(broken(office), "dit avoir payé")
    office.run()
    (waiting,) = [p for p in office.account.promises if p.state is PromiseState.OPEN]
    assert waiting.promised_on == office.world.today
    office.world.move(days=9)
    office.run()
    assert [p.state for p in office.account.promises if p.id == waiting.id] == [PromiseState.BROKEN]


def unreachable(office: Office) -> str:
    """A customer whom nobody can write to: the key of the task."""
    office.host.customer("c1", email=None, salesperson=None)
    office.host.invoice("i2", "c1", [(TODAY - timedelta(days=9), "500.00")])
    office.run()
    office.run()
    (key,) = [key for key in office.open_tasks() if "no_contact" in key]
    return key


@pytest.mark.parametrize("deleted", [False, True])
def test_a_follow_up_that_is_done_is_not_asked_for_again_for_a_while(tmp_path: Path, deleted: bool) -> None:
    world = World(tmp_path, follow_up_again=5)
    office = Office(world)
    key = unreachable(office)
    if deleted:
        office.delete(key)
    else:
        office.done(key)
    for _ in range(4):  # Monday to Friday
        office.run()
        assert not any("no_contact" in one for one in office.open_tasks())
        world.move(days=1)
    world.move(days=4)  # the Monday after
    office.run()
    assert [one for one in office.open_tasks() if "no_contact" in one] == [f"{key[:-1]}2"]
    world.close()


def test_a_follow_up_comes_again_on_the_day_that_was_named(office: Office) -> None:
    key = unreachable(office)
    office.done(key, "rappeler le 26/11")
    office.world.move(days=2)
    office.run()
    assert not any("no_contact" in one for one in office.open_tasks())
    office.world.move(days=1)
    office.run()
    assert f"{key[:-1]}2" in office.open_tasks()


def test_a_reason_that_went_and_came_is_a_new_one(office: Office) -> None:
    key = unreachable(office)
    office.done(key)
    office.run()
    office.host.customer("c1", salesperson=None)
    office.run()
    office.host.customer("c1", email=None, salesperson=None)
    office.run()
    assert f"{key[:-1]}2" in office.open_tasks()


# too many at once -------------------------------------------------------------------------------------------
def twelve(tmp_path: Path) -> Office:
    office = Office(World(tmp_path))
    for n in range(12):
        office.host.customer(f"d{n}", f"Exemple {n}")
        office.host.invoice(f"j{n}", f"d{n}", [(TODAY - timedelta(days=3), "100.00")])
    office.run()
    for n in range(12):
        orders.promise(office.world.company, f"F-j{n}", FIRST, None, office.world.today)
    office.run()
    office.run()
    return office


def open_promises(office: Office) -> int:
    with office.world.unit() as unit:
        return len(unit.promises(PromiseState.OPEN))


def test_many_tasks_that_vanish_at_once_are_no_orders_until_a_person_agrees(tmp_path: Path) -> None:
    office = twelve(tmp_path)
    for key in office.open_tasks():
        office.delete(key)
    for _ in range(2):
        report = office.run()
        assert "12 of our 12 tasks" in str(report["stopped"])
        assert "--accept" in str(report["stopped"])
    assert open_promises(office) == 12
    assert "stopped" not in office.run(accept=True)
    assert open_promises(office) == 0
    assert "stopped" not in office.run()
    office.world.close()


def test_many_tasks_marked_done_are_what_people_do(tmp_path: Path) -> None:
    office = twelve(tmp_path)
    for key in office.open_tasks():
        office.done(key)
    assert "stopped" not in office.run()
    assert open_promises(office) == 12
    office.world.close()


def test_some_tasks_that_vanish_are_orders(tmp_path: Path) -> None:
    office = twelve(tmp_path)
    for key in office.open_tasks()[:6]:
        office.delete(key)
    assert "stopped" not in office.run()
    assert open_promises(office) == 6
    office.world.close()


# disputes ---------------------------------------------------------------------------------------------------
def disputed(office: Office) -> str:
    """The key of the task of a dispute, that a pass has seen in the host."""
    office.say("#litige prix")
    office.run()
    office.run()
    (key,) = [key for key in office.host.tasks if key.startswith("dispute/")]
    return key


def open_disputes(office: Office) -> int:
    return sum(d.closed_on is None for d in office.account.disputes)


def test_the_task_of_a_dispute_ends_it_when_it_is_marked_done_as_settled(office: Office) -> None:
    key = disputed(office)
    assert open_disputes(office) == 1
    office.done(key, "réglé, avoir émis")
    office.run()
    assert open_disputes(office) == 0


def test_the_task_of_a_dispute_marked_done_without_a_word_leaves_it_open_and_says_so(office: Office) -> None:
    office.done(disputed(office))
    office.run()
    assert open_disputes(office) == 1
    assert any("le litige reste ouvert" in note.html for note in office.notes())


def test_the_task_of_a_dispute_closes_with_it(office: Office) -> None:
    key = disputed(office)
    office.say("#litige réglé")
    office.run()
    assert open_disputes(office) == 0
    assert office.host.truth(Kind.ACTIVITY, key) is None
