"""Lengths of time as people write them: "15 minutes", "5 jours ouvrés", "24 months"."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum

from connector.config.unfit import Unfit, kind
from connector.spelling import nearest


class Unit(StrEnum):
    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


#: Every spelling that is understood, English and French, one and many.
_SPELLINGS: dict[Unit, tuple[str, ...]] = {
    Unit.SECONDS: ("second", "seconds", "s", "seconde", "secondes"),
    Unit.MINUTES: ("minute", "minutes", "min"),
    Unit.HOURS: ("hour", "hours", "h", "heure", "heures"),
    Unit.DAYS: ("day", "days", "jour", "jours", "j"),
    Unit.WORKING_DAYS: ("working day", "working days", "jour ouvré", "jours ouvrés"),
    Unit.WEEKS: ("week", "weeks", "semaine", "semaines"),
    Unit.MONTHS: ("month", "months", "mois"),
    Unit.YEARS: ("year", "years", "an", "ans"),
}
_UNITS = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings}
_SHAPE = re.compile(r"(\d{1,4})\s*(\D+)")

CLOCK = (Unit.SECONDS, Unit.MINUTES, Unit.HOURS, Unit.DAYS, Unit.WEEKS)
DAYS = (Unit.DAYS, Unit.WEEKS)
WORKING_DAYS = (Unit.WORKING_DAYS,)
MONTHS = (Unit.MONTHS, Unit.YEARS)


def parse(text: object, allowed: tuple[Unit, ...], example: str) -> tuple[int, Unit]:
    """Return count and unit of a text such as "5 days". Raises Unfit, naming the units that are allowed."""
    remedy = f'write it as "{example}"; units: {", ".join(allowed)}'
    if not isinstance(text, str):
        raise Unfit(f"a length of time is a text with its unit, not {kind(text)}", remedy)
    match = _SHAPE.fullmatch(" ".join(text.split()))
    if match is None:
        raise Unfit(f'"{text[:40]}" is not a length of time', remedy)
    word = match[2].strip()
    unit = _UNITS.get(word.lower())
    if unit is None:
        near = nearest(word, (spelling for one in allowed for spelling in _SPELLINGS[one]))
        hint = f'did you mean "{match[1]} {near}"? ' if near else ""
        raise Unfit(f'"{word[:40]}" is not a unit of time', hint + remedy)
    if unit not in allowed:
        raise Unfit(f"{unit} cannot be used here", remedy)
    return int(match[1]), unit


def clock(text: object) -> timedelta:
    """Read a length on the clock: seconds to weeks."""
    if isinstance(text, timedelta):
        return text
    count, unit = parse(text, CLOCK, "15 minutes")
    if count == 0:
        raise Unfit("it must be longer than nothing", 'write it as "15 minutes"')
    return timedelta(**{unit.value: count})


def whole_days(text: object) -> int:
    """Read a number of calendar days."""
    count, unit = parse(text, DAYS, "5 days")
    return count * 7 if unit is Unit.WEEKS else count


def working_days(text: object) -> int:
    """Read a number of days on which people work."""
    return parse(text, WORKING_DAYS, "5 working days")[0]


def months(text: object) -> int:
    """Read a number of calendar months, at least one and at most a hundred years of them."""
    count, unit = parse(text, MONTHS, "24 months")
    total = count * 12 if unit is Unit.YEARS else count
    if not 1 <= total <= 1200:
        raise Unfit("it must be between 1 month and 100 years", 'write it as "24 months"')
    return total
