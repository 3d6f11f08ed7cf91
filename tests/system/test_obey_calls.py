"""Steps of a scenario that are calls: a task for a person, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from connector.errors import Unavailable
from connector.model import PromiseState, ReminderState, Step
from connector.pipeline.worklist import todays_list
from connector.ports import Ability, TaskKind
from connector.store.ports import EffectState
from connector.worklist import JobName
from tests.builders import SCENARIO, STEPS
from tests.system.people import I1, Office
from tests.system.world import World

CALL = Step("call", 20, "call", "call", assign="salesperson")
WITH_CALL = replace(SCENARIO, steps=(*STEPS[:3], CALL, *STEPS[3:]))
SACHA = {"id": "7", "name": "Sacha", "email": None}


def opened(folder: Path, step: Step = CALL, *, tasks: bool = True, **customer: object) -> Office:
    """Both reminders were sent; the next step, after five days of spacing, is the call."""
    world = World(folder, scenarios=(replace(WITH_CALL, steps=(*STEPS[:3], step, *STEPS[3:])),))
    if not tasks:
        world.host.supports = frozenset({Ability.NOTE, Ability.MAIL})
    office = Office(world, started=False)
    world.host.customer("c1", **{"salesperson": SACHA, "phone": "+33 1 99 00 00 00", **customer})
    office.run()
    world.move(days=8)
    office.run()
    assert office.sent() == 2
    world.move(days=7)  # Tuesday 8 December
    office.run()
    return office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = opened(tmp_path)
    yield office
    office.world.close()


def key(office: Office) -> str:
    (found,) = [e.key for e in office.effects() if e.key.endswith("/call")]
    return found


def steps_taken(office: Office) -> list[tuple[str, ReminderState]]:
    return [(r.step, r.state) for r in office.account.reminders]


def test_the_call_is_a_task_with_all_that_is_needed_for_it(office: Office) -> None:
    (effect,) = [e for e in office.effects() if e.key == key(office)]
    task = effect.item
    assert (task.task, task.on, task.person_ref) == (TaskKind.CALL, I1, "7")
    for text in ("01 99 00 00 00", "1\u202f200,00", "F-i1"):
        assert text in task.note_html
    assert office.open_tasks() == [key(office)]
    assert office.sent() == 2


def test_the_step_is_taken_once_the_task_stands_in_the_host(office: Office) -> None:
    assert ("call", ReminderState.SENT) in steps_taken(office)
    assert len(office.events("call_given")) == 1
    office.run()
    assert [name for name, _ in steps_taken(office)].count("call") == 1


def test_a_call_that_nobody_makes_stops_no_chase(office: Office) -> None:
    office.world.move(days=15)
    office.run()
    assert steps_taken(office)[-1] == ("reminder_3", ReminderState.SENT)


@pytest.mark.parametrize(
    ("assign", "asked"), [(None, "7"), ("fallback", None), ("camille@example.com", "camille@example.com")]
)
def test_the_step_names_who_calls(tmp_path: Path, assign: str | None, asked: str | None) -> None:
    office = opened(tmp_path, replace(CALL, assign=assign))
    (effect,) = [e for e in office.effects() if e.key == key(office)]
    assert effect.item.person_ref == asked  # type: ignore[union-attr]
    office.world.close()


def test_a_customer_without_an_address_can_be_called(tmp_path: Path) -> None:
    steps = (replace(CALL, day=7), *STEPS[2:])
    world = World(tmp_path, scenarios=(replace(SCENARIO, steps=steps),))
    office = Office(world, started=False)
    world.host.customer("c1", email=None, phone=None)
    office.run()
    assert key(office) in office.open_tasks()
    assert "no_contact" not in "".join(office.open_tasks())
    world.close()


def test_what_came_of_it_is_obeyed(office: Office) -> None:
    office.run()
    office.done(key(office), "promis le 18/12 1 200 €", by="sacha")
    office.run()
    (made,) = office.account.promises
    assert (made.invoice_ref, made.promised_on, made.state) == ("i1", date(2026, 12, 18), PromiseState.OPEN)
    assert office.events("promise_made")[0].data["by"] == "Sacha"


def test_nobody_reached_is_called_again_on_the_day_that_was_named(office: Office) -> None:
    office.run()
    office.done(key(office), "pas joint, rappeler le 11/12")
    office.run()
    assert office.open_tasks() == [f"{key(office)}/again/1"]


@pytest.mark.parametrize("feedback", ["", "pas de réponse"])
def test_a_call_without_an_outcome_is_a_call(office: Office, feedback: str) -> None:
    office.run()
    office.done(key(office), feedback)
    office.run()
    assert office.account.promises == ()
    assert office.open_tasks() == []


def test_a_call_about_what_is_paid_meanwhile_is_closed(office: Office) -> None:
    office.run()
    office.host.pay("i1", on=office.world.today)
    office.run()
    assert office.open_tasks() == []


def test_a_call_that_could_not_be_written_is_not_written_once_it_is_paid(tmp_path: Path) -> None:
    world = World(tmp_path, scenarios=(replace(SCENARIO, steps=(replace(CALL, day=7), *STEPS[2:])),))
    office = Office(world, started=False)
    real = world.host.write
    world.host.write = failing  # type: ignore[method-assign, assignment]
    office.run()
    assert steps_taken(office) == [("call", ReminderState.QUEUED)]
    world.host.write = real  # type: ignore[method-assign]
    office.host.pay("i1", on=world.today)
    office.run()
    (effect,) = [e for e in office.effects() if e.key.endswith("/call")]
    assert effect.state is EffectState.DROPPED
    assert office.host.tasks == {}
    world.close()


def failing(*_args: object) -> None:
    raise Unavailable("the host is being restarted")


def test_a_host_without_tasks_has_it_on_the_work_list(tmp_path: Path) -> None:
    office = opened(tmp_path, tasks=False)
    assert ("call", ReminderState.SENT) in steps_taken(office)
    with office.world.unit() as unit:
        items = todays_list(office.world.company, unit, office.world.today)
    assert JobName.CALL in {job.name for item in items for job in item.jobs}
    office.world.move(days=15)
    office.run()
    assert steps_taken(office)[-1] == ("reminder_3", ReminderState.SENT)
    office.world.close()


def test_nobody_is_thanked_for_a_call_alone(tmp_path: Path) -> None:
    world = World(tmp_path, scenarios=(replace(SCENARIO, steps=(replace(CALL, day=7), *STEPS[2:])),))
    office = Office(world)
    office.run()
    office.host.pay("i1", on=world.today)
    office.run()
    assert office.sent() == 0
    world.close()
