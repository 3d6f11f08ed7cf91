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
    # an account may hold invoices of customers for whom this one pays: their marks are not his
    customer = _as_people_see(account.customer, account.marks)
    sites = tuple(_site_as_people_see(site, account.marks) for site in account.sites)
    invoices = tuple(_marked(invoice, account.marks) for invoice in account.invoices)
    return replace(account, customer=customer, sites=sites, invoices=invoices)


def _as_people_see(customer: Customer, marks: tuple[Mark, ...]) -> Customer:
    own = [m for m in marks if m.invoice_ref is None and m.customer_ref == customer.ref]
    return replace(customer, **_changes(own)) if own else customer


def _site_as_people_see(site: Customer, marks: tuple[Mark, ...]) -> Customer:
    """Whether a person excludes a site or takes it back stands on its invoices: one may be let through."""
    seen = _as_people_see(site, marks)
    about = (m for m in marks if m.invoice_ref is None and m.customer_ref == site.ref)
    said = any(m.name is MarkName.EXCLUDED for m in about)
    return replace(seen, no_reminders=False) if said else seen


def _changes(marks: list[Mark]) -> dict[str, Any]:
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
    """What is said of the invoice goes over what is said of all invoices of its customer."""
    about = [m for m in marks if m.invoice_ref is None and m.customer_ref == invoice.customer_ref]
    about += [m for m in marks if m.invoice_ref == invoice.ref]
    changes: dict[str, Any] = {}
    for mark in about:
        if mark.name is MarkName.SCENARIO:
            changes["scenario"] = mark.value
        if mark.name is MarkName.EXCLUDED:
            changes["no_reminders"] = mark.value != "no"
    return replace(invoice, **changes) if changes else invoice
