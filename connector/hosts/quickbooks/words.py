"""The words that the adapter itself writes for people: ``templates/<language>/quickbooks.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from connector import resources
from connector.formats import Day, locale_for


def words(language: str) -> Mapping[str, str]:
    """The table of the adapter's words."""
    return resources.words(language, "quickbooks")


def day(on: date, language: str) -> str:
    """A day, short."""
    return str(Day(on, locale_for(language, None)))
