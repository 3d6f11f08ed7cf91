"""The settings of the calendar: on which days and at what hours messages may leave."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from connector.config.fields import Several
from connector.config.table import Settings
from connector.config.unfit import Unfit, choice, kind

#: Every spelling that is understood, English and French, by rank in the week, Monday first.
_SPELLINGS = (
    ("mon", "monday", "lun", "lundi"),
    ("tue", "tuesday", "mar", "mardi"),
    ("wed", "wednesday", "mer", "mercredi"),
    ("thu", "thursday", "jeu", "jeudi"),
    ("fri", "friday", "ven", "vendredi"),
    ("sat", "saturday", "sam", "samedi"),
    ("sun", "sunday", "dim", "dimanche"),
)
_WEEKDAYS = {spelling: rank for rank, spellings in enumerate(_SPELLINGS) for spelling in spellings}
_HOUR = r"(\d{1,2})(?::(\d{2})|h(\d{2})?)"
_HOURS = re.compile(rf"{_HOUR}\s*[-–]\s*{_HOUR}")
_EXAMPLE = 'write it as "08:00-19:00"'

Hours: TypeAlias = tuple[time, time]


def weekday(value: object) -> int:
    """Read a day of the week, 0 for Monday. Raises Unfit."""
    if not isinstance(value, str):
        raise Unfit(f"a day of the week is a text, not {kind(value)}", 'closed = ["sat", "sun"]')
    rank = _WEEKDAYS.get(value.strip().lower())
    if rank is None:
        raise Unfit(f'"{value[:40]}" is not a day of the week', choice(value, _WEEKDAYS))
    return rank


def _some_day_open(days: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(days)) == len(_SPELLINGS):
        raise Unfit("every day is closed: nothing would ever leave", 'closed = ["sat", "sun"]')
    return days


def hours(value: object) -> Hours:
    """Read a stretch of one day, such as "08:00-19:00" or "8h-19h30": from the first moment, included, to
    the second, not included. Raises Unfit, also for a stretch beyond midnight."""
    if not isinstance(value, str):
        raise Unfit(f"hours are a text, not {kind(value)}", _EXAMPLE)
    match = _HOURS.fullmatch(value.strip().lower())
    if match is None:
        raise Unfit(f'"{value[:40]}" is not a stretch of hours', _EXAMPLE)
    first, last = _moment(*match.groups()[:3]), _moment(*match.groups()[3:])
    if first == last:
        raise Unfit("it begins and ends at the same hour: nothing would ever leave", _EXAMPLE)
    if first > last:
        raise Unfit("it goes beyond midnight", f"both hours are of the same day: {_EXAMPLE}")
    return first, last


def _moment(hour: str, minute: str | None, minute_after_h: str | None) -> time:
    try:
        return time(int(hour), int(minute or minute_after_h or 0))
    except ValueError:
        raise Unfit(
            f'"{hour}:{minute or minute_after_h or "00"}" is no hour of a day', "from 00:00 to 23:59"
        ) from None


Weekday = Annotated[
    int, BeforeValidator(weekday), WithJsonSchema({"type": "string", "enum": sorted(_WEEKDAYS)})
]
HoursOfDay = Annotated[
    Hours,
    BeforeValidator(hours),
    Field(strict=False),
    WithJsonSchema({"type": "string", "title": "hours of a day", "pattern": rf"^{_HOUR} ?[-–] ?{_HOUR}$"}),
]


class CalendarSettings(Settings):
    """On which days and at what hours messages may leave."""

    closed: Annotated[Several[Weekday], AfterValidator(_some_day_open)] = Field(
        default=(),
        description="Nothing leaves on these days of the week; without it every day will do.",
        examples=[["sat", "sun"]],
    )
    holidays: bool = Field(
        default=False,
        description="Nothing leaves on public holidays either, of the company's country and the customer's.",
        examples=[True],
    )
    hours: HoursOfDay | None = Field(
        default=None,
        description="Messages leave between these hours only, in the company's time zone; without it at any "
        "hour.",
        examples=["08:00-19:00"],
    )
    target_days: bool = Field(
        default=True,
        description="After a promised day, or a date of a payment plan, only days on which transfers in "
        "euros are settled (TARGET is open) count as days of grace; false: every working day of the "
        "company's country.",
        examples=[True],
    )
