"""What the host handed over, as rows of the table of facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from connector.model import Activity, Customer, Fact, Inbound, Invoice, Kind, Payment, Ref, Remark, SetAside
from connector.store import codec
from connector.store.debtor import debtor_key
from connector.store.scope import Row

#: What a record set aside changes of the row of its ref. What it does not tell (its number, its name, who
#: pays) stays as it was.
CHANGED_ASIDE = (
    "customer_ref",
    "open",
    "gone",
    "version",
    "digest",
    "closed_on",
    "problem_field",
    "problem_reason",
    "saved_at",
    "body",
    "raw",
)
#: What a fact changes of the row of its ref, by kind. ``paid_by`` follows from all customers together.
CHANGED_BY_FACT: Mapping[str, tuple[str, ...]] = {
    Kind.CUSTOMER.value: (*CHANGED_ASIDE, "name", "name_key", "payer_ref", "debtor_key"),
    Kind.INVOICE.value: (*CHANGED_ASIDE, "number", "allocated_on"),
    Kind.PAYMENT.value: CHANGED_ASIDE,
    Kind.ACTIVITY.value: (*CHANGED_ASIDE, "invoice_ref"),
    Kind.INBOUND.value: (*CHANGED_ASIDE, "invoice_ref", "received_at"),
    Kind.REMARK.value: (*CHANGED_ASIDE, "invoice_ref"),
}


def fact_row(
    company: str, ref: Ref, digest: str, fact: Fact, invoices: Mapping[str, str], now: datetime
) -> Row:
    """``invoices`` says whose the invoices are that activities and messages stand on. A column that is not
    named is NULL."""
    row: Row = {
        "company": company,
        "kind": ref.kind.value,
        "ref": ref.id,
        "customer_ref": _customer_of(fact, invoices),
        "open": False,
        "gone": False,
        "version": fact.version,
        "digest": digest,
        "saved_at": now,
        "body": codec.dump_fact(ref.kind, fact),
    }
    match fact:
        case Invoice():
            row |= _of_invoice(fact, now)
        case Payment():
            row["open"] = fact.unapplied > 0
        case Customer():
            row |= _of_customer(fact)
        case Inbound():
            row |= {"invoice_ref": _invoice_of(fact), "received_at": fact.received_at}
        case Activity() | Remark():
            row["invoice_ref"] = _invoice_of(fact)
    return row


def set_aside_row(company: str, digest: str, why: SetAside, raw: Mapping[str, object], now: datetime) -> Row:
    """The record takes the place of the fact of the same ref."""
    own = why.ref.id if why.ref.kind is Kind.CUSTOMER else None
    return {
        "company": company,
        "kind": why.ref.kind.value,
        "ref": why.ref.id,
        "customer_ref": why.customer_ref or own,
        "open": True,
        "gone": False,
        "version": "",
        "digest": digest,
        "closed_on": None,
        "problem_field": why.field,
        "problem_reason": why.reason,
        "saved_at": now,
        "body": None,
        "raw": codec.dump_raw(raw),
    }


def _of_invoice(invoice: Invoice, now: datetime) -> Row:
    return {
        "open": invoice.is_open,
        "number": invoice.number,
        "closed_on": None if invoice.is_open else now.date(),
        "allocated_on": max((allocation.on for allocation in invoice.allocations), default=None),
    }


def _of_customer(customer: Customer) -> Row:
    return {
        "name": customer.name,
        "name_key": codec.name_key(customer.name),
        "payer_ref": customer.payer_ref,
        "debtor_key": debtor_key(customer.registry, customer.vat, customer.country),
    }


def _invoice_of(fact: Activity | Inbound | Remark) -> str | None:
    return fact.on.id if fact.on.kind is Kind.INVOICE else None


def _customer_of(fact: Fact, invoices: Mapping[str, str]) -> str | None:
    match fact:
        case Customer():
            return fact.ref
        case Invoice() | Payment():
            return fact.customer_ref
        case _ if fact.on.kind is Kind.CUSTOMER:
            return fact.on.id
        case _ if fact.on.kind is Kind.INVOICE:
            return invoices.get(fact.on.id)
        case _:
            return None
