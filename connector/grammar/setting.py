"""What a text is read against: the day, the company's country and currency, the language it is in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

#: Countries of French-speaking companies, for a text that does not show its language.
_FRENCH_AT_HOME = frozenset({"FR", "BE", "LU", "MC", "CH", "GP", "MQ", "GF", "RE", "YT", "NC", "PF"})
_FRENCH = re.compile(
    r"\b(?:le|la|les|du|des|de|au|un|une|par|pour|pas|est|fin|mois|jours?|avant|il|elle|sous|dans|qui|que"
    r"|promis|promet|paye|regle\w*|paiera|virement|facture|litige|conteste|rappeler|client|oui|non"
    r"|janvier|fevrier|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)\b"
)
_ENGLISH = re.compile(
    r"\b(?:the|by|of|to|will|is|on|in|for|not|don't|end|month|days?|weeks?|until|he|she|they|who|and|from"
    r"|promised|paid|pay|pays|payment|transfer|invoice|dispute\w*|disagrees?|call|customer|yes|no|every|wait|send|hold|cancel|by|next|this|don't|won't"
    r"|january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
_ENOUGH = 2000  # characters that show the language


@dataclass(frozen=True, slots=True)
class Setting:
    """``country`` ISO 3166-1 alpha-2, ``currency`` ISO 4217, ``language`` "fr" or "en"."""

    today: date
    country: str
    currency: str
    language: str

    @property
    def orders(self) -> tuple[str, ...]:
        """How 03/04 may be read: day first, in the United States month first; both where they disagree."""
        if self.country == "CA":
            return ("dm", "md")
        if self.country == "US":
            return ("md",) if self.language == "en" else ("dm", "md")
        return ("dm",)


def language_of(folded: str, country: str) -> str:
    """Return the language that a folded text is in: "fr" or "en"; the country's when it shows neither."""
    piece = folded[:_ENOUGH]
    french, english = len(_FRENCH.findall(piece)), len(_ENGLISH.findall(piece))
    if french != english:
        return "fr" if french > english else "en"
    return "fr" if country in _FRENCH_AT_HOME else "en"
