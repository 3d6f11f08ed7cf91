"""What goes wrong between a client and a host: WSGI middleware with switches, set at the start or while it
runs.

    faults = Faults(app, app.name_call)
    faults.arm("lost_after", "mail.message.create", times=1)

Names: ``rate_limited`` (429 with Retry-After), ``server_error`` (500), ``bad_gateway`` (502, HTML),
``lost_before`` and
``lost_after`` (the connection is dropped before or after the call took effect), ``hang_before`` and
``hang_after``
(no answer until the client gives up), ``torn_body`` (half an answer), ``slow`` (the answer comes late),
``duplicate_page`` (the previous call of that name is answered again), ``wrong_key`` (every key is refused).
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

from waitress.channel import ClientDisconnected

FaultName = Literal[
    "rate_limited", "server_error", "bad_gateway", "lost_before", "lost_after", "hang_before", "hang_after",
    "torn_body", "slow", "duplicate_page", "wrong_key",
]  # fmt: skip
FAULT_NAMES: tuple[str, ...] = get_args(FaultName)
HANG_LIMIT = 120.0  # seconds; a hanging call ends then whatever the client does
PAGES: dict[str, tuple[str, str, bytes]] = {
    "rate_limited": ("429 Too Many Requests", "text/html", b"<html><h1>429 Too Many Requests</h1></html>"),
    "server_error": (
        "500 Internal Server Error",
        "text/html",
        b"<html><h1>Internal Server Error</h1></html>",
    ),
    "bad_gateway": (
        "502 Bad Gateway",
        "text/html",
        b"<html><center><h1>502 Bad Gateway</h1></center></html>",
    ),
}
LimitPage = tuple[str, str, bytes, list[tuple[str, str]]]  # status, content type, body, more headers
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]


@dataclass(slots=True)
class Fault:
    """An armed switch. ``times`` counts down; None is always. ``seconds``: Retry-After, or how long slow
    is. ``after``: so many calls of that name pass first.
    """

    name: str
    match: str = "*"
    times: int | None = 1
    seconds: float = 1.0
    after: int = 0

    @classmethod
    def parse(cls, text: str) -> Fault:
        """``name[:method[:times[:seconds]]]``; times ``always``. Raises ValueError naming what is wrong."""
        name, match, times, seconds = (*text.split(":", 3), "", "", "", "")[:4]
        if name not in FAULT_NAMES:
            raise ValueError(f"unknown fault {name!r} in {text!r}; known are {', '.join(FAULT_NAMES)}")
        try:
            count = None if times == "always" else int(times or 1)
            return cls(name, match or "*", count, float(seconds or 1))
        except ValueError:
            raise ValueError(f"fault {text!r}: times is a number or always, seconds a number") from None


@dataclass(slots=True)
class _Seen:
    """The last request of a name, to answer it again."""

    environ: Environ
    body: bytes


@dataclass
class Faults:
    """Wraps ``app``; ``name_call(path, body)`` says what a request calls. ``wrong_key_flag`` is set in the
    environ.
    """

    app: WsgiApp
    name_call: Callable[[str, bytes], str]
    wrong_key_flag: str = "sandbox.wrong_key"
    armed: list[Fault] = field(default_factory=list)
    now: Callable[[], datetime] | None = None  # the host's time, for the Date header
    over_limit: Callable[[float], LimitPage] | None = None  # the host's own answer to too many calls
    pages: Mapping[str, tuple[str, str, bytes]] = field(default_factory=lambda: PAGES)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _released: threading.Event = field(default_factory=threading.Event)
    _seen: dict[str, _Seen] = field(default_factory=dict)

    def arm(
        self,
        name: FaultName,
        match: str = "*",
        *,
        times: int | None = 1,
        seconds: float = 1.0,
        after: int = 0,
    ) -> Fault:
        """Switch a fault on for the next ``times`` calls whose name matches the pattern, once ``after`` of
        them have passed. Raises ValueError.
        """
        if name not in FAULT_NAMES:
            raise ValueError(f"unknown fault {name!r}; known are {', '.join(FAULT_NAMES)}")
        fault = Fault(name, match, times, seconds, after)
        with self._lock:
            self.armed.append(fault)
        return fault

    def clear(self) -> None:
        """Switch everything off and let what hangs go on."""
        with self._lock:
            self.armed.clear()
        self._released.set()
        self._released = threading.Event()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        _give_body(environ, body)
        name = self.name_call(environ.get("PATH_INFO", ""), body)
        for slow in self._take(name, {"slow"}):
            self._released.wait(slow.seconds)
        fault = next(iter(self._take(name, set(FAULT_NAMES) - {"slow"})), None)
        seen = self._seen.get(name)
        self._seen[name] = _Seen(dict(environ), body)
        if fault is None:
            return self.app(environ, start_response)
        if fault.name in self.pages:
            return self._page(fault, start_response)
        if fault.name == "wrong_key":
            environ[self.wrong_key_flag] = True
        if fault.name == "duplicate_page" and seen is not None:
            environ = _again(seen, environ, body)
        return self._misbehave(fault, environ, start_response)

    def _take(self, name: str, kinds: Collection[str]) -> list[Fault]:
        """The first armed fault of those kinds for that call, a list of one or none; it is counted down."""
        with self._lock:
            for fault in self.armed:
                if fault.name in kinds and fnmatchcase(name, fault.match):
                    if fault.after > 0:
                        fault.after -= 1
                        continue
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self.armed.remove(fault)
                    return [fault]
        return []

    def _misbehave(self, fault: Fault, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if fault.name == "lost_before":
            raise ClientDisconnected
        if fault.name == "hang_before":
            self._hang(environ)
        caught: list[Any] = []
        parts = b"".join(self.app(environ, lambda *head: caught.append(head)))
        if fault.name == "hang_after":
            self._hang(environ)
        if fault.name == "lost_after":
            raise ClientDisconnected
        start_response(*caught[0])
        return [parts[: len(parts) // 2]] if fault.name == "torn_body" else [parts]

    def _page(self, fault: Fault, start_response: StartResponse) -> Iterable[bytes]:
        status, kind, body = self.pages[fault.name]
        told: list[tuple[str, str]] = []
        if fault.name == "rate_limited" and self.over_limit is not None:
            status, kind, body, told = self.over_limit(fault.seconds)
        elif fault.name == "rate_limited":
            told = [("Retry-After", f"{fault.seconds:g}")]
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), *told]
        if self.now is not None:
            headers.append(("Date", format_datetime(self.now(), usegmt=True)))
        start_response(status, headers)
        return [body]

    def _hang(self, environ: Environ) -> None:
        """Wait until the client has gone away (where the server can tell), or ``clear`` or the limit ends
        it.
        """
        gone = environ.get("waitress.client_disconnected", lambda: False)
        released = self._released
        for _ in range(int(HANG_LIMIT / 0.05)):
            if gone() or released.wait(0.05):
                break
        raise ClientDisconnected


def _give_body(environ: Environ, body: bytes) -> None:
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


def _again(seen: _Seen, environ: Environ, body: bytes) -> Environ:
    """The request seen before, with the id of the present one where the protocol numbers its calls."""
    repeated = dict(environ)
    for name in ("PATH_INFO", "QUERY_STRING"):
        repeated[name] = seen.environ.get(name, "")
    old = seen.body
    try:
        before, now = json.loads(seen.body), json.loads(body)
        if "id" in now and "params" in before:
            old = json.dumps({**before, "id": now["id"]}).encode()
    except (ValueError, TypeError):
        pass
    _give_body(repeated, old)
    return repeated
