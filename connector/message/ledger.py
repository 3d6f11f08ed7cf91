"""Questions that a message asks of an account, beyond the lines it was given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from connector.model import (
    Account,
    Action,
    AllocationSource,
    Installment,
    InstallmentKey,
    Invoice,
    InvoiceKind,
    InvoiceState,
    MessagePlan,
    PromiseState,
    Reminder,
    ReminderState,
)
from connector.model.chase import CALL_CHANNEL, THANK_YOU


@dataclass(frozen=True, slots=True)
class Taken:
    """Money of one day that invoices have taken."""

    on: date
    amount: Decimal


def credit_notes(account: Account, currency: str) -> list[Invoice]:
    """Credit notes with something left."""
    return [
        invoice
        for invoice in account.invoices
        if invoice.kind is InvoiceKind.CREDIT_NOTE
        and invoice.currency == currency
        and invoice.state is InvoiceState.OPEN
        and invoice.residual > 0
    ]


def received(account: Account, plan: MessagePlan, today: date) -> list[Taken]:
    """The payments that a message acknowledges, by day.

    A thank-you: what settled its invoices since we first wrote about them. A reminder: what came in from
    the day of the last one to yesterday; today's money waits for the next, so that nobody is thanked twice.
    """
    sent = [_sent_on(r) for r in _sent(account, plan)]
    if not sent:
        return []
    if plan.action is Action.THANK:
        settled = {line.installment.invoice_ref for line in plan.lines}
        return _taken((i for i in account.invoices if i.ref in settled), min(sent), today)
    ours = (i for i in account.invoices if i.currency == plan.currency)
    return _taken(ours, max(sent), today - timedelta(days=1))


def last_sent_on(account: Account, plan: MessagePlan) -> date | None:
    """The day of the newest reminder that left before this message."""
    return max((_sent_on(r) for r in _sent(account, plan)), default=None)


def _sent(account: Account, plan: MessagePlan) -> list[Reminder]:
    """The reminders that left: in this currency or, for a thank-you, about what it thanks for."""
    keys = {line.installment for line in plan.lines} if plan.action is Action.THANK else None
    return [
        r
        for r in account.reminders
        if r.state is ReminderState.SENT
        and r.step != THANK_YOU
        and r.channel != CALL_CHANNEL  # whether anybody called, nobody here can tell
        and r.currency == plan.currency
        and (keys is None or r.installment in keys)
    ]


def _sent_on(reminder: Reminder) -> date:
    return reminder.completed_on or reminder.queued_on


def _taken(invoices: Iterable[Invoice], first: date, last: date) -> list[Taken]:
    by_day: dict[date, Decimal] = {}
    for invoice in invoices:
        for allocation in invoice.allocations:
            if allocation.source is AllocationSource.PAYMENT and first <= allocation.on <= last:
                by_day[allocation.on] = by_day.get(allocation.on, Decimal(0)) + allocation.amount
    return [Taken(on, amount) for on, amount in sorted(by_day.items())]


def other_overdue(account: Account, plan: MessagePlan, today: date) -> list[tuple[Invoice, Installment]]:
    """What a thank-you may recall besides: overdue, and nothing speaks against naming it."""
    listed = {line.installment for line in plan.lines}
    quiet = _quiet_invoices(account, today)
    return [
        (invoice, part)
        for invoice in account.invoices
        if invoice.kind is InvoiceKind.INVOICE
        and invoice.currency == plan.currency
        and invoice.state is InvoiceState.OPEN
        and not invoice.no_reminders
        and invoice.ref not in quiet
        and None not in quiet
        for part in invoice.installments
        if part.residual > 0
        and part.due_on < today
        and InstallmentKey(invoice.ref, part.position) not in listed
    ]


def _quiet_invoices(account: Account, today: date) -> set[str | None]:
    """Invoices under a hold or an open promise; None stands for all of them."""
    held = {
        hold.invoice_ref
        for hold in account.holds
        if hold.released_at is None and (hold.until_on is None or hold.until_on >= today)
    }
    return held | {p.invoice_ref for p in account.promises if p.state is PromiseState.OPEN}
