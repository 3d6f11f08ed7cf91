"""The notes of a customer: read, changed in our block alone, and written back at once.

Pennylane has no lock and no version to write against, so a person who saves the same customer between our
reading and our writing (the time of a call) would lose what he typed. The notes are read immediately before
each writing, once for all entries of a customer; a writing that had to wait (for the rate, for a new token)
is not sent, and the notes are read again. What came back must hold every word: else it is put back as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from connector.errors import Conflict, RateLimited, Refused, Unavailable
from connector.hosts.pennylane import block, standing
from connector.hosts.pennylane.reading import Reader
from connector.hosts.pennylane.refusals import Missing
from connector.hosts.plain_text import Item
from connector.http import PATIENCE
from connector.model import Kind
from connector.ports import Written

Row = dict[str, Any]

#: How often the notes are read and written anew, when a write was not let in.
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Notes:
    reader: Reader

    def write(self, items: Sequence[Item], again: Collection[str], left: list[Item]) -> Iterator[Written]:
        """Put the entries into the notes of their customers; what stands there already is found."""
        invoices = self._invoices(items)
        by_customer: dict[int, list[Item]] = {}
        for item in items:
            customer = self._customer(item, invoices)
            if customer is None:
                yield Written(item.key, error=Missing(f"there is no such {item.on.kind} in Pennylane"))
            else:
                by_customer.setdefault(customer, []).append(item)
        for customer, theirs in by_customer.items():
            yield from self._write(customer, theirs, invoices, left)

    def _write(
        self, customer: int, items: Sequence[Item], invoices: dict[str, Row], left: list[Item]
    ) -> Iterator[Written]:
        today = self.reader.now().date().isoformat()
        lines = [block.Line(item.mark, _text(item, invoices, today)) for item in items]
        try:
            edit(self.reader, customer, lambda notes: block.with_entries(notes, lines))
        except Missing as gone:
            for item in items:
                yield Written(item.key, error=gone)
        except Refused:  # no right to write, or the notes are full
            left.extend(items)
        else:
            for item in items:
                yield Written(item.key, f"notes/{customer}/{item.mark}")

    def _invoices(self, items: Sequence[Item]) -> dict[str, Row]:
        ids = {item.on.id for item in items if item.on.kind is Kind.INVOICE}
        rows = self.reader.client.among("customer_invoices", "id", ids) if ids else []
        return {str(row["id"]): row for row in rows}

    def _customer(self, item: Item, invoices: dict[str, Row]) -> int | None:
        if item.on.kind is Kind.CUSTOMER:
            return int(item.on.id) if item.on.id.isdigit() else None
        row = invoices.get(item.on.id)
        return standing.customer_of(row) if row else None


def edit(reader: Reader, customer: int, change: Callable[[str], str]) -> str:
    """Read the notes of a customer, change them, write them back, and return them. Raises Missing for a
    customer who is not there, Refused when they do not hold all that was written, HostError."""
    for last in (False,) * (_TRIES - 1) + (True,):
        row = reader.client.one(f"customers/{customer}")
        if row is None:
            raise Missing(f"there is no customer {customer} in Pennylane")
        before = row.get("notes") or ""
        after = change(before)
        if after == before:
            return before
        try:
            back = reader.client.put(_path(row), {"notes": after})
        except (RateLimited, Conflict) as held:  # it was not let in
            pause = held.after if isinstance(held, RateLimited) else 0.0
            if last or pause > PATIENCE:
                raise
            reader.client.wait(pause)
            continue
        if isinstance(back, dict) and str(back.get("notes") or "").split() != after.split():
            reader.client.put(_path(row), {"notes": before})
            raise Refused(f"the notes of customer {customer} do not hold all that was written: they are full")
        return after
    raise Unavailable("the notes could not be written")  # pragma: no cover - the last try raises


def _path(row: Row) -> str:
    kind = "individual" if row.get("customer_type") == "individual" else "company"
    return f"{kind}_customers/{row['id']}"


def _text(item: Item, invoices: dict[str, Row], today: str) -> str:
    """The entry with its day, and with the number of its invoice unless it names that itself."""
    number = str((invoices.get(item.on.id) or {}).get("invoice_number") or "")
    named = f"{number} · " if number and number not in item.text else ""
    return f"{today} {named}{item.text}"
