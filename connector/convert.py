"""The closed set of converters that a mapping may use: from a host's value to ours. Pure.

Each takes the raw value and the record's currency and returns ours, or None when the host left it empty
(``false``, ``null``, an empty text). Raises ``Unreadable`` for a value that is there but makes no sense.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from connector.model import Person, quantize

#: A converter: (raw value, currency) -> our value or None.
Converter = Callable[[object, str], object]

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[_@.-].*)?\Z")


class Unreadable(ValueError):
    """A value that is there and does not fit; its text says what was found."""


def text(raw: object, _currency: str = "") -> str | None:
    """A text, or a number as the host writes it; blanks around it go."""
    if isinstance(raw, str):  # the most frequent first: this runs for most values of every record
        return raw.strip() or None
    if raw is None or raw is False:
        return None
    if isinstance(raw, (int, float, Decimal)):
        return str(raw)
    raise Unreadable(f"is not a text but {_shown(raw)}")


def day(raw: object, _currency: str = "") -> date | None:
    """A date as YYYY-MM-DD; the time after it, if any, is dropped."""
    if raw is None or raw is False or raw == "":
        return None
    try:
        return date.fromisoformat(str(raw)[:10])
    except ValueError:
        raise Unreadable(f"is not a date but {_shown(raw)}") from None


def moment(raw: object, _currency: str = "") -> datetime | None:
    """An ISO 8601 moment; without a zone it is UTC."""
    if raw is None or raw is False or raw == "":
        return None
    try:
        found = datetime.fromisoformat(str(raw))
    except ValueError:
        raise Unreadable(f"is not a moment but {_shown(raw)}") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def money(raw: object, currency: str) -> Decimal | None:
    """An amount, rounded to the smallest unit of ``currency``. A float counts as its shortest decimal."""
    if raw is None or isinstance(raw, bool) or raw == "":
        return None
    try:
        amount = (
            raw if isinstance(raw, Decimal) else Decimal(repr(raw) if isinstance(raw, float) else str(raw))
        )
        if not amount.is_finite():
            raise InvalidOperation
        return quantize(amount, currency)
    except InvalidOperation:
        raise Unreadable(f"is not an amount but {_shown(raw)}") from None


def number(raw: object, _currency: str = "") -> int | None:
    """A whole number."""
    if raw is None or isinstance(raw, bool) or raw == "":
        return None
    if isinstance(raw, int):
        return raw
    raise Unreadable(f"is not a whole number but {_shown(raw)}")


def flag(raw: object, _currency: str = "") -> bool | None:
    """Yes or no."""
    if raw is None or isinstance(raw, bool):
        return raw
    if raw in (0, 1):
        return bool(raw)
    raise Unreadable(f"is neither true nor false but {_shown(raw)}")


def language(raw: object, _currency: str = "") -> str | None:
    """ISO 639 code in lower case of a locale: ``fr_FR`` and ``fr-BE`` are ``fr``."""
    if raw is None or raw is False or raw == "":
        return None
    found = _LANGUAGE.match(str(raw).strip())
    if found is None:
        raise Unreadable(f"is not a language but {_shown(raw)}")
    return found[1].lower()


def texts(raw: object, _currency: str = "") -> tuple[str, ...] | None:
    """A list of texts; one text alone counts as a list of one."""
    if raw is None or raw is False or raw == "":
        return None
    items = raw if isinstance(raw, list | tuple) else [raw]
    return tuple(item for item in (text(each) for each in items) if item)


def person(raw: object, _currency: str = "") -> Person | None:
    """A user of the host: a sub-record with ``id``, ``name`` and ``email``."""
    if not raw:
        return None
    if not isinstance(raw, Mapping) or "id" not in raw:
        raise Unreadable(f"is not a person but {_shown(raw)}")
    return Person(str(raw["id"]), text(raw.get("name")) or "", text(raw.get("email")))


def choice(values: Mapping[str, object]) -> Converter:
    """Make the converter that knows only ``values``."""

    def convert(raw: object, _currency: str = "") -> object:
        if raw is None or raw is False or raw == "":
            return None
        try:
            return values[str(raw)]
        except KeyError:
            raise Unreadable(f"is {_shown(raw)}, which is none of {', '.join(values)}") from None

    return convert


CONVERTERS: Mapping[str, Converter] = {
    "text": text,
    "date": day,
    "datetime": moment,
    "money": money,
    "choice": text,
    "list": texts,
    "number": number,
    "flag": flag,
    "language": language,
    "person": person,
}


def converter(name: str, values: Mapping[str, object] | None) -> Converter:
    """Return the converter of that name; ``values`` are those of a choice."""
    return choice(values) if values is not None else CONVERTERS[name]


def _shown(raw: object) -> str:
    """The value as an error may show it: short, on one line."""
    return repr(raw)[:60]
