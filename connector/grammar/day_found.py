"""A day as somebody wrote it, and the days that it can mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from connector.grammar.setting import Setting

#: A day without a year that lies further ahead was probably meant in the past.
_FAR = timedelta(days=305)
#: A day with its year that lies further ahead is probably a slip of the pen.
_TOO_FAR = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Readings:
    """``ahead``: what is meant if it is still to come; ``back``: if it has been. One is clear, several are
    to be asked; none has a ``problem`` (a code). ``begins``: the first day of what is a week, not a day."""

    ahead: tuple[date, ...] = ()
    back: tuple[date, ...] = ()
    problem: str = ""
    begins: date | None = None


#: What one form of writing a day means.
Meaning: TypeAlias = Callable[[re.Match[str], Setting], Readings]
#: Forms in the order in which they are tried; what one has read, the next does not see.
Forms: TypeAlias = tuple[tuple[re.Pattern[str], Meaning], ...]


def forms(*pairs: tuple[str, Meaning]) -> Forms:
    return tuple((re.compile(pattern), meaning) for pattern, meaning in pairs)


@dataclass(frozen=True, slots=True)
class DayFound:
    """Where a day stands in a text and what it can mean; ``said`` is the word before it: "by", "from",
    "after" or nothing."""

    start: int
    end: int
    readings: Readings
    said: str = ""


def fixed(on: date | None, begins: date | None = None) -> Readings:
    """A day that was given with its year, or counted from today; None: there is no such day."""
    return Readings((on,), (on,), begins=begins) if on else unreadable()


def unreadable(problem: str = "day_unreadable") -> Readings:
    return Readings(problem=problem)


def nearest(candidates: Iterable[date | None], today: date) -> Readings:
    """The next of these days, today included, and the last one. Far ahead it may be either."""
    known = sorted(on for on in candidates if on)
    after = [on for on in known if on >= today]
    before = [on for on in known if on <= today]
    if not after or not before:
        return unreadable()
    if after[0] - today > _FAR:
        return Readings((before[-1], after[0]), (before[-1],), "day_past_or_next_year")
    return Readings((after[0],), (before[-1],))


def yearless(day: int, month: int, today: date) -> Readings:
    years = range(today.year - 8, today.year + 9)  # 29 February may be eight years away
    return nearest((day_or_none(year, month, day) for year in years), today)


def day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def too_far(on: date, today: date) -> bool:
    return on - today > _TOO_FAR


def merged(readings: Iterable[Readings]) -> Readings:
    """Readings of one piece of text, between which a person must choose unless they agree."""
    possible = [reading for reading in readings if reading.problem != "day_unreadable"]
    if not possible:
        return unreadable()
    ahead = tuple(sorted({on for reading in possible for on in reading.ahead}))
    back = tuple(sorted({on for reading in possible for on in reading.back}))
    if len(possible) == 1 or len(ahead) == 1:
        return Readings(ahead, back, possible[0].problem)
    return Readings(ahead, back, "day_two_ways")
