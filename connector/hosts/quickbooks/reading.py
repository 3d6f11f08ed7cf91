"""Reads QuickBooks' objects and joins them into records with as few billed calls as can be.

Objects come by the thousand, or by id in batches of up to a thousand: one billed call each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from dateutil.relativedelta import relativedelta

from connector.hosts.quickbooks import join, links, query, standing
from connector.hosts.quickbooks.client import Client
from connector.hosts.quickbooks.known import Known
from connector.hosts.quickbooks.owners import Owners
from connector.hosts.quickbooks.remarks import Remarks
from connector.hosts.quickbooks.settings import QuickBooksSettings
from connector.mapping import FieldMapping
from connector.model import Kind
from connector.ports import Memo, Record

Row = dict[str, Any]
#: Objects by entity and id.
Rows = dict[str, dict[str, Row]]

OPEN: query.Condition = ("Balance", ">", "0")
DOCUMENTS = ("Invoice", "CreditMemo", "Payment")


@dataclass(frozen=True)
class Reader:
    """One company's records. All methods raise HostError."""

    client: Client
    memo: Memo
    mapping: FieldMapping
    settings: QuickBooksSettings
    clock: Callable[[], datetime]
    _learned: dict[str, Row] = field(default_factory=dict, repr=False)

    def name(self, what: str) -> str:
        """Where something that was learned lies in the memo. Raises Unauthorized before a company is
        connected."""
        return f"quickbooks.{self.settings.fingerprint}.{self.client.realm}.{what}"

    def now(self) -> datetime:
        """The server's clock, where it was heard."""
        return self.client.http.server_now or self.clock()

    @cached_property
    def known(self) -> Known:
        return Known(self.memo, self.name("known"))

    @cached_property
    def owners(self) -> Owners:
        """Who pays the invoices that were read in this process."""
        return Owners(self.fetch, self.known.payer)

    # the company ---------------------------------------------------------------------------------------
    def company(self, *, anew: bool = False) -> Row:
        """``CompanyInfo``, ``Preferences`` and ``Term`` (by id), as they were when last looked at."""
        if not anew and "company" in self._learned:
            return self._learned["company"]
        text = None if anew else self.memo.get(self.name("company"))
        if text is None:
            asked = [
                query.whole("CompanyInfo"),
                query.whole("Preferences"),
                query.select("Term", query.ANY_ACTIVE, order=""),
            ]
            info, preferences, terms = self.client.queries(asked)
            found = {
                "CompanyInfo": info[0] if info else {},
                "Preferences": preferences[0] if preferences else {},
                "Term": {str(row["Id"]): row for row in terms},
            }
            self._keep_company(found)
        else:
            found = self._learned["company"] = json.loads(text)
        return found

    def learn_terms(self, rows: Iterable[Row]) -> None:
        """Terms of payment that are new, or others now."""
        changed = {str(row["Id"]): row for row in rows if not standing.is_deleted(row)}
        if changed:
            found = self.company()
            self._keep_company({**found, "Term": {**found["Term"], **changed}})

    def _keep_company(self, found: Row) -> None:
        self.memo[self.name("company")] = json.dumps(found, default=str)
        self._learned["company"] = found

    @property
    def terms(self) -> Mapping[str, Row]:
        found: Mapping[str, Row] = self.company()["Term"]
        return found

    @property
    def home_currency(self) -> str:
        preferences = self.company()["Preferences"]
        return standing.ref(preferences.get("CurrencyPrefs") or {}, "HomeCurrency")

    def author(self) -> Row:
        """The company, which stands for whoever wrote a remark: QuickBooks names nobody."""
        info = self.company()["CompanyInfo"]
        return {
            "id": f"company/{self.client.realm}",
            "name": str(info.get("CompanyName") or ""),
            "email": None,
        }

    # objects -------------------------------------------------------------------------------------------
    def fetch(self, wanted: Mapping[str, Collection[str]]) -> Rows:
        """These objects, by entity and id; one that is not there is missing from the answer."""
        found: Rows = {}
        for group in query.by_ids({entity: ids for entity, ids in wanted.items() if ids}):
            for statement, rows in zip(group, self.client.queries(group), strict=True):
                put(found, query.entity_in(statement), rows)
        return found

    def add_missing(self, rows: Rows, *more: str) -> None:
        """Add what the records of these objects need beside them: the payments of invoices, customers (and
        payers) whom we do not know or whose contacts an invoice adds to. ``more`` are customers, too."""
        paid = {one for row in rows.get("Invoice", {}).values() for one in standing.payments_of(row)}
        wanted = {
            "Payment": paid - rows.get("Payment", {}).keys(),
            "Customer": {*more, *self._owners(rows)} - rows.get("Customer", {}).keys(),
        }
        asked: set[str] = set()  # one who is not there is asked for once
        while any(wanted.values()):
            for entity, found in self.fetch(wanted).items():
                rows.setdefault(entity, {}).update(found)
            asked |= wanted["Customer"]
            wanted = {"Customer": self._owners(rows) - rows.get("Customer", {}).keys() - asked}

    def _owners(self, rows: Rows) -> set[str]:
        """Customers that are to be read for these objects."""
        for row in rows.get("Customer", {}).values():
            self.known.learn(row)
        documents = [row for entity in DOCUMENTS for row in rows.get(entity, {}).values()]
        others = {
            standing.customer_of(row) for row in rows.get("Invoice", {}).values() if self.known.bill(row)
        }
        return others | self.known.unknown([*map(standing.customer_of, documents), *rows.get("Customer", {})])

    # records -------------------------------------------------------------------------------------------
    def customers(self, rows: Iterable[Row]) -> list[Record]:
        """Customers and what people wrote to us in their notes."""
        own = self.mapping.names(("customer",))
        found = []
        for row in rows:
            ref = str(row["Id"])
            self.known.learn(row)
            joined = {**join.wanted(row, own), **join.customer(row, self.known.billed_to(ref))}
            found.append(join.record(Kind.CUSTOMER, joined, self.mapping.version, ref))
            found += self._said(Kind.CUSTOMER, row, ref)
        return found

    def invoices(self, rows: Rows) -> list[Record]:
        """Invoices, what people wrote to us on them, and credit memos."""
        own, payments = self.mapping.names(("invoice",)), rows.get("Payment", {})
        terms, home = self.terms, self.home_currency
        found = []
        self.owners.note(rows.get("Invoice", {}).values())
        for row in rows.get("Invoice", {}).values():
            joined = join.invoice(
                row,
                payments,
                terms,
                home_currency=home,
                order_number_field=self.settings.order_number_field,
                link=links.link_of(self, row) if self.settings.invoice_links else None,
            )
            if "products" not in own:
                del joined["products"]
            found.append(self._document(row, joined, own))
            found += self._said(Kind.INVOICE, row, joined["customer_id"])
        for row in rows.get("CreditMemo", {}).values():
            found.append(self._document(row, join.credit_memo(row, terms, home_currency=home), own))
        return found

    def _document(self, row: Row, joined: Row, own: Collection[str]) -> Record:
        owner = joined["customer_id"]
        return join.record(Kind.INVOICE, {**join.wanted(row, own), **joined}, self.mapping.version, owner)

    def payments(self, rows: Iterable[Row]) -> list[Record]:
        home = self.home_currency
        joined = [join.payment(row, home_currency=home) for row in rows]
        return [join.record(Kind.PAYMENT, row, self.mapping.version, row["customer_id"]) for row in joined]

    # what people write ---------------------------------------------------------------------------------
    @cached_property
    def _remarks(self) -> Remarks:
        return Remarks(self.memo, self.name, self.now, self._numbered)

    def _said(self, kind: Kind, row: Row, customer: str) -> list[Record]:
        joined = self._remarks.of(kind, row, self.author())
        return [join.record(Kind.REMARK, each, self.mapping.version, customer) for each in joined]

    def _numbered(self, numbers: Collection[str], customer: str) -> Mapping[str, str]:
        statements = [
            query.select("Invoice", ("DocNumber", "in", part), order="")
            for part in query.chunks(numbers, query.IDS)
        ]
        family = self.known.families([customer])
        rows = [row for found in self.client.queries(statements) for row in found]
        return {str(row["DocNumber"]): str(row["Id"]) for row in rows if standing.customer_of(row) in family}

    # where to look ---------------------------------------------------------------------------------------
    def payments_since(self) -> date:
        """How far back we look for money that nobody matched."""
        return self.now().date() - relativedelta(months=self.settings.payments_months)


def put(rows: Rows, entity: str, found: Iterable[Row]) -> None:
    """Add objects of that entity."""
    rows.setdefault(entity, {}).update({str(row["Id"]): row for row in found})
