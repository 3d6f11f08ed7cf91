"""The orders that can be written in a note, and the words of French and English for each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache


class Order(StrEnum):
    """What can be ordered. The value names its words in ``templates/<language>/orders.toml``."""

    PROMISE = "promise"
    DISPUTE = "dispute"
    WAIT = "wait"
    RESUME = "resume"
    EXCLUDE = "exclude"
    INCLUDE = "include"
    PLAN = "plan"
    TYPE = "type"
    SEGMENT = "segment"


#: The first word of each language is the one that we name in our answers.
_WORDS: Mapping[str, Mapping[Order, str]] = {
    "fr": {
        Order.PROMISE: "promesse promis",
        Order.DISPUTE: "litige contestation",
        Order.WAIT: "attente attendre pause",
        Order.RESUME: "reprise reprendre lu",
        Order.EXCLUDE: "exclure exclu exclusion",
        Order.INCLUDE: "inclure inclus",
        Order.PLAN: "plan echeancier",
        Order.TYPE: "type",
        Order.SEGMENT: "segment",
    },
    "en": {
        Order.PROMISE: "promise promised",
        Order.DISPUTE: "dispute disputed",
        Order.WAIT: "wait hold pause",
        Order.RESUME: "resume read",
        Order.EXCLUDE: "exclude excluded",
        Order.INCLUDE: "include included",
        Order.PLAN: "plan instalments installments",
        Order.TYPE: "type",
        Order.SEGMENT: "segment",
    },
}

#: word -> (order, language; "" when the word is at home in both)
ORDERS: dict[str, tuple[Order, str]] = {}
for _language, _table in _WORDS.items():
    for _order, _words in _table.items():
        for _word in _words.split():
            ORDERS[_word] = (_order, "" if _word in ORDERS else _language)

#: Words that nothing else is near to: a misspelling of one was meant for us.
_LONG_ENOUGH = 5
_DISTANT = frozenset({"promis", "exclu", "inclus", "pause"})


@lru_cache(maxsize=1024)
def misspelt(word: str) -> tuple[str, ...]:
    """Return the order words that were surely meant, the nearest: one slip in a word of five letters or more,
    two in one of eight or more. Empty for a word that is none of ours."""
    near: dict[str, int] = {}
    for known in ORDERS:
        most = 2 if len(known) >= 8 else 1
        if len(known) < _LONG_ENOUGH or known in _DISTANT or abs(len(known) - len(word)) > most:
            continue
        if (slips := _slips(word, known)) <= most:
            near[known] = slips
    return tuple(known for known, slips in near.items() if slips == min(near.values()))


def _slips(wrong: str, right: str) -> int:
    """How many letters were missed, added, changed or swapped with the next (Damerau, adjacent only)."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(wrong, 1):
        above, row = row, [i]
        for j, b in enumerate(right, 1):
            best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and wrong[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before = above
    return row[-1]
