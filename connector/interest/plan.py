"""Interest on debts that are paid by a plan: on what is left of each, until each date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from connector.errors import ConfigError
from connector.interest.calculation import Calculation
from connector.interest.claim import Claim, Movement, Options, Rounding
from connector.interest.compute import compute
from connector.interest.law import Imputation, Rule
from connector.model import Money

_ZERO = Decimal(0)
#: The parts pay the debt; the interest is agreed beside it. Interest first, which the law of most countries
#: lays down where nothing is agreed, would leave debt at the end of a plan that was kept.
_OPTIONS = Options(imputation=Imputation.PRINCIPAL_FIRST, rounding=Rounding.ONCE)


@dataclass(frozen=True, slots=True)
class Share:
    """One debt of a plan: what is left of it, and its claim with all that happened before (None: it bears no
    interest, but takes its share of the money)."""

    name: str  # for people: the invoice's number
    left: Decimal
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class PlanInterest:
    """What a plan costs beside the debt: ``amount`` is the sum of the calculations, each rounded once.
    ``complete`` is False where days of the plan have no known rate yet: they are not counted."""

    amount: Money
    to_on: date
    complete: bool
    calculations: tuple[tuple[str, Calculation], ...]  # by the name of the debt, those that bear any


def plan_interest(rule: Rule, shares: Sequence[Share], parts: Sequence[Movement]) -> PlanInterest:
    """Count the interest of each debt until the last date, if every part is paid on its date. The first
    share is paid off first.

    Raises ConfigError (file ``rates``) where not one day of any debt has a known rate.
    """
    to_on, currency = max(part.on for part in parts), parts[0].amount.currency
    done: list[tuple[str, Calculation]] = []
    unknown: ConfigError | None = None
    for share, paid in zip(shares, _spread(shares, parts), strict=True):
        if share.claim is None or share.claim.due_on >= to_on:
            continue
        claim = replace(share.claim, payments=(*share.claim.payments, *paid))
        try:
            found = compute(rule, claim, to_on, _OPTIONS)
        except ConfigError as error:
            unknown = error
            continue
        done += [(share.name, found)] if found.interest.amount else []
    if unknown is not None and not done:
        raise unknown
    amount = sum((found.interest.amount for _, found in done), _ZERO)
    complete = unknown is None and all(found.is_complete for _, found in done)
    return PlanInterest(Money(amount, currency), to_on, complete, tuple(done))


def _spread(shares: Sequence[Share], parts: Sequence[Movement]) -> list[list[Movement]]:
    """What each share takes of each part."""
    taken: list[list[Movement]] = [[] for _ in shares]
    left = [share.left for share in shares]
    for part in sorted(parts, key=lambda part: part.on):
        money = part.amount.amount
        for nth, owed in enumerate(left):
            if (one := min(owed, money)) > 0:
                taken[nth].append(Movement(part.on, Money(one, part.amount.currency)))
                left[nth], money = owed - one, money - one
    return taken
