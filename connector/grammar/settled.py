"""Whether a dispute is said to be over, when a task is marked done."""

from __future__ import annotations

import re

from connector.grammar.clear import lies_ahead
from connector.grammar.cue_words import Cue
from connector.grammar.cues import find_cues
from connector.grammar.doubt import Doubt
from connector.grammar.figures import Figures, Piece
from connector.grammar.setting import Setting
from connector.grammar.spoken import CONDITION, SETTLED

_NAMED = re.compile(
    r"(?<![a-z])(?P<name>litige|dispute|contestation|desaccord|reclamation|probleme|souci|problem|issue)s? ?"
    r"(?:est |a ete |is |was |has been |now |: ?)?$"
)
_BY_MONEY = re.compile(
    r"(?<![a-z])(?:virement|cheque|transfer|check|cb|carte|card|prelevement|paye\w*"
    r"|paid)(?![a-z])"
)
_BESIDE = frozenset({Cue.DISPUTE, Cue.NOTHING})


def is_settled(piece: Piece, task: str, figures: Figures, setting: Setting) -> bool:
    """Whether a dispute is said to be over: by name, or on its own task in the first word ("résolu"). Raises
    Doubt where that is not certain, or is not all that is said."""
    found = SETTLED.search(piece.folded)
    if found is None or found["not"]:
        return False
    before = piece.folded[: found.start()]
    named = _NAMED.search(before)
    money = figures.days or figures.amounts or _BY_MONEY.search(piece.folded)
    if not named and (task != "dispute" or before.strip(" :-") or money):
        return False
    vague = (
        named is not None and named["name"] in ("probleme", "souci", "problem", "issue") and task != "dispute"
    )
    if vague or "?" in piece.text or CONDITION.search(piece.folded) or _denied(before):
        raise Doubt("dispute_or_settled", ("what", piece.written(0, len(piece.text))))
    cues, _, _ = find_cues(figures.rest[: found.start()] + " " + figures.rest[found.end() :])
    if cues - _BESIDE or lies_ahead(figures, setting):
        raise Doubt("several_things")
    return True


def _denied(before: str) -> bool:
    return re.search(r"(?<![a-z])(?:pas|ne|n'est|not|no|jamais|never)(?![a-z])", before[-40:]) is not None
