"""Late-payment interest that a message states, with the calculation that is printed below it.

Stated, never booked. In doubt less is counted: payments and credits lower the invoice itself, as the books
have them (interest first would ask for more), and so does money that no invoice has taken yet; days whose
rate is not known, or rests on one publication only, are left out, and the message says so; a disputed invoice
bears nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.numbers import format_decimal, format_percent

from connector import interest
from connector.errors import ConfigError
from connector.escape import Text
from connector.formats import Amount, Day
from connector.interest.words import languages
from connector.message.claims import Late, late_debts
from connector.message.company import CompanyText
from connector.message.law import interest_rule
from connector.message.values import Writer
from connector.model import Action, Installment, Invoice

_OPTIONS = interest.Options(
    imputation=interest.Imputation.PRINCIPAL_FIRST,
    rounding=interest.Rounding.PER_SEGMENT,  # so that the printed lines add up to the printed sum
)


@dataclass(frozen=True, slots=True)
class Row:
    """Days in a row of one invoice with the same base and rate, both ends included."""

    number: Text
    first_on: Day
    last_on: Day
    days: int
    base: Amount
    rate: Text  # "12.40 %" a year
    amount: Amount


@dataclass(frozen=True, slots=True)
class Indemnity:
    """The fixed sum that the law adds, in its own currency."""

    amount: Amount
    count: int  # late invoices; 1 where the law counts the debt as a whole
    basis: Text


@dataclass(frozen=True, slots=True)
class Interest:
    """What a message says of interest. ``total`` is interest and indemnity together; nothing when there is
    no indemnity, or one in another currency."""

    rule: Text
    basis: Text  # the articles
    mode: str  # half_year, frozen or fixed: how the rate follows its reference
    amount: Amount
    indemnity: Indemnity | None
    total: Amount | None
    to: Day  # the last day counted
    complete: bool  # False: later days are due too, but their rate is not published yet
    rows: tuple[Row, ...]
    rates: tuple[Text, ...]  # "12.40 % = ECB rate 2.40 % + 10 points", each once; empty where we lack words


@dataclass(slots=True)
class _Counted:
    """The calculations of one message."""

    done: list[tuple[Late, interest.Calculation]] = field(default_factory=list)
    complete: bool = True


def stated_interest(
    writer: Writer, company: CompanyText, asked: Sequence[tuple[Invoice, Installment]], today: date
) -> Interest | None:
    """Return what the message of ``writer`` states about ``asked`` (the oldest first), counted to ``today``.

    None when its step does not ask for it, when no law gives any, or when there is nothing to count.
    """
    plan, customer = writer.plan, writer.account.customer
    rule = interest_rule(customer, plan.segment, company)
    if rule is None or not plan.leader.interest or plan.action is not Action.REMIND:
        return None
    counted = _count(rule, late_debts(writer.account, asked, plan.currency, today), today)
    rows = [row for late, sum_ in counted.done for row in _rows(writer, late, sum_)]
    if not rows:
        return None
    amount = sum((row.amount.value for row in rows), Decimal(0))
    indemnity = _indemnity(writer, rule, counted)
    same = indemnity is not None and indemnity.amount.currency == plan.currency
    return Interest(
        rule=Text(rule.name),
        basis=Text(rule.basis),
        mode=rule.mode.value,
        amount=writer.amount(amount),
        indemnity=indemnity,
        total=writer.amount(amount + indemnity.amount.value) if indemnity and same else None,
        to=writer.day(today) if counted.complete else max(row.last_on for row in rows),
        complete=counted.complete,
        rows=tuple(rows),
        rates=_rates(writer, counted),
    )


def _count(rule: interest.Rule, debts: Sequence[Late], today: date) -> _Counted:
    counted = _Counted()
    for late in debts:
        try:
            found = interest.compute(rule, late.claim, today, _OPTIONS)
        except ConfigError:  # not one of its days has a known rate
            counted.complete = False
            continue
        counted.complete &= all(_is_sure(segment) for segment in found.segments)
        counted.done.append((late, found))
    return counted


def _is_sure(segment: interest.Segment) -> bool:
    basis = segment.basis
    unsure = basis is not None and basis.status is interest.Status.UNVERIFIED
    return segment.state is not interest.SegmentState.UNKNOWN and not unsure


def _rows(writer: Writer, late: Late, found: interest.Calculation) -> list[Row]:
    return [
        Row(
            number=Text(late.number),
            first_on=writer.day(segment.first_on),
            last_on=writer.day(segment.last_on),
            days=segment.days,
            base=writer.amount(segment.base.amount),
            rate=Text(_percent(segment.rate, writer.locale)),
            amount=writer.amount(segment.amount.amount),
        )
        for segment in _bearing(found)
        if segment.rate is not None
    ]


def _percent(rate: Decimal, locale: Locale) -> str:
    pattern = locale.percent_formats[None].pattern.replace("#0", "#0.00")
    return format_percent(rate / 100, pattern, locale=locale)


def _bearing(found: interest.Calculation) -> list[interest.Segment]:
    accruing = interest.SegmentState.ACCRUING
    return [segment for segment in found.segments if segment.state is accruing and _is_sure(segment)]


def _rates(writer: Writer, counted: _Counted) -> tuple[Text, ...]:
    """Say what each rate follows, in a language that we have words in; else nothing."""
    language = writer.plan.language
    if language not in languages():
        return ()
    said: dict[Text, None] = {}
    for segment in (segment for _, found in counted.done for segment in _bearing(found)):
        basis, rate = segment.basis, segment.rate
        if rate is not None and basis is not None and basis.reference is not None:
            named = f"{interest.label(basis.series, language)} {_percent(basis.reference, writer.locale)}"
            more = f" + {format_decimal(basis.margin, locale=writer.locale)} points" if basis.margin else ""
            said[Text(f"{_percent(rate, writer.locale)} = {named}{more}")] = None
    return tuple(said)


def _indemnity(writer: Writer, rule: interest.Rule, counted: _Counted) -> Indemnity | None:
    """The law's fixed sum: once for an invoice whatever its due dates, or once for all."""
    law, debts = rule.indemnity, dict[str, Decimal]()
    for late, found in counted.done:
        if law is not None and found.indemnity.amount.amount > 0:
            key = late.invoice_ref if law.per_invoice else ""
            debts[key] = debts.get(key, Decimal(0)) + late.debt
    if law is None or not debts:
        return None
    amount = sum((law.scale.amount(debt) for debt in debts.values()), Decimal(0))
    return Indemnity(writer.amount(amount, law.scale.currency), len(debts), Text(law.basis))
