"""Where a process is killed: at a call to the host, at a mail, or after so many milliseconds; and where
something else happens while it works."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from waitress.channel import ClientDisconnected

from connector.sandbox.faults import Environ, StartResponse, WsgiApp


class Point(NamedTuple):
    """``what`` is the name of a call (``*mail.message.create``), ``smtp``, or ``time``. ``at`` is the
    occurrence from 1, or milliseconds. ``after``: the other side has done its part, and we never hear."""

    what: str
    at: int = 1
    after: bool = False

    def __str__(self) -> str:
        return f"{self.what}#{self.at}{'+' if self.after else '-'}"


class Happening:
    """Something that people do just before the call at a point, once: ``done`` says whether it was."""

    def __init__(self, point: Point, act: Callable[[], None]) -> None:
        self.point, self.done, self._act = point, False, act

    def happen(self) -> None:
        self.done = True
        self._act()


class Killer:
    """Counts what happens and kills at the point. WSGI middleware, and the handler of the mail server."""

    def __init__(
        self, app: WsgiApp, name_call: Callable[[str, bytes], str], look: Callable[[], Any] = lambda: None
    ) -> None:
        """``look`` is called at the moment in which a mail is taken; what it gives is kept beside it."""
        self._app, self._name_call, self._look = app, name_call, look
        self._lock = threading.Lock()
        self._point: Point | None = None
        self._happening: Happening | None = None
        self._seen: dict[Point, int] = {}
        self.kill: Callable[[], None] = lambda: None
        self.mails: list[Any] = []
        self.seen_then: list[Any] = []  # what ``look`` gave at each mail

    def arm(self, point: Point | None, happening: Happening | None = None) -> None:
        with self._lock:
            self._point, self._happening, self._seen = point, happening, {}

    def _is_here(self, name: str) -> Point | None:
        """The point at which to kill, if this is it; what happens here happens."""
        with self._lock:
            happening, point = self._happening, self._point
            now = happening is not None and self._reaches(happening.point, name)
            here = point is not None and self._reaches(point, name)
            self._happening = None if now else happening
            self._point = None if here else point
        if now and happening is not None:
            happening.happen()
        return point if here else None

    def _reaches(self, point: Point, name: str) -> bool:
        if not fnmatchcase(name, point.what):
            return False
        self._seen[point] = self._seen.get(point, 0) + 1
        return self._seen[point] == point.at

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = _Again(body)
        here = self._is_here(self._name_call(environ.get("PATH_INFO", ""), body))
        if here is None:
            return self._app(environ, start_response)
        if here.after:
            b"".join(self._app(environ, lambda *_: None))
        self.kill()
        raise ClientDisconnected

    # the mail server -----------------------------------------------------------------------------------
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        here = self._is_here("smtp")
        if here is None or here.after:
            self.seen_then.append(self._look())
            self.mails.append(envelope)
        if here is None:
            return "250 taken"
        self.kill()
        return "250 never read"


class _Again:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        body, self._body = (self._body, b"") if size < 0 else (self._body[:size], self._body[size:])
        return body
