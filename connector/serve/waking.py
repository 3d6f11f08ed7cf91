"""When a company that the host has announced is looked at: after a moment of quiet, and not too often.

An announcement only makes the next pass come sooner. Those that come in a burst make one pass, and those that
a pass has begun after make none; an hour holds so many at most, since a pass may be billed. Twice the same,
in any order, late or never: a pass reads what changed from the host itself.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

_HOUR = 3600.0
#: A host that never falls silent is looked at all the same, after so many times the quiet moment.
_PATIENCE = 10


@dataclass(slots=True)
class _Waiting:
    first_at: float  # the first announcement that no pass has seen
    due_at: float


class Wakes:
    """Which companies wait for a pass between those of the timer. Any number of threads may tell, one waits.

    ``quiet`` after the last announcement a pass is due; ``at_most`` are woken in an hour, for one company.
    """

    def __init__(
        self, quiet: timedelta, at_most: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._quiet, self._at_most, self._clock = quiet.total_seconds(), at_most, clock
        self._waiting: dict[str, _Waiting] = {}
        self._woken: dict[str, deque[float]] = {}
        self._changed = threading.Condition()
        self._closed = False

    def tell(self, company: str) -> None:
        """The host has announced something of this company."""
        with self._changed:
            now = self._clock()
            waiting = self._waiting.get(company)
            first_at = waiting.first_at if waiting else now
            due_at = min(now + self._quiet, first_at + _PATIENCE * self._quiet)
            self._waiting[company] = _Waiting(first_at, max(due_at, self._free_at(company)))
            self._changed.notify_all()

    def see_to(self, company: str) -> None:
        """A pass for it begins: whatever was announced by now, it will read."""
        with self._changed:
            self._waiting.pop(company, None)

    def waits(self, company: str) -> bool:
        """True when a pass is to come before that of the timer."""
        with self._changed:
            return company in self._waiting

    def due(self) -> str | None:
        """A company whose moment has come, the one that waits longest first; None when there is none."""
        with self._changed:
            due = [(one.due_at, name) for name, one in self._waiting.items() if one.due_at <= self._clock()]
            return min(due)[1] if due else None

    def take(self, company: str) -> bool:
        """A pass for it begins because it was announced: true unless another has begun since, or the host
        went on announcing. It counts as woken."""
        with self._changed:
            waiting = self._waiting.get(company)
            if waiting is None or waiting.due_at > self._clock():
                return False
            del self._waiting[company]
            self._woken.setdefault(company, deque(maxlen=self._at_most)).append(self._clock())
            return True

    def wait(self) -> str | None:
        """Like ``due``, waiting until there is one; None after ``close``."""
        with self._changed:
            while not self._closed:
                company = self.due()
                if company is not None:
                    return company
                next_at = min((one.due_at for one in self._waiting.values()), default=None)
                self._changed.wait(None if next_at is None else max(0.0, next_at - self._clock()))
        return None

    def close(self) -> None:
        """Nobody waits any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _free_at(self, company: str) -> float:
        """When an hour will have room for one more."""
        woken = self._woken.get(company)
        return woken[0] + _HOUR if woken is not None and len(woken) == self._at_most else 0.0
