"""One HTTP session per host: time-outs, retries of what may be repeated, a speed limit, and a count of all.

Nothing here knows a host. A caller hands ``Http.request`` a function that reads the answer and may raise
``HostError`` for what the host says in its own words; what HTTP itself says is told here:

    not sent (refused, no route, bad certificate)   Unavailable
    no or half an answer, 5xx                       Unavailable, ``maybe_done`` when the call writes
    429                                             RateLimited
    401                                             Unauthorized
    409, 412                                        Conflict
    any other 3xx or 4xx                            Refused

No message holds a header, a body or a query string: they may hold secrets.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from connector import __version__
from connector.errors import (
    Conflict,
    HostError,
    Interrupted,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
)
from connector.ports import Usage

T = TypeVar("T")

#: Longest pause that a call makes by itself; asked to wait longer, it raises RateLimited instead.
PATIENCE = 60.0
#: How long a ``fresh`` call may be held back before what it carries counts as old, in seconds.
_STILL_FRESH = 0.5
#: Set when the process shall end: nobody waits for a host then.
ending = threading.Event()


def pause(seconds: float) -> None:
    """Wait, a host wants it; a minute is usual. Raises Interrupted when the process shall end meanwhile."""
    if ending.wait(max(0.0, seconds)):
        raise Interrupted("ended on request; the next run goes on from here")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, and to wait for an answer. A write waits longer than a server lets a request
    run (Odoo: 120 s), so that a killed request is seen as an error and not as an unknown outcome."""

    connect: float = 10.0
    read: float = 60.0
    write: float = 150.0


@dataclass(frozen=True, slots=True)
class Pace:
    """The clock and how to wait on it, to be replaced in tests."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = pause


class Gate(Protocol):
    """Holds calls back where the server itself says how many it takes."""

    def before(self) -> None:
        """Wait until a call may be sent."""
        ...

    def after(self, answer: requests.Response) -> None:
        """Learn from the headers of an answer, errors too. Of a call that got none it is an empty one."""
        ...


class Http:
    """A keep-alive session to one host. It keeps no cookie and follows no redirect."""

    def __init__(
        self,
        *,
        timeouts: Timeouts | None = None,
        calls_per_second: float | None = None,
        tries: int = 4,
        verify: bool | str = True,
        pace: Pace | None = None,
        usage: Usage | None = None,
        gate: Gate | None = None,
        connections: int = 2,
    ) -> None:
        """``verify`` may be the path of a CA bundle. ``tries`` counts the first one. So many threads as there
        are ``connections`` may call at once; ``calls_per_second`` is for one alone."""
        self.usage = usage or Usage()
        self.server_now: datetime | None = None  # the server's own clock, from its last answer
        self._timeouts = timeouts or Timeouts()
        self._pace = pace or Pace()
        self._gap = 1 / calls_per_second if calls_per_second else 0.0
        self._next_at = 0.0
        self._tries = tries
        self._gate = gate
        self._counting = threading.Lock()
        self._session = _session(verify, connections)

    def request(
        self,
        method: str,
        url: str,
        *,
        label: str,
        read: Callable[[requests.Response], T],
        safe: bool,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        params: Mapping[str, str] | None = None,
        fresh: bool = False,
    ) -> T:
        """Call and return what ``read`` makes of the answer.

        ``label`` names the call in ``usage`` and in errors. ``safe`` says that repeating it changes nothing:
        only then is it repeated, unless it was certainly not sent. ``read`` sees every answer, errors too,
        and may call ``raise_for``. ``fresh`` says that it carries what was read a moment ago: it leaves soon
        and once, or not at all (RateLimited when the gate held it back). Raises HostError.
        """

        def once() -> T:
            answer = self._once(method, url, label, safe, headers, body, params, fresh)
            try:
                return read(answer)
            except Unavailable as error:
                error.maybe_done = error.maybe_done and not safe
                raise
            except (ValueError, KeyError, TypeError) as error:
                raise Unavailable(f"{label}: the answer cannot be read", maybe_done=not safe) from error

        retrying = Retrying(
            retry=retry_if_exception(lambda error: _repeatable(error, safe=safe)),
            stop=stop_after_attempt(1 if fresh else self._tries),
            wait=_wait,
            sleep=self._pace.sleep,
            reraise=True,
        )
        return retrying(once)

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()

    def _once(
        self,
        method: str,
        url: str,
        label: str,
        safe: bool,
        headers: Mapping[str, str] | None,
        body: bytes | None,
        params: Mapping[str, str] | None,
        fresh: bool,
    ) -> requests.Response:
        asked = self._pace.now()
        self._keep_pace()
        if self._gate is not None:
            self._gate.before()
        if fresh and self._pace.now() - asked > _STILL_FRESH:
            self._learn(requests.Response())
            raise RateLimited(f"{label}: held back, and what it carries may be old by now", after=0.0)
        with self._counting:
            self.usage.calls += 1
            self.usage.by_method[label] = self.usage.by_method.get(label, 0) + 1
        patience = (self._timeouts.connect, self._timeouts.read if safe else self._timeouts.write)
        try:
            answer = self._session.request(
                method,
                url,
                params=params,
                data=body,
                headers=headers,
                timeout=patience,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            self._learn(requests.Response())
            # ``from None``: the cause of a requests error may print the address with its query
            raise _unavailable(error, label, url, safe=safe) from None
        except ValueError:
            self._learn(requests.Response())
            raise Refused(f"{label}: it sends us on to what is no address; is host.url right?") from None
        with self._counting:
            self.usage.bytes += answer.raw.tell() if answer.raw is not None else len(answer.content)
        self._read_clock(_http_date(answer.headers.get("Date")))
        self._learn(answer)
        return answer

    def _learn(self, answer: requests.Response) -> None:
        if self._gate is not None:
            self._gate.after(answer)

    def _read_clock(self, server_now: datetime | None) -> None:
        if server_now is not None:
            self.server_now = server_now
            self.usage.clock_ahead = server_now - datetime.now(UTC)

    def _keep_pace(self) -> None:
        if not self._gap:
            return
        now = self._pace.now()
        if now < self._next_at:
            self._pace.sleep(self._next_at - now)
        self._next_at = max(now, self._next_at) + self._gap


def raise_for(answer: requests.Response, label: str, *, safe: bool) -> None:
    """Raise what the HTTP status means; return when it is a success."""
    status = answer.status_code
    if status < 300:
        return
    if status == 429:
        raise RateLimited(f"{label}: too many calls (HTTP 429)", after=retry_after(answer) or 60.0)
    if status >= 500:
        # a gateway may give up on a request that the server behind it goes on to commit
        error = Unavailable(f"{label}: the server answered HTTP {status}", maybe_done=not safe)
        error.retry_after = retry_after(answer)  # type: ignore[attr-defined]
        raise error
    if status < 400:
        where = urlsplit(answer.headers.get("Location", ""))
        raise Refused(f"{label}: redirected to {where.netloc}{where.path}; put the final address in host.url")
    known: dict[int, type[HostError]] = {401: Unauthorized, 409: Conflict, 412: Conflict}
    raise known.get(status, Refused)(f"{label}: the server answered HTTP {status}")


def retry_after(answer: requests.Response) -> float | None:
    """Return the seconds that the answer asks us to wait, None when it does not."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    until, server = _http_date(text), _http_date(answer.headers.get("Date"))
    if until is None:
        return None
    return max(0.0, (until - (server or datetime.now(UTC))).total_seconds())


class _NoAuth(requests.auth.AuthBase):
    """Keeps requests from putting a password of ``~/.netrc`` over our own header."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def _session(verify: bool | str, connections: int) -> requests.Session:
    session = requests.Session()
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=connections, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.auth = _NoAuth()
    session.verify = verify
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": f"relance/{__version__}", "Accept-Encoding": "gzip"})
    return session


def _repeatable(error: BaseException, *, safe: bool) -> bool:
    if isinstance(error, RateLimited):
        return safe and error.after <= PATIENCE
    return isinstance(error, Unavailable) and (safe or getattr(error, "not_sent", False))


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.after if isinstance(error, RateLimited) else getattr(error, "retry_after", None)
    return float(min(PATIENCE, max(asked or 0.0, 0.5 * 2 ** (state.attempt_number - 1))))


def _unavailable(error: requests.RequestException, label: str, url: str, *, safe: bool) -> Unavailable:
    place = urlsplit(url).netloc.rpartition("@")[2]
    if isinstance(error, requests.exceptions.SSLError):
        return Unavailable(f"{label}: {place} has no certificate that we trust; mend it or give its CA")
    if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
        refused = Unavailable(f"{label}: cannot connect to {place}; is it up, and is host.url right?")
        refused.not_sent = True  # type: ignore[attr-defined]
        return refused
    if isinstance(error, requests.Timeout):
        return Unavailable(f"{label}: {place} did not answer in time", maybe_done=not safe)
    return Unavailable(f"{label}: {place} broke off ({type(error).__name__})", maybe_done=not safe)


def _never_connected(error: requests.RequestException) -> bool:
    """True when no connection was made, so that nothing of the request can have arrived."""
    seen: list[object] = list(error.args)
    while seen:
        cause = seen.pop()
        if isinstance(cause, NewConnectionError | ConnectTimeoutError | ConnectionRefusedError):
            return True
        seen += [getattr(cause, "reason", None)] if getattr(cause, "reason", None) is not None else []
    return isinstance(error.__context__, ConnectionRefusedError)


def _http_date(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
