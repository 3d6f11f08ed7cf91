"""The look before a message leaves, and the daily look at all that is open: each in one billed call as far as
that goes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.hosts.quickbooks import query, standing
from connector.hosts.quickbooks.cursor import created
from connector.hosts.quickbooks.paging import pages
from connector.hosts.quickbooks.reading import DOCUMENTS, OPEN, Reader, Rows, put
from connector.hosts.quickbooks.refs import entity_of, ref_of
from connector.model import Kind, Ref
from connector.ports import Record

Row = dict[str, Any]

#: Customers of whom all that is open is asked for in one batch, rows of each of the three answers in it, and
#: how many objects may be asked for beside them.
_OWNERS, _ROWS, _BESIDE = 40, 300, 100


@dataclass(frozen=True, slots=True)
class Look:
    """All methods raise HostError."""

    reader: Reader

    def again(self, refs: Collection[Ref], customers: Collection[str]) -> list[Record]:
        """Return these records as they are now, and these customers with all that is open or unapplied of
        them and of those for whom they pay."""
        self.reader.known.reload()
        owners = {each for each in self.reader.known.families(customers) if each.isdigit()}
        wanted = _by_entity(refs)
        wanted.setdefault("Customer", set()).update(owners)
        rows = self._all_of(owners, wanted) if owners else self.reader.fetch(wanted)
        told = [row for row in rows.get("Payment", {}).values() if _is_asked(row, wanted, owners)]
        self.reader.add_missing(rows)
        found = [
            *self.reader.customers(rows.get("Customer", {}).values()),
            *self.reader.invoices(rows),
            *self.reader.payments(told),
        ]
        asked = set(refs)
        return [
            record
            for record in found
            if record.ref.kind is not Kind.REMARK or record.customer_ref in owners or record.ref in asked
        ]

    def _all_of(self, owners: Collection[str], wanted: Mapping[str, Collection[str]]) -> Rows:
        """The objects of ``wanted``, and what is open or lately paid of ``owners``: one billed call for some
        forty of them."""
        rows: Rows = {}
        groups = list(query.by_ids(wanted))
        beside = groups.pop() if sum(map(len, wanted.values())) <= _BESIDE and groups else []
        for part in query.chunks(owners, _OWNERS):
            answers = self.reader.client.queries([*(self._theirs(each, part) for each in DOCUMENTS), *beside])
            for entity, found in zip(DOCUMENTS, answers, strict=False):
                whole = found if len(found) < _ROWS else self._whole(entity, part)
                put(rows, entity, whole)
            for statement, found in zip(beside, answers[len(DOCUMENTS) :], strict=True):
                put(rows, query.entity_in(statement), found)
            beside = []
        for group in groups:
            for statement, found in zip(group, self.reader.client.queries(group), strict=True):
                put(rows, query.entity_in(statement), found)
        return rows

    def _theirs(self, entity: str, owners: Sequence[str]) -> str:
        return query.select(entity, *self._conditions(entity, owners), order="", limit=_ROWS)

    def _conditions(self, entity: str, owners: Sequence[str]) -> list[query.Condition]:
        return [("CustomerRef", "in", owners), self._open(entity)]

    def _whole(self, entity: str, owners: Sequence[str]) -> list[Row]:
        found = pages(self.reader.client, entity, *self._conditions(entity, owners))
        return [row for page in found for row in page]

    # what is open --------------------------------------------------------------------------------------
    def open_versions(self) -> dict[Ref, str]:
        """Return every open document and unapplied payment with the version that its record would have."""
        terms = self.reader.terms
        return {
            ref: standing.payment_version(row) if ref.kind is Kind.PAYMENT else standing.version(row, terms)
            for entity, row in self._open_rows()
            if (ref := ref_of(entity, str(row["Id"]))) is not None
        }

    def _open_rows(self) -> Iterator[tuple[str, Row]]:
        """All three lists in one billed call, as far as they are short."""
        asked = {entity: self._open(entity) for entity in DOCUMENTS}
        first = self.reader.client.queries(
            [query.select(each, asked[each], order=query.CREATED, limit=_ROWS) for each in DOCUMENTS]
        )
        for entity, rows in zip(DOCUMENTS, first, strict=True):
            yield from ((entity, row) for row in rows if _is_open(entity, row))
            more = (
                pages(self.reader.client, entity, asked[entity], after=created(rows[-1]))
                if len(rows) == _ROWS
                else ()
            )
            for page in more:
                yield from ((entity, row) for row in page if _is_open(entity, row))

    def _open(self, entity: str) -> query.Condition:
        return ("TxnDate", ">=", self.reader.payments_since().isoformat()) if entity == "Payment" else OPEN


def _by_entity(refs: Collection[Ref]) -> dict[str, set[str]]:
    """The ids of these records, by entity; what cannot be one of QuickBooks' is left out."""
    found: dict[str, set[str]] = {}
    for entity, number in filter(None, map(entity_of, refs)):
        found.setdefault(entity, set()).add(number)
    return found


def _is_asked(payment: Row, wanted: Mapping[str, Collection[str]], owners: Collection[str]) -> bool:
    """Whether a payment was named, or is money of one of these customers that nobody matched."""
    if str(payment["Id"]) in wanted.get("Payment", ()):
        return True
    return standing.customer_of(payment) in owners and bool(standing.unapplied(payment))


def _is_open(entity: str, row: Row) -> bool:
    return bool(standing.unapplied(row)) if entity == "Payment" else standing.situation(row) == "open"
