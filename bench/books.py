"""A sandbox in a process of its own: ``python -m bench.books DOCUMENTS OPEN FAST`` prints its address as one
line of JSON and serves until its standard input is closed.

Unless FAST, it takes its time: an Odoo 18 with its database on the same machine was seen to need ten
milliseconds a call and a fifth of a second a megabyte, which is three times what the sandbox needs. Measured
against a server that costs nothing, every client would look slow.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime

from connector.sandbox import generate
from connector.sandbox.faults import Environ, StartResponse, WsgiApp
from connector.sandbox.ledger import Ledger
from connector.sandbox.server import SandboxOptions, build, serving

_DOCUMENTS_PER_CUSTOMER = 12
_COMPANY = "Exemple SARL"
_SECONDS_A_CALL = 0.010
_SECONDS_A_BYTE = 0.2e-6


class Paced:
    """WSGI middleware: no answer comes sooner than an Odoo would give one of that length."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()
        parts = list(self._app(environ, start_response))
        takes = _SECONDS_A_CALL + _SECONDS_A_BYTE * sum(map(len, parts))
        time.sleep(max(0.0, takes - (time.perf_counter() - started)))
        return parts


def main(documents: int, still_open: int | None, *, fast: bool) -> None:
    """Serve a ledger of so many documents, of which ``still_open`` are owed (None: as they come)."""
    today = date.today()  # noqa: DTZ011 - the same day as the measuring process takes
    customers = max(1, (still_open or documents) // _DOCUMENTS_PER_CUSTOMER)
    books = generate.ledger(today=today, customers=customers, documents=documents)
    if still_open is not None:
        _settle_all_but(books, still_open)
    options = SandboxOptions(today=today)
    made = build(options, books)
    with serving(made.app if fast else Paced(made.app)) as url:
        address = made.address(url)
        facts = {"url": url, "database": address.database, "login": address.login, "key": address.key}
        sys.stdout.write(json.dumps(facts | {"company": _COMPANY}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


def _settle_all_but(books: Ledger, still_open: int) -> None:
    """Have all but so many open invoices, of all ages, paid in full, each on the day it was written: paid
    today, they would all be news of today."""
    owed = [d for d in books.documents() if d.kind == "invoice" and d.state == "posted" and d.open_amount]
    now, spread = books.clock.now, max(1.0, len(owed) / still_open)
    kept = {id(owed[int(rank * spread)]) for rank in range(min(still_open, len(owed)))}
    for invoice in (one for one in owed if id(one) not in kept):
        books.clock.recall(datetime(invoice.on.year, invoice.on.month, invoice.on.day, 12, tzinfo=UTC))
        books.pay(invoice, on=invoice.on)
    books.clock.recall(now)


if __name__ == "__main__":
    count, owed, pace = sys.argv[1:]
    main(int(count), int(owed) if owed else None, fast=pace == "fast")
