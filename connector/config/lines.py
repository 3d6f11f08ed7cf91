"""In which line of a TOML file a path stands. Only for pointing at it: a guess does no harm.

The standard parser gives values without their places, so headers and keys are looked for by their shape.
"""

from __future__ import annotations

import re
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_WORD = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip("\"'") for word in _WORD.findall(text))


def index(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every header and key of a TOML text, by path."""
    places: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.fullmatch(line):
            table = _with_ranks(_words(header[2]), counts, new=header[1] == "[[")
            places.setdefault(table, number)
        elif key := _KEY.match(line):
            places.setdefault((*table, *_words(key[1])), number)
    return places


def _with_ranks(words: tuple[str, ...], counts: dict[Path, int], *, new: bool) -> Path:
    """Put into a header's path the rank of each list element that it lies in; ``new`` begins one more."""
    path: Path = ()
    for n, word in enumerate(words, 1):
        path = (*path, word)
        if new and n == len(words):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def find(places: dict[Path, int], path: Path) -> int | None:
    """Return the line of ``path``, or of the nearest table around it that has one."""
    while path:
        if path in places:
            return places[path]
        path = path[:-1]
    return None
