"""The law of late payment as data: who owes what rate from which day, and which fixed sum."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from connector.errors import ConfigError, Problem
from connector.interest.rates import Status

_FILE = Path(__file__).with_name("rules.toml")


class RateMode(StrEnum):
    HALF_YEAR = "half_year"  # set anew on each 1 January and 1 July
    FROZEN = "frozen"  # that of the half-year in which interest starts
    FIXED = "fixed"  # one rate for all time


class StartMode(StrEnum):
    DUE = "due"
    NOTICE = "notice"
    FIXED_DATE_OR_NOTICE = "fixed_date_or_notice"


class ContractRate(StrEnum):
    """Whether a contract may set the rate."""

    ALLOWED = "allowed"
    REQUIRED = "required"
    REFUSED = "refused"


class Imputation(StrEnum):
    """What a payment settles first."""

    INTEREST_FIRST = "interest_first"
    PRINCIPAL_FIRST = "principal_first"


@dataclass(frozen=True, slots=True)
class Band:
    """One line of a scale: ``base`` plus ``percent`` of what exceeds ``above``."""

    upto: Decimal | None  # the largest debt it holds; None for any
    inclusive: bool
    base: Decimal
    percent: Decimal
    above: Decimal

    def holds(self, debt: Decimal) -> bool:
        if self.upto is None:
            return True
        return debt <= self.upto if self.inclusive else debt < self.upto


@dataclass(frozen=True, slots=True)
class Scale:
    """A fixed sum by size of the debt, both in ``currency``."""

    key: str
    currency: str
    bands: tuple[Band, ...]
    least: Decimal
    most: Decimal | None

    @property
    def is_flat(self) -> bool:
        """True when the sum is the same for every debt."""
        return len(self.bands) == 1 and not self.bands[0].percent

    def amount(self, debt: Decimal) -> Decimal:
        """Return the sum for a debt, to the cent; nothing for no debt."""
        if debt <= 0:
            return Decimal("0.00")
        band = next(band for band in self.bands if band.holds(debt))
        due = max(band.base + (debt - band.above) * band.percent / 100, self.least)
        due = due if self.most is None else min(due, self.most)
        return due.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Indemnity:
    """The fixed sum that the law adds to a late debt."""

    scale: Scale
    per_invoice: bool
    vat_may_add: bool  # a creditor who cannot recover VAT adds it
    basis: str


@dataclass(frozen=True, slots=True)
class Floor:
    """Below what a contractual rate may not go: ``times`` a series, or ``percent``."""

    series: str | None
    times: Decimal
    percent: Decimal | None
    basis: str


@dataclass(frozen=True, slots=True)
class Rule:
    """The law of one country for one kind of customer. Rates and margins in percent (points) a year."""

    name: str
    country: str | None
    currency: str  # of its fixed sum, and of a claim that names none
    consumer: bool
    reference: str | None  # a series of ``rates.toml``
    margin: Decimal
    round_up_to: Decimal | None
    percent: Decimal | None  # the rate itself, where the law gives one for all time
    mode: RateMode
    start: StartMode
    otherwise_days: int | None
    status: Status
    basis: str
    imputation: Imputation
    imputation_basis: str
    indemnity: Indemnity | None
    contract: ContractRate
    floor: Floor | None

    def statutory(self, reference: Decimal) -> Decimal:
        """Return the rate that follows from a reference rate."""
        rate = reference + self.margin
        if self.round_up_to is None:
            return rate
        return (rate / self.round_up_to).to_integral_value(ROUND_CEILING) * self.round_up_to


def all_rules() -> Mapping[str, Rule]:
    """Return every rule by name, read once."""
    return _book()[0]


def rule(name: str) -> Rule:
    """Return a rule by name (``fr_b2b``). Raises ConfigError listing the names there are."""
    found = all_rules().get(name)
    if found is None:
        known = f"write one of {', '.join(all_rules())}"
        raise ConfigError([Problem("rule", "", f'no rule is called "{name}"', known)])
    return found


def scale(key: str) -> Scale:
    """Return a scale of ``rules.toml``. Raises KeyError for a name that is not there."""
    return _book()[1][key]


@cache
def _book() -> tuple[Mapping[str, Rule], Mapping[str, Scale]]:
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    scales = {key: _scale(key, table) for key, table in tables["scale"].items()}
    return {name: _rule(name, table, scales) for name, table in tables["rule"].items()}, scales


def _scale(key: str, table: Mapping[str, Any]) -> Scale:
    most = _decimal(table, "max")
    bands = tuple(_band(band) for band in table["bands"])
    return Scale(key, table["currency"], bands, _decimal(table, "min") or Decimal(0), most)


def _band(table: Mapping[str, str]) -> Band:
    return Band(
        upto=_decimal(table, "upto") or _decimal(table, "below"),
        inclusive="upto" in table,
        base=_decimal(table, "base") or Decimal(0),
        percent=_decimal(table, "pct") or Decimal(0),
        above=_decimal(table, "above") or Decimal(0),
    )


def _rule(name: str, table: Mapping[str, Any], scales: Mapping[str, Scale]) -> Rule:
    return Rule(
        name=name,
        country=table.get("country"),
        currency=table["currency"],
        consumer=table.get("consumer", False),
        reference=table.get("reference"),
        margin=_decimal(table, "margin") or Decimal(0),
        round_up_to=_decimal(table, "round_up_to"),
        percent=_decimal(table, "percent"),
        mode=RateMode(table["mode"]),
        start=StartMode(table["start"]),
        otherwise_days=table.get("otherwise_days"),
        status=Status(table.get("status", Status.VERIFIED)),
        basis=table["basis"],
        imputation=Imputation.INTEREST_FIRST,
        imputation_basis=table.get("imputation_basis", ""),
        indemnity=_indemnity(table.get("indemnity"), scales),
        contract=ContractRate(table.get("contract", ContractRate.ALLOWED)),
        floor=_floor(table.get("floor")),
    )


def _indemnity(table: Mapping[str, Any] | None, scales: Mapping[str, Scale]) -> Indemnity | None:
    if table is None:
        return None
    return Indemnity(
        scale=scales[table["scale"]],
        per_invoice=table.get("per", "invoice") == "invoice",
        vat_may_add=table.get("vat_may_add", False),
        basis=table["basis"],
    )


def _floor(table: Mapping[str, str] | None) -> Floor | None:
    if table is None:
        return None
    times = _decimal(table, "times") or Decimal(1)
    return Floor(table.get("series"), times, _decimal(table, "percent"), table["basis"])


def _decimal(table: Mapping[str, Any], key: str) -> Decimal | None:
    return Decimal(table[key]) if key in table else None
