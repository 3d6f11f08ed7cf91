"""The promise that was not kept, as the message after it recalls it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from connector.dunning.promises import owed_on, received_since
from connector.message.values import Promised, Writer
from connector.model import (
    Account,
    Action,
    AllocationSource,
    MessagePlan,
    Promise,
    PromiseState,
    ReminderState,
)
from connector.model.chase import THANK_YOU

_ZERO = Decimal(0)


def broken_promise(plan: MessagePlan, account: Account, writer: Writer, today: date) -> Promised | None:
    """What a reminder says of a promise that was not (wholly) kept; None when there is none to recall, or
    when all that was promised has come since, late."""
    promise = shown_promise(account, plan, today)
    if promise is None:
        return None
    promised = promise.amount if promise.amount is not None else promise.owed
    if not promised:
        return Promised(writer.day(promise.promised_on), None, promise.state is PromiseState.PARTLY)
    unmatched = _unmatched_since(account, promise)
    paid = _paid_since(account, promise) + unmatched
    missing = min(promised - received_since(account, promise) - unmatched, owed_on(account, promise))
    if missing <= 0:
        return None
    return Promised(
        writer.day(promise.promised_on),
        writer.amount(promised, promise.currency),
        partly=paid > 0,
        received=writer.amount(paid, promise.currency) if paid > 0 else None,
        missing=writer.amount(missing, promise.currency),
    )


def shown_promise(account: Account, plan: MessagePlan, today: date) -> Promise | None:
    """The newest promise that failed, for something of which the chase resumes in this message, and that no
    message has spoken of yet: none was sent about what it covers since its day."""
    if plan.action is not Action.REMIND:
        return None
    resumed: set[str | None] = {line.installment.invoice_ref for line in plan.lines if line.step is not None}
    failed = [
        p
        for p in account.promises
        if p.state in (PromiseState.BROKEN, PromiseState.PARTLY)
        and (p.invoice_ref is None or p.invoice_ref in resumed)
        and p.currency in (None, plan.currency)
        and p.promised_on < today
        and not _is_told(account, plan, p)
    ]
    return max(failed, key=lambda p: (p.promised_on, p.id), default=None)


def _is_told(account: Account, plan: MessagePlan, promise: Promise) -> bool:
    return any(
        (r.completed_on or r.queued_on) > promise.promised_on
        for r in account.reminders
        if r.state is ReminderState.SENT
        and r.step != THANK_YOU
        and r.currency == plan.currency
        and promise.invoice_ref in (None, r.installment.invoice_ref)
    )


def _paid_since(account: Account, promise: Promise) -> Decimal:
    """The money, without credits, that the promised invoices took since; of the day of the promise only what
    came after it, where that is known."""
    covered = [
        i
        for i in account.invoices
        if promise.invoice_ref in (None, i.ref) and promise.currency in (None, i.currency)
    ]
    first = promise.made_on if promise.owed is None else promise.made_on + timedelta(days=1)
    payments = [a for i in covered for a in i.allocations if a.source is AllocationSource.PAYMENT]
    later = sum((a.amount for a in payments if a.on >= first), _ZERO)
    same_day = sum((a.amount for a in payments if a.on == promise.made_on), _ZERO)
    if promise.owed is None:
        return later
    unexplained = received_since(account, promise) - later  # what is owed less than then, but for later days
    return later + max(min(same_day, unexplained), _ZERO)


def _unmatched_since(account: Account, promise: Promise) -> Decimal:
    """Money that no invoice has taken yet: the message deducts it."""
    spare = (p for p in account.payments if p.currency == promise.currency and p.paid_on >= promise.made_on)
    return sum((p.unapplied for p in spare), _ZERO)
