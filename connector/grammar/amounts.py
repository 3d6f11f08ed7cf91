"""Amounts as people write them: "1 200,50 €", "1,200.50", "EUR 1 200", "1,2 k€". Forms of folded text.

A point or comma before exactly three figures may separate thousands or decimals: it is clear only where the
text's language is at home in the company's country and one of the two is its mark for thousands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_group_symbol

from connector.formats import locale_for
from connector.grammar.calendar_words import MONTHS, either
from connector.grammar.days import READ
from connector.grammar.setting import Setting
from connector.model import quantize

#: What people write for a currency, and which currencies it can be; a code in three letters is itself.
_SIGNS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("€", "euro", "euros", "eur"), ("EUR",)),
    **dict.fromkeys(("£", "£gb", "pound", "pounds", "livres"), ("GBP",)),
    **dict.fromkeys(("$", "dollar", "dollars"), ("USD", "CAD", "AUD", "NZD", "SGD", "HKD")),
    **dict.fromkeys(("us$", "$us", "$ us"), ("USD",)),
    **dict.fromkeys(("ca$", "$ca", "$ ca"), ("CAD",)),
    **dict.fromkeys(("franc", "francs", "fr."), ("CHF", "XOF", "XAF", "XPF")),
    **dict.fromkeys(("f cfa", "fcfa"), ("XOF", "XAF")),
    **dict.fromkeys(("¥", "yen"), ("JPY", "CNY")),
}
_CODES = [
    "usd",
    "gbp",
    "chf",
    "cad",
    "aud",
    "nzd",
    "sek",
    "nok",
    "dkk",
    "pln",
    "czk",
    "huf",
    "ron",
    "jpy",
    "cny",
    "xof",
    "xaf",
    "xpf",
    "mad",
    "tnd",
    "dzd",
]
_SIGN = either(re.escape(sign) for sign in (*_SIGNS, *_CODES))
_BEGINS, _ENDS = r"(?<![\w/.,+-])", r"(?![0-9/]|[.,-][0-9])"


def _figures(sep: str) -> str:
    """The pattern of figures with or without marks; ``sep`` names the group of the thousands mark."""
    groups = rf"(?P<{sep}>[ '.,])[0-9]{{3}}(?:(?P={sep})[0-9]{{3}}){{0,3}}"
    thousands = rf"[0-9]{{1,3}}{groups}(?:[.,][0-9]{{1,2}})?(?![0-9])"
    return rf"(?:{thousands}|[0-9]{{1,12}}(?:[.,][0-9]{{1,3}})?)(?:[.,]-+)?"


_MARKED = re.compile(
    rf"(?<![a-z])(?P<before>{_SIGN}) ?(?P<figures>{_figures('s')})(?P<kilo> ?k)?{_ENDS}(?![a-z])"
    rf"|{_BEGINS}(?!20[2-4][0-9] ?(?:{_SIGN}) ?[0-9])"  # "15 Dec 2026 €500": the year is none
    rf"(?P<figures2>{_figures('t')}) ?(?P<kilo2>k ?)?(?P<after>{_SIGN})(?![a-z])"
    r"(?:(?P<cents>[0-9]{2})(?![0-9/.,])|(?![0-9]))"
)
_BARE = re.compile(rf"{_BEGINS}(?P<figures>{_figures('s')})(?P<kilo> ?k)?{_ENDS}(?![\w])")
#: A day may end where the amount seems to begin: "le 15 200 €", "Dec 15 200 €" …
_DAY_BEFORE = re.compile(rf"(?<![a-z])(?:le|au|du|the|{either(MONTHS)})\.? $")
#: … but not where the month has its day already: "le 15 déc. 1 200 €", "fin décembre 1 200 €"
_WHOLE_DAY_BEFORE = re.compile(
    r"(?:[0-9](?:er|e|st|nd|rd|th)?[ ./-]*(?:of )?|(?:premier|first|fin|mi|debut|end|mid"
    r"|early)(?: du mois)?(?: de| d'| of)?[ -]?)"
    rf"(?:{either(MONTHS)})\.? $"
)
_DAY_AND_MONTH = re.compile(r"(?:0?[1-9]|[12][0-9]|3[01])\.(?:0[1-9]|1[0-2])")
_ABOUT = re.compile(
    r"(?<![a-z])(?:environ|env\.?|about|around|approx\w*\.?|roughly|autour de|plus de|moins de|~)(?: les)? ?$"
)


@dataclass(frozen=True, slots=True)
class AmountFound:
    """Where an amount stands and what it can be; several readings, or a ``problem`` (a code), are to be
    asked. ``currency``: one was written beside it."""

    start: int
    end: int
    values: tuple[Decimal, ...]
    problem: str = ""
    currency: bool = False


def find_marked(folded: str, setting: Setting) -> tuple[list[AmountFound], str]:
    """Return the amounts that stand beside a currency, and the text with ``READ`` in their place."""
    found = []
    for match in _MARKED.finditer(folded):
        figures = match["figures"] or match["figures2"]
        values, problem = _values(figures, setting, kilo=bool(match["kilo"] or match["kilo2"]))
        if match["cents"] and len(values) == 1 and values[0] == int(values[0]):
            values = (values[0] + Decimal(match["cents"]) / 100,)
        before = folded[max(0, match.start() - 24) : match.start()]
        if " " in figures[:3] and _DAY_BEFORE.search(before) and not _WHOLE_DAY_BEFORE.search(before):
            problem = "day_or_amount"
        elif setting.currency not in _currencies(match["before"] or match["after"]):
            problem = "other_currency"
        found.append(_found(match, values, problem, folded, currency=True))
    return found, blanked(folded, [(amount.start, amount.end) for amount in found])


def find_bare(folded: str, setting: Setting) -> tuple[list[AmountFound], str]:
    """Return the figures that are left and can be amounts, and the text with ``READ`` in their place."""
    found = []
    for match in _BARE.finditer(folded):
        kilo = bool(match["kilo"])
        values, problem = _values(match["figures"], setting, kilo=kilo)
        small = match["figures"].isdigit() and len(match["figures"]) <= 2 and not kilo
        year = re.fullmatch(r"20[2-4][0-9]", match["figures"]) and not kilo
        problem = "figure" if small or year else problem
        if _DAY_AND_MONTH.fullmatch(match["figures"]) and not kilo:
            problem = "day_or_amount"
        found.append(_found(match, values, problem, folded, currency=False))
    return found, blanked(folded, [(amount.start, amount.end) for amount in found])


def _found(
    match: re.Match[str], values: tuple[Decimal, ...], problem: str, folded: str, *, currency: bool
) -> AmountFound:
    before = folded[max(0, match.start() - 24) : match.start()]
    if not problem and _ABOUT.search(before):
        problem = "amount_about"
    return AmountFound(match.start(), match.end(), values, problem, currency)


def blanked(folded: str, spans: list[tuple[int, int]], mark: str = READ) -> str:
    """Return the text with ``mark`` in the place of these spans, which follow one another."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [folded[at:start], mark * (end - start)]
        at = end
    return "".join((*pieces, folded[at:]))


def _currencies(sign: str) -> tuple[str, ...]:
    return _SIGNS.get(sign, (sign.upper(),))


def _values(figures: str, setting: Setting, *, kilo: bool) -> tuple[tuple[Decimal, ...], str]:
    """Return what figures can be, and the code of what is wrong with them."""
    figures = figures.rstrip("-").rstrip(".,") if figures.endswith("-") else figures
    values = _readings(figures, setting)
    if kilo:
        values = tuple(value * 1000 for value in values) if len(values) == 1 else ()
    exact = tuple(
        quantize(value, setting.currency)
        for value in values
        if 0 < value == quantize(value, setting.currency)
    )
    if not exact:
        return (), "amount_unread"
    return exact, "amount_two_ways" if len(exact) > 1 else ""


def _readings(figures: str, setting: Setting) -> tuple[Decimal, ...]:
    marks = re.sub("[0-9]", "", figures)
    whole = Decimal(re.sub("[^0-9]", "", figures))
    if not marks or set(marks) <= {" ", "'"}:
        return (whole,)
    tail = len(figures) - max(figures.rfind("."), figures.rfind(",")) - 1
    decimals = whole.scaleb(-tail)
    if tail != 3:
        return (decimals,)
    if len(marks) > 1:  # 1.200.000 and 1 200.000: only the first has one mark throughout
        return (whole,) if len(set(marks)) == 1 else ()
    if len(figures) > 7 or figures.startswith("0"):  # not thousands: 1200,500 or 0,200
        return ()
    return (whole,) if marks == _thousands_mark(setting) else (decimals, whole)


def _thousands_mark(setting: Setting) -> str:
    """The country's own mark for thousands, when the text is in a language of that country."""
    locale = locale_for(setting.language, setting.country)
    return get_group_symbol(locale) if locale.territory == setting.country else ""
