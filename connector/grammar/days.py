"""Every day in a text, whichever way it was written."""

from __future__ import annotations

import re

from connector.grammar.calendar_words import SHORT_WEEKDAYS, WEEKDAYS, either
from connector.grammar.dates_written import DATES
from connector.grammar.day_found import DayFound, Forms, Readings
from connector.grammar.days_counted import COUNTED
from connector.grammar.setting import Setting

#: Put in the place of what has been read: no form matches across it.
READ = "\x00"

_ANY_WEEKDAY = dict(WEEKDAYS) | dict(SHORT_WEEKDAYS)
_NAMED = re.compile(rf"(?<![a-z])(?P<weekday>{either(_ANY_WEEKDAY)})\.?,? (?:le |the )?$")
_SAID: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (said, re.compile(rf"(?<![a-z])(?:{words}) ?(?:le |the |ce |du |au )?$"))
    for said, words in (
        ("after", "apres|after|posterieur"),
        ("from", "a partir d[eu']|a compter d[eu']|des|from|starting(?: on| from)?|beginning|as of"),
        ("by", "d'ici(?: a)?|avant|pour|au plus tard|jusqu'(?:a|au)|by|before|no later than|until|till"),
        (
            "of",
            r"(?:factures?|fact\.?|avoir|commande|relance|rappel|mail|e-mail|courrier|appel|lettre"
            r"|mise en demeure"
            r"|invoices?|credit note|order|reminder|letter|call|email)(?: [\w/-]{1,20})? (?:du|de|of"
            r"|dated|from)",
        ),
    )
)
_BEFORE = 48  # characters before a day that are looked at


def find_days(folded: str, setting: Setting) -> tuple[list[DayFound], str]:
    """Return the days in folded text, in their order, and the text with ``READ`` in their place.

    The day of an invoice or a letter ("facture du 15/11") is read and left out: it dates that paper.
    """
    found, rest = _search(folded, DATES, setting, named=True)
    more, rest = _search(rest, COUNTED, setting, named=False)
    days = sorted((*found, *more), key=lambda day: day.start)
    return [day for day in days if day.said != "of"], rest


def _search(folded: str, forms: Forms, setting: Setting, *, named: bool) -> tuple[list[DayFound], str]:
    found: list[DayFound] = []
    for pattern, meaning in forms:
        pieces, at = [], 0
        for match in pattern.finditer(folded):
            day = _placed(folded, match, meaning(match, setting), named=named)
            found.append(day)
            start = max(day.start, at)
            pieces += [folded[at:start], READ * (day.end - start)]
            at = day.end
        folded = "".join((*pieces, folded[at:])) if pieces else folded
    return found, folded


def _placed(folded: str, match: re.Match[str], readings: Readings, *, named: bool) -> DayFound:
    """The day with the weekday before it, with which it must agree, and the word before that."""
    start, end = match.span()
    before = folded[max(0, start - _BEFORE) : start]
    weekday = _NAMED.search(before) if named else None
    if weekday:
        readings = _agreeing(readings, _ANY_WEEKDAY[weekday["weekday"]])
        start -= len(before) - weekday.start()
        before = before[: weekday.start()]
    inside = re.match(r"(?:d'ici|du|au|sous)\b", match[0])
    said = next((said for said, pattern in _SAID if pattern.search(before)), "")
    if not said and inside and inside[0] == "du" and re.search(_OF_PAPER, before):
        said = "of"
    return DayFound(start, end, readings, said or ("by" if inside and inside[0] in ("d'ici", "sous") else ""))


_OF_PAPER = re.compile(r"(?<![a-z])(?:factures?|avoir|commande|relance|rappel|mail|courrier|appel|lettre) $")


def _agreeing(readings: Readings, weekday: int) -> Readings:
    """Drop the readings that fall on another weekday; when none is left, the two contradict each other."""
    ahead = tuple(on for on in readings.ahead if on.weekday() == weekday)
    back = tuple(on for on in readings.back if on.weekday() == weekday)
    if not readings.ahead or (not ahead and not back):
        problem = (
            readings.problem if readings.problem in ("day_unreadable", "day_vague") else "weekday_differs"
        )
        return Readings(readings.ahead, readings.back, problem)
    if len(ahead) == 1:
        return Readings(ahead, back or ahead)
    return Readings(ahead, back, readings.problem if ahead else "weekday_differs")
