"""Promises to pay: how long they hold, and how they ended."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from connector.dunning.calendar import add_bank_days, add_working_days
from connector.dunning.policy import Policy
from connector.model import Account, Invoice, InvoiceKind, InvoiceState, Promise, PromiseState


def last_day(promised_on: date, policy: Policy) -> date:
    """The last day on which a promised date, or one of a payment plan, still stops the chase: the date and
    the working days of grace, since money promised for a Friday may reach the bank on Tuesday. A day on which
    no transfer in euros is settled is not counted, unless the company says so."""
    add = add_bank_days if policy.target_days else add_working_days
    return add(promised_on, policy.promise_grace, policy.country)


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
    invoices = [i for i in account.invoices if _is_promised(i, promise)]
    if not invoices:
        return PromiseState.WITHDRAWN if promise.invoice_ref else None
    received = received_since(account, promise)
    missing = _owed_by(invoices, promise.promised_on)
    if promise.amount is not None:
        missing = min(missing, promise.amount - received)
    if missing <= 0:
        return PromiseState.KEPT
    unmatched = _unmatched(account, promise, {i.currency for i in invoices})
    if today <= last_day(promise.promised_on, policy) or unmatched >= missing:
        return None
    return PromiseState.PARTLY if received > 0 else PromiseState.BROKEN


def _is_promised(invoice: Invoice, promise: Promise) -> bool:
    """True for the invoice of a promise; for one of the whole account, for each in the promised currency."""
    if invoice.kind is not InvoiceKind.INVOICE:
        return False
    if promise.invoice_ref is not None:
        return invoice.ref == promise.invoice_ref
    return promise.amount is None or promise.currency in (None, invoice.currency)


def owed_on(account: Account, promise: Promise) -> Decimal:
    """What is to be paid by the promised day as things stand, in the promise's currency. Recorded with a new
    promise (``Promise.owed``), it tells the money that came before it on its day from what came after."""
    covered = (i for i in account.invoices if _is_promised(i, promise))
    return _owed_by([i for i in covered if promise.currency in (None, i.currency)], promise.promised_on)


def received_since(account: Account, promise: Promise) -> Decimal:
    """What the promised invoices have taken since the promise was made: money and credit.

    An allocation has a day and no hour. Those of later days count; those of the day itself only as far as
    less is owed now than when the promise was made. Where nobody noted what was owed then, they all do.
    """
    invoices = [i for i in account.invoices if _is_promised(i, promise)]
    if promise.owed is None:
        return _taken(invoices, promise.made_on)
    later = _taken(invoices, promise.made_on + timedelta(days=1))
    return max(later, promise.owed - owed_on(account, promise), Decimal(0))


def _taken(invoices: list[Invoice], since: date) -> Decimal:
    return sum((a.amount for i in invoices for a in i.allocations if a.on >= since), Decimal(0))


def _unmatched(account: Account, promise: Promise, currencies: set[str]) -> Decimal:
    """Money that came since and that nobody has matched: before that is done no promise is called broken."""
    money = [p for p in account.payments if p.paid_on >= promise.made_on and p.currency in currencies]
    return sum((p.unapplied for p in money), Decimal(0))


def _owed_by(invoices: list[Invoice], on: date) -> Decimal:
    """What is still owed of all that had fallen due by the promised day; of all, when nothing had. What is on
    its way to the bank is owed no more."""
    owing = [i for i in invoices if i.state is not InvoiceState.IN_PAYMENT]
    due = [part.residual for i in owing for part in i.installments if part.due_on <= on]
    return sum(due, Decimal(0)) if due else sum((i.residual for i in owing), Decimal(0))
