"""From the ledger to what interest is counted on: each late installment with what lowered it, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connector.interest import Claim, Movement, Suspension
from connector.message.ledger import credit_notes
from connector.model import Account, AllocationSource, Installment, Invoice, Money, quantize


@dataclass(frozen=True, slots=True)
class Late:
    """A late installment as a claim."""

    invoice_ref: str
    number: str
    claim: Claim

    @property
    def debt(self) -> Decimal:
        """What was late: the amount without credits and what came in time."""
        claim = self.claim
        less = [m.amount.amount for m in claim.credits]
        less += [m.amount.amount for m in claim.payments if m.on <= claim.due_on]
        return claim.principal.amount - sum(less, Decimal(0))


@dataclass(slots=True)
class _Spare:
    """Money or credit that no invoice has taken yet."""

    on: date
    left: Decimal
    is_credit: bool


def late_debts(
    account: Account, asked: Sequence[tuple[Invoice, Installment]], currency: str, today: date
) -> list[Late]:
    """Return what is late of ``asked`` (the oldest first) and not disputed. Money and credits that no invoice
    has taken yet are set against the oldest first, from the day they came."""
    spare = _spare(account, currency)
    disputed = {d.invoice_ref for d in account.disputes if d.closed_on is None}
    return [
        Late(invoice.ref, invoice.number, _claim(account, invoice, part, spare))
        for invoice, part in asked
        if part.due_on < today and part.residual > 0 and invoice.ref not in disputed
    ]


def _spare(account: Account, currency: str) -> list[_Spare]:
    money = [
        _Spare(p.paid_on, p.unapplied, False)
        for p in account.payments
        if p.currency == currency and p.unapplied > 0
    ]
    credit = [_Spare(c.issued_on, c.residual, True) for c in credit_notes(account, currency)]
    return sorted((*money, *credit), key=lambda spare: (spare.on, spare.is_credit))


def _claim(account: Account, invoice: Invoice, part: Installment, spare: Sequence[_Spare]) -> Claim:
    principal, payments, lowering = _history(invoice, part)
    left = part.residual
    for source in spare:
        taken = quantize(min(source.left, left), invoice.currency)
        if taken > 0:
            source.left, left = source.left - taken, left - taken
            (lowering if source.is_credit else payments).append(_movement(source.on, taken, invoice.currency))
    return Claim(
        Money(quantize(principal, invoice.currency), invoice.currency),
        part.due_on,
        payments=tuple(payments),
        credits=tuple(lowering),
        suspensions=tuple(
            Suspension(d.opened_on, max(d.opened_on, d.closed_on))
            for d in account.disputes
            if d.invoice_ref == invoice.ref and d.closed_on is not None
        ),
    )


def _history(invoice: Invoice, part: Installment) -> tuple[Decimal, list[Movement], list[Movement]]:
    """The amount, and the payments and credits that left what is owed of it. When they do not explain it,
    what is owed counts alone, as if the rest had come in time."""
    own = [
        a
        for a in invoice.allocations
        if a.position == part.position or (a.position is None and len(invoice.installments) == 1)
    ]
    told = sum((a.amount for a in own), Decimal(0)) == part.amount - part.residual
    if not told or any(quantize(a.amount, invoice.currency) <= 0 for a in own):
        return part.residual, [], []
    moved = [(a.source, _movement(a.on, a.amount, invoice.currency)) for a in own]
    payments = [movement for source, movement in moved if source is AllocationSource.PAYMENT]
    lowering = [movement for source, movement in moved if source is not AllocationSource.PAYMENT]
    return part.amount, payments, lowering


def _movement(on: date, amount: Decimal, currency: str) -> Movement:
    return Movement(on, Money(quantize(amount, currency), currency))
