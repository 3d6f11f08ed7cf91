"""A payment plan in words: "3 x mensuel à partir du 15/01", "4 fois tous les 15 jours", "6 monthly"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from connector.grammar.calendar_words import NUMBERS, either, number
from connector.grammar.clear import clear_day
from connector.grammar.doubt import Doubt
from connector.grammar.figures import Figures, Piece, find_figures
from connector.grammar.sayings import SaysPlan
from connector.grammar.setting import Setting
from connector.grammar.spoken import CONDITION, NEGATION

FEWEST, MOST = 2, 36
_LONGEST_DAYS, _LONGEST_MONTHS = 92, 12

_COUNT = f"[0-9]{{1,3}}|{either(NUMBERS)}"
_PARTS = re.compile(
    rf"(?<![a-z0-9/])(?P<count>{_COUNT}) ?(?:x|fois|times|mensualites?|echeances?|parts?|payments?"
    rf"|versements?"
    r"|paiements?|monthly|weekly|quarterly|instal+ments?|traites?|tranches?)(?![a-z])"
    rf"|(?<![a-z])(?:sur|over|en|in) (?P<months>{_COUNT}) ?(?:mois|months)(?![a-z])"
    r"|^(?P<alone>[0-9]{1,3})(?![0-9/.,-]| ?(?:[€$£]|jour|day|sem|week|mois|month))"
)
_EVERY = re.compile(
    rf"(?<![a-z])(?:tous les|toutes les|every|chaque|each)(?: (?P<count>{_COUNT}))? "
    r"(?P<unit>jours?|days?|semaines?|weeks?|mois|months?|quinzaines?|fortnights?|trimestres?"
    r"|quarters?)(?![a-z])"
)
_TWO_WAYS = re.compile(r"(?<![a-z])(?:bi-?mensuel\w*|bi-?monthly|bi-?weekly|bi-?hebdo\w*)(?![a-z])")


@dataclass(frozen=True, slots=True)
class _Interval:
    months: int = 0
    days: int = 0


_WORDS: tuple[tuple[re.Pattern[str], _Interval], ...] = tuple(
    (re.compile(rf"(?<![a-z])(?:{words})(?![a-z])"), interval)
    for words, interval in (
        (r"mensuel\w*|mensualites?|par mois|monthly|per month|a month|/ ?mois|/ ?month", _Interval(months=1)),
        (r"bimestriel\w*", _Interval(months=2)),
        (r"trimestriel\w*|par trimestre|quarterly|per quarter", _Interval(months=3)),
        (r"hebdo(?:madaire)?s?|par semaine|weekly|per week|a week", _Interval(days=7)),
        (r"fortnightly", _Interval(days=14)),
        (r"par quinzaine", _Interval(days=15)),
    )
)
_UNITS = {
    "j": _Interval(days=1),
    "d": _Interval(days=1),
    "s": _Interval(days=7),
    "w": _Interval(days=7),
    "m": _Interval(months=1),
    "f": _Interval(days=14),
}


def read_plan(piece: Piece, setting: Setting) -> SaysPlan:
    """Read a plan of equal parts; monthly when no interval is said. Raises Doubt."""
    for problem, pattern in (("negated", NEGATION), ("condition", CONDITION)):
        found = pattern.search(piece.folded)
        if found:
            raise Doubt(problem, ("what", piece.written(*found.span())))
    every, rest = _every(piece)
    count, rest = _parts(piece, rest)
    figures = find_figures(Piece(piece.text, rest), setting)
    _nothing_else(figures)
    first_on = _first_day(figures, setting)
    return SaysPlan(count, every.months, every.days, first_on)


def _every(piece: Piece) -> tuple[_Interval, str]:
    """How far apart the parts are, and the text without it."""
    unclear = _TWO_WAYS.search(piece.folded)
    if unclear:
        raise Doubt("plan_interval", ("what", piece.written(*unclear.span())))
    said = _EVERY.search(piece.folded)
    if said:
        times, unit = number(said["count"]) if said["count"] else 1, said["unit"]
        base = _Interval(days=15) if unit.startswith("quinz") else _UNITS.get(unit[0], _Interval(months=3))
        interval = _Interval(base.months * times, base.days * times)
        if not (0 < interval.months <= _LONGEST_MONTHS or 0 < interval.days <= _LONGEST_DAYS):
            raise Doubt("plan_interval", ("what", piece.written(*said.span())))
        return interval, _without(piece.folded, said)
    named = {interval for pattern, interval in _WORDS if pattern.search(piece.folded)}
    if len(named) > 1:
        raise Doubt("plan_interval", ("what", piece.written(0, len(piece.text))))
    return (named.pop() if named else _Interval(months=1)), piece.folded


def _parts(piece: Piece, rest: str) -> tuple[int, str]:
    """How many parts, and the text without them."""
    counts = list(_PARTS.finditer(rest))
    if not counts:
        raise Doubt("plan_parts")
    values = {number(m["count"] or m["months"] or m["alone"]) for m in counts}
    if len(values) > 1:
        raise Doubt("plan_parts", ("what", piece.written(0, len(piece.text))))
    count = values.pop()
    if not FEWEST <= count <= MOST:
        raise Doubt("plan_bounds", ("parts", str(count)), ("fewest", str(FEWEST)), ("most", str(MOST)))
    for match in counts:
        rest = _without(rest, match)
    return count, rest


def _without(folded: str, match: re.Match[str]) -> str:
    return folded[: match.start()] + " " * (match.end() - match.start()) + folded[match.end() :]


def _nothing_else(figures: Figures) -> None:
    """The parts are equal: an amount beside them cannot be promised for certain."""
    if figures.amounts:
        first = figures.amounts[0]
        raise Doubt("plan_amounts", ("what", figures.piece.written(first.start, first.end)))
    if figures.stray:
        raise Doubt("figure", ("what", figures.stray[0]))


def _first_day(figures: Figures, setting: Setting) -> date | None:
    weeks = [day.readings.begins for day in figures.days if day.readings.begins]
    on = clear_day(figures, setting, from_too=True)
    return weeks[0] if on and weeks else on
