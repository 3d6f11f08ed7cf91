"""What a spoken answer is about, and what of it is taken back by a "not"."""

from __future__ import annotations

import re

from connector.grammar.cue_words import PAYS_OR_PAID as _PAYS_OR_PAID
from connector.grammar.cue_words import PHRASES, WORDS, Cue, CueTable


def _compiled(table: CueTable) -> tuple[tuple[Cue, re.Pattern[str]], ...]:
    return tuple((cue, re.compile(rf"(?<![a-z])(?:{'|'.join(words)})(?![a-z])")) for cue, words in table)


_PHRASES, _WORDS = _compiled(PHRASES), _compiled(WORDS)
PAYS_OR_PAID = re.compile(rf"(?<![a-z]){_PAYS_OR_PAID}(?![a-z])")
_NOT = re.compile(
    r"(?<![a-z])(?:ne|n'[a-z]*|pas|plus|jamais|aucune?|rien|sans|not|no|never|[a-z]{2,6}n't|without)(?![a-z])"
)
_CLAUSE = re.compile(r"[.,;:!?\n]|(?<![a-z])(?:mais|but|puis|then)(?![a-z])")
_AROUND = (28, 8)  # characters before and after a word in which a "not" belongs to it


def find_cues(rest: str) -> tuple[frozenset[Cue], bool, str]:
    """Return what a folded text is about, whether some of its words were taken back by a "not", and the text
    without the words that were read."""
    found: set[Cue] = set()
    denied = False
    for cue, pattern in _PHRASES:
        if pattern.search(rest):
            found.add(cue)
            rest = pattern.sub(lambda match: "\x01" * len(match[0]), rest)
    for cue, pattern in _WORDS:
        for match in list(pattern.finditer(rest)):
            if _denied(rest, match):
                denied = True
            else:
                found.add(cue)
        rest = pattern.sub(lambda match: "\x01" * len(match[0]), rest)
    return frozenset(found - {Cue.NOTHING}), denied, rest


def _denied(rest: str, match: re.Match[str]) -> bool:
    before = _CLAUSE.split(rest[max(0, match.start() - _AROUND[0]) : match.start()])[-1]
    after = _CLAUSE.split(rest[match.end() : match.end() + _AROUND[1]])[0]
    return bool(_NOT.search(f"{before} {match[0]} {after}"))
