"""When the world looks wrong a pass stops before anything leaves: too much at once, a clock gone back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from connector.dunning.forecast import ComingMessage
from connector.model import Action, Message
from connector.pipeline import PassReport, pausing
from connector.pipeline.expected import last_pass
from connector.pipeline.foresee import foresee, known
from tests.builders import TODAY as MONDAY
from tests.system.world import World

MANY = 40


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.company = replace(made.company, limits=replace(made.company.limits, forecast_factor=1.5))
    yield made
    made.close()


def owes(world: World, number: int, due: date, *, issued: date | None = None) -> None:
    world.host.customer(f"c{number}", f"Exemple {number}")
    issued = issued or due - timedelta(days=30)
    world.host.invoice(str(number), f"c{number}", [(due, "100.00")], issued_on=issued)


def run(world: World, **options: bool) -> PassReport:
    report = world.run(**options)
    assert report is not None
    assert report.errors == []
    return report


def to_customers(world: World) -> list[Message]:
    return [a.message for a in world.channel.accepted if a.message.for_customer]


def lost_reconciliations(world: World) -> None:
    """Many old invoices, paid and unpaid again after a pass."""
    for number in range(MANY):
        owes(world, number, MONDAY - timedelta(days=10))
        world.host.pay(str(number), on=MONDAY - timedelta(days=1))
    run(world)
    world.move(hours=1)
    for number in range(MANY):
        world.host.unreconcile(str(number))


# the volume -----------------------------------------------------------------------------------------------


def test_many_invoices_that_are_suddenly_unpaid_stop_the_pass(world: World) -> None:
    lost_reconciliations(world)
    report = run(world)
    assert to_customers(world) == []
    assert report.stopped is not None
    for said in (
        f"{MANY} reminders",
        "; 0 were foreseen",
        f"reminder_1 {MANY} (0 foreseen)",
        f"{MANY} more than then",
        "--accept",
    ):
        assert said in report.stopped
    world.move(days=1)
    assert run(world).stopped, "it stays stopped until somebody has looked"
    assert [stop["reason"] for stop in report.company_stops] == ["stopped"]


def test_with_a_persons_word_they_leave(world: World) -> None:
    lost_reconciliations(world)
    run(world)
    world.move(hours=1)
    report = run(world, accept=True)
    assert (report.stopped, report.delivered["sent"]) == (None, MANY)
    assert report.company_stops == []


def test_a_host_that_was_mended_since_needs_no_word(world: World) -> None:
    lost_reconciliations(world)
    run(world)
    for number in range(MANY):
        world.host.pay(str(number), on=MONDAY - timedelta(days=1))
    world.move(hours=1)
    report = run(world)
    assert report.stopped is None
    assert to_customers(world) == []


def test_what_was_foreseen_leaves_however_much_it_is(world: World) -> None:
    for number in range(MANY):
        owes(world, number, MONDAY - timedelta(days=6))
    run(world)
    world.move(days=1)
    report = run(world)
    assert (report.stopped, report.delivered["sent"]) == (None, MANY)


def test_three_weeks_without_a_pass_are_foreseen_too(world: World) -> None:
    for number in range(MANY):
        owes(world, number, MONDAY - timedelta(days=number % 20))
    run(world)
    world.move(days=21)
    report = run(world)
    assert report.stopped is None
    assert report.delivered["sent"] > MANY / 2


def test_what_a_pause_held_back_was_foreseen(world: World) -> None:
    for number in range(MANY):
        owes(world, number, MONDAY - timedelta(days=number % 7))
    run(world)
    with world.unit() as unit:
        unit.set_paused(True)
    for _ in range(8):
        world.move(days=1)
        run(world)
    pausing.unpause(world.inner, world.company.id, "Camille", world.now)
    report = run(world)
    assert (report.stopped, report.delivered["sent"]) == (None, MANY)


def test_new_invoices_that_fall_due_at_once_are_no_surprise(world: World) -> None:
    run(world)
    world.move(hours=1)
    for number in range(MANY):
        owes(world, number, MONDAY + timedelta(days=5), issued=MONDAY)
    report = run(world)
    assert (report.stopped, report.delivered["sent"]) == (None, MANY)


def test_old_invoices_that_were_never_seen_before_are_one(world: World) -> None:
    run(world)
    world.move(hours=1)
    for number in range(MANY):
        owes(world, number, MONDAY - timedelta(days=10))
    assert run(world).stopped


def test_thanks_are_no_reminders(world: World) -> None:
    for number in range(MANY):
        owes(world, number, MONDAY - timedelta(days=8))
    run(world)
    world.move(days=1)
    for number in range(MANY):
        world.host.pay(str(number), on=MONDAY)
    report = run(world)
    assert (report.stopped, report.delivered["sent"]) == (None, MANY)


def test_what_waits_since_an_earlier_pass_is_not_judged_again(world: World) -> None:
    for number in range(MANY):
        owes(world, number, MONDAY - timedelta(days=8))
    world.channel.outcomes = ["failed"] * 3
    world.run()
    world.move(days=1)
    assert run(world).stopped is None


def test_the_first_pass_has_nothing_to_be_held_against(world: World) -> None:
    for number in range(MANY):
        owes(world, number, MONDAY - timedelta(days=8))
    assert run(world).delivered["sent"] == MANY


def test_what_a_pass_leaves_for_the_next_is_the_plan_of_the_coming_days(world: World) -> None:
    for number in range(MANY):
        owes(world, number, MONDAY + timedelta(days=number % 9 - 12))
    run(world)
    kept = last_pass(world.company)
    assert kept is not None
    events = foresee(known(world.company, world.today), world.company.policy, 8)
    for ahead in range(1, 8):
        day = MONDAY + timedelta(days=ahead)
        first = {
            event.customer_ref
            for event in events
            if isinstance(event, ComingMessage) and event.action is Action.REMIND and event.on <= day
        }
        assert kept.until(day).total() == len(first)


# the clock ------------------------------------------------------------------------------------------------


def test_a_clock_that_went_back_stops_the_pass_before_it_reads_anything(world: World) -> None:
    run(world)
    owes(world, 1, MONDAY - timedelta(days=8))
    world.move(days=-2)
    report = run(world)
    assert report.stopped is not None
    assert "2026-11-23 08:00" in report.stopped
    assert "2026-11-21 08:00" in report.stopped
    assert (report.pulled["invoices"], to_customers(world)) == (0, [])


def test_nothing_is_stopped_once_the_clock_has_passed_that_moment(world: World) -> None:
    run(world)
    owes(world, 1, MONDAY - timedelta(days=8))
    world.move(hours=-3)
    assert run(world).stopped
    world.move(hours=4)
    assert run(world).delivered["sent"] == 1


def test_a_person_may_say_that_the_clock_is_right_now(world: World) -> None:
    world.move(days=365)
    run(world)
    world.move(days=-365)
    assert run(world).stopped
    assert run(world, accept=True).stopped is None
    world.move(minutes=15)
    assert run(world).stopped is None


def test_a_clock_that_is_set_by_a_minute_is_no_matter(world: World) -> None:
    run(world)
    world.move(minutes=-1)
    assert run(world).stopped is None


def test_a_day_that_a_person_gave_is_not_judged(world: World) -> None:
    real, world.company = world.company, replace(world.company, as_if=True)
    world.move(days=30)
    run(world)
    world.move(days=-30)
    assert run(world).stopped is None
    world.move(days=30)
    run(world)
    world.move(days=-29)
    world.company = real
    assert run(world).stopped is None


def test_a_host_that_has_another_day_stops_the_pass(world: World) -> None:
    owes(world, 1, MONDAY - timedelta(days=8))
    world.host.usage.clock_ahead = timedelta(days=-1)
    report = run(world)
    assert report.stopped is not None
    assert "24 h 00 min behind ours" in report.stopped
    assert to_customers(world) == []
    world.host.usage.clock_ahead = timedelta(minutes=20)
    assert run(world).delivered["sent"] == 1
