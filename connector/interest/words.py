"""Cautions and labels in sentences, English and French. Pure but for reading its table once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from connector.interest.calculation import Caution
from connector.model import Money

_FILE = Path(__file__).with_name("words.toml")


def show_plain(value: object) -> str:
    """Print a figure for programs: ISO days, an amount before its currency."""
    return f"{value.amount} {value.currency}" if isinstance(value, Money) else str(value)


def caution_sentence(caution: Caution, language: str, show: Callable[[object], str] = show_plain) -> str:
    """Say a caution in ``language`` (English where we have no other); ``show`` prints days and amounts."""
    figures = {name: _figure(name, value, language, show) for name, value in caution.seen.items()}
    return str(_words(language)["caution"][caution.code]).format_map(figures).strip()


def label(name: str, language: str, **figures: object) -> str:
    """Return a heading, or the words for a setting, a state or a series. Raises KeyError for others."""
    return str(_words(language)["label"][name]).format_map(figures)


def languages() -> tuple[str, ...]:
    """Return the languages that there are words in."""
    return tuple(tables())


def _figure(name: str, value: object, language: str, show: Callable[[object], str]) -> str:
    if isinstance(value, StrEnum) or name == "series":
        return label(str(value), language)
    return show(value)


def _words(language: str) -> dict[str, Any]:
    every = tables()
    return every.get(language[:2].lower(), every["en"])


@cache
def tables() -> dict[str, dict[str, Any]]:
    """Return all words: by language, ``caution`` and ``label``, by name."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
