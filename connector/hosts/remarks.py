"""What people write to us in a field that holds their notes, where a host has no journal that can be read.

Each line with a ``#`` in it is a remark; one that begins with the number of an invoice (``F-2026-0012
#promesse 15/12``) is about that invoice. A line has no id over there, so we give it one, kept in the memo: a
line that was changed in its place keeps its id, a line that was moved too, and one that was taken out and
comes back within two days is the same. Nobody is named as its author: it counts as said by the company. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher

SIGN = "#"
#: How long a line that was taken out is remembered.
_MISSED_FOR = timedelta(days=2)
_LONGEST = 2_000
_PREFIX = re.compile(r"^\s*(?P<number>[^#\s][^#]{0,60}?)\s*[:,–—-]?\s+(?P<order>#.*)$")


@dataclass(frozen=True, slots=True)
class Said:
    """A line as it is remembered. ``on`` is the ref of the invoice that it names, empty for the customer."""

    number: int
    line: str
    at: str  # when the customer was saved, when we first saw the line
    on: str = ""
    gone_at: str = ""


def lines_in(theirs: Iterable[str]) -> list[str]:
    """Of the lines that people wrote those that may be meant for us, each text once."""
    found = (line.strip()[:_LONGEST] for line in theirs if SIGN in line)
    return list(dict.fromkeys(found))


def named(line: str) -> tuple[str, str]:
    """The number of the invoice that a line seems to begin with, empty for none, and the rest."""
    found = _PREFIX.match(line)
    if found is None or not any(sign.isdigit() for sign in found["number"]):
        return "", line
    return found["number"], found["order"].strip()


def follow(
    known: Sequence[Said], lines: Sequence[str], saved_at: str, now: datetime
) -> tuple[list[Said], list[Said]]:
    """Match the lines of today with those that we know: return all that is to be remembered, and of them
    those that stand there now, in their order."""
    fresh = [said for said in known if not _forgotten(said, now)]
    by_text = {said.line: said for said in fresh}
    standing: dict[str, Said] = {
        line: replace(by_text[line], gone_at="") for line in lines if line in by_text
    }
    standing |= _rewritten([s for s in fresh if not s.gone_at], lines, standing)
    last = max((said.number for said in known), default=0)
    for line in lines:
        if line not in standing:
            last += 1
            standing[line] = Said(last, line, saved_at)
    there = [standing[line] for line in lines]
    numbers = {said.number for said in there}
    missed = [
        replace(said, gone_at=said.gone_at or now.isoformat()) for said in fresh if said.number not in numbers
    ]
    # the highest number is remembered, so that none is given twice
    highest = [said for said in known if said.number == last and said.number not in numbers]
    rest = {said.number: said for said in [*highest, *missed]}
    return [*there, *rest.values()], there


def _rewritten(alive: Sequence[Said], lines: Sequence[str], standing: Mapping[str, Said]) -> dict[str, Said]:
    """Lines that stand where others stood: somebody wrote other words into them."""
    before = sorted(alive, key=lambda said: said.number)
    order = [said.line for said in before]
    found: dict[str, Said] = {}
    for what, a, b, c, d in SequenceMatcher(None, order, list(lines), autojunk=False).get_opcodes():
        if what == "replace" and b - a == d - c:
            for said, line in zip(before[a:b], lines[c:d], strict=True):
                if line not in standing and said.line not in standing:
                    found[line] = replace(said, line=line, on="")
    return found


def _forgotten(said: Said, now: datetime) -> bool:
    return bool(said.gone_at) and now - datetime.fromisoformat(said.gone_at) > _MISSED_FOR


def dump(said: Iterable[Said]) -> str:
    return json.dumps([asdict(each) for each in said], separators=(",", ":"), ensure_ascii=False)


def load(text: str | None) -> list[Said]:
    return [Said(**each) for each in json.loads(text)] if text else []
