"""connect: let this program into an accounting system that lends access instead of giving a key (OAuth)."""

from __future__ import annotations

import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Annotated

import typer
from rich.markup import escape

from connector import app
from connector.cli.codes import DONE
from connector.cli.options import DEFAULT_CONFIG, CompanyOption, ConfigOption, JsonOption, Session, session
from connector.config import CompanySettings
from connector.errors import ConfigError, Problem, Unauthorized
from connector.hosts import books
from connector.hosts.oauth import Credentials, Pair, in_turn
from connector.hosts.oauth_calls import address, fetch, give_back

#: How long a person may take to let us in, in seconds.
_PATIENCE = 300
_PORT = 8745
_DONE_PAGE = (
    "<!doctype html><meta charset=utf-8><title>Relance</title>"
    "<p>Vous pouvez fermer cette page. / You may close this page.</p>"
)


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(connect)


def connect(
    host: Annotated[str, typer.Argument(help="The accounting system: pennylane or quickbooks.")],
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    port: Annotated[
        int, typer.Option(help="Port of this machine at which the answer arrives; as registered there.")
    ] = _PORT,
    paste: Annotated[
        bool,
        typer.Option("--paste", help="No browser here: open the address elsewhere, paste what it ends in."),
    ] = False,
    other_company: Annotated[
        bool,
        typer.Option("--other-company", help="Connect another company than before, while none was read."),
    ] = False,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Give the access back instead: nothing is read from then on.")
    ] = False,
    json: JsonOption = False,
) -> int:
    """Let Relance into the accounting system in your name. Opens a browser; its answer comes to 127.0.0.1.

    The access is kept in the store, sealed with the program's secret, and renews itself. Connecting again
    renews a grant that ends.
    """
    with session(config, company, json) as ours:
        settings = _only(ours, host)
        credentials, pair = app.lent_access(settings, ours.store)
        if revoke:
            return _give_back(ours, settings, credentials, pair)
        registered = getattr(settings.host, "redirect_url", None)
        redirect = registered or f"http://localhost:{port}/callback"
        url, state, verifier = address(credentials, redirect)
        answer = _pasted(ours, url) if paste or registered else _arrived(ours, url, port)
        token = fetch(credentials, redirect, answer, state, verifier)
        read = books.known(ours.store.memo(settings.id), host)
        _refuse_another(settings, read, pair.realm(), str(token.get("realm") or ""), other_company)
        # whoever renews the old pair must not put it over this one
        in_turn(lambda: ours.store.lease(settings.id, "oauth"), lambda: pair.save(token))
        if ours.output.json:
            told = {"company": settings.id, "host": host, "connected": True}
            ours.output.emit({**told, "realm": pair.realm() or None, "ends_at": pair.ends_at()})
        realm = f" to company {pair.realm()}" if pair.realm() else ""
        ours.output.say(
            f"[green]{escape(settings.id)} is connected{escape(realm)}.[/] See it work: relance check"
        )
        return DONE


def _refuse_another(settings: CompanySettings, read: str, before: str, realm: str, allowed: bool) -> None:
    """Nobody is to be reminded for the invoices of another company, because a wrong line was clicked.
    ``read`` is the company whose invoices are kept here, ``before`` the one that was connected."""
    fixed = getattr(settings.host, "realm", None)
    if fixed and realm and realm != fixed:
        what = f"you chose company {realm} there, and host.realm of {settings.id} is {fixed}"
        remedy = "choose that one, or mend host.realm"
    elif read and realm and realm != read:
        what = f"you chose company {realm} there, and what is kept of {settings.id} is of company {read}"
        remedy = "choose that one; for the other make a company file with another id"
    elif before and realm and realm != before and not allowed:
        what = f"you chose company {realm} there, and {settings.id} was connected to {before}"
        remedy = "choose the same one; if it shall be another, --other-company"
    else:
        return
    raise ConfigError([Problem(settings.source.name, "host.realm", f"{what}: nothing was changed", remedy)])


def _give_back(ours: Session, settings: CompanySettings, credentials: Credentials, pair: Pair) -> int:
    known = in_turn(lambda: ours.store.lease(settings.id, "oauth"), lambda: give_back(credentials, pair))
    if ours.output.json:
        ours.output.emit({"company": settings.id, "host": settings.host.type, "connected": False})
    ours.output.say(
        f"{escape(settings.id)}: " + ("the access is given back." if known else "there was none.")
    )
    return DONE


def _only(ours: Session, host: str) -> CompanySettings:
    found = [each for each in ours.configuration.companies if each.host.type == host]
    if len(found) == 1:
        return found[0]
    if not found:
        raise ConfigError([Problem("connect", "", f"no company of this configuration is on {host[:40]!r}")])
    ids = ", ".join(each.id for each in found)
    raise ConfigError([Problem("--company", "", "several companies are described", f"name one: {ids}")])


def _pasted(ours: Session, url: str) -> str:
    """The address at which a browser elsewhere ended: it cannot be reached there, and need not be."""
    ours.output.err.print("Open this address in any browser, and let the program in:")
    ours.output.err.print(url, soft_wrap=True, markup=False, highlight=False)
    ours.output.err.print("It ends at an address that cannot be opened. Copy that whole address.")
    return str(typer.prompt("Address", err=True)).strip()


def _arrived(ours: Session, url: str, port: int) -> str:
    """Wait for the browser to come back."""
    with _listening(port) as server:
        ours.output.err.print("Let the program in, in the browser that opens. If none does, open:")
        ours.output.err.print(url, soft_wrap=True, markup=False, highlight=False)
        webbrowser.open(url)
        server.timeout = _PATIENCE
        while not server.answer:
            server.handle_request()
            if server.waited:
                raise Unauthorized("nobody let us in within five minutes: run the command again")
        return f"http://localhost:{port}{server.answer}"


class _Server(HTTPServer):
    answer = ""
    waited = False

    def handle_timeout(self) -> None:
        self.waited = True


class _Answer(BaseHTTPRequestHandler):
    """Takes the one call that carries a state; what else a browser asks for (an icon) finds nothing."""

    server: _Server

    def do_GET(self) -> None:
        ours = self.path.startswith("/callback?") and "state=" in self.path
        if ours:
            self.server.answer = self.path
        self.send_response(200 if ours else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(_DONE_PAGE.encode() if ours else b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing: the address holds the code."""


@contextmanager
def _listening(port: int) -> Iterator[_Server]:
    try:
        server = _Server(("127.0.0.1", port), _Answer)
    except OSError:
        problem = Problem("--port", "", f"port {port} of this machine is taken", "choose another, or --paste")
        raise ConfigError([problem]) from None
    with server:
        yield server
