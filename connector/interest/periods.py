"""Which rate applies on which days, by the rule, the contract and the settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from connector.errors import ConfigError, Problem
from connector.interest.calculation import Caution, CautionCode, RateBasis
from connector.interest.claim import BelowFloor, Claim, Options
from connector.interest.law import ContractRate, RateMode, Rule
from connector.interest.rates import Rates, Status, half_end, half_name, half_start, shipped_rates

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a row under one rate; ``rate`` None where it is not known."""

    first_on: date
    last_on: date
    rate: Decimal | None  # percent a year
    basis: RateBasis | None
    cautions: tuple[Caution, ...] = ()


def mode_of(rule: Rule, claim: Claim, options: Options) -> RateMode:
    """Return how the rate is set. Raises ConfigError for a mode or a contractual rate that cannot be."""
    if rule.contract is ContractRate.REQUIRED and claim.contract_rate is None:
        raise _wrong(
            "contract_rate", f"{rule.name} has no rate of its own", "give the contract's, in percent"
        )
    if rule.contract is ContractRate.REFUSED and claim.contract_rate is not None:
        raise _wrong("contract_rate", f"{rule.name} takes none: {rule.basis} gives the rate", "leave it out")
    own = RateMode.FIXED if claim.contract_rate is not None else rule.mode
    if options.rate_mode in (None, own):
        return own
    if RateMode.FIXED in (own, options.rate_mode):
        raise _wrong("rate_mode", f"the rate is {own.value} here", "leave it out")
    return options.rate_mode or own


def periods(
    rule: Rule, claim: Claim, options: Options, mode: RateMode, first: date, last: date
) -> Iterator[Period]:
    """Give the periods that cover ``first`` to ``last``, both included, in order."""
    rates = options.rates or shipped_rates()
    if claim.contract_rate is not None and rule.floor and rule.floor.series:
        for start, end in _halves(first, last):
            yield _contractual(rule, claim.contract_rate, options, rates, start, end)
    elif claim.contract_rate is not None:
        yield _contractual(rule, claim.contract_rate, options, rates, first, last)
    elif mode is RateMode.FIXED:
        yield Period(first, last, rule.percent, _own("law", Status.VERIFIED, rule.basis))
    elif mode is RateMode.FROZEN:
        yield _statutory(rule, rates, first, last)
    else:
        for start, end in _halves(first, last):
            yield _statutory(rule, rates, start, end)


def _halves(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        end = min(half_end(first), last)
        yield first, end
        first = end + _DAY


def _statutory(rule: Rule, rates: Rates, first: date, last: date) -> Period:
    """The rule's own rate, set on the first day of the half-year in which ``first`` lies."""
    series = rule.reference
    assert series is not None  # noqa: S101 - rules.toml: only a fixed rate has none
    anchor = half_start(first)
    found = rates.on(series, anchor)
    if found is None:
        return Period(
            first,
            last,
            None,
            RateBasis(series, half_name(first), None, anchor, rule.margin, Status.UNVERIFIED, ""),
        )
    rate, status = rule.statutory(found.percent), found.status.with_(rule.status)
    basis = RateBasis(series, half_name(first), found.percent, anchor, rule.margin, status, found.source)
    return Period(first, last, rate, basis, _unsure(basis, rate))


def _unsure(basis: RateBasis, rate: Decimal) -> tuple[Caution, ...]:
    codes = {
        Status.DERIVED: CautionCode.RATE_DERIVED,
        Status.UNVERIFIED: CautionCode.RATE_UNVERIFIED,
    }
    if basis.status not in codes:
        return ()
    seen = {"half_year": basis.half_year, "rate": rate, "series": basis.series, "source": basis.source}
    return (Caution(codes[basis.status], seen),)


def _contractual(
    rule: Rule, rate: Decimal, options: Options, rates: Rates, first: date, last: date
) -> Period:
    """The contract's rate, held against the legal minimum of those days."""
    own = _own("contract", Status.VERIFIED, "contract")
    if rule.floor is None:
        return Period(first, last, rate, own)
    half = half_name(first) if rule.floor.series else ""
    least = _floor(rule, rates, first)
    if least is None:
        seen: dict[str, object] = {"half_year": half, "basis": rule.floor.basis}
        return Period(first, last, rate, own, (Caution(CautionCode.FLOOR_UNKNOWN, seen),))
    if rate >= least:
        return Period(first, last, rate, own)
    seen = {"half_year": half, "rate": rate, "floor": least, "basis": rule.floor.basis}
    if options.below_floor is BelowFloor.FLAG:
        return Period(first, last, rate, own, (Caution(CautionCode.BELOW_FLOOR, seen),))
    raised = _own("law", Status.VERIFIED, rule.floor.basis)
    return Period(first, last, least, raised, (Caution(CautionCode.RAISED_TO_FLOOR, seen),))


def _floor(rule: Rule, rates: Rates, day: date) -> Decimal | None:
    """The least rate that a contract may set on a day; None when it is not known."""
    floor = rule.floor
    if floor is None or floor.series is None:
        return floor.percent if floor else None
    found = rates.on(floor.series, day)
    return found.percent * floor.times if found else None


def _own(series: str, status: Status, source: str) -> RateBasis:
    return RateBasis(series, "", None, None, Decimal(0), status, source)


def _wrong(path: str, message: str, remedy: str) -> ConfigError:
    return ConfigError([Problem("claim", path, message, remedy)])
