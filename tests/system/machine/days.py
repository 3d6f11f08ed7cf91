"""Days as the judge counts them: with the calendar of France, and nothing of ours."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays

_DAY = timedelta(days=1)


@cache
def public_holidays() -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", years=range(2026, 2031)))


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in public_holidays()


def working_days_after(day: date, count: int) -> date:
    while count:
        day += _DAY
        count -= works(day)
    return day
