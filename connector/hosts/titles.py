"""What a contact is good for, from the job title that people typed. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Words in a title (without accents, lower case) and the role they give.
_TITLES: Mapping[str, str] = {
    r"compta|account|factur|invoice|treasur|tresor": "accounting",
    r"achat|purchas|buyer|procure|acheteu": "purchasing",
    r"\bgerant|\bpresident|dirigeant|\bdirect(?:eur|rice|or)|owner|\bc[ef]o\b|\bdaf\b": "decision_maker",
}
_ACCENTS = str.maketrans("àâäçéèêëîïôöùûüÿ", "aaaceeeeiioouuuy")


def roles_of(title: object) -> list[str]:
    """The roles that a job title gives, sorted; none for a title that says nothing."""
    plain = str(title or "").lower().translate(_ACCENTS)
    return sorted({role for words, role in _TITLES.items() if re.search(words, plain)})
