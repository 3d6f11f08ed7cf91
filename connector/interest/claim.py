"""What is claimed, and how it is to be counted: the input of a calculation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from connector.errors import ConfigError, Problem
from connector.interest.law import Imputation, RateMode
from connector.interest.rates import Rates
from connector.model import Money, quantize

_EARLIEST, _LATEST = date(1900, 1, 1), date(2999, 12, 31)
_LARGEST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Movement:
    """Money received or credited on a day, in the claim's currency."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Suspension:
    """Days without interest, both included; ``last_on`` None while it lasts (a dispute, a grace period)."""

    first_on: date
    last_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One late debt: the amount with VAT that was due on a day, and what happened to it.

    Raises ConfigError (file ``claim``, path the field) for what cannot be: a negative amount, two currencies,
    more decimals than the currency has, a suspension that ends before it begins.
    """

    principal: Money
    due_on: date
    payments: tuple[Movement, ...] = ()
    credits: tuple[Movement, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    notice_on: date | None = None  # the formal notice was received, or first presented
    insolvency_on: date | None = None  # the judgment that opens the proceedings
    contract_rate: Decimal | None = None  # percent a year
    invoices: int = 1  # how many late invoices the principal stands for
    fixed_date: bool = True  # the due date is a day of the calendar, agreed in the contract

    def __post_init__(self) -> None:
        problems = [*_amount_problems(self), *_day_problems(self)]
        if self.contract_rate is not None and not (
            self.contract_rate.is_finite() and 0 <= self.contract_rate <= 1000
        ):
            problems.append(
                _problem("contract_rate", "the rate is not a percentage", "write 8 for 8 % a year")
            )
        if self.invoices < 1:
            problems.append(_problem("invoices", "there is no invoice", "write 1 or more"))
        if problems:
            raise ConfigError(problems)


class DayCount(StrEnum):
    ACT_365F = "ACT/365F"
    ACT_ACT = "ACT/ACT"  # 366 for the days of a leap year
    ACT_360 = "ACT/360"  # only where the contract says so


class Rounding(StrEnum):
    """Half-up to the smallest unit, either way."""

    ONCE = "once"  # the sum of the unrounded segments
    PER_SEGMENT = "per_segment"  # each segment, cut at each half-year even where the rate is frozen


class Counting(StrEnum):
    """Which days bear interest."""

    AFTER_DUE = "after_due"  # from the day after the due date to the last day, included
    FROM_DUE = "from_due"  # from the due date to the day before the last


class CreditEffect(StrEnum):
    """From when a credit note lowers the principal."""

    DUE_DATE = "due_date"  # as if it had never been owed
    OWN_DATE = "own_date"


class BelowFloor(StrEnum):
    """What to do with a contractual rate below the legal minimum."""

    FLAG = "flag"  # count with it and say so
    RAISE = "raise"  # count with the minimum and say so


@dataclass(frozen=True, slots=True)
class Options:
    """How to count, where the law leaves it open. None: what the rule says."""

    rate_mode: RateMode | None = None
    imputation: Imputation | None = None
    day_count: DayCount = DayCount.ACT_365F
    rounding: Rounding = Rounding.ONCE
    counting: Counting = Counting.AFTER_DUE
    credit_effect: CreditEffect = CreditEffect.DUE_DATE
    below_floor: BelowFloor = BelowFloor.FLAG
    rates: Rates | None = None  # None: those that come with the program


def day_problem(path: str, day: date) -> Problem | None:
    """Return what is wrong with a day that no debt can have."""
    if _EARLIEST <= day <= _LATEST:
        return None
    return _problem(path, f"{day} is no day of a debt", f"write a day from {_EARLIEST} to {_LATEST}")


def _amount_problems(claim: Claim) -> list[Problem]:
    problems = [_amount_problem("principal", claim.principal, Decimal(0))]
    for path, movements in (("payments", claim.payments), ("credits", claim.credits)):
        for movement in movements:
            if movement.amount.currency != claim.principal.currency:
                wrong = f"{movement.amount.currency} set against {claim.principal.currency}"
                problems.append(_problem(path, wrong, "convert it first"))
            else:
                problems.append(_amount_problem(path, movement.amount, Decimal("0.0001")))
    return [problem for problem in problems if problem]


def _amount_problem(path: str, money: Money, least: Decimal) -> Problem | None:
    amount = money.amount
    if not amount.is_finite() or not least <= amount < _LARGEST:
        return _problem(path, f"{amount} is not an amount that can be claimed or paid", "write 1200.50")
    if quantize(amount, money.currency) != amount:
        return _problem(path, f"{amount} has more decimals than {money.currency}", "round it first")
    return None


def _day_problems(claim: Claim) -> list[Problem]:
    days = [("due_on", claim.due_on), ("notice_on", claim.notice_on), ("insolvency_on", claim.insolvency_on)]
    days += [("payments", movement.on) for movement in claim.payments]
    days += [("credits", movement.on) for movement in claim.credits]
    for pause in claim.suspensions:
        days += [("suspensions", pause.first_on), ("suspensions", pause.last_on)]
    problems = [day_problem(path, day) for path, day in days if day is not None]
    for pause in claim.suspensions:
        if pause.last_on is not None and pause.last_on < pause.first_on:
            wrong = f"it ends on {pause.last_on}, before it begins on {pause.first_on}"
            problems.append(_problem("suspensions", wrong, "put the first day first"))
    return [problem for problem in problems if problem]


def _problem(path: str, message: str, remedy: str) -> Problem:
    return Problem("claim", path, message, remedy)
