"""``#orders`` in a note: found, told apart from other ``#`` words, and each read by its own rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from connector.grammar.calendar_words import NUMBERS, either
from connector.grammar.clear import clear_amount, clear_day
from connector.grammar.doubt import Doubt
from connector.grammar.examples import examples
from connector.grammar.figures import Piece, find_figures
from connector.grammar.kinds import PAYER_TYPES, SEGMENTS, kind_of, reason_of
from connector.grammar.letters import clean, fold, one_line
from connector.grammar.order_words import ORDERS, Order, misspelt
from connector.grammar.plans import read_plan
from connector.grammar.quoting import own_lines
from connector.grammar.sayings import (
    Saying,
    SaysDispute,
    SaysExclude,
    SaysPromise,
    SaysResume,
    SaysSegment,
    SaysSettled,
    SaysType,
    SaysWait,
    Unclear,
)
from connector.grammar.setting import Setting, language_of
from connector.grammar.spoken import CONDITION, CONFIRMED, LIFTED, NEGATION, SETTLED

#: A "#" that begins a word; one inside a word or an address begins none.
_HASH = re.compile(r"(?<![\w/&#=?%.@-])#+(?P<gap> ?)(?P<word>[a-z]{2,20})(?:(?P<glued>[0-9])|(?![a-z0-9]))")
_LONGEST = 200  # characters of a piece of text that an answer repeats


@dataclass(frozen=True, slots=True)
class _Hash:
    """One "#word" of a line that is ours, or surely was meant to be."""

    start: int
    end: int
    word: str
    meant: tuple[str, ...] = ()


def read_orders(text: str, today: date, *, country: str = "FR", currency: str = "EUR") -> tuple[Saying, ...]:
    """Return what the ``#orders`` of a plain text note say, in their order; a ``#`` that is none of ours says
    nothing. What an earlier mail quoted below the note says does not count. Never raises.

    ``country`` (ISO 3166-1) and ``currency`` (ISO 4217) are the company's: they say which of two figures is
    the month, and what an amount without a currency is in.
    """
    return tuple(_read_lines(own_lines(clean(text)), today, country, currency))


def _read_lines(lines: list[str], today: date, country: str, currency: str) -> Iterator[Saying]:
    for line in lines:
        if "#" not in line and "\uff03" not in line:
            continue
        hashes = list(_hashes(fold(line)))
        ends = (*(found.start for found in hashes[1:]), len(line))
        for found, end in zip(hashes, ends, strict=False):
            rest = line[found.end : end].lstrip(" :_,;=/-")
            written = one_line(line[found.start : end])[:_LONGEST]
            order, language = _order_of(found)
            language = language or language_of(fold(rest), country)
            setting = Setting(today, country, currency, language)
            yield _read(order, found, Piece.of(rest.rstrip()), written, setting)


def _order_of(found: _Hash) -> tuple[Order, str]:
    """The order and its language; of a misspelt one, the language only when one word alone was meant."""
    if len(found.meant) > 1:
        return ORDERS[found.meant[0]][0], ""
    return ORDERS[found.meant[0] if found.meant else found.word]


def _hashes(folded: str) -> Iterator[_Hash]:
    for match in _HASH.finditer(folded):
        word = match["word"]
        if word == "resume" and re.match(r" (?:de|du|des|d')(?![a-z])", folded[match.end() :]):
            continue  # "résumé de l'appel"
        end = match.end("word")
        if word in ORDERS and not match["gap"] and not match["glued"]:
            yield _Hash(match.start(), end, word)
        elif word in ORDERS and (match["glued"] or len(word) > 4):
            yield _Hash(match.start(), end, word, (word,))
        elif not match["glued"] and not match["gap"] and (meant := misspelt(word)):
            yield _Hash(match.start(), end, word, meant)


def _read(order: Order, found: _Hash, piece: Piece, written: str, setting: Setting) -> Saying:
    allowed = examples(order, setting.language, setting.today)
    if found.meant:
        return Unclear(written, "did_you_mean", tuple(("meant", f"#{word}") for word in found.meant), allowed)
    try:
        return _READ[order](piece, setting)
    except Doubt as doubt:
        if doubt.problem == "several_days":
            allowed = (*allowed, *examples(Order.PLAN, setting.language, setting.today))
        return Unclear(written, doubt.problem, doubt.seen, allowed)


def say_promise(piece: Piece, setting: Setting) -> SaysPromise:
    """A promise needs a clear day; without an amount it is of all that is owed."""
    _certain(piece)
    figures = find_figures(piece, setting)
    on = clear_day(figures, setting)
    amount = clear_amount(figures, setting)
    if on is None:
        raise Doubt("no_day")
    return SaysPromise(on, amount, confirmed=bool(CONFIRMED.search(figures.rest)))


def _certain(piece: Piece) -> None:
    """Raises Doubt for words that take back, limit or question what stands beside them."""
    for problem, pattern in (("negated", NEGATION), ("condition", CONDITION)):
        found = pattern.search(piece.folded)
        if found:
            raise Doubt(problem, ("what", piece.written(*found.span())))
    if "?" in piece.text:
        raise Doubt("question")


def _say_dispute(piece: Piece, _setting: Setting) -> SaysDispute | SaysSettled:
    found = SETTLED.search(piece.folded)
    if found is None:
        return SaysDispute(reason_of(piece.folded), one_line(piece.text))
    first = piece.folded[: found.start()].strip(" :-") in ("", "est", "is", "a ete", "has been", "was")
    doubtful = found["not"] or "?" in piece.text or NEGATION.search(piece.folded[found.end() :])
    if first and not doubtful:
        return SaysSettled()
    raise Doubt("dispute_or_settled", ("what", piece.written(*found.span())))


_DURATION = re.compile(
    rf"(?:pendant|for|de|another|encore)? ?(?=(?:[0-9]{{1,3}}|{either(NUMBERS)}) ?(?:j|d|days?|jours?"
    rf"|semaines?|sem"
    r"|weeks?|wks?|w|mois|months?)(?![a-z0-9]))"
)
_UNTIL = re.compile(r"(?:jusqu|until|till|avant|before|tant que|d'ici)")


def say_wait(piece: Piece, setting: Setting) -> SaysWait:
    """Until a day (included); without one until somebody resumes; the other words say why."""
    length = _DURATION.match(piece.folded)
    if length:
        piece = Piece.of(f"sous {piece.text[length.end() :]}")
    if LIFTED.match(piece.folded):
        raise Doubt("wait_over")
    figures = find_figures(piece, setting)
    until = clear_day(figures, setting)
    weeks = [day.readings for day in figures.days if day.readings.begins]
    if until and weeks and weeks[0].begins and weeks[0].begins != until:
        meant = (weeks[0].begins, until)
        raise Doubt("day_two_ways", *(("meant", on.isoformat()) for on in meant))
    if until is None and _UNTIL.match(piece.folded):
        raise Doubt("no_day")
    unread = [
        *figures.stray,
        *(piece.written(a.start, a.end) for a in figures.amounts if a.problem == "figure"),
    ]
    if unread:
        raise Doubt("figure", ("what", unread[0]))
    return SaysWait(until, _why(figures.words))


def _why(words: str) -> str:
    return re.sub(r"^(?:car|because|:|-|,)\s*", "", words).strip(" .,;:-()")


def _bare(saying: Saying) -> Callable[[Piece, Setting], Saying]:
    """An order that takes nothing but a comment: a day, a "not" or an "if" in it asks for something else."""

    def read(piece: Piece, setting: Setting) -> Saying:
        _certain(piece)
        figures = find_figures(piece, setting)
        if figures.days or _UNTIL.search(piece.folded):
            raise Doubt("no_argument")
        return saying

    return read


def _say_type(piece: Piece, _setting: Setting) -> SaysType:
    found = kind_of(piece.folded, PAYER_TYPES)
    if found is None:
        raise Doubt("type_unknown", ("what", one_line(piece.text)[:60]))
    return SaysType(found)


def _say_segment(piece: Piece, _setting: Setting) -> SaysSegment:
    found = kind_of(piece.folded, SEGMENTS)
    if found is None:
        raise Doubt("segment_unknown", ("what", one_line(piece.text)[:60]))
    return SaysSegment(found)


_READ: Mapping[Order, Callable[[Piece, Setting], Saying]] = {
    Order.PROMISE: say_promise,
    Order.DISPUTE: _say_dispute,
    Order.WAIT: say_wait,
    Order.RESUME: _bare(SaysResume()),
    Order.EXCLUDE: _bare(SaysExclude()),
    Order.INCLUDE: _bare(SaysExclude(excluded=False)),
    Order.PLAN: read_plan,
    Order.TYPE: _say_type,
    Order.SEGMENT: _say_segment,
}
