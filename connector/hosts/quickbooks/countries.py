"""The country of an address, which people type as they like: a code of two or three letters, a name in
English, French or German. Pure."""

from __future__ import annotations

import unicodedata
from functools import cache

from babel import Locale
from babel.core import get_global

_LANGUAGES = ("en", "fr", "de")
_SPOKEN = {
    **dict.fromkeys(("united states of america", "u s a", "u s"), "US"),
    **dict.fromkeys(("uk", "u k", "england", "scotland", "wales"), "GB"),
}


def country_code(text: object) -> str | None:
    """ISO 3166-1 alpha-2 of what stands in an address; None where it is empty or cannot be told."""
    plain = _plain(text) if isinstance(text, str) else ""
    return _codes().get(plain) if plain else None


@cache
def _codes() -> dict[str, str]:
    found = dict(_SPOKEN)
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(_plain(name), code)
    for code in set(found.values()):
        found[code.lower()] = code
    for alias, codes in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1:
            found.setdefault(alias.lower(), codes[0])
    return found


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())
