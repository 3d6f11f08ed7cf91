"""Priorities: in which order people should look at customers, as a sum of parts that can each be told.

Amount first, then age, then risk; what needs a person now is lifted, what is under way already is lowered. A
score only orders a list for people: no rule reads it, and no message depends on it.

Points, so that they can be argued about:

amount            10 for each doubling of 100 overdue (1 000: 34.6, 10 000: 66.6, 100 000: 99.7)
age               the oldest overdue date: 1 for each 6 days, 30 at most
broken_promises   4 for each promise or plan broken in a year, 12 at most
payer_type        up to 10, only when a *person* has said it: a suggestion never counts
refused_address   5 when an address of his refused what we sent
just_broken       15 for a promise broken within the last 7 days, with money still owed on it
limitation        25 when the nearest limitation date is less than 90 days away
credit_limit      10 when he owes more than his limit
under_way         less the amount and the age of what is promised, planned, disputed or paid for already
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from babel.numbers import get_territory_currencies

from connector.dunning.coverage import cover
from connector.dunning.limitation import Limitation, limitation
from connector.dunning.marks import with_marks
from connector.dunning.payer import comparable, refused_now
from connector.dunning.plans import dates_of_plans
from connector.dunning.policy import Policy
from connector.dunning.promises import last_day
from connector.model import (
    Account,
    Installment,
    Invoice,
    InvoiceKind,
    InvoiceState,
    PayerType,
    PlanState,
    Promise,
    PromiseState,
)

_TENTH = Decimal("0.1")
_ZERO = Decimal(0)
_DOUBLING = Decimal(2).ln()
_YEAR, _WEEK, _NEAR = timedelta(days=365), timedelta(days=7), timedelta(days=90)
_OLDEST = 180  # days after which age adds nothing more

_PAYER_TYPES: Mapping[PayerType, int] = {
    PayerType.IN_DIFFICULTY: 10,
    PayerType.CHRONIC: 8,
    PayerType.UNREACHABLE: 6,
    PayerType.DISPUTING: 4,
    PayerType.FORGETFUL: 2,
}
_BADLY = (PromiseState.BROKEN, PromiseState.PARTLY)


class Part(NamedTuple):
    """One part of a score: its name, its points (tenths; negative where it lowers) and the figures it saw."""

    name: str
    value: Decimal
    evidence: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Priority:
    """``score`` is the sum of the parts, 0 or more. ``limitation`` is the nearest one not yet past among
    what is overdue; ``oldest_on`` the oldest overdue date."""

    score: Decimal
    parts: tuple[Part, ...]
    limitation: Limitation | None = None
    oldest_on: date | None = None

    @property
    def order(self) -> tuple[Decimal, date, date]:
        """What to sort by: the highest score, then the nearest limitation date, then the oldest."""
        nearest = self.limitation.on if self.limitation else date.max
        return -self.score, nearest, self.oldest_on or date.max


class _Debt(NamedTuple):
    invoice: Invoice
    part: Installment
    why: str | None  # what is under way for it already


def prioritise(account: Account, policy: Policy, today: date) -> Priority:
    """Return how urgently a person should look at this customer, and why. Pure.

    What came to an end by itself must have been applied to the account (``apply_endings``). Owing more never
    lowers the score: therefore it looks at the facts, and not at the decisions made of them. Amounts in
    several currencies are added by their smallest units, since no exchange rate is known.
    """
    account = with_marks(account)
    debts = _overdue(account, policy, today)
    here = _money_here(account, debts, today)
    nearest = _nearest_limitation(account, _still_asked(debts, here), policy, today)
    parts = [
        *_amount_and_age(debts, here, today),
        *_risk(account, today),
        *_boosts(account, nearest, policy, today),
    ]
    shown = tuple(part for part in parts if part.value)
    score = sum((part.value for part in shown), _ZERO)
    oldest = min((debt.part.due_on for debt in debts), default=None)
    return Priority(score, shown, nearest, oldest)


def recently_broken(account: Account, policy: Policy, today: date) -> list[Promise]:
    """The promises broken (or kept in part) within the last 7 days for which money is still owed, and that
    no running promise has replaced."""
    running = {p.invoice_ref for p in _running_promises(account, policy, today)}
    owing = {i.ref for i in account.invoices if i.is_open and i.kind is InvoiceKind.INVOICE}
    return [
        promise
        for promise in account.promises
        if promise.state in _BADLY
        and today - _WEEK < last_day(promise.promised_on, policy) + timedelta(days=1) <= today
        and running.isdisjoint((None, promise.invoice_ref))
        and (promise.invoice_ref in owing or (promise.invoice_ref is None and owing))
    ]


# what is owed ---------------------------------------------------------------------------------------------


def _overdue(account: Account, policy: Policy, today: date) -> tuple[_Debt, ...]:
    under_way = _under_way(account, policy, today)
    return tuple(
        _Debt(invoice, part, under_way.get(None) or under_way.get(invoice.ref))
        for invoice in account.invoices
        if _owes(invoice)
        for part in invoice.installments
        if part.residual > 0 and part.due_on < today
    )


def _under_way(account: Account, policy: Policy, today: date) -> Mapping[str | None, str]:
    """Why nothing need be done now, by invoice (None: the whole account)."""
    found: dict[str | None, str] = {
        p.invoice_ref: "promised" for p in _running_promises(account, policy, today)
    }
    for ref, (_, due_on) in dates_of_plans(account).items():
        if due_on is None or today <= last_day(due_on, policy):
            found[ref] = "planned"
    found |= {d.invoice_ref: "disputed" for d in account.disputes if d.closed_on is None}
    return found | {i.ref: "paid_for" for i in account.invoices if i.state is InvoiceState.IN_PAYMENT}


def _money_here(account: Account, debts: Sequence[_Debt], today: date) -> Mapping[str, Decimal]:
    """How much of what is free to be chased is paid for by money nobody has matched yet, by currency."""
    available = cover(account, today).available
    free = _sums(debt for debt in debts if debt.why is None)
    here = {currency: min(owed, available.get(currency, _ZERO)) for currency, owed in free.items()}
    return {currency: amount for currency, amount in here.items() if amount}


def _still_asked(debts: Sequence[_Debt], here: Mapping[str, Decimal]) -> list[_Debt]:
    """The debts that are not paid for, in currencies in which something is left to pay."""
    free = _sums(debt for debt in debts if debt.why is None)
    return [
        debt
        for debt in debts
        if debt.why != "paid_for"
        and (debt.why is not None or free[debt.invoice.currency] > here.get(debt.invoice.currency, _ZERO))
    ]


def _running_promises(account: Account, policy: Policy, today: date) -> list[Promise]:
    return [
        promise
        for promise in account.promises
        if promise.state is PromiseState.OPEN and today <= last_day(promise.promised_on, policy)
    ]


def _sums(debts: Iterable[_Debt]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for debt in debts:
        currency = debt.invoice.currency
        total[currency] = total.get(currency, _ZERO) + debt.part.residual
    return total


# the parts ------------------------------------------------------------------------------------------------


def _amount_and_age(debts: Sequence[_Debt], here: Mapping[str, Decimal], today: date) -> list[Part]:
    """What is overdue and since when; and, as a part of its own, what of this is under way already."""
    free = [debt for debt in debts if debt.why is None]
    left = {currency: owed - here.get(currency, _ZERO) for currency, owed in _sums(free).items()}
    asked = [debt for debt in _still_asked(debts, here) if debt.why is None]
    amount, age = _amount_points(_sums(debts)), _age_points(debts, today)
    lowered = _amount_points(left) - amount + _age_points(asked, today) - age
    waiting = _sums(debt for debt in debts if debt.why is not None)
    why = {debt.why for debt in debts if debt.why} | ({"paid_for"} if here else set())
    figures = {
        "waiting": {c: waiting.get(c, _ZERO) + here.get(c, _ZERO) for c in waiting.keys() | here.keys()},
        "why": tuple(sorted(why)),
    }
    return [
        Part("amount", amount, {"overdue": _sums(debts)}),
        Part("age", age, {"days": max((_days(debt, today) for debt in debts), default=0)}),
        Part("under_way", lowered, figures),
    ]


def _amount_points(owed: Mapping[str, Decimal]) -> Decimal:
    total = sum((comparable(amount, currency) for currency, amount in owed.items()), _ZERO)
    return (10 * (1 + total / 100).ln() / _DOUBLING).quantize(_TENTH)


def _age_points(debts: Iterable[_Debt], today: date) -> Decimal:
    oldest = max((_days(debt, today) for debt in debts), default=0)
    return (Decimal(min(oldest, _OLDEST)) / 6).quantize(_TENTH)


def _days(debt: _Debt, today: date) -> int:
    return (today - debt.part.due_on).days


def _risk(account: Account, today: date) -> list[Part]:
    since = today - _YEAR
    broken = sum(p.state in _BADLY and p.promised_on >= since for p in account.promises)
    broken += sum(p.state is PlanState.BROKEN and p.made_on >= since for p in account.plans)
    said = account.customer.payer_type
    refused = refused_now(account)
    return [
        Part("broken_promises", Decimal(min(4 * broken, 12)), {"broken": broken}),
        Part("payer_type", Decimal(_PAYER_TYPES.get(said, 0) if said else 0), {"payer_type": said}),
        Part("refused_address", Decimal(5 if refused else 0), {"refused": refused}),
    ]


def _boosts(account: Account, nearest: Limitation | None, policy: Policy, today: date) -> list[Part]:
    broken = recently_broken(account, policy, today)
    near = nearest if nearest is not None and nearest.on - today < _NEAR else None
    promised_on = max((p.promised_on for p in broken), default=None)
    return [
        Part("just_broken", Decimal(15 if broken else 0), {"promised_on": promised_on}),
        Part("limitation", Decimal(25 if near else 0), _limitation_figures(near, today)),
        _credit_limit(account, policy),
    ]


def _limitation_figures(near: Limitation | None, today: date) -> Mapping[str, object]:
    if near is None:
        return {}
    return {
        "limitation_on": near.on,
        "days": (near.on - today).days,
        "years": near.years,
        "period": str(near.period),
    }


def _nearest_limitation(
    account: Account, debts: Iterable[_Debt], policy: Policy, today: date
) -> Limitation | None:
    """The nearest limitation not yet past of these debts; money that is here already cannot lapse."""
    found = [limitation(account.customer, debt.part.due_on, policy, today) for debt in debts]
    return min((one for one in found if one.on >= today), key=lambda one: one.on, default=None)


def _credit_limit(account: Account, policy: Policy) -> Part:
    """The limit is in the company's currency, taken to be that of its country; other debts are left out."""
    limit = account.customer.credit_limit
    currency = next(iter(get_territory_currencies(policy.country)), "")
    owed = sum(
        (i.residual for i in account.invoices if _owes(i) and i.currency == currency),
        _ZERO,
    )
    over = limit is not None and owed > limit
    return Part(
        "credit_limit", Decimal(10 if over else 0), {"limit": limit, "owed": owed, "currency": currency}
    )


def _owes(invoice: Invoice) -> bool:
    return invoice.kind is InvoiceKind.INVOICE and invoice.is_open
