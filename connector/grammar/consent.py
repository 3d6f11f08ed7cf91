"""Yes and no, where a task asks for consent. Only what is clear counts: a message leaves on a yes."""

from __future__ import annotations

import re

from connector.grammar.calendar_words import either
from connector.grammar.doubt import Doubt
from connector.grammar.figures import Piece
from connector.grammar.letters import one_line
from connector.grammar.sayings import SaysNo, SaysYes

#: Folded; a yes is made of these alone …
YES = (
    *(
        "oui",
        "ok",
        "okay",
        "d'accord",
        "daccord",
        "accord",
        "accorde",
        "go",
        "vas-y",
        "vas y",
        "allez-y",
        "bon pour accord",
    ),
    *(
        "bon pour envoi",
        "bon a envoyer",
        "a envoyer",
        "envoyer",
        "envoie",
        "envoyez",
        "envoi ok",
        "peut partir",
    ),
    *(
        "valide",
        "validee",
        "valider",
        "je valide",
        "approuve",
        "approuvee",
        "approuver",
        "c'est bon",
        "ca marche",
    ),
    *(
        "yes",
        "yep",
        "agreed",
        "i agree",
        "approve",
        "approved",
        "send",
        "send it",
        "go ahead",
        "fine",
        "confirmed",
        "confirme",
    ),
    *("\U0001f44d", "\u2705", "\u2714"),
)
#: … and of these around them.
AROUND = (
    *(
        "pour moi",
        "pour l'envoi",
        "pour envoi",
        "merci",
        "stp",
        "svp",
        "bien sur",
        "tres bien",
        "parfait",
        "la relance",
    ),
    *(
        "please",
        "thanks",
        "thank you",
        "for me",
        "to send",
        "it",
        "perfect",
        "good",
        "bonjour",
        "hello",
        "de ma part",
    ),
)
_YES_WORD, _AROUND_WORD = (either(re.escape(word) for word in words) for words in (YES, AROUND))
_ANY = rf"(?:{_YES_WORD}|{_AROUND_WORD})"
_ALL_YES = re.compile(rf"{_ANY}(?:[ ,.!:;-]+{_ANY}){{0,9}}[ .!]*")
_SOME_YES = re.compile(rf"(?<![a-z]){_YES_WORD}(?![a-z])")

_NO = re.compile(
    r"(?:(?:non|no|nope)(?= ?[:,.;!(-]| ?$| (?:merci|thanks|car|parce|puisque|because|since|as|le|la|les"
    r"|l'|il|elle"
    r"|client|the|he|she|they|customer)(?![a-z]))|pas d'accord|je ne suis pas d'accord|refusee?s?"
    r"|refuser|je refuse|rejetee?|rejeter"
    r"|annuler|annulee?s?|a annuler|j'annule|ne pas (?:l')?envoyer|ne pas relancer|ne l'envoyez pas"
    r"|n'envoyez pas|surtout pas"
    r"|do not send(?: it)?|don't send(?: it)?|dont send(?: it)?|not agreed|refused?|rejected?|declined?"
    r"|cancel|cancelled|canceled"
    r"|do not approve|not approved|i disagree|disagreed?|\U0001f44e|\u274c)(?![a-z'])"
)
#: After a no these say that it may be a yes, or a later one.
_NOT_SO_SURE = re.compile(
    r"(?<![a-z])(?:probleme|problem|souci|soucis|worries|objection|issue|avant|before|jusqu|until|till"
    r"|tant que|sauf|unless|except"
    r"|si|if|but|mais|encore|yet|maintenant|now|tout de suite|later|plus tard|attendre|wait|attente)(?![a-z])"
)
#: What takes a promise or a plan back.
_TAKES_BACK = re.compile(
    r"(?:promesse |promise )?(?:annul\w+|retir\w+|cancel\w*|withdrawn?|withdraw)(?![a-z])(?: la promesse"
    r"| the promise)?"
)


def consent(piece: Piece) -> SaysYes | SaysNo | None:
    """Return a clear yes or a clear no with its reason; None for everything else. Empty words are a yes: who
    marks the task done agrees."""
    folded = one_line(piece.folded)
    if not folded:
        return SaysYes()
    plain = folded.replace("\ufe0f", "")  # the sign that asks for a picture in colour
    if len(plain) <= 120 and _ALL_YES.fullmatch(plain) and _SOME_YES.search(plain):
        return SaysYes()
    no = _NO.match(folded)
    rest = folded[no.end() :] if no else ""
    if no is None or "?" in folded or _NOT_SO_SURE.search(rest) or _SOME_YES.search(rest):
        return None
    return SaysNo(one_line(piece.text)[no.end() :].strip(" :;,.!-–—"))


def taken_back(piece: Piece) -> SaysNo | None:
    """Return a no where the words take the promise of the task back. Raises Doubt where they only half do."""
    folded = one_line(piece.folded)
    found = _TAKES_BACK.match(folded)
    if found is None:
        return None
    if _NOT_SO_SURE.search(folded[found.end() :]) or "?" in folded:
        raise Doubt("negated")
    return SaysNo(one_line(piece.text)[found.end() :].strip(" :;,.!-–—"))
