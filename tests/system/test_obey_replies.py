"""A customer's message holds the next step until a person has read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.people import C1, I1, Office
from tests.system.world import World


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """The customer has answered the first reminder, six days ago; the next one is due."""
    world = World(tmp_path)
    office = Office(world)
    world.move(days=8)
    office.host.answer(I1, "Bonjour, je reviens vers vous. #reprise", at=office.now)
    office.run()
    office.run()
    yield office
    world.close()


READ = "follow_up/c1/replied/1"


def held(office: Office) -> bool:
    """Whether the next step waits for somebody to read the answer."""
    with office.world.unit() as unit:
        return "hold:replied" in {key for key, count in unit.summary().items() if count}


def test_the_answer_is_to_be_read_and_nothing_leaves(office: Office) -> None:
    assert held(office)
    assert office.open_tasks() == [READ]
    assert office.sent() == 1


def test_a_customers_order_is_none(office: Office) -> None:
    assert office.account.holds == ()


@pytest.mark.parametrize("feedback", ["", "lu, rien de spécial"])
def test_once_read_the_chase_goes_on(office: Office, feedback: str) -> None:
    office.done(READ, feedback)
    office.run()
    assert not held(office)
    assert office.sent() == 2
    assert office.open_tasks() == []


def test_deleting_the_task_is_as_good_as_reading(office: Office) -> None:
    office.delete(READ)
    office.run()
    assert office.sent() == 2


@pytest.mark.parametrize("note", ["#lu", "#reprise", "#type chronique", "#read"])
def test_an_order_written_after_it_says_that_it_was_read(office: Office, note: str) -> None:
    office.say(note, on=C1)
    office.run()
    assert not held(office)
    assert office.sent() == 2
    assert office.open_tasks() == []


def test_an_order_written_before_it_does_not(office: Office) -> None:
    office.say("#type chronique", on=C1)
    office.world.move(minutes=30)
    office.host.answer(C1, "Encore moi", at=office.now)
    office.run()
    assert held(office)


def test_a_second_answer_is_to_be_read_too(office: Office) -> None:
    office.done(READ)
    office.run()
    office.host.answer(C1, "Encore moi", at=office.now)
    office.world.move(days=1)
    office.run()
    assert held(office)
    assert office.open_tasks() == ["follow_up/c1/replied/2"]


def test_an_answer_that_nobody_reads_holds_it_for_so_many_working_days(office: Office) -> None:
    office.world.move(days=8)
    office.run()
    assert not held(office)
    assert office.open_tasks() == []
    assert office.sent() == 2
