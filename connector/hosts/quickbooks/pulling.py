"""The pull: everything once, then what the change feed says.

Rules:
- What changes while everything is read stands behind the mark, which is taken before: the first look at the
  feed gives it.
- A pass in which nothing happened is one billed call.
- What the feed calls deleted is read again before it counts as gone: a debt is not forgotten on one word.
- Where the feed may have been cut, or does not reach back, all that was changed since is asked for. What was
  deleted meanwhile is found by the daily comparison of what is open.
- Of settled invoices only the younger are given, of payments only those with money which nobody matched, and
  customers only with their documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import structlog
from dateutil.relativedelta import relativedelta

from connector.hosts import books
from connector.hosts.quickbooks import changes, query, standing
from connector.hosts.quickbooks.cursor import Cursor, created, load, moment, name_of, written
from connector.hosts.quickbooks.paging import pages
from connector.hosts.quickbooks.query import UPDATED
from connector.hosts.quickbooks.reading import OPEN, Reader, Rows
from connector.hosts.quickbooks.refs import ref_of
from connector.model import Kind
from connector.ports import Page

Row = dict[str, Any]
log = structlog.get_logger()

#: Stages of a first pull.
_OPEN, _SETTLED, _CREDITS, _PAYMENTS = "open", "settled", "credits", "payments"
_STAGES = (_OPEN, _SETTLED, _CREDITS, _PAYMENTS)


@dataclass(slots=True)
class Pull:
    """One pull."""

    reader: Reader
    cursor: Cursor = field(init=False)
    _given: set[str] = field(default_factory=set)  # customers whom this pull has given

    def pages(self, text: str | None) -> Iterator[Page]:
        """Yield what changed since the cursor ``text``. Raises HostError, for other books than before too."""
        realm = self.reader.client.realm
        books.demand_same(self.reader.memo, "quickbooks", realm)
        self.reader.known.reload()
        scope = f"{realm}/{self.reader.mapping.version}"
        self.cursor = load(text, scope) or self._beginning(scope)
        books.note(self.reader.memo, "quickbooks", realm)
        yield from self._everything() if self.cursor.stage else self._changes()
        self.reader.known.save()
        yield Page(cursor=self.cursor.dump())

    # everything ----------------------------------------------------------------------------------------
    def _beginning(self, scope: str) -> Cursor:
        """Look at the company, which also tells the server's clock, before anything else is read."""
        self.reader.company(anew=True)
        now = self.reader.now()
        horizon = now.date() - relativedelta(months=self.reader.settings.history_months)
        return Cursor(scope, written(now), stage=_OPEN, horizon=f"{horizon.isoformat()}T00:00:00+00:00")

    def _everything(self) -> Iterator[Page]:
        for stage in _STAGES[_STAGES.index(self.cursor.stage) :]:
            if stage != self.cursor.stage:
                self.cursor.stage, self.cursor.after = stage, ""
            yield from self._stage(stage)
        self.cursor.stage = self.cursor.after = self.cursor.horizon = ""

    def _stage(self, stage: str) -> Iterator[Page]:
        entity, *conditions = self._asked(stage)
        for rows in pages(self.reader.client, entity, *conditions, after=self.cursor.after):
            chosen = [row for row in rows if stage != _PAYMENTS or standing.unapplied(row)]
            after = created(rows[-1])
            yield from self._documents({entity: {str(row["Id"]): row for row in chosen}})
            self.cursor.after = after
            yield Page(cursor=self.cursor.dump(), kind=_KINDS[entity])

    def _asked(self, stage: str) -> tuple[Any, ...]:
        """The entity and the conditions of a stage."""
        match stage:
            case "open":
                return "Invoice", OPEN
            case "settled":
                since = written(moment(self.cursor.horizon))
                return "Invoice", ("Balance", "=", "0"), (UPDATED, ">=", since)
            case "credits":
                return "CreditMemo", OPEN
            case _:
                return "Payment", ("TxnDate", ">=", self.reader.payments_since().isoformat())

    def _documents(self, rows: Rows) -> Iterator[Page]:
        """Give these documents, and before them their customers."""
        asked = set(rows.get("Payment", ()))
        self._add_owners(rows)
        customers = list(rows.get("Customer", {}).values())
        if customers:
            yield Page(tuple(self.reader.customers(customers)), kind=Kind.CUSTOMER)
            self.reader.known.save()  # they are saved when the next page is asked for
        if rows.get("Invoice") or rows.get("CreditMemo"):
            yield Page(tuple(self.reader.invoices(rows)), kind=Kind.INVOICE)
        payments = [row for number, row in rows.get("Payment", {}).items() if number in asked]
        if payments:
            yield Page(tuple(self.reader.payments(payments)), kind=Kind.PAYMENT)

    def _add_owners(self, rows: Rows) -> None:
        """Add the customers whom this pull has not given, and those who pay for them."""
        owners = {standing.customer_of(row) for found in rows.values() for row in found.values()} - {""}
        self.reader.add_missing(rows, *(owners - self._given))
        customers = rows.setdefault("Customer", {})
        self._given |= customers.keys()
        while payers := {standing.payer_of(row) for row in customers.values()} - {""} - self._given:
            self._given |= payers
            customers.update(self.reader.fetch({"Customer": payers}).get("Customer", {}))

    # changes -------------------------------------------------------------------------------------------
    def _changes(self) -> Iterator[Page]:
        since = self.cursor.since
        if max(self.reader.now(), self.reader.clock()) - since > changes.MEMORY:
            log.warning("read by date: the change feed reaches back thirty days", host="quickbooks")
            self.reader.company(anew=True)  # tells the server's clock
            yield from self._catch_up(written(self.reader.now()))
            return
        answer = self.reader.client.get(
            "cdc", entities=",".join(changes.ENTITIES), changedSince=written(since)
        )
        found = changes.changes_in(answer)
        mark = found.time or written(self.reader.now())
        if found.may_be_cut:
            log.warning("read by date: a thousand changes or more", host="quickbooks")
            yield from self._catch_up(mark)
            return
        yield from self._changed(found.but(frozenset(self.cursor.seen), name_of))
        self.cursor.move(mark, found.objects)

    def _changed(self, objects: list[tuple[str, Row]]) -> Iterator[Page]:
        rows, deleted = changes.split(objects)
        self.reader.learn_terms(rows.pop("Term", {}).values())
        deleted.pop("Term", None)
        for entity, back in self.reader.fetch(deleted).items():
            for number, row in back.items():
                rows.setdefault(entity, {}).setdefault(number, row)
                deleted[entity].discard(number)
        if rows:
            yield from self._documents_changed(rows)
        refs = (ref_of(entity, number) for entity, ids in deleted.items() for number in sorted(ids))
        gone = tuple(ref for ref in refs if ref is not None)
        if gone:
            yield Page(gone=gone)

    def _documents_changed(self, rows: Rows) -> Iterator[Page]:
        asked = set(rows.get("Payment", ()))
        self.reader.add_missing(rows)
        yield Page(tuple(self.reader.customers(rows.get("Customer", {}).values())), kind=Kind.CUSTOMER)
        self.reader.known.save()  # they are saved when the next page is asked for
        yield Page(tuple(self.reader.invoices(rows)), kind=Kind.INVOICE)
        payments = [row for number, row in rows.get("Payment", {}).items() if number in asked]
        yield Page(tuple(self.reader.payments(payments)), kind=Kind.PAYMENT)

    def _catch_up(self, mark: str) -> Iterator[Page]:
        """Give all that was changed since, a thousand at a time."""
        after = written(self.cursor.since)
        for entity in _KINDS:
            conditions = (query.ANY_ACTIVE,) if entity == "Customer" else ()
            for page in pages(self.reader.client, entity, *conditions, after=after, by=UPDATED):
                yield from self._documents_changed({entity: {str(row["Id"]): row for row in page}})
        terms = self.reader.client.query(query.select("Term", query.ANY_ACTIVE, order=""))
        self.reader.learn_terms(terms)
        self.cursor.move(mark, ())


_KINDS = {
    "Customer": Kind.CUSTOMER,
    "Invoice": Kind.INVOICE,
    "CreditMemo": Kind.INVOICE,
    "Payment": Kind.PAYMENT,
}
