"""The words that the adapter itself writes for people: ``templates/<language>/quickbooks.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache

from connector.formats import Day, locale_for
from connector.resources import shipped


@cache
def words(language: str) -> Mapping[str, str]:
    """A language that we do not speak to people in the host is told in English."""
    file = shipped("templates") / language / "quickbooks.toml"
    if not file.exists():
        file = shipped("templates") / "en" / "quickbooks.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def day(on: date, language: str) -> str:
    """A day, short."""
    return str(Day(on, locale_for(language, None)))
