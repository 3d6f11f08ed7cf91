"""Where a process is killed: at a call to the host, at a mail, or after so many milliseconds."""

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


class Killer:
    """Counts what happens and kills at the point. WSGI middleware, and the handler of the mail server."""

    def __init__(self, app: WsgiApp, name_call: Callable[[str, bytes], str]) -> None:
        self._app, self._name_call = app, name_call
        self._lock = threading.Lock()
        self._point: Point | None = None
        self._seen = 0
        self.kill: Callable[[], None] = lambda: None
        self.mails: list[Any] = []

    def arm(self, point: Point | None) -> None:
        with self._lock:
            self._point, self._seen = point, 0

    def _is_here(self, name: str) -> Point | None:
        with self._lock:
            point = self._point
            if point is None or not fnmatchcase(name, point.what):
                return None
            self._seen += 1
            if self._seen != point.at:
                return None
            self._point = None
            return point

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
        if here is None:
            self.mails.append(envelope)
            return "250 taken"
        if here.after:
            self.mails.append(envelope)
        self.kill()
        return "250 never read"


class _Again:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        body, self._body = (self._body, b"") if size < 0 else (self._body[:size], self._body[size:])
        return body
