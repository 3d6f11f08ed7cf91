"""The history of an invoice or a customer, as lines in order: what the host shows and what we did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from connector.model import Invoice
from connector.store.ports import Found, Unit

#: Orders told beside an explanation.
_NEWEST = 5
#: What only people do, also where the host does not say who.
_PEOPLES = frozenset(("reminder_cancelled", "promise_moved", "task_deleted"))


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened on a day (the company's). ``name`` is that of an event."""

    on: date
    name: str
    data: Mapping[str, object]

    def as_dict(self) -> dict[str, object]:
        return {"on": self.on.isoformat(), "event": self.name, **self.data}


def history(unit: Unit, found: Found, zone: ZoneInfo) -> list[Line]:
    """Return the lines of an invoice, or of a customer with all of his open invoices, oldest first."""
    accounts = unit.accounts([found.customer_ref])
    lines: list[Line] = []
    for account in accounts:
        for invoice in account.invoices:
            if found.invoice_ref in (None, invoice.ref):
                lines += _of_invoice(invoice)
    for event in unit.events(customer_ref=found.customer_ref):
        if found.invoice_ref is None or event.invoice_ref in (None, found.invoice_ref):
            lines.append(Line(event.at.astimezone(zone).date(), event.name, event.data))
    return sorted(_without_repeats(lines), key=lambda line: line.on)


def given_orders(unit: Unit, found: Found, zone: ZoneInfo) -> list[Line]:
    """Return the newest orders that people gave about an invoice or a customer, oldest first, with who gave
    them where that is known: what ``explain`` adds to the rules."""
    events = unit.events(customer_ref=found.customer_ref)
    events = [e for e in events if e.data.get("by") or e.name in _PEOPLES]
    about = [e for e in events if found.invoice_ref is None or e.invoice_ref in (None, found.invoice_ref)]
    lines = [Line(e.at.astimezone(zone).date(), e.name, e.data) for e in about]
    return list(_without_repeats(lines))[-_NEWEST:]


def _without_repeats(lines: list[Line]) -> Iterator[Line]:
    """Two installments of one invoice in one message are one line."""
    seen: set[str] = set()
    for line in lines:
        what = repr(line)
        if what not in seen:
            seen.add(what)
            yield line


def _of_invoice(invoice: Invoice) -> Iterator[Line]:
    money = {"currency": invoice.currency, "number": invoice.number}
    about = {"products": list(invoice.products)} if invoice.products else {}
    yield Line(invoice.issued_on, "invoice_issued", {**money, "amount": str(invoice.total), **about})
    for part in invoice.installments:
        yield Line(
            part.due_on, "fell_due", {**money, "amount": str(part.amount), "residual": str(part.residual)}
        )
    for allocation in invoice.allocations:
        data = {**money, "amount": str(allocation.amount), "label": allocation.label}
        yield Line(allocation.on, f"{allocation.source}_allocated", data)
