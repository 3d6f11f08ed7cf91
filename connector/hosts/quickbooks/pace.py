"""QuickBooks takes 10 calls a second and 500 a minute of each company, and 40 batches a minute; over that it
answers 429 and wants a minute's pause. One ``Window`` serves all that call for a company in this process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TypeAlias

import requests

from connector.hosts.quickbooks.refusals import MINUTE
from connector.http import Pace as Clock

#: (calls, seconds)
Limits: TypeAlias = tuple[tuple[int, float], ...]
#: A little below what is allowed, as calls do not arrive as evenly as they leave.
CALLS: Limits = ((9, 1.0), (480, 60.0))
BATCHES: Limits = ((38, 60.0),)


class Window:
    """A ``connector.http.Gate``. Threads may share it."""

    def __init__(self, limits: Limits = CALLS, clock: Clock | None = None) -> None:
        self._limits, self._clock = limits, clock or Clock()
        self._sent: deque[float] = deque(maxlen=max(calls for calls, _ in limits))
        self._shut_until = 0.0
        self._lock = threading.Lock()

    def before(self) -> None:
        """Wait until a call may be sent."""
        while (wait := self._take()) > 0:
            self._clock.sleep(wait)

    def after(self, answer: requests.Response) -> None:
        """A 429 shuts the gate for a minute, for all."""
        if answer.status_code == 429:
            with self._lock:
                self._shut_until = self._clock.now() + MINUTE

    def _take(self) -> float:
        with self._lock:
            now = self._clock.now()
            wait = self._shut_until - now
            for calls, seconds in self._limits:
                if len(self._sent) >= calls:
                    wait = max(wait, self._sent[-calls] + seconds - now)
            if wait <= 0:
                self._sent.append(now)
            return wait


class RealmGate:
    """The window of a company whose number is only known when it is connected."""

    def __init__(self, server: str, realm: Callable[[], str], limits: Limits = CALLS) -> None:
        self._server, self._realm, self._limits = server, realm, limits

    def before(self) -> None:
        self._window().before()

    def after(self, answer: requests.Response) -> None:
        self._window().after(answer)

    def _window(self) -> Window:
        name = (self._server, self._realm(), self._limits)
        with _LOCK:
            return _WINDOWS.setdefault(name, Window(self._limits))


#: For the life of the process: a company's window must not be forgotten while calls are remembered in it.
_WINDOWS: dict[tuple[str, str, Limits], Window] = {}
_LOCK = threading.Lock()
