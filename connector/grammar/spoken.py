"""Small words that turn the sense of those beside them. Patterns of folded text."""

from __future__ import annotations

import re

#: What takes a statement back.
NEGATION = re.compile(
    r"(?<![a-z])(?:ne|n'[a-z]+|pas|non|jamais|aucune?|sans(?! frais| faute)|plus de|not|no(?! later)"
    r"|never|[a-z]{2,6}n't|dont|wont|cannot"
    r"|without|none|annul\w+|retir\w+|rompue?|cancel\w*|withdrawn?|broken|refus\w+)(?![a-z])"
)
#: What makes it depend on something else.
CONDITION = re.compile(
    r"(?<![a-z])(?:si|s'il\w*|sauf|sous reserve|a condition|a reception|des reception|apres (?:reception"
    r"|accord|avoir)"
    r"|if|unless|except|provided|subject to|once|when|as soon as(?! possible)|des que(?! possible)|quand"
    r"|lorsque|peut-etre|maybe"
    r"|perhaps)(?![a-z])"
)
#: A dispute that is over, or is not.
SETTLED = re.compile(
    r"(?<![a-z])(?P<not>(?:non|pas|not) (?:encore |yet )?)?(?:regle(?:e|s|es)?|resolue?s?|clos"
    r"|cloture(?:e|s|r)?"
    r"|termine(?:e|s)?|finie?|levee?|fermee?|settled|resolved|solved|closed)(?![a-z])"
)
#: A hold that is over.
LIFTED = re.compile(r"(?:annul\w+|levee?|finie?|terminee?|cancel\w*|over|ended|lifted|removed)(?![a-z])")
#: Said once more, after we asked: the last word. "Confirmé par M. Exemple" tells who said it the first time.
CONFIRMED = re.compile(r"(?<![a-z])confirm(?:ee?|ed)[ .!]*$")
