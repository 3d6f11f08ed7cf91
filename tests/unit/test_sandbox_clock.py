"""The sandbox's time: its own, or that of people who try things."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from connector.sandbox.clock import OPENING, STEP, SandboxClock

DAY = date(2026, 11, 20)
MORNING = datetime.combine(DAY, OPENING)


def test_by_itself_only_acts_move_it() -> None:
    clock = SandboxClock(DAY)
    assert (clock.now, clock.tick(), clock.now) == (MORNING, MORNING + STEP, MORNING + STEP)


def test_it_goes_with_the_wall_and_never_back() -> None:
    """In the evening a host whose clock says eight would be held for one that has the day wrong."""
    clock, wall = SandboxClock(DAY), [MORNING - timedelta(hours=3)]
    clock.follow(lambda: wall[0])
    assert clock.now == MORNING
    wall[0] = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
    assert clock.today == date(2026, 11, 21)
    assert clock.tick() == wall[0] + STEP
    assert clock.now == wall[0] + STEP
