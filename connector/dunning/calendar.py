"""Working days: week-ends and the public holidays of a country (package ``holidays``) are none. For money
that comes through a bank the days on which TARGET is closed are none either."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays

from connector.dunning.policy import Policy


@cache
def days(count: int) -> timedelta:
    """``timedelta(days=count)``, made once: the rules add the same few spans all day long."""
    return timedelta(days=count)


@cache
def _public_holidays(country: str, year: int) -> frozenset[date]:
    if country not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))


@cache
def is_working_day(day: date, country: str) -> bool:
    """True from Monday to Friday, but not on a public holiday of the whole ``country`` (ISO alpha-2)."""
    return day.weekday() < 5 and day not in _public_holidays(country, day.year)


@cache
def working_days_between(earlier: date, later: date, country: str) -> int:
    """Count the working days after ``earlier`` up to and including ``later``; 0 when not later."""
    span = (later - earlier).days
    return sum(is_working_day(earlier + timedelta(days=n), country) for n in range(1, span + 1))


def next_working_day(day: date, country: str) -> date:
    """Return ``day`` itself when it is a working day, else the first one after it."""
    while not is_working_day(day, country):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, country: str) -> date:
    """Return the working day that is ``count`` working days after ``day``."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, country)
    return day


@cache
def _target_closings(year: int) -> frozenset[date]:
    return frozenset(holidays.financial_holidays("ECB", years=year))


@cache
def is_target_day(day: date) -> bool:
    """True when the euro's payment system TARGET settles transfers: from Monday to Friday, but not on 1
    January, Good Friday, Easter Monday, 1 May, 25 and 26 December (the ECB's calendar)."""
    return day.weekday() < 5 and day not in _target_closings(day.year)


@cache
def add_bank_days(day: date, count: int, country: str) -> date:
    """Return the day that is ``count`` days after ``day`` on which money can come in: TARGET is open, and it
    is a working day in ``country``, so that somebody sees it."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_target_day(day) and is_working_day(day, country)
    return day


def is_closed(day: date, policy: Policy, customer_country: str | None) -> bool:
    """True on a weekday the company keeps closed, and, if it says so, on a public holiday of its own
    country or of the customer's."""
    if day.weekday() in policy.closed_weekdays:
        return True
    if not policy.close_on_holidays:
        return False
    home, his = policy.country, customer_country or policy.country
    return day in _public_holidays(home, day.year) or (his != home and day in _public_holidays(his, day.year))


def next_open_day(day: date, policy: Policy, customer_country: str | None) -> date:
    """Return the first day after ``day`` on which messages may leave; gives up after a year."""
    for _ in range(366):
        day += timedelta(days=1)
        if not is_closed(day, policy, customer_country):
            return day
    return day
