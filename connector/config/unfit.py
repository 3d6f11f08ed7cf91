"""The refusal of one value, and the words for what was found in its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from connector.spelling import nearest


class Unfit(ValueError):
    """One value that cannot be used: what is wrong with it, and the remedy.

    Raised by the field types; the loader adds file, path and line and makes it a ``Problem``.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (str, "a text"),
    (int, "a whole number"),
    (float, "a decimal number"),
    (list, "a list"),
    (dict, "a table"),
    (dt.date, "a date"),
    (dt.time, "a time"),
)


def kind(value: object) -> str:
    """Say in words what sort of TOML value this is, without showing it."""
    return next((word for type_, word in _KINDS if isinstance(value, type_)), "something else")


def choice(wrong: str, known: Iterable[str]) -> str:
    """Return the remedy for a word outside a closed set: the nearest spelling and all that is allowed."""
    words = sorted(set(known))
    near = nearest(wrong, words)
    allowed = "one of " + ", ".join(f'"{word}"' for word in words) if len(words) > 1 else f'"{words[0]}"'
    return f'did you mean "{near}"? Allowed: {allowed}' if near else f"allowed: {allowed}"
