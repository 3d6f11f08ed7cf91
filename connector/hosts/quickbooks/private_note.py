"""Our line in the private note of an invoice: the day of a promise, where there is no field for it. Pure.

    (what people wrote)
    [Relance: payment promised for 15 Dec 2026 (a1b2c3d4e5f6)]
    (what people wrote)

The private note may be printed on statements, so there is one short line a promise and nothing else. The word
at its end is made of the invoice's id, the promise, the line's own words and what was put before it: so the
line that QuickBooks takes along when a person copies the invoice is not ours on the copy, a line in which
somebody wrote is his from then on, and taking ours out leaves every other byte as it was.
"""

from __future__ import annotations

import hashlib
import re

from connector.hosts.plain_text import length

#: Characters that QuickBooks takes.
LONGEST = 4_000

_LINE = re.compile(r"\[(?P<words>Relance[^\[\]\r\n#\uff03]*) \((?P<mark>[0-9a-f]{12})\)\]")
_NOT_IN_IT = re.compile(r"[\[\]#\uff03\s]+")
#: What may have been put before a line of ours.
_GAPS = ("", "\n", "\r\n")


def with_line(text: str, invoice: str, key: str, words: str) -> str | None:
    """Return the text with one line that says ``words`` (they begin with "Relance") for the promise ``key``,
    below what stands there; None when there is no room for it."""
    words = _NOT_IN_IT.sub(" ", words).strip()
    if any(found["words"] == words for found in _ours(text, invoice, key)):
        return text
    rest = without_line(text, invoice, key)
    gap = "" if not rest else "\r\n" if "\r\n" in rest else "\n"
    written = f"{rest}{gap}[{words} ({_mark(invoice, key, gap, words)})]"
    return written if length(written) <= LONGEST else None


def without_line(text: str, invoice: str, key: str) -> str:
    """Return the text without the line for the promise ``key``, and without what we put before it."""
    at, kept = 0, list[str]()
    for found in _ours(text, invoice, key):
        gap, start = _gap(found, invoice, key) or "", found.start()
        kept.append(text[at : start - len(gap) if text.endswith(gap, at, start) else start])
        at = found.end()
    return "".join([*kept, text[at:]])


def theirs(text: str) -> str:
    """What people wrote, for whoever looks for orders: without our lines, and without those that came along
    with a copy of an invoice."""
    return _LINE.sub("", text)


def _ours(text: str, invoice: str, key: str) -> list[re.Match[str]]:
    return [found for found in _LINE.finditer(text) if _gap(found, invoice, key) is not None]


def _gap(found: re.Match[str], invoice: str, key: str) -> str | None:
    """What we put before a line of ours; None for a line of somebody else's."""
    return next((gap for gap in _GAPS if _mark(invoice, key, gap, found["words"]) == found["mark"]), None)


def _mark(invoice: str, key: str, gap: str, words: str) -> str:
    told = "\n".join(("relance", invoice, key, repr(gap), words))
    return hashlib.sha256(told.encode()).hexdigest()[:12]
