"""The sandbox's own time: it starts on a chosen day and moves with what happens. It moves with the wall only
where it is told to.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

OPENING = time(8, 0, tzinfo=UTC)
STEP = timedelta(milliseconds=250)


class SandboxClock:
    """Aware UTC. Reading it leaves it alone; every act moves it a quarter of a second, so a run is
    repeatable.
    """

    def __init__(self, today: date) -> None:
        self._now = datetime.combine(today, OPENING)
        self._wall: Callable[[], datetime] | None = None

    def follow(self, wall: Callable[[], datetime]) -> None:
        """From here on it is never earlier than ``wall``: for people who try things, whose own clock is held
        against this one."""
        self._wall = wall

    @property
    def now(self) -> datetime:
        if self._wall is not None:
            self._now = max(self._now, self._wall())
        return self._now

    @property
    def today(self) -> date:
        return self.now.date()

    def tick(self) -> datetime:
        """The moment of the next act; later than every one before."""
        self._now = self.now + STEP
        return self._now

    def advance(self, to: date) -> None:
        """Jump to that day; the time of day goes on. Raises ValueError when it lies in the past."""
        if to < self.today:
            raise ValueError(f"the sandbox's day is {self.today}; it cannot go back to {to}")
        self._now = datetime.combine(to, self._now.timetz())

    def recall(self, moment: datetime) -> None:
        """Set any moment, the past too: only for writing the history while the ledger is generated."""
        self._now = moment
