"""Our block in the notes of a customer: the one place of Pennylane that can be written and read again. Pure.

    (what people wrote)
    === Relance : écrit automatiquement, ne rien modifier ici / written by a program, please leave ===
    │ 2026-12-01 F-2026-0012 · Relance 1 envoyée à compta@exemple.example ⟨3fa9c2d401⟩
    │   2 factures, 1 200,00 €
    === fin Relance ===
    (what people wrote)

Only lines that begin with the bar are ours, and only between the two rules; everything else is a person's,
also between them, and no byte of it is changed or moved against another. A line of ours is known by the mark
of its key, so that the same key stands once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

BEGIN = "=== Relance : écrit automatiquement, ne rien modifier ici / written by a program, please leave ==="
END = "=== fin Relance ==="
BAR = "│"
#: Entries of ours that are kept; the oldest go first. Nobody has written down how long notes may be.
KEPT = 40
#: Characters of an entry.
LONGEST = 1_500

#: Not at the beginning of a line alone: a person may have typed before it, at the very top of the notes.
_BEGIN = re.compile(r"=== Relance : .*$", re.MULTILINE)
_END = re.compile(r"^=== fin Relance ===", re.MULTILINE)
_MARK = re.compile(r"⟨([\w:=-]+)⟩\s*$")
_CLAIM = "claim:"


@dataclass(frozen=True, slots=True)
class Line:
    """An entry to be written: its mark and its text, of one line or several."""

    mark: str
    text: str


def marks(notes: str) -> set[str]:
    """The marks of the entries that stand in the block."""
    return {found[1] for line in _ours(notes) if (found := _MARK.search(line))}


def claim_in(notes: str) -> str | None:
    """The data of the claim that stands in the block."""
    found = [text for text in marks(notes) if text.startswith(_CLAIM)]
    return found[0].removeprefix(_CLAIM) if found else None


def with_entries(notes: str, lines: Sequence[Line]) -> str:
    """Return the notes with these entries, those that stand there already left out."""
    there = marks(notes)
    new = [line for line in dict.fromkeys(lines) if line.mark not in there]
    if not new:
        return notes
    before, inner, after = _opened(notes)
    nl = _newline(notes)
    written = inner + "".join(_shown(line, nl) for line in new)
    return before + _trimmed(written) + after


def with_claim(notes: str, data: str, text: str) -> str:
    """Return the notes with this claim in place of the one that stands there."""
    before, inner, after = _opened(notes)
    entry = _shown(Line(f"{_CLAIM}{data}", text), _newline(notes))
    kept = [lines for lines in _entries(inner) if not _is_claim(lines)]
    return before + entry + "".join("".join(lines) for lines in kept) + after


def theirs(notes: str) -> list[str]:
    """The lines that people wrote, between the rules too."""
    found = _span(notes)
    if found is None:
        return notes.splitlines()
    first, last = found
    rules = (_BEGIN, _END)
    inner = notes[first:last].splitlines()
    own = [line for line in inner if not line.startswith(BAR) and not any(r.match(line) for r in rules)]
    return [*notes[:first].splitlines(), *own, *notes[last:].splitlines()]


# where things stand -----------------------------------------------------------------------------------
def _span(notes: str) -> tuple[int, int] | None:
    """From the upper rule to the lower one; where a person took that away, to the last of our lines."""
    begin = _BEGIN.search(notes)
    if begin is None:
        return None
    end = _END.search(notes, begin.end())
    if end is not None:
        return begin.start(), end.end()
    return begin.start(), begin.end() + _length_of_ours(notes[begin.end() :])


def _length_of_ours(rest: str) -> int:
    taken = len(rest) - len(rest.lstrip("\r\n")) if rest[:1] in ("\r", "\n") else 0
    at = 0
    for line in rest.splitlines(keepends=True):
        if at >= taken and not line.startswith(BAR):
            break
        at += len(line)
    return at


def _opened(notes: str) -> tuple[str, str, str]:
    """The notes cut in three: up to where our lines begin, our lines, and from the lower rule on. A block
    that is not there, or lost its lower rule, is made whole."""
    nl = _newline(notes)
    span = _span(notes)
    if span is None:
        gap = "" if not notes else nl if notes.endswith(("\n", "\r")) else nl * 2
        return f"{notes}{gap}{BEGIN}{nl}", "", END
    first, last = span
    whole = notes[first:last]
    head, _, rest = whole.partition("\n")
    cr = "" if rest or "\n" in whole else nl
    at = rest.rfind(END) if _END.search(whole) else -1
    if at >= 0:
        return f"{notes[:first]}{head}\n", rest[:at], rest[at:] + notes[last:]
    inner = rest if not rest or rest.endswith("\n") else rest + nl
    return f"{notes[:first]}{head}{cr or chr(10)}", inner, f"{END}{nl}{notes[last:]}"


def _entries(inner: str) -> list[list[str]]:
    """The lines between the rules, each entry of ours in one piece, each line of a person's alone."""
    found: list[list[str]] = []
    for line in inner.splitlines(keepends=True):
        if line.startswith(f"{BAR}   ") and found and found[-1][0].startswith(BAR):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _trimmed(inner: str) -> str:
    """Without the oldest of our entries, where they are too many. The claim and what people wrote stay."""
    entries = _entries(inner)
    own = [n for n, lines in enumerate(entries) if lines[0].startswith(BAR) and not _is_claim(lines)]
    too_old = set(own[: max(0, len(own) - KEPT)])
    return "".join("".join(lines) for n, lines in enumerate(entries) if n not in too_old)


def _is_claim(lines: list[str]) -> bool:
    found = _MARK.search(lines[0])
    return lines[0].startswith(BAR) and found is not None and found[1].startswith(_CLAIM)


def _shown(line: Line, nl: str) -> str:
    rows = [" ".join(row.split()) for row in line.text[:LONGEST].splitlines()]
    first, *more = [row for row in rows if row] or [""]
    return f"{BAR} {first} ⟨{line.mark}⟩{nl}" + "".join(f"{BAR}   {row}{nl}" for row in more)


def _ours(notes: str) -> list[str]:
    found = _span(notes)
    inner = notes[found[0] : found[1]].splitlines() if found else []
    return [line for line in inner if line.startswith(BAR)]


def _newline(notes: str) -> str:
    return "\r\n" if "\r\n" in notes else "\n"
