"""Dates: days that name their place in a month. Forms of folded text, French and English.

Where the month is a figure too, the company's country says which of the two it is (``Setting.orders``); where
the language of the text disagrees, both readings are kept. "Early January" means its tenth and "mid-January"
its fifteenth; the end of a month is its last day.
"""

from __future__ import annotations

import re
from datetime import date

from dateutil.relativedelta import relativedelta

from connector.grammar.calendar_words import MONTHS, either
from connector.grammar.day_found import (
    Forms,
    Readings,
    day_or_none,
    fixed,
    forms,
    merged,
    nearest,
    unreadable,
    yearless,
)
from connector.grammar.setting import Setting


def _numeric(found: re.Match[str], setting: Setting) -> Readings:
    first, second, year = int(found["a"]), int(found["b"]), found.groupdict().get("year")
    pairs = [(first, second) if order == "dm" else (second, first) for order in setting.orders]
    if not any(day_or_none(2024, month, day) for day, month in pairs):
        pairs = [(second, first), (first, second)]  # 12/15 can only be the 15th of December
    return merged(_dated(day, month, year, setting) for day, month in dict.fromkeys(pairs))


def _dated(day: int, month: int, year: str | None, setting: Setting) -> Readings:
    if day_or_none(2024, month, day) is None:
        return unreadable()
    if not year:
        return yearless(day, month, setting.today)
    return fixed(day_or_none(int(year) if len(year) == 4 else 2000 + int(year), month, day))


def _year_first(found: re.Match[str], _setting: Setting) -> Readings:
    return fixed(day_or_none(int(found["year"]), int(found["month"]), int(found["day"])))


def _in_words(found: re.Match[str], setting: Setting) -> Readings:
    day = 1 if found["day"] in ("premier", "first") else int(found["day"])
    return _dated(day, MONTHS[found["month"]], found["year"] or found["short"], setting)


def _part_of_month(found: re.Match[str], setting: Setting) -> Readings:
    part, month, this_year = _part(found["part"]), MONTHS[found["month"]], setting.today.year
    if found["year"]:
        return fixed(date(int(found["year"]), month, 1) + part)
    return nearest((date(y, month, 1) + part for y in range(this_year - 1, this_year + 2)), setting.today)


def _part_of_this_month(found: re.Match[str], setting: Setting) -> Readings:
    later = relativedelta(months=1 if found.groupdict().get("next") else 0)
    return fixed(setting.today + later + _part(found["part"]))


def _part(word: str) -> relativedelta:
    if word.startswith(("fin", "end", "eom", "month")):
        return relativedelta(day=31)
    return relativedelta(day=15) if word.startswith("mi") else relativedelta(day=10)


def _end_of_year(found: re.Match[str], setting: Setting) -> Readings:
    year = found.groupdict().get("year")
    return fixed(date(int(year) if year else setting.today.year, 12, 31))


def _day_of_month(found: re.Match[str], setting: Setting) -> Readings:
    """ "le 15": the next 15th, or that of next month where it is said."""
    day, first = int(found["day"]), setting.today.replace(day=1)
    if found.groupdict().get("next"):
        first += relativedelta(months=1)
        return fixed(day_or_none(first.year, first.month, day))
    months = [first + relativedelta(months=n) for n in range(-2, 4)]
    return nearest((day_or_none(month.year, month.month, day) for month in months), setting.today)


def _vague(_found: re.Match[str], _setting: Setting) -> Readings:
    return unreadable("day_vague")


_MONTH = f"(?P<month>{either(MONTHS)})(?![a-z])\\.?"
_NAMES = either(word for word in MONTHS if len(word) > 4 or word == "mai")
_DAY, _RANK = "(?P<day>[0-9]{1,2}|premier|first)", "(?:er|e|eme|st|nd|rd|th)?"
_FREE, _ENDS = "(?<![0-9/.,-])", "(?![0-9/]|[.,-][0-9])"
_AFTER = r"(?:(?<=\ble )|(?<=\bau )|(?<=\bdu )|(?<=\bon )|(?<=\bby ))"
#: a year after a month: four figures, or two that are not the beginning of an amount
_YEAR = (
    r"(?:[-/ ]|, )?(?:(?P<year>20[0-9]{2})(?![0-9/]|[.,][0-9])"
    r"|(?P<short>2[0-9])(?![0-9/%a-z]|[.,:][0-9]| [0-9]{3}(?![0-9])| ?[€$£]))?"
)
_PART = (
    r"(?<![a-z])(?P<part>fin|mi|debut|end|mid|middle|early|start|beginning)"
    r"(?: du mois de | du mois d'| de | d'| of the month of | of | in |[ -])"
)
_NOT_A_COUNT = r"(?![0-9a-z/%]|[.,:-][0-9]| ?(?:[€$£%]|x\b|eur|fois|jour|days|sem|week|mois|month))"

DATES: Forms = forms(
    (
        r"(?<![\w/.-])(?P<year>20[0-9]{2})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})(?![\w/-])",
        _year_first,
    ),
    (
        rf"{_FREE}(?P<a>[0-9]{{1,2}}) ?([/.-]) ?(?P<b>[0-9]{{1,2}}) ?\2 ?(?P<year>[0-9]{{4}}"
        rf"|[0-9]{{2}}){_ENDS}",
        _numeric,
    ),
    (rf"{_FREE}(?P<a>[0-9]{{1,2}}) ?/ ?(?P<b>[0-9]{{1,2}}){_ENDS}", _numeric),
    (rf"{_FREE}(?P<a>[0-9]{{1,2}})\.(?P<b>[0-9]{{1,2}})\.(?![0-9])", _numeric),
    (rf"{_AFTER}(?P<a>[0-9]{{1,2}})[.-](?P<b>[0-9]{{1,2}}){_ENDS}", _numeric),
    (rf"{_FREE}(?P<a>[0-9]{{2}})-(?P<b>[0-9]{{2}}){_ENDS}(?! ?(?:j|d|x|fois|sem|week))", _numeric),
    (rf"{_FREE}{_DAY}{_RANK}(?: of |[ ./-]{{0,3}}){_MONTH}{_YEAR}", _in_words),
    (rf"(?<![a-z]){_MONTH} ?(?:the )?{_DAY}{_RANK}(?![0-9a-z/%]|[.,][0-9]){_YEAR}", _in_words),
    (rf"{_PART}{_MONTH}{_YEAR}", _part_of_month),
    (
        r"(?<![a-z])(?P<part>fin|mi|debut)[ -](?:de |du |de ce |ce )?mois(?! de| d')"
        r"(?P<next> prochain| suivant)?(?![a-z])",
        _part_of_this_month,
    ),
    (
        r"(?<![a-z])(?P<part>end|mid|middle|start|beginning)[ -](?:of )?(?:the "
        r"|this )?(?P<next>next )?month(?![a-z])",
        _part_of_this_month,
    ),
    (r"(?<![a-z])(?P<part>eom|month[ -]end)(?![a-z])", _part_of_this_month),
    (
        r"(?<![a-z])(?:fin|end) (?:de |d'|of )?(?:l'|the |this |cette )?(?:annee|year"
        r"|(?P<year>20[0-9]{2}))(?![a-z0-9])",
        _end_of_year,
    ),
    (r"(?<![a-z])(?:eoy|year[ -]end)(?![a-z])", _end_of_year),
    (
        rf"(?<![a-z])(?:le|au|du|the) (?P<day>[0-9]{{1,2}}){_RANK}"
        rf"(?P<next> (?:du mois )?prochain| of next month)?{_NOT_A_COUNT}",
        _day_of_month,
    ),
    (r"(?<![0-9/.,])(?P<day>[0-9]{1,2})(?:st|nd|rd|th)(?P<next> of next month)?(?![a-z])", _day_of_month),
    (
        rf"(?<![a-z])(?:{_NAMES}|(?:le |debut du )?mois prochain|next month|ce mois(?:-ci)?"
        rf"|this month)(?![a-z])",
        _vague,
    ),
)
