"""Reference rates as dated facts, each with its source and how sure we are of it. Nothing is extrapolated."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from connector.errors import ConfigError, Problem

_SHIPPED = Path(__file__).with_name("rates.toml")
_DAY = timedelta(days=1)


class Status(StrEnum):
    """How sure a rate is; ``rates.toml`` says what each word takes."""

    VERIFIED = "verified"
    DERIVED = "derived"
    UNVERIFIED = "unverified"

    def with_(self, other: Status) -> Status:
        """The less sure of the two."""
        return max(self, other, key=list(Status).index)


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate, in percent a year, from its first day to its last, both included."""

    first_on: date
    last_on: date
    percent: Decimal
    status: Status
    source: str


@dataclass(frozen=True, slots=True)
class Series:
    """The rates of one reference, in the order of their days; days between two of them are not known."""

    key: str
    name: str
    rates: tuple[Rate, ...]
    _starts: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(rate.first_on for rate in self.rates))

    def on(self, day: date) -> Rate | None:
        """Return the rate in force that day, None where it is not known."""
        found = bisect_right(self._starts, day)
        if not found or day > self.rates[found - 1].last_on:
            return None
        return self.rates[found - 1]


@dataclass(frozen=True, slots=True)
class Rates:
    """All series by key."""

    series: Mapping[str, Series]

    def on(self, key: str, day: date) -> Rate | None:
        """Return the rate of a series on a day, None where it is not known."""
        return self.series[key].on(day)

    def merged(self, newer: Rates) -> Rates:
        """Return these rates with those of ``newer`` put in: its lines win over ours of the same days."""
        both = dict(self.series)
        for key, series in newer.series.items():
            both[key] = _merge(both[key], series) if key in both else series
        return Rates(both)


def shipped_rates() -> Rates:
    """Return the rates that come with the program, read once."""
    return _shipped()


@cache
def _shipped() -> Rates:
    return read_rates(_SHIPPED)


def read_rates(file: Path) -> Rates:
    """Read a file in the form of ``rates.toml``. Raises ConfigError naming each line that cannot be used."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError([Problem(str(file), "", error.strerror or "unreadable", "name a file")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(str(file), "", str(error), "mend the TOML")]) from None
    return Rates({key: _series(str(file), key, table) for key, table in tables.items()})


def half_start(day: date) -> date:
    """Return the 1 January or 1 July that begins the half-year of a day."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def half_end(day: date) -> date:
    """Return the last day of the half-year of a day."""
    return date(day.year, 6, 30) if day.month < 7 else date(day.year, 12, 31)


def half_name(day: date) -> str:
    """Return the half-year of a day as people write it: 2026-S2."""
    return f"{day.year}-S{1 if day.month < 7 else 2}"


def _series(file: str, key: str, table: Any) -> Series:
    """Read one table. Every fault of the file is a ConfigError that says which line."""
    if not isinstance(table, dict) or table.get("kind") not in ("changes", "half_years"):
        raise _wrong(file, f"{key}.kind", "the kind of series is missing", 'write "changes" or "half_years"')
    points = table.get("points")
    if not isinstance(points, list) or not points:
        raise _wrong(file, f"{key}.points", "there is no rate", 'write [{ from = 2027-01-01, pct = "2.65" }]')
    starts = [_day(file, f"{key}.points[{n}].from", point, "from") for n, point in enumerate(points)]
    if sorted(set(starts)) != starts:
        raise _wrong(file, f"{key}.points", "the days do not follow one another", "put the oldest first")
    rates = []
    for n, (point, first) in enumerate(zip(points, starts, strict=True)):
        place = f"{key}.points[{n}]"
        following = starts[n + 1] if n + 1 < len(starts) else None
        last = _last_day(file, place, table, point, first, following)
        merged = {"status": "unverified", "source": ""} | table | point
        rates.append(Rate(first, last, _percent(file, place, point), *_standing(file, place, merged)))
    return Series(key, str(table.get("name", key)), tuple(rates))


def _last_day(file: str, place: str, table: Any, point: Any, first: date, following: date | None) -> date:
    if table["kind"] == "changes":
        last = following - _DAY if following else _day(file, f"{place}.known_until", table, "known_until")
    else:
        if first != half_start(first):
            raise _wrong(file, f"{place}.from", "a half-year begins on 1 January or 1 July", "mend the day")
        last = _day(file, f"{place}.until", point, "until") if "until" in point else half_end(first)
    if last < first or (following and last >= following):
        raise _wrong(file, place, f"{last} is not between this rate's first day and the next's", "mend it")
    return last


def _standing(file: str, place: str, merged: Mapping[str, Any]) -> tuple[Status, str]:
    try:
        return Status(merged["status"]), str(merged["source"])
    except ValueError:
        known = ", ".join(Status)
        raise _wrong(file, f"{place}.status", "the status is none of ours", f"write {known}") from None


def _day(file: str, place: str, table: Any, key: str) -> date:
    day = table.get(key) if isinstance(table, dict) else None
    if type(day) is not date:
        raise _wrong(file, place, "a day is missing", f"write {key} = 2027-01-01, without quotes")
    return day


def _percent(file: str, place: str, point: Mapping[str, Any]) -> Decimal:
    text = point.get("pct")
    try:
        percent = Decimal(text) if isinstance(text, str) else Decimal("NaN")
    except InvalidOperation:
        percent = Decimal("NaN")
    if not percent.is_finite() or abs(percent) > 100:
        raise _wrong(file, f"{place}.pct", "the rate is not a figure", 'write pct = "2.65", in quotes')
    return percent


def _wrong(file: str, place: str, message: str, remedy: str) -> ConfigError:
    return ConfigError([Problem(file, place, message, remedy)])


def _merge(old: Series, new: Series) -> Series:
    """Lay the newer rates over the older: what they cover of an older one is cut off it."""
    kept: Sequence[Rate] = old.rates
    for rate in new.rates:
        kept = [part for held in kept for part in _without(held, rate)]
    return Series(old.key, old.name, tuple(sorted((*kept, *new.rates), key=lambda rate: rate.first_on)))


def _without(held: Rate, cover: Rate) -> Sequence[Rate]:
    before = min(held.last_on, cover.first_on - _DAY)
    after = max(held.first_on, cover.last_on + _DAY)
    return [
        Rate(first, last, held.percent, held.status, held.source)
        for first, last in ((held.first_on, before), (after, held.last_on))
        if first <= last
    ]


def rates_with(file: Path) -> Rates:
    """Return the shipped rates with those of a file put in. Raises ConfigError as ``read_rates`` does, and
    for a series that no rule uses."""
    ours, theirs = shipped_rates(), read_rates(file)
    for key in theirs.series.keys() - ours.series.keys():
        raise _wrong(str(file), key, "no series has this name", f"write one of {', '.join(ours.series)}")
    return ours.merged(theirs)
