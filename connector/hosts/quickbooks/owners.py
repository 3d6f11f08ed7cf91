"""Whose an invoice is, for notes that are to be seen from the customer too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.hosts.quickbooks import standing

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Owners:
    """Knows the invoices that were read in this process, so that writing about them costs no billed call.

    ``fetch`` reads objects by entity and id; ``payer`` names who pays for a customer, empty for himself.
    """

    fetch: Callable[[Mapping[str, Collection[str]]], Mapping[str, Mapping[str, Row]]]
    payer: Callable[[str], str]
    _known: dict[str, str] = field(default_factory=dict)  # invoice -> the customer that stands on it

    def note(self, rows: Iterable[Row]) -> None:
        """Remember whose these raw invoices are."""
        self._known.update({str(row["Id"]): owner for row in rows if (owner := standing.customer_of(row))})

    def read(self, invoices: Collection[str]) -> dict[str, Row]:
        """These raw invoices, by id; one that is not there is left out. A billed call for a thousand. Raises
        HostError."""
        wanted = [number for number in invoices if number.isdigit()]
        found = dict(self.fetch({"Invoice": wanted}).get("Invoice", {}))
        self.note(found.values())
        return found

    def of(self, invoices: Collection[str]) -> dict[str, str]:
        """Who pays each of these invoices, by id; one that is not there is left out. Billed only where some
        were not read before. Raises HostError."""
        self.read([invoice for invoice in invoices if invoice not in self._known])
        return {invoice: self._holder(self._known[invoice]) for invoice in invoices if invoice in self._known}

    def _holder(self, customer: str) -> str:
        """Who pays in the end. A job has three above it at most."""
        for _ in range(4):
            customer = self.payer(customer) or customer
        return customer
