"""Many entries in one call. One call is one transaction over there: what is refused is halved until the bad
entry stands alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from connector.errors import Conflict, Refused
from connector.ports import Entry, Task, Written

E = TypeVar("E", bound=Entry)
_NUMBERS = re.compile(r"\d+")  # Odoo names the record that it refuses


def halved(entries: Sequence[E], make: Callable[[Sequence[E]], Sequence[int]]) -> Iterator[Written]:
    """Make all at once, each with the id that ``make`` gives it; what is refused is halved, so that one bad
    entry fails alone. Other errors of the host are raised."""
    if not entries:
        return
    try:
        made = make(entries)
    except (Refused, Conflict) as error:
        if len(entries) == 1:
            yield Written(entries[0].key, error=error)
            return
        middle = len(entries) // 2
        yield from halved(entries[:middle], make)
        yield from halved(entries[middle:], make)
        return
    for entry, ref in zip(entries, made, strict=True):
        yield Written(entry.key, str(ref))


def at_both_ends(entries: Sequence[E], make: Callable[[Sequence[E]], Sequence[int]]) -> Iterator[Written]:
    """As ``halved``; but where the first and the last alone are refused in the same words, a right is
    missing, and the others are refused without being tried one by one."""
    if len(entries) <= 2:
        yield from halved(entries, make)
        return
    try:
        made = make(entries)
    except (Refused, Conflict):
        ends = [*halved(entries[:1], make), *halved(entries[-1:], make)]
        yield from ends
        errors = [one.error for one in ends if isinstance(one.error, Refused)]
        if len(errors) == len(ends) and len({_NUMBERS.sub("", str(error)) for error in errors}) == 1:
            yield from (Written(entry.key, error=errors[0]) for entry in entries[1:-1])
        else:
            yield from halved(entries[1:-1], make)
        return
    yield from (Written(entry.key, str(ref)) for entry, ref in zip(entries, made, strict=True))


def rounds(tasks: Sequence[Task]) -> list[list[Task]]:
    """Return tasks in as few parts as can be, in none of which two stand on the same record: Odoo 18 refuses
    two of them in one call, if that makes their person a follower (he would become one twice)."""
    parts: list[list[Task]] = []
    seen: Counter[str] = Counter()
    for task in tasks:
        turn = seen[task.on.id]
        seen[task.on.id] += 1
        if turn == len(parts):
            parts.append([])
        parts[turn].append(task)
    return parts
