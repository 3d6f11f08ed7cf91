"""The rate limit: so many calls per token in windows of five seconds, aligned on the epoch."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

WINDOW = 5


class Room(NamedTuple):
    """What a token has left. ``reset`` is in whole seconds of the epoch that the answer's date has."""

    limit: int
    remaining: int
    reset: int
    wait: int
    admitted: bool

    def headers(self) -> tuple[tuple[str, str], ...]:
        told = (
            ("ratelimit-limit", str(self.limit)),
            ("ratelimit-remaining", str(self.remaining)),
            ("ratelimit-reset", str(self.reset)),
        )
        return told if self.admitted else (("retry-after", str(self.wait)), *told)

    @property
    def text(self) -> str:
        return f"Rate limit exceeded. Please retry in {self.wait} seconds."


@dataclass
class Windows:
    """Counts calls in real time (``wall``); what it shows is in the sandbox's (``host_now``), so that a
    client which compares ``ratelimit-reset`` with the ``Date`` of the same answer waits as long as it must.
    """

    limit: int
    wall: Callable[[], float]
    host_now: Callable[[], float]
    _counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def shown_now(self) -> float:
        """The moment that answers carry: the sandbox's, less up to a window, and in step with the wall."""
        wall = self.wall()
        return wall + math.floor((self.host_now() - wall) / WINDOW) * WINDOW

    def count(self, token: str) -> Room:
        """One call more. Refused ones are not counted: the window ends when it ends."""
        window = int(self.wall() // WINDOW)
        with self._lock:
            current, used = self._counts.get(token, (window, 0))
            used = used if current == window else 0
            admitted = used < self.limit
            self._counts[token] = (window, used + admitted)
        return self._room(self.limit - used - admitted, admitted=admitted)

    def exhausted(self, seconds: float) -> Room:
        """What a call over the limit is told, when a test asks for it."""
        return self._room(0, admitted=False)._replace(wait=max(1, math.ceil(seconds)))

    def _room(self, remaining: int, *, admitted: bool) -> Room:
        now = self.shown_now()
        reset = (math.floor(now / WINDOW) + 1) * WINDOW
        return Room(self.limit, remaining, reset, max(1, math.ceil(reset - now)), admitted)
