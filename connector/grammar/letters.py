"""A text as it can be read: without what cannot be seen, and a copy of it without accents and capitals."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_BREAKS = frozenset("\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029")
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})
_SAME = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u02bc\u2032`\u00b4", "'"),
    "\u00d7": "x",
}


def clean(text: str) -> str:
    """Return ``text`` in the plain form of each character: thin and no-break spaces are spaces, wide digits
    are digits, and what cannot be seen (zero width, direction marks, control characters) is gone. Lines
    end in a line feed."""
    plain = unicodedata.normalize("NFKC", text.replace("\r\n", "\n"))
    return "".join(_visible(c) for c in plain)


@lru_cache(maxsize=4096)
def _visible(char: str) -> str:
    if char in _BREAKS:
        return "\n"
    if char == "\t":
        return " "
    return "" if unicodedata.category(char) in _HIDDEN else char


def fold(text: str) -> str:
    """Return ``text`` without accents and capitals, dashes and apostrophes all alike, character for
    character: a place found in it is the same place in ``text``."""
    return "".join(_folded(c) for c in text)


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    char = _SAME.get(char, char)
    base = unicodedata.normalize("NFD", char)[0]
    return base.lower()[0]


def one_line(text: str) -> str:
    """Return a piece of clean text on one line, with single spaces."""
    return " ".join(text.split())
