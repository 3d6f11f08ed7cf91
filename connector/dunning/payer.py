"""How a customer pays: a type suggested from his history, with the figures that speak for it.

A suggestion is for the eyes of the company's own people. No rule reads it: scenarios look at
``Customer.payer_type`` alone, which a person sets; and no message shows it. What it weighs is how invoices
were paid, nothing about the person (GDPR: no decision with an effect on somebody follows from it by itself).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from connector.dunning.contacts import usable
from connector.model import (
    Account,
    AllocationSource,
    Invoice,
    InvoiceKind,
    InvoiceState,
    PayerType,
    PlanState,
    PromiseState,
    ReminderState,
    quantize,
)
from connector.model.chase import THANK_YOU

#: Fewer invoices than this with a due date behind them say nothing.
ENOUGH = 4
#: A payment within so many days after a reminder is taken to answer it.
AFTER_REMINDER = timedelta(days=7)

_ZERO = Decimal(0)
_THOUSANDTH = Decimal("0.001")
_BADLY = (PromiseState.BROKEN, PromiseState.PARTLY)
_POSTED = (InvoiceState.OPEN, InvoiceState.IN_PAYMENT, InvoiceState.PAID)


class Confidence(StrEnum):
    LOW = "low"  # fewer than 8 invoices
    MEDIUM = "medium"  # fewer than 20
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class History:
    """What the invoices of a customer show. Shares go from 0 to 1 and are weighted by amounts, several
    currencies by their smallest units; None where there is nothing to divide by."""

    invoices: int  # with a due date behind them
    days_late: int | None = None  # on average, of what was paid and of what is still owed
    on_time: Decimal | None = None  # share of what fell due that was paid by its date
    #: of what was paid late and after a reminder, the share that came within 7 days of one
    after_reminder: Decimal | None = None
    disputes: int = 0
    partial: int = 0  # invoices paid in more payments than they have dates
    promises_kept: int = 0
    promises_broken: int = 0  # kept in part too, and plans
    refused: tuple[str, ...] = ()  # his addresses of today that refused what we sent
    reachable: bool = True  # an address or a telephone number is left


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``payer_type`` is None when there is too little history (``enough`` False) or no clear picture."""

    payer_type: PayerType | None
    evidence: History
    confidence: Confidence

    @property
    def enough(self) -> bool:
        return self.evidence.invoices >= ENOUGH


class _Piece(NamedTuple):
    """Some money of one due date: when it came (None: still owed), and whether reminders went before."""

    amount: Decimal  # on the scale of ``comparable``
    due_on: date
    paid_on: date | None
    reminded: bool
    answered: bool  # within the days of ``AFTER_REMINDER``


def suggest(account: Account, today: date, settled: Sequence[Invoice] = ()) -> Suggestion:
    """Suggest how a customer pays. Pure.

    ``settled`` are his invoices that nothing is owed on any more, as far back as there are any; those of the
    account itself may be among them.
    """
    history = read_history(account, today, settled)
    return Suggestion(_type_of(history), history, _confidence(history.invoices))


def comparable(amount: Decimal, currency: str) -> Decimal:
    """Return an amount on a scale on which currencies can be added: hundreds of their smallest unit."""
    exponent = quantize(_ZERO, currency).as_tuple().exponent
    return amount.scaleb(-int(exponent) - 2)


def refused_now(account: Account) -> tuple[str, ...]:
    """The customer's addresses of today that refused a reminder; one corrected since is his no more."""
    refused = {r.recipient.lower() for r in account.reminders if r.state is ReminderState.REFUSED}
    return tuple(sorted(_addresses(account) & refused))


def read_history(account: Account, today: date, settled: Sequence[Invoice] = ()) -> History:
    """Return the figures alone."""
    invoices = {i.ref: i for i in (*settled, *account.invoices) if _counts(i)}
    pieces_of = {ref: list(_pieces(invoice, account, today)) for ref, invoice in invoices.items()}
    pieces = [piece for found in pieces_of.values() for piece in found]
    reminded = [p for p in pieces if p.reminded and p.paid_on is not None and p.paid_on > p.due_on]
    refused = refused_now(account)
    return History(
        invoices=sum(bool(found) for found in pieces_of.values()),
        days_late=_days_late(pieces, today),
        on_time=_share((p for p in pieces if p.paid_on and p.paid_on <= p.due_on), pieces),
        after_reminder=_share((p for p in reminded if p.answered), reminded),
        disputes=len(account.disputes),
        partial=sum(map(_in_parts, invoices.values())),
        promises_kept=sum(p.state is PromiseState.KEPT for p in account.promises),
        promises_broken=sum(p.state in _BADLY for p in account.promises)
        + sum(plan.state is PlanState.BROKEN for plan in account.plans),
        refused=refused,
        reachable=bool(_addresses(account) - set(refused)) or _has_phone(account),
    )


# which type -----------------------------------------------------------------------------------------------


def _type_of(history: History) -> PayerType | None:
    """The first picture that fits."""
    if history.refused and not history.reachable:
        return PayerType.UNREACHABLE
    if history.invoices < ENOUGH or history.days_late is None:
        return None
    return next((name for name, fits in _PICTURES if fits(history)), None)


def _is_disputing(history: History) -> bool:
    return history.disputes >= 2 and history.disputes * 5 >= history.invoices


def _is_in_difficulty(history: History) -> bool:
    return (history.days_late or 0) >= 20 and history.promises_broken * 2 + history.partial >= 4


def _is_prompt(history: History) -> bool:
    return (history.days_late or 0) <= 3 and (history.on_time or _ZERO) >= Decimal("0.8")


def _is_forgetful(history: History) -> bool:
    return (history.days_late or 0) < 30 and (history.after_reminder or _ZERO) >= Decimal("0.5")


def _is_chronic(history: History) -> bool:
    return (history.days_late or 0) >= 10 and (history.on_time or _ZERO) < Decimal("0.5")


#: Thresholds are ours, from the signals that practitioners name; the order is that of the questions.
_PICTURES: tuple[tuple[PayerType, Callable[[History], bool]], ...] = (
    (PayerType.DISPUTING, _is_disputing),
    (PayerType.IN_DIFFICULTY, _is_in_difficulty),
    (PayerType.PROMPT, _is_prompt),
    (PayerType.FORGETFUL, _is_forgetful),
    (PayerType.CHRONIC, _is_chronic),
)


def _confidence(invoices: int) -> Confidence:
    if invoices < 8:
        return Confidence.LOW
    return Confidence.MEDIUM if invoices < 20 else Confidence.HIGH


# the figures ----------------------------------------------------------------------------------------------


def _counts(invoice: Invoice) -> bool:
    return invoice.kind is InvoiceKind.INVOICE and invoice.state in _POSTED


def _pieces(invoice: Invoice, account: Account, today: date) -> Iterator[_Piece]:
    """Cut an invoice into money that came on a day and money still owed. Credit notes are no payment: what
    they take away is left out. Money without a named due date goes to the earliest one."""
    reminded = _reminded_on(account, invoice.ref)
    left = {part.position: part.amount for part in invoice.installments}
    due = {part.position: part.due_on for part in invoice.installments}
    order = sorted(left, key=lambda position: due[position])
    for allocation in sorted(invoice.allocations, key=lambda a: (a.on, a.ref)):
        amount = allocation.amount
        positions = order if allocation.position not in left else [allocation.position]
        for position in positions:
            taken = min(amount, left[position])
            amount, left[position] = amount - taken, left[position] - taken
            if taken > 0 and allocation.source is AllocationSource.PAYMENT:
                before = [on for on in reminded if on <= allocation.on]
                answered = any(allocation.on <= on + AFTER_REMINDER for on in before)
                money = comparable(taken, invoice.currency)
                yield _Piece(money, due[position], allocation.on, bool(before), answered)
    for part in invoice.installments:
        if part.residual > 0 and part.due_on < today and invoice.state is InvoiceState.OPEN:
            yield _Piece(comparable(part.residual, invoice.currency), part.due_on, None, False, False)


def _reminded_on(account: Account, invoice_ref: str) -> list[date]:
    return [
        r.completed_on or r.queued_on
        for r in account.reminders
        if r.installment.invoice_ref == invoice_ref
        and r.state is ReminderState.SENT
        and r.step != THANK_YOU
        and r.day >= 0
    ]


def _days_late(pieces: Sequence[_Piece], today: date) -> int | None:
    """Σ(amount x days late) / Σ amount; what was paid early counts as paid on its date."""
    weight = sum((p.amount for p in pieces), _ZERO)
    if not weight:
        return None
    late = sum((p.amount * max(((p.paid_on or today) - p.due_on).days, 0) for p in pieces), _ZERO)
    return int((late / weight).to_integral_value())


def _share(some: Iterable[_Piece], of: Sequence[_Piece]) -> Decimal | None:
    whole = sum((p.amount for p in of), _ZERO)
    return (sum((p.amount for p in some), _ZERO) / whole).quantize(_THOUSANDTH) if whole else None


def _in_parts(invoice: Invoice) -> bool:
    days = {a.on for a in invoice.allocations if a.source is AllocationSource.PAYMENT}
    return len(days) > len(invoice.installments)


def _addresses(account: Account) -> set[str]:
    customer = account.customer
    found = (usable(email) for email in (customer.email, *(c.email for c in customer.contacts)))
    return {address.lower() for address in found if address}


def _has_phone(account: Account) -> bool:
    return bool(account.customer.phone or any(c.phone for c in account.customer.contacts))
