"""What a template is given, in the reader's language: each string a ``Text`` (escaped when printed), each
amount an ``Amount``, each date a ``Day``, so that a text prints them as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from connector.escape import Text, web_link
from connector.formats import Amount, Day, locale_for, plural
from connector.message.ledger import credit_notes
from connector.model import Account, Installment, Invoice, MessagePlan

#: A label, or its forms by number (one, other), or the names of steps and channels.
Forms: TypeAlias = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One installment, as a row. ``about`` and ``late`` are ready-made small print, empty when there is
    nothing to say."""

    number: Text
    issued_on: Day
    due_on: Day
    amount: Amount  # of the installment
    paid: Amount
    residual: Amount
    days_late: int  # 0 when not overdue
    late: Text  # "12 days late"
    about: Text  # "your ref. PO-4512 · instalment 2 of 3"
    reference: Text | None  # the customer's own
    link: Text | None
    products: tuple[Text, ...] = ()  # what it is for, where the host says


@dataclass(frozen=True, slots=True)
class Credit:
    """Money of the customer that no invoice has taken yet: deducted from what is asked."""

    label: Text
    on: Day
    amount: Amount


@dataclass(frozen=True, slots=True)
class Received:
    on: Day
    amount: Amount


@dataclass(frozen=True, slots=True)
class Totals:
    listed: Amount  # the residuals of all lines
    overdue: Amount  # those past their date
    not_due: Amount  # those that are not
    credits: Amount
    net: Amount  # listed less credits: what the message asks for
    days_late: int  # of the oldest line


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise that was not kept. ``amount`` is what was promised, or was owed then; with it ``missing`` is
    what has not come of it, and ``received`` what has (None: nothing)."""

    on: Day
    amount: Amount | None
    partly: bool  # some of it came
    received: Amount | None = None
    missing: Amount | None = None


class Writer:
    """Makes the values of one message in the reader's language."""

    def __init__(self, plan: MessagePlan, account: Account, labels: Mapping[str, Forms]) -> None:
        self.plan, self.account, self.labels = plan, account, labels
        self.locale = locale_for(plan.language, account.customer.country)

    def amount(self, value: Decimal, currency: str | None = None) -> Amount:
        return Amount(value, currency or self.plan.currency, self.locale)

    def day(self, value: date) -> Day:
        return Day(value, self.locale)

    def label(self, key: str, **values: object) -> str:
        form = self.labels.get(key, "")
        return form.format(**values) if isinstance(form, str) else ""

    def counted(self, key: str, count: int) -> str:
        return plural(self.labels.get(key, "{n}"), count, self.locale)

    def line(self, invoice: Invoice, installment: Installment, today: date) -> Line:
        days_late = max((today - installment.due_on).days, 0)
        link = web_link(invoice.link)
        return Line(
            number=Text(invoice.number),
            issued_on=self.day(invoice.issued_on),
            due_on=self.day(installment.due_on),
            amount=self.amount(installment.amount),
            paid=self.amount(installment.amount - installment.residual),
            residual=self.amount(installment.residual),
            days_late=days_late,
            late=Text(self.counted("late", days_late) if days_late and installment.residual else ""),
            about=Text(self._about(invoice, installment)),
            reference=Text(invoice.reference) if invoice.reference else None,
            link=Text(link) if link else None,
            products=tuple(map(Text, invoice.products)),
        )

    def _about(self, invoice: Invoice, installment: Installment) -> str:
        said = []
        if invoice.reference:
            said.append(self.label("your_reference", reference=invoice.reference))
        if len(invoice.installments) > 1:
            rank, count = installment.position + 1, len(invoice.installments)
            said.append(self.label("part", rank=rank, count=count))
        return " · ".join(said)

    def credits(self) -> tuple[Credit, ...]:
        found = [
            (note.issued_on, self.label("credit_note", number=note.number), note.residual)
            for note in credit_notes(self.account, self.plan.currency)
        ]
        found += [
            (p.paid_on, self.label("unapplied"), p.unapplied)
            for p in self.account.payments
            if p.currency == self.plan.currency and p.unapplied > 0
        ]
        return tuple(
            Credit(Text(text), self.day(on), self.amount(amount))
            for on, text, amount in sorted(found, key=lambda item: (item[0], item[1]))
        )

    def totals(self, lines: Sequence[Line], deducted: Iterable[Credit]) -> Totals:
        overdue = sum((line.residual.value for line in lines if line.days_late), Decimal(0))
        listed = sum((line.residual.value for line in lines), Decimal(0))
        less = sum((credit.amount.value for credit in deducted), Decimal(0))
        return Totals(
            listed=self.amount(listed),
            overdue=self.amount(overdue),
            not_due=self.amount(listed - overdue),
            credits=self.amount(less),
            net=self.amount(listed - less),
            days_late=max((line.days_late for line in lines), default=0),
        )
