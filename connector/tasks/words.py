"""The words of tasks and notes: ``templates/<language>/tasks.toml`` and ``notes.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date

from connector import resources
from connector.formats import Amount, Day, locale_for, plural

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def words(language: str) -> Mapping[str, Any]:
    """The table of tasks."""
    return resources.words(language, "tasks")


def note_words(language: str) -> Mapping[str, Any]:
    """The table of the notes of reminders."""
    return resources.words(language, "notes")


def locale(language: str) -> Locale:
    return locale_for(language, None)


def money(amount: Decimal, currency: str, language: str) -> str:
    return str(Amount(amount, currency, locale(language)))


def day(on: date, language: str) -> str:
    """A day, short."""
    return str(Day(on, locale(language)))


def long_day(on: date, language: str) -> str:
    return Day(on, locale(language)).long


def count(forms: str | Mapping[str, str], number: int, language: str) -> str:
    return plural(forms, number, locale(language))


def typed_day(on: date, language: str) -> str:
    """A day as a person types it in an answer, which our grammar reads in one way only, in any country: the
    month is written out where it could be taken for the day."""
    if language != "fr":
        return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"
    return f"{on:%d/%m/%Y}" if on.day > 12 else str(format_date(on, "d MMMM y", locale=locale(language)))
