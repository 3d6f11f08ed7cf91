"""What the reads of a host are billed: counted once, kept over restarts, foreseen for the month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.pipeline.billing import Bill, bill_from_memo, bill_of, note_pass, note_rest
from connector.ports import Usage
from tests.system.world import World

EVERY = timedelta(minutes=15)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.now = datetime(2026, 11, 21, tzinfo=UTC)  # ten whole days of the month are left
    yield made
    made.close()


def reads(world: World, calls: int) -> None:
    """The host is opened anew, as each command does, and bills so many calls."""
    world.host.usage = Usage(calls=calls, billed=calls)


def passes(world: World, *costs: int, first: bool = False) -> None:
    for cost in costs:
        reads(world, cost)
        note_pass(world.company, first=first)


def bill(world: World, every: timedelta | None = EVERY, quota: int | None = None) -> Bill:
    found = bill_of(world.company, every, quota)
    assert found is not None
    return found


def test_nothing_is_kept_or_shown_where_reading_is_free(world: World) -> None:
    world.host.usage = Usage(calls=12)
    note_pass(world.company, first=False)
    note_rest(world.company)
    assert bill_of(world.company, EVERY) is None
    assert not [key for key in world.inner.memo("exemple") if key.startswith("billed")]


def test_the_calls_of_each_pass_are_counted_once(world: World) -> None:
    passes(world, 1, 1, 4)
    note_rest(world.company)  # the command that ran the last one ends
    assert bill(world).month == 6
    assert bill(world).calls == 4


def test_a_command_that_looks_is_counted_when_it_ends_and_shown_before(world: World) -> None:
    passes(world, 1)
    reads(world, 3)
    assert bill(world).month == 4
    note_rest(world.company)
    assert bill(world).month == 4
    reads(world, 0)
    assert bill(world).month == 4


def test_the_month_is_foreseen_from_the_cost_of_passes_and_the_schedule(world: World) -> None:
    passes(world, 30, first=True)
    assert bill(world).projected is None, "the first pass reads everything, and says nothing of the others"
    passes(world, *[1] * 9, 11)  # ten passes, 2 calls each on average
    assert bill(world).month == 50
    assert bill(world).projected == 50 + 10 * 96 * 2
    assert bill(world, timedelta(hours=1)).projected == 50 + 10 * 24 * 2


def test_days_with_more_passes_than_the_schedule_has_raise_what_is_foreseen(world: World) -> None:
    passes(world, *[1] * 5)
    world.move(days=1)
    passes(world, *[1] * 300)  # woken again and again
    world.move(days=1)
    passes(world, 1)
    assert bill(world).projected == 306 + 8 * 300


def test_a_new_month_begins_at_nothing_and_knows_what_a_pass_costs(world: World) -> None:
    world.now = datetime(2026, 11, 28, tzinfo=UTC)
    passes(world, *[1] * 10)
    world.now = datetime(2026, 12, 1, tzinfo=UTC)
    found = bill(world)
    assert found.month == 0
    assert bill(world, timedelta(days=1)).projected == 31
    world.move(days=30)
    passes(world, 1)
    kept = world.inner.memo("exemple")["billed.passes"]
    assert "2026-11-28" not in kept, "what no month needs is not kept for ever"


def test_the_count_is_of_the_real_day_when_another_is_decided_for(world: World) -> None:
    passes(world, 1)
    played = replace(world.company, as_if=True)
    reads(world, 2)
    note_rest(played)
    assert datetime.now(UTC).date().isoformat() in world.inner.memo("exemple")["billed.others"]


def test_a_company_that_is_not_open_is_known_from_what_was_kept(world: World) -> None:
    passes(world, 1, 1)
    found = bill_from_memo(world.inner.memo("exemple"), world.now, EVERY)
    assert found is not None
    assert (found.month, found.projected) == (2, 2 + 960)
    assert bill_from_memo(world.inner.memo("another"), world.now, EVERY) is None


# in a pass -----------------------------------------------------------------------------------------------


class Billed:
    """A host whose every call is billed."""

    def __init__(self, world: World) -> None:
        inner = world.host._call

        def call(method: str) -> None:
            inner(method)
            world.host.usage.billed += 1

        world.host._call = call  # type: ignore[method-assign]


def test_a_pass_reports_its_billed_calls_and_keeps_them(world: World) -> None:
    Billed(world)
    report = world.run()
    assert report is not None
    assert report.billed == report.calls > 0
    shown: Any = report.as_dict()["billed"]
    assert shown == {"calls": report.calls}
    assert bill(world).month == report.calls
    report.bill = bill(world, quota=500_000).as_dict()
    shown = report.as_dict()["billed"]
    assert shown["month"] == report.calls
    assert shown["quota"] == 500_000


def test_a_pass_over_a_host_that_bills_nothing_says_nothing_of_it(world: World) -> None:
    report = world.run()
    assert report is not None
    assert "billed" not in report.as_dict()
