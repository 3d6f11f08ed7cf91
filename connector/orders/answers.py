"""The answer to an order written in the host: what was understood; or what was not, why, and what can be
written instead. Pure but for reading its table, ``templates/<language>/orders.toml``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from markupsafe import Markup

from connector import resources
from connector.escape import one_line
from connector.formats import Amount, Day, locale_for
from connector.grammar.sayings import (
    Saying,
    SaysCallAgain,
    SaysExclude,
    SaysResume,
    SaysSegment,
    SaysType,
    SaysWait,
    Unclear,
)
from connector.model import PayerType, Segment
from connector.wording import fill

#: The name of a sentence, and its figures.
Told: TypeAlias = tuple[str, Mapping[str, object]]

_LONGEST = 120  # characters of what was written that are repeated


def question_html(language: str, unclear: Unclear) -> str:
    """Return as clean HTML what was not understood, why, and what can be written instead, in the company's
    ``language``. All that people wrote is escaped."""
    lines = [Markup("<p>{} {}</p>").format(written(language, unclear), problem(language, unclear))]
    if unclear.allowed:
        items = Markup("").join(Markup("<li><code>{}</code></li>").format(text) for text in unclear.allowed)
        allowed = str(_table(language)["unclear"]["allowed"])
        lines.append(Markup("<p>{}</p><ul>{}</ul>").format(allowed, items))
    return str(Markup("").join(lines))


def understood(language: str, saying: Saying) -> str:
    """Return in one plain sentence what was understood; empty for what is confirmed in another way (by the
    task or the note that it leads to), or not at all."""
    told = _TOLD.get(type(saying))
    if told is None:
        return ""
    name, figures = told(saying)
    ready = {key: _shown(value, language) for key, value in figures.items()}
    return fill(str(_table(language)["understood"][name]), ready, language)


#: What of each saying is told: the name of the sentence and its figures.
_TOLD: Mapping[type, Callable[[Any], Told]] = {
    SaysWait: lambda said: ("wait" if said.until else "wait_for_good", {"day": said.until}),
    SaysCallAgain: lambda said: ("call_again", {"day": said.on}),
    SaysType: lambda said: ("type", {"kind": said.payer_type}),
    SaysSegment: lambda said: ("segment", {"kind": said.segment}),
    SaysExclude: lambda said: ("exclude" if said.excluded else "include", {}),
    SaysResume: lambda said: ("resume", {}),
}


def _shown(value: object, language: str) -> str:
    words = _table(language)
    match value:
        case date():
            return Day(value, locale_for(language, None)).long
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


def _table(language: str) -> Mapping[str, Any]:
    return resources.words(language, "orders")
