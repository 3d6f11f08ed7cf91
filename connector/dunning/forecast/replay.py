"""The past again: what would have left, day by day, from the facts that we hold today.

What cannot be known of the past is taken as it is today, or left out: allocations that were made and undone
later; amounts, due dates, addresses, tags and blocks that were changed; when something was paid of which no
allocation tells (it counts as never owed, so that too few messages are shown rather than too many); payments
between their day and that of an allocation; what people said at the time (promises, disputes, holds);
documents that were deleted or cancelled since.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from connector.dunning.forecast.events import ComingMessage, ForecastEvent
from connector.dunning.forecast.walk import walk
from connector.dunning.policy import Policy
from connector.model import (
    Account,
    Action,
    AllocationSource,
    InstallmentKey,
    Invoice,
    InvoiceState,
    Payment,
    Standing,
)

_NONE = Decimal(0)
_NEVER_POSTED = (InvoiceState.DRAFT, InvoiceState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that reached an installment on a day. ``amount`` in the invoice's currency."""

    on: date
    installment: InstallmentKey
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ReplayedMessage:
    """A message that would have left, and what was really paid afterwards of what it asked for."""

    message: ComingMessage
    paid: tuple[Paid, ...] = ()

    def paid_within(self, days: int) -> Decimal:
        """What was paid in the ``days`` days after it, in its currency."""
        last = self.message.on + timedelta(days=days)
        return sum((p.amount for p in self.paid if p.on <= last), _NONE)


def replay(
    account: Account, policy: Policy, first: date, last: date, *, approved: bool = True
) -> list[ReplayedMessage]:
    """Return the messages that would have left from ``first`` to ``last`` if the program had been installed
    on ``first`` with these rules. ``account`` has all its invoices since then, paid ones too."""
    past = Past(account, keep=policy.thank_within)
    found: Iterable[ForecastEvent] = walk(past, Standing(started_on=first), policy, first, last, approved)
    return [
        ReplayedMessage(event, past.paid_after(event)) for event in found if isinstance(event, ComingMessage)
    ]


class Past:
    """A ``Timeline`` of days gone by. An invoice is there from its day of issue, a payment from its own; a
    settled invoice stays ``keep`` days more, for the thanks."""

    def __init__(self, account: Account, keep: int = 14) -> None:
        self.account = replace(account, invoices=(), payments=(), reminders=(), promises=(), follow_ups=())
        posted = [i for i in account.invoices if i.state not in _NEVER_POSTED]
        self._lives = [_Life(invoice) for invoice in posted]
        self._by_ref = {life.ref: life for life in self._lives}
        self._payments = [p for p in account.payments if p.unapplied > 0]
        self._keep = timedelta(days=keep)
        days = {day for life in self._lives for day in life.days} | {p.paid_on for p in self._payments}
        self._days = sorted(days)

    def facts(self, day: date) -> tuple[tuple[Invoice, ...], tuple[Payment, ...]]:
        invoices = (life.on(day, self._keep) for life in self._lives)
        return tuple(i for i in invoices if i), tuple(p for p in self._payments if p.paid_on <= day)

    def next_change(self, after: date) -> date | None:
        place = bisect_right(self._days, after)
        return self._days[place] if place < len(self._days) else None

    def paid_after(self, message: ComingMessage) -> tuple[Paid, ...]:
        """The payments of what a reminder asked for, after its day."""
        if message.action is not Action.REMIND:
            return ()
        asked = set(message.installments)
        refs = dict.fromkeys(key.invoice_ref for key in message.installments)
        paid = (p for ref in refs for p in self._by_ref[ref].paid if p.on > message.on)
        return tuple(sorted((p for p in paid if p.installment in asked), key=lambda p: (p.on, p.installment)))


@dataclass(frozen=True, slots=True)
class _Part:
    """What an allocation took off one installment."""

    on: date
    position: int
    amount: Decimal
    source: AllocationSource


class _Life:
    """One document from its issue to this day: how it stood after each allocation."""

    def __init__(self, invoice: Invoice) -> None:
        self.ref = invoice.ref
        parts = _spread(invoice)
        self.paid = tuple(
            Paid(part.on, InstallmentKey(invoice.ref, part.position), part.amount)
            for part in parts
            if part.source is AllocationSource.PAYMENT
        )
        self.days = sorted({invoice.issued_on, *(max(part.on, invoice.issued_on) for part in parts)})
        self._states = [_as_it_stood(invoice, day, parts) for day in self.days[:-1]] + [invoice]

    def on(self, day: date, keep: timedelta) -> Invoice | None:
        """The document on a day; None before its issue, and when it is settled for long."""
        place = bisect_right(self.days, day) - 1
        if place < 0:
            return None
        state = self._states[place]
        return state if state.residual > 0 or self.days[place] + keep >= day else None


def _as_it_stood(invoice: Invoice, day: date, parts: Iterable[_Part]) -> Invoice:
    """The document on a day: as it is now, with what was allocated later still owed."""
    later: dict[int, Decimal] = {}
    for part in parts:
        if part.on > day:
            later[part.position] = later.get(part.position, _NONE) + part.amount
    installments = tuple(
        replace(i, residual=i.residual + later.get(i.position, _NONE)) for i in invoice.installments
    )
    residual = sum((i.residual for i in installments), _NONE)
    return replace(
        invoice,
        installments=installments,
        residual=residual,
        state=InvoiceState.OPEN if residual > 0 else InvoiceState.PAID,
        allocations=tuple(a for a in invoice.allocations if a.on <= day),
    )


def _spread(invoice: Invoice) -> list[_Part]:
    """Say what each allocation took off which installment: off the one it names, else off all in the order
    of their ranks; never more than what an installment lacks today."""
    lacks = {
        i.position: i.amount - i.residual for i in sorted(invoice.installments, key=lambda i: i.position)
    }
    parts: list[_Part] = []
    for allocation in sorted(invoice.allocations, key=lambda a: (a.position is None, a.on)):
        named = allocation.position
        left = allocation.amount
        for position in [named] if named is not None and named in lacks else list(lacks):
            amount = min(left, lacks[position])
            if amount > 0:
                left -= amount
                lacks[position] -= amount
                parts.append(_Part(allocation.on, position, amount, allocation.source))
    return parts
