"""Reads Pennylane's objects and joins them into records with as few calls as can be.

A list gives a hundred objects a call; what stands behind the links of one (matched transactions, payments,
contacts) costs a call each, so it is only asked for where it can matter.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from dateutil.relativedelta import relativedelta

from connector.hosts import remarks
from connector.hosts.pennylane import block, join, standing
from connector.hosts.pennylane.client import Client
from connector.hosts.pennylane.cursor import moment
from connector.hosts.pennylane.settings import PennylaneSettings
from connector.mapping import FieldMapping
from connector.model import Kind, Ref
from connector.ports import Memo, Record

Row = dict[str, Any]
T = TypeVar("T")

#: A first pull asks how a settled invoice was paid when it was saved so shortly ago.
_RECENT = timedelta(days=10)
#: In place of an invoice that a line seems to name, and that its customer has not.
_NOWHERE = "-"
ISSUED = ("draft", "eq", "false")


@dataclass(frozen=True, slots=True)
class Reader:
    """One company's records. All methods raise HostError."""

    client: Client
    memo: Memo
    mapping: FieldMapping
    settings: PennylaneSettings
    clock: Callable[[], datetime]
    _me: dict[str, Row] = field(default_factory=dict)  # by access: the one in use

    # who we are ----------------------------------------------------------------------------------------
    def me(self, *, anew: bool = False) -> Row:
        """The company, the user who made the token (or nobody), and the scopes. Asked for again with another
        token: it may open another company."""
        access = self.client.access()
        known = self._me.get(access) or json.loads(self.memo.get("pennylane.me") or "{}")
        if anew or known.get("access") != access:
            known = {"access": access, "me": self.client.get("me")}
            self.memo["pennylane.me"] = json.dumps(known)
        self._me.clear()
        self._me[access] = known
        found: Row = known["me"]
        return found

    def name(self, what: str) -> str:
        """Where something lies in the memo that was learned with this access."""
        return f"pennylane.{self.settings.fingerprint}.{what}"

    def kept(self, what: str) -> str:
        """Where something lies in the memo that holds for the company, whatever token opens it."""
        return f"pennylane.{self.me()['company']['id']}.{what}"

    def now(self) -> datetime:
        """The server's clock, where it was heard."""
        return self.client.http.server_now or self.clock()

    # invoices ------------------------------------------------------------------------------------------
    def invoices(self, rows: Iterable[Row], *, briefly: bool = False) -> list[Record]:
        """Issued documents as records; others are left out. ``briefly``: how a settled one was paid is only
        asked for when that was lately."""
        own = self.mapping.names(("invoice",))
        found = []
        issued = [row for row in rows if standing.is_document(row)]
        behind = self.each(lambda row: self.details(row, briefly=briefly), issued)
        for row, details in zip(issued, behind, strict=True):
            joined = join.invoice(row, details)
            owner = joined["customer_id"]
            found.append(
                join.record(Kind.INVOICE, joined, self.mapping.version, owner, also=join.wanted(row, own))
            )
        return found

    def details(self, row: Row, *, briefly: bool = False) -> standing.Details:
        """What stands behind an invoice, as far as something was taken off it or it is paid in parts."""
        state = standing.situation(row)
        open_ = state in ("open", "in_payment") and not standing.is_credit_note(row)
        parts = self._behind(row, "installments") if open_ and row.get("installments") else []
        if not (open_ and standing.taken_of(row)) and not (
            state == "paid" and self._is_worth_it(row, briefly)
        ):
            return standing.Details(parts=parts) if parts else standing.NOTHING
        matched = self._behind(row, "matched_transactions")
        details = standing.Details(matched, (), parts)
        if any(each["id"] == "rest" for each in join.invoice(row, details)["allocations"]):
            details = standing.Details(matched, self._behind(row, "payments"), parts)
        return details

    def _is_worth_it(self, row: Row, briefly: bool) -> bool:
        if standing.is_credit_note(row):
            return False
        return not briefly or self.now() - moment(str(row["updated_at"])) < _RECENT

    def each(self, ask: Callable[[Row], T], rows: Sequence[Row]) -> list[T]:
        """Ask for something behind each of these rows, several at a time."""
        with ThreadPoolExecutor(self.settings.at_once, "pennylane") as several:
            return list(several.map(ask, rows))

    def _contacts(self, row: Row) -> list[Row]:
        return self.client.rows(f"customers/{row['id']}/contacts")

    def _behind(self, row: Row, link: str) -> list[Row]:
        return self.client.rows(f"customer_invoices/{row['id']}/{link}")

    # customers -----------------------------------------------------------------------------------------
    def customers(self, ids: Collection[int], chased: Collection[int]) -> list[Record]:
        """These customers and what people wrote to us in their notes. Contacts cost a call each: they are
        read of those who are ``chased``."""
        rows = self.client.among("customers", "id", ids) if ids else []
        own = self.mapping.names(("customer",))
        found = []
        people = self.each(lambda row: self._contacts(row) if row["id"] in chased else [], rows)
        for row, contacts in zip(rows, people, strict=True):
            joined = join.customer(row, contacts)
            also = join.wanted(row, own)
            found.append(join.record(Kind.CUSTOMER, joined, self.mapping.version, row["id"], also=also))
        return [*found, *self._remarks(rows)]

    def _remarks(self, rows: Iterable[Row]) -> list[Record]:
        return [record for row in rows for record in self._remarks_of(row)]

    def _remarks_of(self, row: Row) -> list[Record]:
        name = self.kept(f"said.{row['id']}")
        text = self.memo.get(name)
        lines = remarks.lines_in(block.theirs(row.get("notes") or ""))
        if not lines and not text:
            return []
        kept, there = remarks.follow(remarks.load(text), lines, str(row["updated_at"]), self.now())
        about = self._about(row["id"], there)
        kept = [replace(said, on=about.get(said.number, said.on)) for said in kept]
        if (now := remarks.dump(kept)) != text:
            self.memo[name] = now
        standing = {said.number for said in there}
        joined = [self._remark(row["id"], said) for said in kept if said.number in standing]
        return [join.record(Kind.REMARK, each, self.mapping.version, row["id"]) for each in joined]

    def _about(self, customer: int, said: Sequence[remarks.Said]) -> dict[int, str]:
        """Which invoice each of these lines names, by the number of the line; a dash where it names none."""
        asked = {one.number: number for one in said if not one.on and (number := remarks.named(one.line)[0])}
        if not asked:
            return {}
        rows = self.client.among("customer_invoices", "invoice_number", set(asked.values()))
        ids = {row["invoice_number"]: str(row["id"]) for row in rows if standing.customer_of(row) == customer}
        return {line: ids.get(number, _NOWHERE) for line, number in asked.items()}

    def _remark(self, customer: int, said: remarks.Said) -> Row:
        named = said.on not in ("", _NOWHERE)
        return {
            "id": f"{customer}/{said.number}",
            "on_kind": "invoice" if named else "customer",
            "on_id": said.on if named else str(customer),
            "said_at": said.at,
            "author": self._company(),
            "text": remarks.named(said.line)[1] if named else said.line,
        }

    def _company(self) -> Row:
        company = self.me()["company"]
        return {"id": f"company/{company['id']}", "name": company.get("name") or "", "email": None}

    # again ---------------------------------------------------------------------------------------------
    def again(self, refs: Collection[Ref], customers: Collection[str]) -> list[Record]:
        """Return these records as they are now, and these customers with all that is open or unapplied."""
        ids: dict[Kind, set[int]] = {kind: set() for kind in Kind}
        for ref in refs:
            if (number := ref.id.partition("/")[0]).isdigit():
                ids[ref.kind].add(int(number))
        owners = {int(ref) for ref in customers}
        asked = {*ids[Kind.CUSTOMER], *ids[Kind.REMARK], *owners}
        found = self.customers(asked, asked)
        rows = {row["id"]: row for row in self._documents(ids[Kind.INVOICE], owners)}
        found += self.invoices(rows.values())
        found += self.payments(self._receipts(ids[Kind.PAYMENT], owners))
        wanted = {ref for ref in refs if ref.kind is Kind.REMARK}
        return [
            r
            for r in found
            if r.ref.kind is not Kind.REMARK or r.customer_ref in customers or r.ref in wanted
        ]

    def _documents(self, ids: Collection[int], owners: Collection[int]) -> list[Row]:
        found = self.client.among("customer_invoices", "id", ids)
        theirs = self.client.among("customer_invoices", "customer_id", owners, ISSUED)
        return [*found, *(row for row in theirs if is_open(row))]

    def _receipts(self, ids: Collection[int], owners: Collection[int]) -> list[Row]:
        """Transactions cannot be asked for by customer: of the owners' we see those among the newest, which
        holds all that came in since the last pull, and those that are named."""
        found = {row["id"]: row for row in self.client.among("transactions", "id", ids)}
        for row in self.newest_transactions() if owners else []:
            if standing.customer_of(row) in owners and standing.unapplied(row):
                found[row["id"]] = row
        return list(found.values())

    def open_versions(self) -> dict[Ref, str]:
        """Return every open document and unapplied payment with the version that its record would have. What
        is open cannot be asked for: all issued documents are walked through."""
        found: dict[Ref, str] = {}
        for page in self.client.pages("customer_invoices", ISSUED, sort="id"):
            found |= {
                Ref(Kind.INVOICE, str(row["id"])): standing.version(row) for row in page if is_open(row)
            }
        since = ("date", "gteq", self.payments_since().isoformat())
        for page in self.client.pages("transactions", since, sort="id"):
            rows = [row for row in page if standing.is_receipt(row) and standing.unapplied(row)]
            found |= {Ref(Kind.PAYMENT, str(row["id"])): standing.payment_version(row) for row in rows}
        return found

    # payments ------------------------------------------------------------------------------------------
    def payments(self, rows: Iterable[Row]) -> list[Record]:
        """Bank transactions that bring money of a known customer."""
        joined = [join.payment(row) for row in rows if standing.is_receipt(row)]
        return [join.record(Kind.PAYMENT, row, self.mapping.version, row["customer_id"]) for row in joined]

    def payments_since(self) -> date:
        """How far back we look for money that nobody matched."""
        return self.now().date() - relativedelta(months=self.settings.payments_months)

    def newest_transactions(self) -> list[Row]:
        """The last hundred that the bank brought."""
        found: list[Row] = self.client.get("transactions", sort="-id", limit=100)["items"]
        return found

    def bank_entry_on(self, rows: Iterable[Row]) -> str:
        """The newest day of these, up to today; empty for none."""
        today = self.now().date().isoformat()
        days = (str(row["date"]) for row in rows if row.get("date") and not row.get("archived_at"))
        return max((day for day in days if day <= today), default="")


def is_open(row: Row) -> bool:
    """True while somebody may still have to do something about a document."""
    if not standing.is_document(row) or standing.situation(row) not in ("open", "in_payment"):
        return False
    left = standing.residual(row)
    return left is None or left > 0
