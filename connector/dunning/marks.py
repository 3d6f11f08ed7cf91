"""What people said of a customer or an invoice goes over what the host says."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from connector.model import Account, Customer, Invoice, Mark, MarkName, PayerType, Segment


def with_marks(account: Account) -> Account:
    """Return the account as people see it. A value that is none of the known ones is left out."""
    if not account.marks:
        return account
    customer = account.customer
    own = [mark for mark in account.marks if mark.invoice_ref is None]
    customer = replace(customer, **_changes(customer, own))
    invoices = tuple(_marked(invoice, account.marks) for invoice in account.invoices)
    return replace(account, customer=customer, invoices=invoices)


def _changes(customer: Customer, marks: list[Mark]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for mark in marks:
        with suppress(ValueError):
            match mark.name:
                case MarkName.SEGMENT:
                    changes["segment"] = Segment(mark.value)
                case MarkName.PAYER_TYPE:
                    changes["payer_type"] = PayerType(mark.value)
                case MarkName.SCENARIO:
                    changes["scenario"] = mark.value
                case MarkName.INSOLVENT:
                    changes["insolvent"] = mark.value != "no"
                case MarkName.EXCLUDED:
                    changes["no_reminders"] = mark.value != "no"
    return changes


def _marked(invoice: Invoice, marks: tuple[Mark, ...]) -> Invoice:
    for mark in marks:
        if mark.invoice_ref == invoice.ref and mark.name is MarkName.SCENARIO:
            invoice = replace(invoice, scenario=mark.value)
        if mark.invoice_ref == invoice.ref and mark.name is MarkName.EXCLUDED:
            invoice = replace(invoice, no_reminders=mark.value != "no")
    return invoice
