"""A message that waits for consent is approved, cancelled or asked about in the host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connector import orders
from connector.model import PromiseState
from connector.ports import TaskKind
from connector.store.ports import EffectState
from tests.builders import SCENARIO, STEPS
from tests.system.people import I1, Office
from tests.system.world import World


def opened(folder: Path, people: int) -> Office:
    """A company whose first reminder waits for so many people."""
    steps = tuple(replace(step, approval=people) for step in STEPS)
    office = Office(World(folder, scenarios=(replace(SCENARIO, steps=steps),)))
    office.run()  # the task is seen in the host
    return office


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Office]:
    office = opened(tmp_path, 1)
    yield office
    office.world.close()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Office]:
    office = opened(tmp_path, 2)
    yield office
    office.world.close()


def approval(office: Office, n: int = 1) -> str:
    return f"{office.message().key}/approval/{n}"


def test_consent_is_asked_for_with_all_that_will_be_sent(one: Office) -> None:
    message = one.message()
    assert message.state is EffectState.APPROVAL
    (task,) = [e.item for e in one.effects() if e.key == approval(one)]
    assert (task.task, task.on, task.person_ref) == (TaskKind.APPROVE, I1, None)
    for text in (message.item.subject, message.item.recipient.email, "1\u202f200,00", "F-i1"):
        assert text in task.note_html
    assert one.open_tasks() == [approval(one)]
    one.run()
    assert one.open_tasks() == [approval(one)]  # asked once


def test_the_salesperson_is_asked_unless_the_step_names_another(tmp_path: Path) -> None:
    named = "dominique@example.com"
    for assign, asked in ((None, "7"), ("salesperson", "7"), (named, named)):
        folder = tmp_path / str(assign)
        folder.mkdir()
        steps = tuple(replace(step, approval=1, assign=assign) for step in STEPS)
        world = World(folder, scenarios=(replace(SCENARIO, steps=steps),))
        office = Office(world, started=False)
        world.host.customer("c1", salesperson={"id": "7", "name": "Sacha", "email": None})
        office.run()
        (task,) = [e.item for e in office.effects() if e.key == approval(office)]
        assert task.person_ref == asked
        world.close()


def test_marking_it_done_lets_the_message_leave(one: Office) -> None:
    one.done(approval(one), by="dominique")
    report = one.run()
    assert report["delivered"]["sent"] == 1
    assert one.message().approved_by == ("Dominique",)
    (agreed,) = one.events("reminder_approved")
    assert (agreed.data["by"], agreed.data["by_ref"]) == ("Dominique", "dominique")
    assert one.open_tasks() == []


def test_two_consents_are_those_of_two_people(two: Office) -> None:
    two.done(approval(two), by="camille")
    two.run()
    assert two.sent() == 0
    assert two.open_tasks() == [approval(two, 2)]
    assert "Camille" in task_text(two, 2)
    two.run()
    two.done(approval(two, 2), by="camille")
    two.run()
    assert two.sent() == 0
    assert two.open_tasks() == [approval(two, 3)]
    assert "autre personne" in task_text(two, 3)
    assert len(two.answers()) == 1
    two.run()
    two.done(approval(two, 3), by="dominique")
    two.run()
    assert two.sent() == 1
    assert two.message().approved_by == ("Camille", "Dominique")


def task_text(office: Office, n: int) -> str:
    (effect,) = [e for e in office.effects() if e.key == approval(office, n)]
    return str(effect.item.note_html)  # type: ignore[union-attr]


def test_namesakes_are_two_people(two: Office) -> None:
    two.done(approval(two), by="camille")
    two.run()
    two.run()
    two.done(approval(two, 2), author={"id": "camille-2", "name": "Camille", "email": "c2@example.com"})
    two.run()
    assert two.sent() == 1
    assert two.message().approved_by == ("Camille", "Camille (camille-2)")


@pytest.mark.parametrize(
    ("typed", "leaves"), [("Sacha", True), ("camille@example.com", False), ("CAMILLE", False)]
)
def test_consents_from_the_host_and_from_the_command_line_count_together(
    two: Office, typed: str, leaves: bool
) -> None:
    orders.approve(two.world.company, two.message().key, typed, two.world.today)
    two.done(approval(two), by="camille")
    two.run()
    assert (two.sent() == 1) is leaves


def test_no_cancels_the_message_and_keeps_the_reason(one: Office) -> None:
    one.done(approval(one), "non, on attend l'avoir")
    one.run()
    assert one.message().state is EffectState.CANCELLED
    (cancelled,) = one.events("reminder_cancelled")
    assert "avoir" in str(cancelled.data["reason_text"])
    assert cancelled.data["by"] == "Camille"
    assert one.sent() == 0
    assert one.open_tasks() == []


def test_what_is_not_clear_leaves_nothing_and_is_asked_again(one: Office) -> None:
    one.done(approval(one), "attendre le retour de Paul ?")
    one.run()
    assert one.message().state is EffectState.APPROVAL
    assert one.open_tasks() == [approval(one, 2)]
    assert "retour de Paul" in task_text(one, 2)
    one.run()
    assert one.sent() == 0


def test_an_order_in_place_of_consent_is_carried_out_and_the_message_taken_back(one: Office) -> None:
    key = one.message().key
    one.done(approval(one), "#promesse 15/12/2026")
    one.run()
    assert [p.state for p in one.account.promises] == [PromiseState.OPEN]
    (effect,) = [e for e in one.effects() if e.key == key]
    assert effect.state is EffectState.DROPPED
    assert one.sent() == 0


def test_deleting_the_task_cancels_the_message(one: Office) -> None:
    one.delete(approval(one))
    one.run()
    assert one.message().state is EffectState.CANCELLED
    assert "supprimant" in str(one.events("reminder_cancelled")[0].data["reason_text"])


def test_deleting_the_task_is_told_in_the_host_where_nothing_else_shows_it(one: Office) -> None:
    one.delete(approval(one))
    one.run()
    (told,) = one.answers()
    assert "annulé" in told


@pytest.mark.parametrize("how", ["approve", "cancel"])
def test_what_is_decided_elsewhere_closes_the_task(one: Office, how: str) -> None:
    key = one.message().key
    if how == "approve":
        orders.approve(one.world.company, key, "Sacha", one.world.today)
    else:
        orders.cancel(one.world.company, key, one.world.today)
    one.run()
    assert one.open_tasks() == []
    one.run()
    assert one.open_tasks() == []


def test_a_message_that_is_no_longer_right_is_taken_back_with_its_task(one: Office) -> None:
    key = one.message().key
    one.host.pay("i1")
    one.run()
    (effect,) = [e for e in one.effects() if e.key == key]
    assert effect.state is EffectState.DROPPED
    assert one.open_tasks() == []


def test_a_pause_of_the_company_leaves_what_waits_where_it_is(one: Office) -> None:
    with one.world.unit() as unit:
        unit.set_paused(True)
        unit.look_at_all_again()
    one.run()
    assert one.message().state is EffectState.APPROVAL
    assert one.open_tasks() == [approval(one)]


def test_a_message_that_waits_on_the_next_day_waits_still(one: Office) -> None:
    one.world.move(days=1)
    with one.world.unit() as unit:
        unit.look_at_all_again()
    one.run()
    assert one.open_tasks() == [approval(one)]


def test_a_death_anywhere_sends_once(tmp_path: Path) -> None:
    for writes in range(0, 60, 5):
        folder = tmp_path / str(writes)
        folder.mkdir()
        office = opened(folder, 2)
        office.done(approval(office), by="camille")
        office.world.life.left = writes
        office.world.run()
        office.run()
        office.run()
        assert office.open_tasks() == [approval(office, 2)], writes
        assert office.message().approved_by == ("Camille",), writes
        office.world.close()


def test_a_host_without_tasks_is_not_asked(tmp_path: Path) -> None:
    steps = tuple(replace(step, approval=1) for step in STEPS)
    world = World(tmp_path, scenarios=(replace(SCENARIO, steps=steps),))
    world.host.supports = frozenset()
    office = Office(world)
    office.run()
    assert office.host.tasks == {}
    world.close()
