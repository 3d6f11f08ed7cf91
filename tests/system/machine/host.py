"""A host that lies, stops to answer, and whose answers get lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from connector.hosts import memory
from connector.hosts.memory import MemoryHost
from connector.mapping import FieldMapping, make_mapping
from connector.model import Kind, Ref
from connector.ports import Entry, Page, Record, Written
from tests.system.machine.mortal import Death

Row = dict[str, Any]

#: Beside what the memory host hands over: who pays for whom, messages from outside.
_MORE = {
    "customer": {"payer_ref": "text", "salesperson": "person"},
    "payment": {"label": "text"},
    "inbound": {
        **dict.fromkeys(("ref", "on_kind", "on_id", "sender", "text", "version"), "text"),
        "received_at": "datetime",
    },
}


@cache
def _mapping() -> FieldMapping:
    tables: dict[str, dict[str, Row]] = {}
    for noun in {**memory._AS, **_MORE}:
        tables[noun] = {}
        for name, what in {**memory._AS.get(noun, {}), **_MORE.get(noun, {})}.items():
            kind, _, of = what.partition(":")
            tables[noun][name] = {"from": name, "as": kind, **({"of": of} if of else {})}
    return make_mapping(tables, file="memory")


class UnreliableHost(MemoryHost):
    """A host that may show an old state of a record, leave one out, or show a page twice, when it is
    pulled; that may stop to answer; and whose answer to a write may be lost. What it shows to ``read`` is
    always the truth."""

    def __init__(self, *, page_size: int = 3) -> None:
        super().__init__(_mapping(), page_size=page_size)
        self.stale: set[Ref] = set()
        self.hidden: set[Ref] = set()
        self.twice = False
        self.dies_after: int | None = None
        self._before: dict[Ref, Row] = {}

    # as the pipeline sees it ---------------------------------------------------------------------------
    def pull(self, cursor: str | None) -> Iterator[Page]:
        for page in super().pull(cursor):
            yield self._as_shown(page)
            if self.twice:
                yield self._as_shown(page)

    def write(self, entries: Sequence[Entry], again: Collection[str] = ()) -> Iterator[Written]:
        for written in super().write(entries, again):
            if self.dies_after is not None:
                self.dies_after -= 1
                if self.dies_after < 0:
                    self.dies_after = None
                    raise Death
            yield written

    def calm(self) -> None:
        self.stale.clear()
        self.hidden.clear()
        self.twice, self.down, self.dies_after = False, None, None

    def _as_shown(self, page: Page) -> Page:
        shown = (self._perhaps_stale(r) for r in page.records if r.ref not in self.hidden)
        return replace(page, records=tuple(shown))

    def _perhaps_stale(self, record: Record) -> Record:
        row = self._before.get(record.ref) if record.ref in self.stale else None
        return record if row is None else replace(record, data=row, digest=f"{self.mapping.version}{row!r}")

    # the truth -----------------------------------------------------------------------------------------
    def truth(self, kind: Kind, ref: str) -> Row | None:
        return self._rows.get(Ref(kind, ref))

    def of_kind(self, kind: Kind) -> list[Row]:
        return [row for ref, row in self._rows.items() if ref.kind is kind]

    def invoices_of(self, customer: str) -> list[Row]:
        """His invoices that ask for money now: no drafts, nothing that is on its way to the bank."""
        rows = (r for r in self.of_kind(Kind.INVOICE) if r["customer_ref"] == customer)
        return [r for r in rows if r["kind"] == "invoice" and r["state"] == "open"]

    def spare_of(self, customer: str, currency: str) -> Decimal:
        """What came in from him, or was credited to him, and is matched with nothing."""
        theirs = ("customer_ref", customer), ("currency", currency)
        notes = (r for r in self.of_kind(Kind.INVOICE) if r["kind"] == "credit_note")
        money = [Decimal(r["residual"]) for r in notes if all(r[k] == v for k, v in theirs)]
        rows = (r for r in self.of_kind(Kind.PAYMENT) if all(r[k] == v for k, v in theirs))
        return sum([*money, *(Decimal(r["unapplied"]) for r in rows)], Decimal(0))

    # what people do ------------------------------------------------------------------------------------
    def put(self, kind: Kind, row: Row) -> str:
        ref = Ref(kind, str(row["ref"]))
        if ref in self._rows:
            self._before[ref] = self._rows[ref]
        return super().put(kind, row)

    def change(self, kind: Kind, ref: str, **values: object) -> None:
        self.put(kind, {**self._rows[Ref(kind, ref)], **values})

    def move_due(self, invoice: str, days: int) -> None:
        """All due dates of an invoice go so many days further, or back."""
        row = self._rows[Ref(Kind.INVOICE, invoice)]
        parts = [{**p, "due_on": _later(p["due_on"], days)} for p in row["installments"]]
        self.put(Kind.INVOICE, {**row, "installments": parts})

    def reset_to_draft(self, invoice: str) -> None:
        """What was matched with it is taken back, as a host does."""
        self.unreconcile(invoice)
        self.change(Kind.INVOICE, invoice, state="draft")

    def writes(self, ref: str, on: Ref, at: datetime) -> None:
        """A customer answers, on the record of himself or of an invoice."""
        row = {"ref": ref, "on_kind": on.kind.value, "on_id": on.id, "received_at": at.isoformat()}
        self.put(Kind.INBOUND, {**row, "sender": "compta@example.com", "text": "Bonjour"})


def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
