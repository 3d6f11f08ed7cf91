"""Working days: week-ends and the public holidays of a country (package ``holidays``) are none."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays


@cache
def _public_holidays(country: str, year: int) -> frozenset[date]:
    if country not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))


def is_working_day(day: date, country: str) -> bool:
    """True from Monday to Friday, but not on a public holiday of the whole ``country`` (ISO alpha-2)."""
    return day.weekday() < 5 and day not in _public_holidays(country, day.year)


def working_days_between(earlier: date, later: date, country: str) -> int:
    """Count the working days after ``earlier`` up to and including ``later``; 0 when not later."""
    span = (later - earlier).days
    return sum(is_working_day(earlier + timedelta(days=n), country) for n in range(1, span + 1))


def next_working_day(day: date, country: str) -> date:
    """Return ``day`` itself when it is a working day, else the first one after it."""
    while not is_working_day(day, country):
        day += timedelta(days=1)
    return day
