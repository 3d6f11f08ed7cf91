"""Promises to pay: how long they hold, and how they ended."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from connector.dunning.calendar import add_working_days
from connector.dunning.policy import Policy
from connector.model import Account, Invoice, InvoiceKind, Promise, PromiseState


def last_day(promised_on: date, policy: Policy) -> date:
    """The last day on which a promised date still stops the chase: the date and the working days of grace,
    since money promised for a Friday may reach the bank on Tuesday."""
    return add_working_days(promised_on, policy.promise_grace, policy.country)


def settle_promises(account: Account, today: date, policy: Policy) -> list[tuple[Promise, PromiseState]]:
    """Return the open promises that came to an end, with how: kept as soon as the money is there, partly
    kept or broken once the days of grace are over."""
    ended = []
    for promise in account.promises:
        if promise.state is not PromiseState.OPEN:
            continue
        state = _outcome(account, promise, today, policy)
        if state is not None:
            ended.append((promise, state))
    return ended


def _outcome(account: Account, promise: Promise, today: date, policy: Policy) -> PromiseState | None:
    invoices = [
        i for i in account.invoices if i.kind is InvoiceKind.INVOICE and promise.invoice_ref in (None, i.ref)
    ]
    if not invoices:
        return PromiseState.WITHDRAWN if promise.invoice_ref else None
    received = sum((_received(i, promise.made_on) for i in invoices), Decimal(0))
    owed = sum((_owed_then(i, promise.promised_on) for i in invoices), Decimal(0))
    if owed == 0 or (promise.amount is not None and received >= promise.amount):
        return PromiseState.KEPT
    if today <= last_day(promise.promised_on, policy):
        return None
    return PromiseState.PARTLY if received > 0 else PromiseState.BROKEN


def _received(invoice: Invoice, since: date) -> Decimal:
    return sum((a.amount for a in invoice.allocations if a.on >= since), Decimal(0))


def _owed_then(invoice: Invoice, on: date) -> Decimal:
    """What is still owed of the part that had fallen due by the promised day."""
    due = [i.residual for i in invoice.installments if i.due_on <= on]
    return sum(due, Decimal(0)) if due else invoice.residual
