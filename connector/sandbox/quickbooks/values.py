"""Amounts, moments and references as QuickBooks writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")  # of every moment that it tells, wherever the company is
REALM = 93_414_521_206_000  # the ids of our companies begin here


def realm_id(company_serial: int) -> str:
    return str(REALM + company_serial)


def number(value: Decimal) -> int | float:
    """A JSON number; exact, as no amount of the ledger has more than fifteen figures."""
    return int(value) if value == value.to_integral_value() else float(value)


def moment(at: datetime) -> str:
    """Whole seconds, with the offset of California."""
    return stored(at).astimezone(PACIFIC).isoformat()


def stored(at: datetime) -> datetime:
    """As it is kept: the fraction of the second is lost. What is asked is compared with this."""
    return at.replace(microsecond=0)


def told(at: datetime) -> str:
    """The moment of an answer, with milliseconds."""
    return at.astimezone(PACIFIC).isoformat(timespec="milliseconds")


def parsed_moment(text: str) -> datetime:
    """A date or a date-time; without an offset it is California's. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=PACIFIC)


def parsed_day(text: object) -> date:
    """Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError("no date")
    return date.fromisoformat(text[:10])


def reference(value: object, name: str = "") -> dict[str, Any]:
    return {"value": str(value), "name": name} if name else {"value": str(value)}


def filled(shown: dict[str, Any]) -> dict[str, Any]:
    """Without what has no value: it is left out of answers."""
    return {key: value for key, value in shown.items() if value is not None and value != ""}
