"""Single moments of a pass at which something could slip through: each told as it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connector import orders
from connector.errors import Interrupted
from connector.hosts.memory import memory_mapping
from connector.model import Kind, Message
from connector.pipeline.decide import decide_and_queue
from connector.pipeline.deliver import deliver
from connector.pipeline.pull import pull
from connector.pipeline.report import PassReport
from connector.ports import Receipt
from connector.store.ports import Effect, EffectState
from tests.system.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    world.host.customer("alpha", "Exemple alpha", language="fr")
    world.host.invoice("1", "alpha", [(world.today - timedelta(days=8), "100.00")])
    yield world
    world.close()


def queue(world: World) -> PassReport:
    report = PassReport("exemple", "memory", world.today)
    pull(world.company)
    decide_and_queue(world.company, world.today, report)
    return report


def message_states(world: World) -> list[EffectState]:
    with world.unit() as unit:
        return [e.state for e in unit.effects() if isinstance(e.item, Message)]


def the_message(world: World) -> Effect:
    with world.unit() as unit:
        (effect,) = [e for e in unit.effects() if isinstance(e.item, Message)]
    return effect


def between_list_and_take(world: World, happens: Callable[[], object]) -> None:
    """Deliver, with this happening after the list of what waits was made."""
    done: list[bool] = []

    def progress(_what: str, _done: int, _total: int | None) -> None:
        if not done:
            done.append(True)
            happens()

    report = PassReport("exemple", "memory", world.today)
    deliver(world.company, world.today, report, progress=progress)


def test_what_another_process_sent_meanwhile_stays_sent_though_it_was_paid_since(world: World) -> None:
    queue(world)

    def another_sends_and_the_customer_pays() -> None:
        deliver(world.company, world.today, PassReport("exemple", "memory", world.today))
        world.host.pay("1", on=world.today)
        pull(world.company)

    between_list_and_take(world, another_sends_and_the_customer_pays)
    assert message_states(world) == [EffectState.DONE]
    assert len(world.channel.accepted) == 1


def test_what_a_person_cancelled_meanwhile_stays_cancelled(world: World) -> None:
    queue(world)
    key = the_message(world).key

    def cancel_and_hold() -> None:
        orders.cancel(world.company, key, world.today)
        orders.hold(world.company, "F-1", None, "", world.today)

    between_list_and_take(world, cancel_and_hold)
    assert message_states(world) == [EffectState.CANCELLED]
    assert world.channel.accepted == []


def test_a_message_that_a_person_settles_meanwhile_is_settled_once(world: World) -> None:
    world.channel.outcomes = ["dies_after"]
    world.run()
    world.channel.can_tell = True
    world.move(hours=1)
    find = world.channel.find

    def find_while_a_person_settles_it(message: Message) -> Receipt:
        receipt = find(message)
        with world.unit() as unit:
            unit.settle(message.key, EffectState.UNKNOWN, world.now, today=world.today)
        orders.settle_unknown(world.company, message.key, sent=True, today=world.today)
        return receipt

    world.channel.find = find_while_a_person_settles_it  # type: ignore[method-assign]
    report = world.run()
    assert report is not None
    assert report.delivered["sent"] == 0, "a person has said it"
    assert message_states(world) == [EffectState.DONE]


def test_a_first_pull_that_was_cut_goes_on_where_it_stopped(world: World) -> None:
    for number in range(2, 20):
        world.host.invoice(str(number), "alpha", [(world.today, "10.00")])
    pages: list[int] = []

    def cut(_what: str, done: int, _total: int | None) -> None:
        pages.append(done)
        if len(pages) == 4:
            raise Interrupted("ended on request")

    with pytest.raises(Interrupted):
        pull(world.company, cut)
    with world.unit() as unit:
        stopped_at = unit.cursor()
    asked: list[str | None] = []
    whole = world.host.pull
    world.host.pull = lambda cursor: (asked.append(cursor), whole(cursor))[1]  # type: ignore[method-assign]
    pull(world.company)
    assert stopped_at is not None
    assert asked == [stopped_at]


def test_another_mapping_asks_for_everything_again(world: World) -> None:
    pull(world.company)
    asked: list[str | None] = []
    whole = world.host.pull
    world.host.pull = lambda cursor: (asked.append(cursor), whole(cursor))[1]  # type: ignore[method-assign]
    mapping = memory_mapping()
    mapping.version = "another"
    changed = replace(world.company, mapping=mapping)
    pull(changed)
    pull(changed)
    assert asked[0] is None
    assert asked[1] is not None


def test_a_note_whose_answer_was_lost_is_written_once(world: World) -> None:
    world.host.dies_after = 0
    world.run()
    assert len(world.host.notes) == 1
    world.move(hours=1)
    world.run()
    with world.unit() as unit:
        assert {e.state for e in unit.effects()} == {EffectState.DONE}
    assert len(world.host.notes) == 1


def test_a_message_that_fails_is_tried_later_and_given_up_in_the_end(world: World) -> None:
    world.channel.outcomes = ["failed"] * 20
    for _ in range(12):
        world.run()
        world.move(hours=7)
    assert the_message(world).state is EffectState.FAILED
    assert the_message(world).attempts == world.company.limits.tries
    world.channel.outcomes = []
    world.run()
    assert world.channel.accepted == [], "nothing leaves after that without a word"
    orders.retry(world.company, the_message(world).key, world.today)
    world.run()
    assert len(world.channel.accepted) == 1


def test_the_day_on_which_the_chase_began_is_the_companys_own(world: World) -> None:
    world.now = world.now.replace(hour=23, minute=30)  # half past midnight in Paris
    pull(world.company)
    with world.unit() as unit:
        assert unit.standing().started_on == world.today
    assert world.now.date() < world.today


def test_a_message_that_may_have_left_is_a_task_until_a_person_has_said_it(world: World) -> None:
    world.channel.outcomes = ["unknown_gone"]
    world.run()
    world.run()
    (task,) = [key for key in world.host.tasks if "/unknown_delivery/" in key]
    with world.unit() as unit:
        (effect,) = [e for e in unit.effects([EffectState.UNKNOWN]) if isinstance(e.item, Message)]
    orders.settle_unknown(world.company, effect.key, sent=True, today=world.today)
    world.run()
    assert world.host.truth(Kind.ACTIVITY, task) is None
