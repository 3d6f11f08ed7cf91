"""Decisions, checks and events in sentences, for the people on our side. Pure but for reading its tables.

The sentences stand in ``templates/<language>/wording.toml``. There, ``{name}`` is a figure, and a part in
[brackets] is left out when one of its figures is not known: a sentence never shows a hole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel import Locale

from connector import resources
from connector.escape import one_line
from connector.formats import Amount, Day, locale_for, named, plural
from connector.model import Action, Check, Decision, Reason

_PART = re.compile(r"\[[^\[\]]*\]|[^\[\]]+")
_FIGURE = re.compile(r"\{(\w+)\}")
_MONEY = frozenset({"residual", "amount", "minimum", "available", "total", "interest"})
_LONGEST = 200  # characters of a text from outside
_PRODUCTS, _LONGEST_PRODUCT = 3, 40


def sentence(decision: Decision, language: str) -> str:
    """Say what happens today for an installment and why, in one or two sentences."""
    words, figures = _words(language), _figures_of(decision)
    why = _say(words["reason"].get(decision.reason, ""), figures, language) or reason_label(
        decision.reason, language
    )
    said = str(words["action"][decision.action]).replace("{why}", why)
    tells_more = decision.action is Action.WAIT and decision.reason is not Reason.NOT_DUE
    if tells_more and decision.step and decision.wake_on:
        said += " " + _say(words["next"], figures, language)
    return said


def check_sentence(check: Check, language: str) -> str:
    """Say what a rule saw: why it applies, or that it does not."""
    words = _words(language)
    table = words["reason"] if check.applies else words["passed"]
    said = _say(table.get(check.reason, ""), check.seen, language)
    return _capital(said or reason_label(check.reason, language))


def event_sentence(name: str, data: Mapping[str, object], language: str) -> str:
    """Say what happened. An event without a sentence is told by its name and what it carries."""
    text = _words(language)["event"].get(name)
    if text is None:
        told = ", ".join(f"{key}: {_text(value)}" for key, value in data.items() if value)
        return _capital(name.replace("_", " ") + (f" ({told})" if told else ""))
    figures = dict(data)
    if figures.get("reason"):
        figures["reason"] = _label(str(figures["reason"]), language)
    if isinstance(products := figures.get("products"), list | tuple):
        figures["products"] = product_names([str(name) for name in products])
    return _capital(_say(text, figures, language))


def product_names(products: Sequence[str]) -> str:
    """Say what an invoice is for: three products at most, in few letters; empty where none is named."""
    names = list(dict.fromkeys(filter(None, map(one_line, products))))
    most = _LONGEST_PRODUCT
    told = [name if len(name) <= most else f"{name[:most].rstrip()}…" for name in names[:_PRODUCTS]]
    return ", ".join(told) + (", …" if len(names) > _PRODUCTS else "")


def reason_label(reason: Reason | str, language: str) -> str:
    """Return a reason in two or three words, for a table."""
    return _label(str(reason), language)


def step_label(name: str, language: str) -> str:
    """Return a step's name as people say it."""
    return named(_labels(language).get("steps"), name)


def channel_label(name: str, language: str) -> str:
    """Return a channel's name as people say it."""
    return named(_labels(language).get("channels"), name)


def dispute_label(code: str, language: str) -> str:
    """Return the reason of a dispute as people say it."""
    return named(_words(language)["dispute"], code)


def _label(reason: str, language: str) -> str:
    return named(_words(language)["label"], reason)


def _figures_of(decision: Decision) -> dict[str, object]:
    figures: dict[str, object] = {
        "number": decision.number,
        "residual": decision.residual,
        "currency": decision.currency,
        "due_on": decision.due_on,
        "step": decision.step.name if decision.step else None,
        "step_on": decision.step_on,
        "wake_on": decision.wake_on,
        "scenario": decision.scenario.name if decision.scenario else None,
    }
    return figures | dict(decision.seen)


def fill(text: str, figures: Mapping[str, object], language: str) -> str:
    """Put figures into a sentence of another table (a work list's); the same rules hold there."""
    return _say(text, figures, language)


def _say(text: str, figures: Mapping[str, object], language: str) -> str:
    """Put the figures into a sentence; drop each [part] that misses one. Empty when the rest misses one."""
    words = {key: _word(key, value, figures, language) for key, value in figures.items()}
    known = {key: word for key, word in words.items() if word}

    said = ""
    for part in _PART.findall(text):  # each is filled once: braces from outside stay what they are
        optional = part.startswith("[")
        if set(_FIGURE.findall(part)) <= known.keys():
            said += _FIGURE.sub(lambda match: known[match[1]], part[1:-1] if optional else part)
        elif not optional:
            return ""
    return said


def _word(key: str, value: object, figures: Mapping[str, object], language: str) -> str:
    """Write one figure as a reader does: money, a day, a number of days, a step, or a text made safe."""
    locale = locale_for(language, None)
    if value is None or value == "":
        return ""
    if key in _NAMED:
        return _NAMED[key](str(value), language)
    if key in _MONEY:
        return _money(value, str(figures.get("currency") or ""), locale)
    if key.endswith(("_on", "_at")) or key == "on":
        return _day(value, locale)
    if isinstance(value, int) and not isinstance(value, bool):
        return plural(_words(language)["unit"].get(key, "{n}"), value, locale)
    return _text(value)


def _from(table: str) -> Callable[[str, str], str]:
    return lambda name, language: named(_words(language)[table], name)


#: Figures that are codes of ours, with who says their names.
_NAMED: Mapping[str, Callable[[str, str], str]] = {
    "step": step_label,
    "channel": channel_label,
    "dispute": _from("dispute"),
    "mark": _from("mark"),
}


def _money(value: object, currency: str, locale: Locale) -> str:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return _text(value)
    return str(Amount(amount, currency, locale)) if currency else f"{amount:f}"


def _day(value: object, locale: Locale) -> str:
    if isinstance(value, datetime):
        return str(Day(value.date(), locale))
    if isinstance(value, date):
        return str(Day(value, locale))
    try:
        return str(Day(date.fromisoformat(str(value)[:10]), locale))
    except ValueError:
        return _text(value)


def _text(value: object) -> str:
    """Words from outside: on one line, of bounded length; several are listed."""
    if isinstance(value, tuple | list | set | frozenset):
        value = ", ".join(str(item) for item in value)
    return one_line(str(value))[:_LONGEST]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _words(language: str) -> Mapping[str, Any]:
    return resources.words(language, "wording")


def _labels(language: str) -> Mapping[str, Any]:
    return resources.words(language, "labels")
