"""The nearest right spelling, for the remedy of an error message."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(wrong: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, capital letters apart, or None."""
    by_lower = {word.lower(): word for word in known}
    close = get_close_matches(wrong.lower(), by_lower, n=1)
    return by_lower[close[0]] if close else None


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """Return "did you mean …?" with the nearest of ``known``, or the list of them when none is near."""
    names = list(known)
    near = nearest(wrong, names)
    return f"did you mean {near!r}?" if near else f"known: {', '.join(names)}"
