"""A sandbox in a process of its own: ``python -m bench.books DOCUMENTS [OPEN]`` prints its address as one
line of JSON and serves until its standard input is closed."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, time

from connector.sandbox import generate
from connector.sandbox.ledger import Ledger
from connector.sandbox.server import SandboxOptions, build, serving

_DOCUMENTS_PER_CUSTOMER = 12
_COMPANY = "Exemple SARL"


def main(documents: int, still_open: int | None) -> None:
    """Serve a ledger of so many documents, of which ``still_open`` are owed (None: as they come)."""
    today = date.today()  # noqa: DTZ011 - the same day as the measuring process takes
    customers = max(1, (still_open or documents) // _DOCUMENTS_PER_CUSTOMER)
    books = generate.ledger(today=today, customers=customers, documents=documents)
    if still_open is not None:
        _settle_all_but(books, still_open)
    options = SandboxOptions(today=today)
    made = build(options, books)
    with serving(made) as url:
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
        books.clock.recall(datetime.combine(invoice.on, time(12), UTC))
        books.pay(invoice, on=invoice.on)
    books.clock.recall(now)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] and sys.argv[2] else None)
