"""What is remembered of customers between two pulls, so that an invoice costs no look at its customer: who
was given already, whose address stands on invoices, and whose jobs are paid by another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from typing import Any

from connector.hosts.quickbooks import standing
from connector.ports import Memo

Row = dict[str, Any]

#: Addresses of invoices that are kept of a customer; the oldest go first.
_KEPT = 8


class Known:
    """One entry of the memo for a company: customer -> [digests of his own addresses, payer, other
    addresses on his open invoices]."""

    def __init__(self, memo: Memo, name: str) -> None:
        self._memo, self._name = memo, name
        self._text = ""
        self._table: dict[str, tuple[list[str], str, list[str]]] = {}
        self.reload()

    def reload(self) -> None:
        """Begin with what was kept: what was learned and not kept may be in no store."""
        self._text = self._memo.get(self._name) or "{}"
        self._table = {
            ref: (own, payer, billed) for ref, (own, payer, billed) in json.loads(self._text).items()
        }

    def save(self) -> None:
        """Keep what was learned, if anything was. Only when the records of these customers are saved: one
        whom we know is not read again."""
        text = json.dumps(self._table, separators=(",", ":"))
        if text != self._text:
            self._memo[self._name] = self._text = text

    def has(self, customer: str) -> bool:
        return customer in self._table

    def learn(self, row: Row) -> None:
        """A customer was read."""
        own = [_digest(each.lower()) for each in standing.addresses(row.get("PrimaryEmailAddr"))]
        _, _, billed = self._table.get(str(row["Id"]), ([], "", []))
        left = [address for address in billed if _digest(address) not in own]
        self._table[str(row["Id"])] = (own, standing.payer_of(row), left)

    def bill(self, invoice: Row) -> bool:
        """An open invoice names an address: return whether that makes another contact of its customer. One
        whom we do not know yet is another matter."""
        customer, address = standing.customer_of(invoice), standing.billed_to(invoice)
        if not address or customer not in self._table or standing.situation(invoice) != "open":
            return False
        own, payer, billed = self._table[customer]
        if address in billed or _digest(address) in own:
            return False
        self._table[customer] = (own, payer, [*billed, address][-_KEPT:])
        return True

    def billed_to(self, customer: str) -> list[str]:
        """Other addresses on his open invoices."""
        return self._table[customer][2] if customer in self._table else []

    def payer(self, customer: str) -> str:
        """Who pays for him; empty for himself."""
        return self._table[customer][1] if customer in self._table else ""

    def families(self, customers: Collection[str]) -> set[str]:
        """These customers and all for whom they pay, also through others."""
        found = set(customers)
        jobs = {ref: payer for ref, (_, payer, _) in self._table.items() if payer}
        while more := {ref for ref, payer in jobs.items() if payer in found} - found:
            found |= more
        return found

    def unknown(self, customers: Iterable[str]) -> set[str]:
        """Of these, and of those who pay for them, the ones that were never read."""
        seen: set[str] = set()
        todo = [customer for customer in customers if customer]
        while todo:
            customer = todo.pop()
            if customer not in seen:
                seen.add(customer)
                todo += [self.payer(customer)] if self.payer(customer) else []
        return {customer for customer in seen if customer not in self._table}


def _digest(address: str) -> str:
    return hashlib.blake2b(address.encode(), digest_size=4).hexdigest()
