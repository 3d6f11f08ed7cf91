"""The pull: everything once, then what the changelogs say.

Rules:
- A changelog names ids alone, several times over; what they are now is read a hundred at a time.
- It remembers four weeks. A mark older than that has a gap behind it: everything is read again, and said so.
- Before the first list is read, each changelog is read up to its end: whatever changes while the lists are
  read stands behind those marks.
- A first pull goes by id, so that it can be cut and goes on. Of settled invoices only the younger are given,
  of transactions only those that bring money which nobody matched, and customers only with their documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import structlog
from dateutil.relativedelta import relativedelta

from connector.errors import Unavailable
from connector.hosts import books
from connector.hosts.pennylane import standing
from connector.hosts.pennylane.client import CHANGES
from connector.hosts.pennylane.cursor import Cursor, load, moment, name_of, written
from connector.hosts.pennylane.reading import ISSUED, Reader, is_open
from connector.hosts.pennylane.refusals import Unprocessable
from connector.model import Kind, Ref
from connector.ports import Page, Record

Row = dict[str, Any]
log = structlog.get_logger()

#: The kinds that change, in the order in which changes are given, and their changelogs.
_FEEDS = {Kind.CUSTOMER: "customers", Kind.INVOICE: "customer_invoices", Kind.PAYMENT: "transactions"}
#: A changelog remembers four weeks; this much of them is trusted.
_MEMORY = timedelta(days=27, hours=12)
#: A changelog shows every change within this time, so a mark need not be older: it would leave its memory
#: where nothing changes for four weeks.
_SETTLED = timedelta(days=1)
#: How far before a first pull its marks begin.
_START = timedelta(minutes=5)


class Gap(Unavailable):
    """The changelogs do not reach back to where the last pull ended."""


@dataclass(slots=True)
class Pull:
    """One pull."""

    reader: Reader
    cursor: Cursor = field(init=False)
    _given: set[int] = field(default_factory=set)  # customers whom this pull has given
    _full: set[int] = field(default_factory=set)  # ... with their contacts

    def pages(self, text: str | None) -> Iterator[Page]:
        """Yield what changed since the cursor ``text``. Raises HostError, for other books than before too."""
        company = str(self.reader.me()["company"]["id"])
        books.demand_same(self.reader.memo, "pennylane", company)
        scope = f"{company}/{self.reader.mapping.version}"
        cursor = load(text, scope)
        books.note(self.reader.memo, "pennylane", company)
        if cursor is not None:
            self.cursor = cursor
            try:
                if cursor.stage:
                    self.reader.me(anew=True)  # tells the server's clock: ours may be wrong
                    self._check_gap()
                yield from self._go_on()
            except Gap as gap:
                log.warning("everything is read again", host="pennylane", why=str(gap))
            else:
                return
        self.cursor = Cursor(scope)
        self._anchor()
        yield from self._go_on()

    def _go_on(self) -> Iterator[Page]:
        if self.cursor.stage:
            yield from self._everything()
        else:
            yield from self._changes()
        bank = date.fromisoformat(self.cursor.bank) if self.cursor.bank else None
        yield Page(cursor=self.cursor.dump(), bank_entry_on=bank)

    # everything ----------------------------------------------------------------------------------------
    def _anchor(self) -> None:
        """Note where the changelogs stand before anything is read."""
        self.reader.me(anew=True)  # tells the server's clock, and that the token is good
        now = self.reader.now()
        for kind, feed in _FEEDS.items():
            start = now - _START
            self.cursor.marks[kind.value] = written(start)
            for page in self._feed(feed, written(start)):
                self.cursor.note(kind.value, page)
        self.cursor.horizon = (
            now.date() - relativedelta(months=self.reader.settings.history_months)
        ).isoformat()
        self.cursor.stage = Kind.INVOICE.value

    def _everything(self) -> Iterator[Page]:
        if self.cursor.stage == Kind.INVOICE.value:
            yield from self._all_invoices()
            self.cursor.stage = Kind.PAYMENT.value
        yield from self._all_payments()
        self.cursor.stage, self.cursor.last, self.cursor.horizon = "", 0, ""

    def _all_invoices(self) -> Iterator[Page]:
        after = ("id", "gt", str(self.cursor.last))
        for rows in self.reader.client.pages("customer_invoices", ISSUED, after, sort="id"):
            young = [row for row in rows if standing.is_document(row) and not self._is_old(row)]
            yield from self._owners(young)
            if rows:
                self.cursor.last = rows[-1]["id"]
            yield self._page(Kind.INVOICE, self.reader.invoices(young, briefly=True))

    def _is_old(self, row: Row) -> bool:
        """Settled long ago, and not touched since."""
        horizon = self.cursor.horizon
        touched = max(str(row.get("date") or ""), str(row.get("updated_at") or "")[:10])
        return touched < horizon and not is_open(row)

    def _all_payments(self) -> Iterator[Page]:
        newest = self.reader.newest_transactions()
        self.cursor.bank = self.reader.bank_entry_on(newest)
        since = ("date", "gteq", self.reader.payments_since().isoformat())
        for rows in self.reader.client.pages("transactions", since, sort="id"):
            unmatched = [row for row in rows if standing.is_receipt(row) and standing.unapplied(row)]
            if unmatched:
                yield from self._owners(unmatched)
                yield self._page(Kind.PAYMENT, self.reader.payments(unmatched))

    # changes -------------------------------------------------------------------------------------------
    def _check_gap(self) -> None:
        oldest = min(map(moment, self.cursor.marks.values()))
        if self.reader.now() - oldest > _MEMORY:
            raise Gap(
                f"the last change that was read is of {oldest:%Y-%m-%d}, and changes are kept four weeks"
            )

    def _changes(self) -> Iterator[Page]:
        for kind, feed in _FEEDS.items():
            start = self.cursor.since(kind.value)
            for changes in self._feed(feed, start):
                self._check_gap()  # now that the server's clock was heard
                before = set(self.cursor.seen.get(kind.value, ()))
                new = [change for change in changes if name_of(change) not in before]
                yield from self._changed(kind, new)
                self.cursor.note(kind.value, changes)
                if new:
                    yield self._page(kind, ())
            self.cursor.reach(kind.value, written(self.reader.now() - _SETTLED))

    def _feed(self, name: str, start: str) -> Iterator[list[Row]]:
        """The pages of a changelog. Raises Gap when it does not reach back so far."""
        try:
            yield from self.reader.client.pages(f"changelogs/{name}", limit=CHANGES, start_date=start)
        except Unprocessable as refused:
            raise Gap(str(refused)) from None

    def _changed(self, kind: Kind, changes: Sequence[Row]) -> Iterator[Page]:
        """Read what these changes are about. A deleted record is among them, or does not come back."""
        ids = {int(change["id"]) for change in changes}
        if not ids:
            return
        match kind:
            case Kind.CUSTOMER:
                records = self.reader.customers(ids, ids)
                self._given |= ids
                self._full |= ids
            case Kind.INVOICE:
                rows = self.reader.client.among("customer_invoices", "id", ids)
                issued = [row for row in rows if standing.is_document(row)]
                yield from self._owners(issued)
                records = self.reader.invoices(issued)
            case _:
                rows = self.reader.client.among("transactions", "id", ids)
                self.cursor.bank = max(self.cursor.bank, self.reader.bank_entry_on(rows))
                receipts = [row for row in rows if standing.is_receipt(row)]
                yield from self._owners(receipts)
                records = self.reader.payments(receipts)
        back = {record.ref.id for record in records if record.ref.kind is kind}
        gone = tuple(Ref(kind, str(number)) for number in sorted(ids) if str(number) not in back)
        yield Page(tuple(records), None, gone, kind=kind)

    # customers -----------------------------------------------------------------------------------------
    def _owners(self, rows: Sequence[Row]) -> Iterator[Page]:
        """Give the customers of these documents before them, with contacts where something is open."""
        owing = {owner for row in rows if (owner := standing.customer_of(row)) and self._owes(row)}
        others = {owner for row in rows if (owner := standing.customer_of(row))}
        missing = (owing - self._full) | (others - self._given)
        if not missing:
            return
        records = self.reader.customers(missing, owing)
        self._given |= missing
        self._full |= owing
        yield Page(tuple(records), kind=Kind.CUSTOMER)

    def _owes(self, row: Row) -> bool:
        return "draft" in row and is_open(row)  # a transaction is no draft, nor is it none

    def _page(self, kind: Kind, records: Sequence[Record]) -> Page:
        return Page(tuple(records), self.cursor.dump(), kind=kind)
