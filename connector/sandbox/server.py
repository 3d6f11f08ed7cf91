"""Putting a sandbox together and serving it on loopback.

sandbox = build(SandboxOptions(today=date(2026, 11, 21)))
with serving(sandbox) as url:          # sandbox.ledger.pay("INV/2026/00012") between two passes
    ...
"""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from connector.sandbox import generate
from connector.sandbox.faults import Environ, Fault, Faults, StartResponse, WsgiApp
from connector.sandbox.ledger import Ledger
from connector.sandbox.odoo import DATABASE, WRONG_KEY, OdooApp
from connector.sandbox.pennylane import PennylaneApp, PennylaneOptions
from connector.sandbox.quickbooks import QuickBooksApp, QuickBooksOptions

LOOPBACK = "127.0.0.1"
THREADS = 8
HOSTS = ("odoo", "pennylane", "quickbooks")
PENNYLANE_VERSION, QUICKBOOKS_VERSION = 2, 3
HostApp = OdooApp | PennylaneApp | QuickBooksApp


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """``today`` is the sandbox's first day; ``faults`` are texts for ``Fault.parse``; port 0 takes a free
    one. ``version`` is Odoo's; ``pennylane`` and ``quickbooks`` say how those hosts answer. ``live``: when it
    is served its clock goes with the real one.
    """

    today: date
    host: str = "odoo"
    version: int = 18
    port: int = 0
    seed: int = 1
    customers: int = 300
    documents: int = 2000
    latency_ms: int = 0
    faults: tuple[str, ...] = ()
    pennylane: PennylaneOptions = field(default_factory=PennylaneOptions)
    quickbooks: QuickBooksOptions = field(default_factory=QuickBooksOptions)
    live: bool = False


@dataclass(frozen=True, slots=True)
class SandboxAddress:
    """Where a served sandbox is and who may enter. The key opens nothing but the sandbox: an API key of Odoo,
    a company token of Pennylane, which has no database; an access token of QuickBooks, whose ``database`` is
    the realm.
    """

    url: str
    host: str
    version: int
    database: str
    login: str
    key: str = field(repr=False)


@dataclass
class Meter:
    """WSGI middleware that counts calls by name, and the bytes of the bodies that went out."""

    app: WsgiApp
    name_call: Callable[[str, bytes], str]
    calls: Counter[str] = field(default_factory=Counter)
    bytes_served: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        with self._lock:
            self.calls[self.name_call(environ.get("PATH_INFO", ""), body)] += 1
        parts = list(self.app(environ, start_response))
        with self._lock:
            self.bytes_served += sum(map(len, parts))
        return parts

    def reset(self) -> None:
        with self._lock:
            self.calls.clear()
            self.bytes_served = 0


@dataclass
class Sandbox:
    """A ledger, the host played over it, its faults and its meter. ``app`` is the WSGI application to
    serve.
    """

    options: SandboxOptions
    ledger: Ledger
    host: HostApp
    faults: Faults
    meter: Meter
    login: str = "relance"

    @property
    def app(self) -> WsgiApp:
        return self.meter

    def address(self, url: str) -> SandboxAddress:
        key = self.ledger.user(self.login).key
        if isinstance(self.host, PennylaneApp):
            return SandboxAddress(url, self.options.host, PENNYLANE_VERSION, "", self.login, key)
        if isinstance(self.host, QuickBooksApp):
            realm = next(iter(self.host.realms))
            return SandboxAddress(url, self.options.host, QUICKBOOKS_VERSION, realm, self.login, key)
        return SandboxAddress(url, self.options.host, self.options.version, DATABASE, self.login, key)

    @property
    def pennylane(self) -> PennylaneApp:
        """The host played, when it is that one. Raises TypeError when it is another."""
        if not isinstance(self.host, PennylaneApp):
            raise TypeError(f"this sandbox plays {self.options.host}, not pennylane")
        return self.host

    @property
    def quickbooks(self) -> QuickBooksApp:
        """As ``pennylane``."""
        if not isinstance(self.host, QuickBooksApp):
            raise TypeError(f"this sandbox plays {self.options.host}, not quickbooks")
        return self.host


def build(options: SandboxOptions, ledger: Ledger | None = None) -> Sandbox:
    """Generate the ledger (or take the given one) and put the host over it. Raises ValueError on a bad
    option.
    """
    if options.host not in HOSTS:
        raise ValueError(f"no sandbox for the host {options.host!r}; there is one for {', '.join(HOSTS)}")
    books = ledger or generate.ledger(
        today=options.today, seed=options.seed, customers=options.customers, documents=options.documents
    )
    host = _play(options, books)
    faults = Faults(host, host.name_call, WRONG_KEY, [Fault.parse(text) for text in options.faults])
    if not isinstance(host, OdooApp):
        faults.over_limit = host.over_limit
    if isinstance(host, QuickBooksApp):
        faults.pages = {**faults.pages, "server_error": host.broken}
    faults.now = lambda: books.clock.now
    if options.latency_ms:
        faults.armed.append(Fault("slow", "*", None, options.latency_ms / 1000))
    return Sandbox(options, books, host, faults, Meter(faults, host.name_call))


def _play(options: SandboxOptions, books: Ledger) -> HostApp:
    if options.host == "pennylane":
        return PennylaneApp(books, options.pennylane)
    if options.host == "quickbooks":
        return QuickBooksApp(books, options.quickbooks)
    return OdooApp(books, version=options.version)


@contextmanager
def serving(sandbox: Sandbox | WsgiApp, port: int = 0) -> Iterator[str]:
    """Serve in a background thread; gives the base URL. On leaving, what hangs is let go and the port
    closed.
    """
    app = sandbox.app if isinstance(sandbox, Sandbox) else sandbox
    server = _server(app, port)
    _announce_changes(sandbox)
    thread = threading.Thread(target=server.run, name="sandbox", daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.effective_port}"
    finally:
        if isinstance(sandbox, Sandbox):
            sandbox.faults.clear()
            _announce_changes(sandbox, ended=True)
        # In the server's own thread. It may wake by itself, close everything and leave nothing to wake.
        with suppress(OSError):
            server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        thread.join()
        server.task_dispatcher.shutdown(timeout=30)


def serve(options: SandboxOptions, announce: Callable[[SandboxAddress], None]) -> None:
    """Serve until interrupted. ``announce`` is called once, when the port is open."""
    sandbox = build(options)
    if options.live:
        sandbox.ledger.clock.follow(lambda: datetime.now(UTC))
    server = _server(sandbox.app, options.port)
    _announce_changes(sandbox)
    announce(sandbox.address(f"http://{LOOPBACK}:{server.effective_port}"))
    try:
        server.run()  # returns on KeyboardInterrupt
    finally:
        sandbox.faults.clear()
        _announce_changes(sandbox, ended=True)
        wasyncore.close_all(server._map, ignore_all=True)


def _announce_changes(sandbox: Sandbox | WsgiApp, *, ended: bool = False) -> None:
    """Have the host tell what changes to whoever its options name, or stop that."""
    host = sandbox.host if isinstance(sandbox, Sandbox) else None
    if isinstance(host, QuickBooksApp):
        host.webhooks.stop() if ended else host.webhooks.start()


def _server(app: WsgiApp, port: int) -> Any:
    """``channel_request_lookahead`` lets a hanging call notice that its client has gone."""
    return create_server(
        app,
        host=LOOPBACK,
        port=port,
        threads=THREADS,
        channel_request_lookahead=1,
        ident=None,
        clear_untrusted_proxy_headers=True,
    )
