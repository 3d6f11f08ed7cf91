"""Entries as plain text, for hosts whose journal knows no other. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from inscriptis import get_text

from connector.model import Ref
from connector.ports import Note, Task


@dataclass(frozen=True, slots=True)
class Item:
    """An entry on its way. ``text`` is plain; ``mark`` is what it is known by where it stands."""

    key: str
    on: Ref
    text: str
    mark: str


def item_of(entry: Note | Task) -> Item:
    """Return the entry as text. Of a task its day and its summary: what stands in its note are the ways in
    which a task can be answered, and a host without tasks has none."""
    return Item(entry.key, entry.on, _plain(entry), mark(entry.key))


def mark(key: str) -> str:
    """The mark by which the entry of ``key`` is found again: ten hexadecimal digits."""
    return hashlib.sha256(f"relance\n{key}".encode()).hexdigest()[:10]


def cut(text: str, longest: int, sign: str) -> str:
    """Return the text if it is no longer than that; else as many whole words of its beginning as there is
    room for, with ``sign`` behind them. Lengths are counted in UTF-16, as programs in Java and C# do."""
    if length(text) <= longest:
        return text
    kept = _head(text, longest - length(sign) - 1)
    whole = kept.rstrip()
    if whole == kept and not text[len(kept)].isspace():  # in the middle of a word
        before = max(kept.rfind(" "), kept.rfind("\n"))
        whole = kept[:before].rstrip() if before > len(kept) // 2 else kept
    return f"{whole} {sign}"


def length(text: str) -> int:
    """How long the text is for a program that counts UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _head(text: str, longest: int) -> str:
    raw = text.encode("utf-16-le", "surrogatepass")[: 2 * max(longest, 0)]
    return raw.decode("utf-16-le", "ignore")


def _plain(entry: Note | Task) -> str:
    if isinstance(entry, Task):
        return f"{entry.due_on.isoformat()} : {entry.summary}"
    text = "\n".join(line.rstrip() for line in get_text(entry.html).strip().splitlines())
    names = ", ".join(file.name for file in entry.attachments)
    return f"{text}\n[{names}]" if names else text
