"""Money that came in but that nobody has matched yet: what it covers must not be chased."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from connector.model import (
    Account,
    Installment,
    InstallmentKey,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Payment,
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """``by`` names, for each covered installment, the payments and credit notes that cover it (labels).
    ``spare`` is the account without the money already taken for them: what a message may deduct."""

    by: dict[InstallmentKey, tuple[str, ...]] = field(default_factory=dict)
    spare_payments: tuple[Payment, ...] = ()
    spare_credits: tuple[Invoice, ...] = ()
    available: dict[str, Decimal] = field(default_factory=dict)  # unapplied, by currency


_NOTHING = Coverage()
_CREDIT_NOTE = InvoiceKind.CREDIT_NOTE  # once: see ``case``


def cover(account: Account, today: date) -> Coverage:
    """Find the overdue installments that unapplied money pays for.

    Payments that quote an invoice's number, or one that equals to the cent what an invoice still owes, cover
    that invoice. Apart from these, all that is overdue in a currency is covered together when the rest of
    the unapplied payments and credit notes is at least as much.
    """
    payments = [p for p in account.payments if p.unapplied > 0]
    credit_notes = [i for i in account.invoices if i.kind is _CREDIT_NOTE and i.residual > 0]
    if not payments and not credit_notes:
        return _NOTHING
    available = _available(payments, credit_notes)
    chased = [i for i in account.invoices if _is_owed(i)]
    by: dict[InstallmentKey, tuple[str, ...]] = {}
    for invoice, money in _meant_for_one(payments, chased, today):
        total = _sum(money)
        paid = _paid_by(total, invoice, today)
        if paid:
            names = tuple(p.label for p in money)
            by.update({InstallmentKey(invoice.ref, i.position): names for i in paid})
            payments = [p for p in payments if p not in money]
            left = total - sum(i.residual for i in paid)
            payments += [replace(money[-1], unapplied=left)] if left > 0 else []
    _cover_the_rest(chased, payments, credit_notes, by, today)
    return Coverage(by, tuple(payments), tuple(credit_notes), available)


def spare(account: Account, today: date) -> Account:
    """Return the account without the money that already covers something: what a message may deduct."""
    coverage = cover(account, today)
    if not coverage.by:
        return account
    left = {credit.ref: credit for credit in coverage.spare_credits}
    invoices = tuple(
        left.get(i.ref, i) for i in account.invoices if i.kind is InvoiceKind.INVOICE or i.ref in left
    )
    return replace(account, payments=coverage.spare_payments, invoices=invoices)


def _available(payments: list[Payment], credit_notes: list[Invoice]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for currency, amount in [(p.currency, p.unapplied) for p in payments] + [
        (c.currency, c.residual) for c in credit_notes
    ]:
        total[currency] = total.get(currency, Decimal(0)) + amount
    return total


def _sum(payments: list[Payment]) -> Decimal:
    return sum((p.unapplied for p in payments), Decimal(0))


def _meant_for_one(
    payments: list[Payment], invoices: list[Invoice], today: date
) -> list[tuple[Invoice, list[Payment]]]:
    """Each invoice that money is meant for, with that money: all the payments that quote it alone; where
    these are too little, a payment that quotes none and equals it, the oldest invoice first."""
    quoting: dict[str, list[Payment]] = {}
    equal: list[tuple[Invoice, list[Payment]]] = []
    silent: list[Payment] = []
    for payment in payments:
        quoted = [i.ref for i in invoices if i.currency == payment.currency and quotes(payment.label, i)]
        if len(quoted) == 1:
            quoting.setdefault(quoted[0], []).append(payment)
        elif not quoted:
            silent.append(payment)
    others = [i for i in invoices if _sum(quoting.get(i.ref, [])) < _owed(i, today)]
    others.sort(key=lambda i: (i.issued_on, i.ref))
    for payment in silent:
        wanted = (payment.currency, payment.unapplied)
        invoice = next((i for i in others if (i.currency, i.residual) == wanted), None)
        if invoice is not None:
            others.remove(invoice)
            equal.append((invoice, [payment]))
    return [(i, quoting[i.ref]) for i in invoices if i.ref in quoting] + equal


def quotes(label: str, invoice: Invoice) -> bool:
    """True when a payment's label names the invoice: as a whole word, so that F12 is not seen in F123."""
    names = {invoice.number, invoice.payment_reference or invoice.number}
    return any(_stands_alone(name, label) for name in names if len(name) > 3)


def _stands_alone(name: str, label: str) -> bool:
    """True when a name is in a label with no letter, digit, ``_`` or ``/`` right before or after it."""
    at = label.find(name)
    while at >= 0:
        end = at + len(name)
        if not any(
            sign.isalnum() or sign in "_/" for sign in label[max(at - 1, 0) : at] + label[end : end + 1]
        ):
            return True
        at = label.find(name, at + 1)
    return False


def _is_owed(invoice: Invoice) -> bool:
    """True for what this money can be meant for: no draft, nothing that other money is on its way for."""
    return invoice.kind is InvoiceKind.INVOICE and invoice.state is InvoiceState.OPEN and invoice.residual > 0


def _paid_by(money: Decimal, invoice: Invoice, today: date) -> list[Installment]:
    """The installments that so much pays in full, the oldest first; none when more has fallen due."""
    left, paid = money, list[Installment]()
    if left < _owed(invoice, today):
        return []
    owing = [installment for installment in invoice.installments if installment.residual > 0]
    for installment in sorted(owing, key=lambda i: i.due_on):
        left -= installment.residual
        if left < 0:
            break
        paid.append(installment)
    return paid


def _owed(invoice: Invoice, today: date) -> Decimal:
    """What has fallen due of an invoice, or the first thing that will."""
    due = sum((i.residual for i in invoice.installments if i.due_on <= today), Decimal(0))
    return due or min((i.residual for i in invoice.installments if i.residual > 0), default=invoice.residual)


def _cover_the_rest(
    invoices: list[Invoice],
    payments: list[Payment],
    credit_notes: list[Invoice],
    by: dict[InstallmentKey, tuple[str, ...]],
    today: date,
) -> None:
    overdue: dict[str, list[tuple[InstallmentKey, Decimal]]] = {}
    for invoice in invoices:
        for installment in invoice.installments:
            key = InstallmentKey(invoice.ref, installment.position)
            if installment.residual > 0 and installment.due_on < today and key not in by:
                overdue.setdefault(invoice.currency, []).append((key, installment.residual))
    for currency, owed in overdue.items():
        names = [p.label for p in payments if p.currency == currency]
        names += [c.number for c in credit_notes if c.currency == currency]
        total = sum((amount for _, amount in owed), Decimal(0))
        if names and _available(payments, credit_notes)[currency] >= total:
            by.update({key: tuple(names) for key, _ in owed})
            _take(payments, credit_notes, currency, total)


def _take(payments: list[Payment], credit_notes: list[Invoice], currency: str, amount: Decimal) -> None:
    """Use up ``amount`` of the money, payments before credit notes: what is left may still be deducted."""
    for at, payment in enumerate(payments):
        if payment.currency == currency:
            used = min(payment.unapplied, amount)
            payments[at], amount = replace(payment, unapplied=payment.unapplied - used), amount - used
    for at, credit in enumerate(credit_notes):
        if credit.currency == currency:
            used = min(credit.residual, amount)
            credit_notes[at], amount = replace(credit, residual=credit.residual - used), amount - used
    payments[:] = [p for p in payments if p.unapplied > 0]
    credit_notes[:] = [c for c in credit_notes if c.residual > 0]
