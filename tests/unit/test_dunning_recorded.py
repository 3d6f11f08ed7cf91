"""What a pass and an order write down, so that the rules can judge by it later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector import orders
from connector.model import Message, PromiseState, Scenario, Step, When
from connector.pipeline.decide import decide_and_queue
from connector.pipeline.pull import pull
from connector.pipeline.report import PassReport
from connector.store.ports import Effect, EffectState
from tests.builders import SCENARIO, STEPS
from tests.system.world import World

#: Its first step is called like that of the standard scenario, but two people must agree to it.
CAREFUL = Scenario(
    "careful",
    (Step("reminder_1", 7, "email", "reminder_1", approval=2),),
    version="c",
    when=When(tag=frozenset({"nobody"})),
    spacing=5,
)
LIGHT = Scenario("light", STEPS[:2], version="l", when=When(tag=frozenset({"nobody"})), spacing=5)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, scenarios=(SCENARIO, CAREFUL, LIGHT))
    world.host.customer("alpha", "Exemple alpha", language="fr")
    yield world
    world.close()


def queue(world: World) -> None:
    pull(world.company)
    decide_and_queue(world.company, world.today, PassReport("exemple", "memory", world.today))


def ago(world: World, days: int) -> date:
    return world.today - timedelta(days=days)


def messages(world: World) -> list[Effect]:
    with world.unit() as unit:
        return [e for e in unit.effects() if isinstance(e.item, Message)]


def test_each_invoice_of_a_message_is_recorded_under_its_own_scenario(world: World) -> None:
    world.host.invoice("1", "alpha", [(ago(world, 40), "100.00")])
    world.host.invoice("2", "alpha", [(ago(world, 8), "50.00")])
    pull(world.company)
    orders.mark(world.company, "F-2", "scenario", "light")
    queue(world)
    (message,) = messages(world)
    with world.unit() as unit:
        recorded = {r.installment.invoice_ref: r for r in unit.reminders(message_key=message.key)}
    assert {ref: (r.scenario, r.scenario_version, r.step) for ref, r in recorded.items()} == {
        "1": ("standard", "1", "reminder_1"),
        "2": ("light", "l", "reminder_1"),
    }


def test_a_message_needs_the_consent_that_its_own_scenario_asks_for_not_that_of_a_namesake(
    world: World,
) -> None:
    """Two people agree to ``reminder_1`` of the careful scenario; one is enough in this one."""
    world.host.invoice("1", "alpha", [(ago(world, 8), "100.00")])
    watched = replace(SCENARIO, steps=tuple(replace(step, approval=1) for step in STEPS))
    world.company = replace(world.company, policy=replace(world.company.policy, scenarios=(watched, CAREFUL)))
    queue(world)
    (message,) = messages(world)
    assert message.state is EffectState.APPROVAL
    assert orders.approve(world.company, message.key, "Camille", world.today).state is EffectState.READY


def test_money_matched_before_a_promise_on_its_day_does_not_keep_it(world: World) -> None:
    world.host.invoice("1", "alpha", [(ago(world, 40), "1200.00")])
    world.host.pay("1", "300.00", on=world.today)
    pull(world.company)
    made = orders.promise(world.company, "F-1", world.today, Decimal(300), world.today)
    assert (made.owed, made.recorded_at) == (Decimal("900.00"), world.now)
    queue(world)
    with world.unit() as unit:
        assert [p.state for p in unit.promises()] == [PromiseState.OPEN]
    world.host.pay("1", "300.00", on=world.today)
    queue(world)
    with world.unit() as unit:
        assert [p.state for p in unit.promises()] == [PromiseState.KEPT]


def open_tasks(world: World) -> list[str]:
    with world.unit() as unit:
        return [f.reason for f in unit.accounts(["alpha"])[0].follow_ups if f.closed_on is None]


@pytest.mark.parametrize("stop", ["paused", "stale"])
def test_a_stop_of_the_whole_company_closes_no_task(world: World, stop: str) -> None:
    """Nobody looked at the customer: his address is as missing as before."""
    world.host.customer("alpha", "Exemple alpha", language="fr", email="")
    world.host.invoice("1", "alpha", [(ago(world, 8), "100.00")])
    world.run()
    assert open_tasks(world) == ["no_contact"]
    if stop == "paused":
        with world.unit() as unit:
            unit.set_paused(True)
    else:
        world.move(days=3)
    with world.unit() as unit:
        unit.look_at_all_again()
    decide_and_queue(world.company, world.today, PassReport("exemple", "memory", world.today))
    with world.unit() as unit:
        assert ("hold:paused" if stop == "paused" else "hold:stale_sync") in unit.summary()
    assert open_tasks(world) == ["no_contact"]


def test_a_week_end_closes_no_task_and_monday_opens_none(world: World) -> None:
    policy = replace(world.company.policy, closed_weekdays=frozenset((5, 6)))
    world.company = replace(world.company, policy=policy)
    world.host.customer("alpha", "Exemple alpha", language="fr", email="")
    world.host.invoice("1", "alpha", [(ago(world, 8), "100.00")])
    world.move(days=4)
    for _friday_to_monday in range(4):
        world.run()
        with world.unit() as unit:
            unit.look_at_all_again()
        world.move(days=1)
    with world.unit() as unit:
        tasks = [event.name for event in unit.events(customer_ref="alpha") if "follow_up" in event.name]
    assert tasks == ["follow_up_opened"]
