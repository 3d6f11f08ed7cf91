"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return ``text`` with NUL and lone surrogates replaced by U+FFFD: no database takes them, and a host
    may hand them over."""
    return _UNSTORABLE.sub("\ufffd", text)


def _text(value: str | None) -> str | None:
    if value is None:
        return None
    text = str(value)
    return text if text.isascii() and "\0" not in text else storable(text)


class HostText(TypeDecorator[str]):
    """Text that came from outside, or a word of ours (a ``StrEnum`` goes in as its value)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return _text(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        return _text  # no call around it for each value of each row: the databases take text as it is


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, in and out in UTC. A naive one is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without its time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal kept as text: SQLite would turn it into a float, and its trailing zeros are kept."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)
