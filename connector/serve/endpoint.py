"""The endpoint: takes what hosts announce, and answers at once. A WSGI application.

    POST /webhooks/<host>   200 when it is signed with a key we know, 401 when not; nothing more is told
    GET  /health            the last pass of each company

A signed announcement is always taken (200), whatever it says: a host that is refused sends it again and
again, and holds back what comes after it. What cannot be read, or is of a company not ours, is counted.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import structlog

log = structlog.get_logger()

Environ: TypeAlias = dict[str, Any]
StartResponse: TypeAlias = Callable[[str, list[tuple[str, str]]], object]

#: The longest announcement that is read, in bytes.
LONGEST = 1024 * 1024
HEALTH = "/health"

_STATUS = {
    200: "200 OK",
    401: "401 Unauthorized",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    413: "413 Content Too Large",
    503: "503 Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Door:
    """Where a host announces changes, and how its announcements are read."""

    path: str
    header: str  # that holds the signature
    signed: Callable[[bytes, str, str], bool]  # body, signature, key; in constant time
    names: Callable[[bytes], Collection[str]]  # of the companies that it is about; raises ValueError


@dataclass(frozen=True, slots=True)
class Caller:
    """Who may announce at a door: whoever has the key, of these companies alone (name there -> our id)."""

    door: Door
    key: str = field(repr=False)
    companies: Mapping[str, str]


class Endpoint:
    """``callers`` and ``health`` are asked at each request, and must answer without waiting for anything;
    ``tell`` is called with the id of each company that was announced."""

    def __init__(
        self,
        callers: Callable[[], Sequence[Caller]],
        tell: Callable[[str], None],
        health: Callable[[], Mapping[str, object]],
    ) -> None:
        self._callers, self._tell, self._health = callers, tell, health
        self._counting = threading.Lock()
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> dict[str, int]:
        """What came so far: ``taken``, about an ``unknown`` company, ``unreadable``, ``refused``."""
        with self._counting:
            return {name: self._counts[name] for name in ("taken", "unknown", "unreadable", "refused")}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        status, body = self._answer(environ)
        kind = "application/json" if body else "text/plain"
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start_response(_STATUS[status], headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _answer(self, environ: Environ) -> tuple[int, bytes]:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if path == HEALTH:
            return self._say_health() if method in ("GET", "HEAD") else (405, b"")
        callers = [caller for caller in self._callers() if caller.door.path == path]
        if not callers:
            return 404, b""
        return self._hear(callers, environ) if method == "POST" else (405, b"")

    def _say_health(self) -> tuple[int, bytes]:
        health = {**self._health(), "announcements": self.counts}
        return (200 if health["ok"] else 503), json.dumps(health, ensure_ascii=False).encode()

    def _hear(self, callers: Sequence[Caller], environ: Environ) -> tuple[int, bytes]:
        body = environ["wsgi.input"].read(LONGEST + 1)
        if len(body) > LONGEST:
            return 413, b""
        header = f"HTTP_{callers[0].door.header.upper().replace('-', '_')}"
        signature = str(environ.get(header, ""))
        # all are tried, so that the time taken does not tell which one it was
        known = [caller for caller in callers if caller.door.signed(body, signature, caller.key)]
        if not known:
            self._count("refused")
            return 401, b""
        for caller in known:
            self._take(caller, body)
        return 200, b""

    def _take(self, caller: Caller, body: bytes) -> None:
        try:
            names = caller.door.names(body)
        except (ValueError, RecursionError):
            self._count("unreadable")
            log.warning("an announcement cannot be read; the timer will see to it", path=caller.door.path)
            return
        for name in names:
            company = caller.companies.get(name)
            self._count("unknown" if company is None else "taken")
            if company is not None:
                self._tell(company)

    def _count(self, name: str) -> None:
        with self._counting:
            self._counts[name] += 1
