"""Pennylane takes 25 calls in five seconds of each token; every answer says how many are left and until when.

The windows stand still (they begin at multiples of five seconds of the server's clock), so a call that finds
its window empty waits for the next one, and not a moment longer than must be. One ``Window`` serves all that
use a token in this process; other processes are seen in what the answers say is left.
"""

from __future__ import annotations

import hashlib
import threading
from email.utils import parsedate_to_datetime
from weakref import WeakValueDictionary

import requests

from connector.http import Pace, retry_after

CALLS, SECONDS = 25, 5.0
#: Waited beyond the end of a window, for what two clocks may drift within one.
_MARGIN = 0.02
#: Calls left to the other processes of the token, where there are any: two may look at the same moment.
_SPARE = 2
#: How far apart two clocks may drift, in seconds a second.
_DRIFT = 1e-4


class Window:
    """A ``connector.http.Gate``. Threads may share it."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._lock = threading.Lock()
        self._sent = threading.local()
        self._clock = _ServerClock()
        self._limit = CALLS
        self._left = CALLS
        self._ends = 0.0  # of our clock
        self._ours = 0  # calls of ours in this window
        self._flying = 0  # sent and not answered
        self._spare = 0

    def before(self) -> None:
        """Wait until the window has room for a call, and take it."""
        while (wait := self.take()) > 0:
            self._pace.sleep(wait)

    def after(self, answer: requests.Response, *, sent: float | None = None) -> None:
        """Learn how many calls are left, and when the window ends. ``sent`` is when the call left, if that
        was not this thread's last one."""
        now = self._pace.now()
        with self._lock:
            self._flying = max(0, self._flying - 1)
            self._clock.saw(_date(answer), sent if sent is not None else getattr(self._sent, "at", now), now)
            if answer.status_code == 429:
                self._left, self._ends = 0, now + (retry_after(answer) or SECONDS)
                self._spare = _SPARE
                return
            self._learn(answer, now)

    def take(self) -> float:
        """Take room for a call; return the seconds to wait before asking again, 0 when it was taken."""
        now = self._pace.now()
        with self._lock:
            if now >= self._ends:
                self._open(now + SECONDS)
            if self._left <= self._spare:
                return self._ends - now + _MARGIN
            self._left -= 1
            self._ours += 1
            self._flying += 1
            self._sent.at = now
            return 0.0

    def _open(self, ends: float) -> None:
        self._left, self._ends, self._ours = self._limit, ends, 0

    def _learn(self, answer: requests.Response, now: float) -> None:
        limit, left, reset = (
            _number(answer, f"ratelimit-{name}") for name in ("limit", "remaining", "reset")
        )
        if left is None or reset is None:
            return
        if limit and limit != self._limit:
            self._left, self._limit = self._left + limit - self._limit, limit
        ends = self._clock.ours(reset, now)
        if ends <= now - _MARGIN:  # it has ended on the way here
            return
        others = self._limit - left - self._ours
        if ends > self._ends + 1 or self._ends <= now:
            # the call fell into a window of which we knew nothing
            self._ours, self._left = 1 + self._flying, self._limit
            others = self._limit - left - self._ours
        self._ends = ends
        self._left = min(self._left, left - self._flying)
        if others > 0:
            self._spare = _SPARE


class _ServerClock:
    """What the server's clock shows, from the dates of its answers, which count whole seconds: each answer
    narrows down by how much it is ahead of ours."""

    def __init__(self) -> None:
        self._least: float | None = None  # at least so far ahead
        self._most = 0.0
        self._at = 0.0

    def saw(self, date: float | None, sent: float, received: float) -> None:
        """An answer to a call ``sent`` then says ``date``."""
        if date is None:
            return
        least, most = date - received, date + 1 - sent
        if self._least is not None:
            slack = _DRIFT * (received - self._at)
            known = (max(least, self._least - slack), min(most, self._most + slack))
            if known[0] < known[1]:  # else one of the clocks was set
                least, most = known
        self._least, self._most, self._at = least, most, received

    def ours(self, moment: float, now: float) -> float:
        """When our clock will show that moment of the server's, at the latest."""
        return moment - self._least if self._least is not None else now + SECONDS


_WINDOWS: WeakValueDictionary[str, Window] = WeakValueDictionary()
_LOCK = threading.Lock()


def window_of(token: str) -> Window:
    """The window of whoever uses this token in this process. Only a digest of it is kept."""
    name = hashlib.sha256(token.encode()).hexdigest()
    with _LOCK:
        found = _WINDOWS.get(name)
        if found is None:
            found = _WINDOWS[name] = Window(Pace())
        return found


def _number(answer: requests.Response, name: str) -> int | None:
    text = answer.headers.get(name, "").strip()
    return int(text) if text.isdigit() else None


def _date(answer: requests.Response) -> float | None:
    try:
        return parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except (TypeError, ValueError):
        return None
