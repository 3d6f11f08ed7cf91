"""The answer to an order written in the host: what was understood; or what was not, why, and what can be
written instead. Pure but for reading its table, ``templates/<language>/orders.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeAlias

from markupsafe import Markup

from connector.escape import one_line
from connector.formats import Amount, Day, locale_for, plural
from connector.grammar.sayings import (
    Saying,
    SaysCallAgain,
    SaysDispute,
    SaysExclude,
    SaysNo,
    SaysPaid,
    SaysPlan,
    SaysPromise,
    SaysResume,
    SaysSegment,
    SaysSettled,
    SaysType,
    SaysWait,
    SaysYes,
    Unclear,
)
from connector.model import PayerType, Segment
from connector.resources import shipped
from connector.wording import fill

#: The name of a sentence, and its figures.
Told: TypeAlias = tuple[str, Mapping[str, object]]

_LONGEST = 120  # characters of what was written that are repeated


@dataclass(frozen=True, slots=True)
class _Counted:
    """So many of something that has its plural in the table."""

    unit: str
    count: int


def answer_html(language: str, saying: Saying, currency: str, *, until: date | None = None) -> str:
    """Return the answer as clean HTML; empty where there is nothing to answer.

    ``language`` is the company's, ``currency`` (ISO 4217) that of the amounts, ``until`` the last day without
    a reminder after a promise. All that people wrote is escaped.
    """
    if isinstance(saying, Unclear):
        said = written(language, saying), problem(language, saying)
        lines = [Markup("<p>{} {}</p>").format(*said)]
        if saying.allowed:
            items = Markup("").join(
                Markup("<li><code>{}</code></li>").format(text) for text in saying.allowed
            )
            allowed = str(_table(language)["unclear"]["allowed"])
            lines.append(Markup("<p>{}</p><ul>{}</ul>").format(allowed, items))
        return str(Markup("").join(lines))
    sentence = understood(language, saying, currency, until=until)
    return str(Markup("<p>{}</p>").format(sentence)) if sentence else ""


def understood(language: str, saying: Saying, currency: str, *, until: date | None = None) -> str:
    """Return in one plain sentence what was understood; empty for a word that asks nothing of us."""
    told = _TOLD.get(type(saying))
    if told is None:
        return ""
    name, figures = told(saying)
    ready = {key: _shown(value, currency, language) for key, value in {**figures, "until": until}.items()}
    return fill(str(_table(language)["understood"][name]), ready, language)


def _promise(said: SaysPromise) -> Told:
    return "promise_all" if said.amount is None else "promise", {"day": said.on, "amount": said.amount}


def _plan(said: SaysPlan) -> Told:
    every = _Counted("months", said.months) if said.months else _Counted("days", said.days)
    figures = {"parts": _Counted("parts", said.parts), "every": every, "day": said.first_on}
    return "plan", figures


#: What of each saying is told: the name of the sentence and its figures.
_TOLD: Mapping[type, Callable[[Any], Told]] = {
    SaysPromise: _promise,
    SaysPlan: _plan,
    SaysWait: lambda said: ("wait" if said.until else "wait_for_good", {"day": said.until}),
    SaysCallAgain: lambda said: ("call_again", {"day": said.on}),
    SaysPaid: lambda said: ("paid", {"day": said.on, "amount": said.amount}),
    SaysDispute: lambda said: ("dispute", {"dispute": str(said.reason)}),
    SaysType: lambda said: ("type", {"kind": said.payer_type}),
    SaysSegment: lambda said: ("segment", {"kind": said.segment}),
    SaysExclude: lambda said: ("exclude" if said.excluded else "include", {}),
    SaysNo: lambda said: ("no", {"why": said.why}),
    SaysYes: lambda said: ("yes", {}),
    SaysSettled: lambda said: ("settled", {}),
    SaysResume: lambda said: ("resume", {}),
}


def _shown(value: object, currency: str, language: str) -> str:
    words, locale = _table(language), locale_for(language, None)
    match value:
        case date():
            return Day(value, locale).long
        case Decimal():
            return str(Amount(value, currency, locale))
        case _Counted(unit, count):
            return plural(words["counted"][unit], count, locale)
        case PayerType():
            return str(words["type"][value])
        case Segment():
            return str(words["segment"][value])
    return str(value or "")


def written(language: str, unclear: Unclear) -> str:
    """Return the plain sentence that repeats what was not understood."""
    text = one_line(unclear.written)
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return fill(_table(language)["unclear"]["written"], {"written": short}, language)


def problem(language: str, unclear: Unclear) -> str:
    """Return in plain words why it was not understood, with the readings between which to choose."""
    words = _table(language)
    seen = dict(unclear.seen)
    figures = {name: _figure(value, seen.get("currency", ""), language) for name, value in seen.items()}
    meant = [value for name, value in unclear.seen if name == "meant"]
    figures["meant"] = _choice((_figure(v, seen.get("currency", ""), language) for v in meant), words["or"])
    figures["what"] = seen.get("what", "")
    return fill(words["problem"].get(unclear.problem, ""), figures, language)


def _choice(readings: Iterable[str], joined_by: str) -> str:
    return joined_by.join(dict.fromkeys(readings))


def _figure(value: str, currency: str, language: str) -> str:
    """Write an ISO date or an amount of ``currency`` as people do; any other text stays what it is."""
    locale = locale_for(language, None)
    try:
        return Day(date.fromisoformat(value), locale).long
    except ValueError:
        pass
    try:
        return str(Amount(Decimal(value), currency, locale)) if currency else value
    except InvalidOperation:
        return value


@cache
def _table(language: str) -> Mapping[str, Any]:
    """Read the table; a language that the program does not speak is told in English."""
    file = shipped("templates") / language / "orders.toml"
    if not language.isalpha() or not file.exists():
        file = shipped("templates") / "en" / "orders.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
