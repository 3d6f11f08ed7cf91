"""All the days and amounts of a text, and what of its figures could not be understood."""

from __future__ import annotations

import re
from dataclasses import dataclass

from connector.grammar.amounts import AmountFound, blanked, find_bare, find_marked
from connector.grammar.calendar_words import MONTHS, WEEKDAYS, either
from connector.grammar.day_found import DayFound
from connector.grammar.days import READ, find_days
from connector.grammar.letters import fold, one_line
from connector.grammar.setting import Setting

#: Figures that say neither a day nor an amount: links, addresses, telephone numbers, hours, papers.
_ASIDE = tuple(
    re.compile(pattern)
    for pattern in (
        r"https?://\S+|www\.\S+|[\w.+-]{1,64}@[\w.-]{1,255}",
        r"(?<![\w+])\+[0-9]{1,3}[ .]?(?:\(0\)[ .]?)?[0-9](?:[ .-]?[0-9]{2,4}){3,5}(?![0-9])",
        r"(?<![0-9/.,-])0[0-9](?:[ .-]?[0-9]{2}){4}(?![0-9/])",
        r"(?<![0-9/.,])[0-9]{1,2} ?(?:h ?[0-5][0-9]|:[0-5][0-9]|am|pm|a\.m\.|p\.m\.)(?![0-9a-z])",
        r"(?<!sous )(?<!dans )(?<!d'ici )(?<!in )(?<!within )(?<![0-9/.,])[0-9]{1,2} ?(?:h"
        r"|heures?)(?![0-9a-z])",
        rf"(?<![\w/.-])(?!(?:{either((*MONTHS, *WEEKDAYS))}|eur|usd|gbp|chf|le|du|au|s|w|sem|semaine"
        rf"|week|wk|x)[0-9])"
        r"[a-z]{1,12}[/_-]?[0-9][\w/-]*",
        r"(?<![\w/.-])[0-9]{4}[/-][0-9]{3,}(?![\w/-])",
        r"(?<![a-z])(?:factures?|fact?\.?|invoices?|inv\.?|avoir|commande|cde|order|po|bc|bl|cheques?"
        r"|check|n[o°]"
        r"|nr|num(?:ero)?|number|ref(?:erence)?|dossier|ticket|compte|poste|ext\.?|#)"
        r"\.? ?(?:n[o°]\.? ?|number |numero )?:? ?[0-9][0-9/-]*(?![0-9]| [0-9]{3}(?![0-9])|[.,][0-9])",
        r"#[0-9]+",
    )
)


_LEFT_ASIDE = "\x02"
_LED = re.compile(
    r"(?<![a-z])(?:(?:jusqu'(?:au|a)?|d'ici|until|till|le|la|au|du|sous|by|on|before|avant|pour|for|from"
    r"|a partir du)"
    r"[ :]{0,2}){1,3}(?=\x00)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words and the same words folded, place for place."""

    text: str
    folded: str

    @classmethod
    def of(cls, text: str) -> Piece:
        return cls(text, fold(text))

    def written(self, start: int, end: int) -> str:
        return one_line(self.text[start:end])[:60]


@dataclass(frozen=True, slots=True)
class Figures:
    """``rest`` is the folded text with a sign wherever a figure was read (``READ``) or left aside; ``stray``
    are figures that could not be read, as they were written."""

    piece: Piece
    days: tuple[DayFound, ...]
    amounts: tuple[AmountFound, ...]
    stray: tuple[str, ...]
    rest: str

    @property
    def words(self) -> str:
        """What was written beside the days and amounts, without the words that led to them."""
        bare = _LED.sub(lambda match: READ * len(match[0]), self.rest)
        return one_line("".join(" " if r == READ else c for c, r in zip(self.piece.text, bare, strict=True)))


def find_figures(piece: Piece, setting: Setting) -> Figures:
    """Read the days and amounts of a piece of text, each figure once."""
    marked, rest = find_marked(piece.folded, setting)
    for pattern in _ASIDE:
        rest = blanked(rest, [match.span() for match in pattern.finditer(rest)], _LEFT_ASIDE)
    days, rest = find_days(rest, setting)
    bare, rest = find_bare(rest, setting)
    stray = tuple(
        piece.written(*word.span())
        for word in re.finditer(r"[^\s\x00]+", rest)
        if any("0" <= char <= "9" for char in word[0])
    )
    amounts = sorted((*marked, *bare), key=lambda amount: amount.start)
    return Figures(piece, tuple(days), tuple(amounts), stray, rest)
