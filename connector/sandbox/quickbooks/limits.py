"""How often a realm may be called, and what is billed."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from connector.sandbox.quickbooks.options import QuickBooksOptions

MINUTE, SECOND = 60.0, 1.0


@dataclass
class Rate:
    """Counts calls in real time, over the last second and the last minute. Refused ones do not count."""

    options: QuickBooksOptions
    refused: int = 0
    _calls: defaultdict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admits(self, realm: str, *, batch: bool = False) -> bool:
        """One call more to the realm."""
        now, options = self.options.wall(), self.options
        with self._lock:
            calls = self._recent(realm, "", now)
            last_second = sum(1 for at in calls if at > now - SECOND)
            batches = self._recent(realm, "batch", now) if batch else deque()
            if (
                len(calls) >= options.per_minute
                or last_second >= options.per_second
                or len(batches) >= options.batches
            ):
                self.refused += 1
                return False
            calls.append(now)
            if batch:
                batches.append(now)
            return True

    def _recent(self, realm: str, kind: str, now: float) -> deque[float]:
        calls = self._calls[realm, kind]
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        return calls


@dataclass
class Bill:
    """Calls that succeeded, by their name: those that cost (CorePlus) and those that do not (Core).

    Reading, queries, changes, batches and downloads cost; writing one record, notes, uploads and sending do
    not. ``quota`` of the options ends the month's.
    """

    options: QuickBooksOptions
    month: Callable[[], str]
    billed: Counter[str] = field(default_factory=Counter)
    free: Counter[str] = field(default_factory=Counter)
    by_month: Counter[str] = field(default_factory=Counter)

    @property
    def exhausted(self) -> bool:
        quota = self.options.quota
        return quota is not None and self.by_month[self.month()] >= quota

    def count(self, name: str, *, costs: bool) -> None:
        (self.billed if costs else self.free)[name] += 1
        self.by_month[self.month()] += costs

    def reset(self) -> None:
        self.billed.clear()
        self.free.clear()
        self.by_month.clear()
