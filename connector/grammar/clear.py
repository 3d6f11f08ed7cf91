"""The one clear day and the one clear amount of a text, or the doubt about them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from connector.grammar.amounts import AmountFound
from connector.grammar.day_found import DayFound, too_far
from connector.grammar.days import READ
from connector.grammar.doubt import Doubt
from connector.grammar.figures import Figures
from connector.grammar.setting import Setting

#: A part of what is owed: only a person can say how much that is.
_SHARE = re.compile(
    r"(?<![a-z])(?:la moitie|une moitie|moitie|half|un tiers|a third|un quart|a quarter|une partie|partie"
    r"|partiel\w*|partly|partial\w*|en partie|part of|un acompte|acompte|a deposit|deposit"
    r"|some of|[0-9]{1,3}(?:[.,][0-9])? ?(?:%|pour ?cent|per ?cent))(?![a-z])|(?<![0-9])1/[2-4](?![0-9/])"
)
_BALANCE = re.compile(
    r"(?<![a-z])(?:(?:le )?solde|(?:the )?balance|(?:le )?reste|the rest|totalite)(?![a-z])"
)
#: Words that may stand before an amount without a currency; after others the figure may count anything.
_BEFORE_AMOUNT = re.compile(
    r"(?:^|[\x00\x02:;,(=+-]|(?<![a-z])(?:de|d'|du|pour|montant|soit|for|of|amount|pay|pays|payer|paie|paye"
    r"|paiera|payera"
    r"|regle|regler|reglera|verse|verser|versera|vire|virer|virera|transfer|wire|settle|paid|promis"
    r"|promet|promesse|promise"
    r"|promised"
    r"|promises|et|and|a|ttc))[ .]*$"
)


def clear_day(figures: Figures, setting: Setting, *, from_too: bool = False) -> date | None:
    """Return the one day that lies ahead; None when no day was written. Raises Doubt for anything else."""
    if not figures.days:
        return None
    days = [_ahead(day, figures, setting, from_too=from_too) for day in figures.days]
    if len(set(days)) > 1:
        raise Doubt("several_days", *(("meant", on.isoformat()) for on in days[:4]))
    return days[0]


def _ahead(day: DayFound, figures: Figures, setting: Setting, *, from_too: bool) -> date:
    readings, what = day.readings, ("what", figures.piece.written(day.start, day.end))
    meant = tuple(("meant", on.isoformat()) for on in readings.ahead)
    if readings.problem == "weekday_differs":
        raise Doubt(readings.problem, what, ("on", readings.ahead[0].isoformat()))
    if readings.problem or len(readings.ahead) != 1:
        raise Doubt(readings.problem or "day_two_ways", what, *meant)
    on = readings.ahead[0]
    if on < setting.today:
        raise Doubt("day_past", what, ("on", on.isoformat()))
    if too_far(on, setting.today):
        raise Doubt("day_too_far", what, ("on", on.isoformat()))
    if day.said in ("after", "from") and not (from_too and day.said == "from"):
        raise Doubt("day_open", what, ("on", on.isoformat()))
    return on


def clear_amount(figures: Figures, setting: Setting) -> Decimal | None:
    """Return the one amount, in the company's currency; None when none was written, or "the balance".
    Raises Doubt for a share, several amounts, or a figure that may be something else."""
    share = _SHARE.search(figures.piece.folded)
    if share and not any(amount.currency or not amount.problem for amount in figures.amounts):
        raise Doubt("amount_share", ("what", figures.piece.written(*share.span())))
    values = {value for amount in figures.amounts for value in (_value(amount, figures, setting),)}
    if figures.stray:
        raise Doubt("figure", ("what", figures.stray[0]))
    if len(values) > 1 or (values and _BALANCE.search(figures.rest)):
        raise Doubt("several_amounts", *_money(tuple(sorted(values)), setting))
    return values.pop() if values else None


def _value(amount: AmountFound, figures: Figures, setting: Setting) -> Decimal:
    what = ("what", figures.piece.written(amount.start, amount.end))
    if amount.problem == "amount_two_ways":
        raise Doubt(amount.problem, what, *_money(amount.values, setting))
    if amount.problem == "other_currency":
        raise Doubt(amount.problem, what, ("currency", setting.currency))
    if (
        amount.problem in ("figure", "day_or_amount")
        and not amount.currency
        and amount.values
        and _after_whole_date(amount, figures)
    ):
        return amount.values[0]
    before = figures.rest[max(0, amount.start - 30) : amount.start]
    if amount.problem or not (amount.currency or _BEFORE_AMOUNT.search(before)):
        raise Doubt(amount.problem or "figure", what)
    return amount.values[0]


def _after_whole_date(amount: AmountFound, figures: Figures) -> bool:
    """Whether it follows a day with its year: "15/12/2026 20" is an amount, "15/12 20" may be 2020."""
    folded = figures.piece.folded
    return any(
        day.end <= amount.start
        and not folded[day.end : amount.start].strip(" :-")
        and re.search(r"(?<![0-9])20[0-9]{2}(?![0-9])", folded[day.start : day.end])
        for day in figures.days
    )


def _money(values: tuple[Decimal, ...], setting: Setting) -> tuple[tuple[str, str], ...]:
    return (*(("meant", str(value)) for value in values), ("currency", setting.currency))


def only_figures(figures: Figures) -> str:
    """What is left of the folded text when its days, amounts and the small words around them are gone."""
    left = re.sub(
        r"(?<![a-z])(?:le|la|les|au|du|de|d'ici|pour|avant|jusqu'au|jusqu'a|on|by|the|for|until|of"
        r"|before|to|eur|soit)"
        r"(?![a-z])|[^a-z0-9]",
        " ",
        figures.rest.replace(READ, " "),
    )
    return left.strip()


def lies_ahead(figures: Figures, setting: Setting) -> bool:
    """Whether one of the days may still be to come."""
    days = [day.readings for day in figures.days if day.readings.problem != "day_past_or_next_year"]
    return any(not day.ahead or max(day.ahead) >= setting.today for day in days)
