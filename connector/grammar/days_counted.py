"""Days counted from today: "demain", "sous 8 jours", "vendredi en huit", "week 51". Forms of folded text.

A week means its Friday: who promises a week may use all of it. "Next Friday" is that of this week for some
and of the next for others, so that it is clear only when these are one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta, weekday

from connector.grammar.calendar_words import NUMBERS, SHORT_WEEKDAYS, WEEKDAYS, either, number
from connector.grammar.day_found import Forms, Readings, fixed, forms, nearest, unreadable
from connector.grammar.setting import Setting

_UNITS: Mapping[str, str] = {"j": "days", "d": "days", "s": "weeks", "w": "weeks", "m": "months"}
_NEAR: Mapping[str, int] = {
    **dict.fromkeys(("avant hier", "day before yesterday"), -2),
    **dict.fromkeys(("hier", "yesterday", "hier soir", "hier matin"), -1),
    **dict.fromkeys(("aujourd hui", "today", "ce jour", "tonight", "ce soir", "ce matin"), 0),
    **dict.fromkeys(("this morning", "this afternoon", "cet apres midi"), 0),
    **dict.fromkeys(("demain", "tomorrow"), 1),
    **dict.fromkeys(("apres demain", "day after tomorrow"), 2),
}
#: Weekdays that stand alone: the full names, and the short ones that are no other word.
_ALONE: Mapping[str, int] = dict(WEEKDAYS) | {
    word: SHORT_WEEKDAYS[word] for word in ("tue", "tues", "wed", "thu", "thur", "thurs", "fri")
}


def _near(found: re.Match[str], setting: Setting) -> Readings:
    return fixed(setting.today + timedelta(days=_NEAR[re.sub(r"[ '-]+", " ", found[0])]))


def _counted(found: re.Match[str], setting: Setting) -> Readings:
    count, unit = number(found["count"]), found["unit"]
    if found["working"] or found["ouvres"]:
        return unreadable("working_days")  # the calendar of the company is not known here
    if unit.startswith("h"):
        return fixed(setting.today + timedelta(hours=count)) if count % 24 == 0 else unreadable("day_vague")
    if unit.startswith("fortnight"):
        return fixed(setting.today + timedelta(days=14 * count))
    step = relativedelta(**{_UNITS[unit[0]]: count})  # type: ignore[arg-type]
    return fixed(setting.today + step)


def _so_many_days(found: re.Match[str], setting: Setting) -> Readings:
    return fixed(setting.today + timedelta(days=int(found["count"])))


def _fortnight(found: re.Match[str], setting: Setting) -> Readings:
    return fixed(setting.today + timedelta(days=8 if "huit" in found[0] else 15))


def _coming(found: re.Match[str], setting: Setting) -> tuple[date, date]:
    """The next such weekday, today included, and the last one before today."""
    day = weekday(_ALONE[found["weekday"]])
    yesterday = setting.today - timedelta(days=1)
    return setting.today + relativedelta(weekday=day(1)), yesterday + relativedelta(weekday=day(-1))


def _weekday(found: re.Match[str], setting: Setting) -> Readings:
    """On a Friday, "Friday" may be today or in a week."""
    ahead, back = _coming(found, setting)
    if ahead == setting.today and not found["this"]:
        return Readings((ahead, ahead + timedelta(7)), (back,), "day_two_ways")
    return Readings((ahead,), (back,))


def _next_weekday(found: re.Match[str], setting: Setting) -> Readings:
    ahead, back = _coming(found, setting)
    of_next_week = _monday(setting.today, 1) + timedelta(_ALONE[found["weekday"]])
    if ahead in (setting.today, of_next_week):
        return Readings((of_next_week,), (back,))
    return Readings((ahead, of_next_week), (back,), "day_two_ways")


def _last_weekday(found: re.Match[str], setting: Setting) -> Readings:
    return fixed(_coming(found, setting)[1])


def _weekday_and_weeks(found: re.Match[str], setting: Setting) -> Readings:
    """ "lundi en huit", "Monday week": the Monday after the coming one."""
    ahead, back = _coming(found, setting)
    later = ahead + timedelta(14 if "quinze" in found[0] else 7)
    if ahead == setting.today:
        return Readings((later, later + timedelta(7)), (back,), "day_two_ways")
    return fixed(later)


def _weekday_of_next_week(found: re.Match[str], setting: Setting) -> Readings:
    return fixed(_monday(setting.today, 1) + timedelta(_ALONE[found["weekday"]]))


def _this_week(_found: re.Match[str], setting: Setting) -> Readings:
    friday = _monday(setting.today, 0) + timedelta(4)
    return fixed(friday, setting.today) if friday >= setting.today else unreadable("day_vague")


def _next_week(_found: re.Match[str], setting: Setting) -> Readings:
    monday = _monday(setting.today, 1)
    return fixed(monday + timedelta(4), monday)


def _numbered_week(found: re.Match[str], setting: Setting) -> Readings:
    years = range(setting.today.year - 1, setting.today.year + 2)
    readings = nearest((_friday_of(year, int(found["week"])) for year in years), setting.today)
    clear = len(readings.ahead) == 1
    begins = max(readings.ahead[0] - timedelta(4), setting.today) if clear else None
    return Readings(readings.ahead, readings.back, readings.problem, begins)


def _friday_of(year: int, week: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, 5)
    except ValueError:
        return None


def _vague(_found: re.Match[str], _setting: Setting) -> Readings:
    return unreadable("day_vague")


def _monday(today: date, weeks: int) -> date:
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


_WEEKDAY = f"(?P<weekday>{either(_ALONE)})(?![a-z])\\.?"
_COUNT = f"(?P<count>[0-9]{{1,3}}|{either(NUMBERS)})"
_UNIT = (
    r" ?-?(?P<working>working |business )?"
    r"(?P<unit>jours?|days?|j|d|semaines?|weeks?|sem|wks?|mois|months?|heures?|hours?|hrs?|h|fortnights?)"
    r"(?![a-z0-9])(?P<ouvres> ?(?:ouvres?|ouvrables?))?"
)

COUNTED: Forms = forms(
    (
        r"(?<![a-z])(?:d'ici(?: a)?|sous|dans|within|in|under)(?: les| the next)? " + _COUNT + _UNIT,
        _counted,
    ),
    (rf"(?<![a-z0-9]){_COUNT}{_UNIT} from (?:now|today)", _counted),
    (r"(?<![a-z])[jd] ?\+ ?(?P<count>[0-9]{1,3})(?![0-9])", _so_many_days),
    (r"(?<![a-z])(?:sous|dans|d'ici)(?: une)? (?:huitaine|quinzaine)(?: de jours)?(?![a-z])", _fortnight),
    (
        rf"(?<![a-z])(?:the )?(?:{either(word.replace(' ', '[ -]') for word in _NEAR)}|aujourd'hui)(?![a-z])",
        _near,
    ),
    (rf"(?<![a-z]){_WEEKDAY} en (?:huit|quinze)(?![a-z])", _weekday_and_weeks),
    (
        rf"(?<![a-z]){_WEEKDAY} (?:(?:de )?(?:la )?semaine pro(?:chaine)?|(?:of )?next week)(?![a-z])",
        _weekday_of_next_week,
    ),
    (rf"(?<![a-z]){_WEEKDAY} week(?![a-z]| ?[0-9])", _weekday_and_weeks),
    (rf"(?<![a-z]){_WEEKDAY} (?:dernier|passe)(?![a-z])", _last_weekday),
    (rf"(?<![a-z])last {_WEEKDAY}", _last_weekday),
    (rf"(?<![a-z])(?:{_WEEKDAY} prochain)(?![a-z])", _next_weekday),
    (rf"(?<![a-z])next {_WEEKDAY}", _next_weekday),
    (rf"(?<![a-z])(?P<this>ce |this )?{_WEEKDAY}", _weekday),
    (
        r"(?<![a-z])(?:(?:en )?(?:debut|milieu)(?: de)?(?: la)? semaine(?: pro(?:chaine)?)?"
        r"|(?:early|beginning of|start of|mid)[ -](?:next |the |this )?week)(?![a-z])",
        _vague,
    ),
    (
        r"(?<![a-z])(?:(?:fin )?(?:de )?(?:la )?semaine pro(?:chaine)?|(?:end of )?next week)(?![a-z])",
        _next_week,
    ),
    (
        r"(?<![a-z])(?:fin (?:de )?(?:la |cette )?semaine|cette semaine|end of (?:this |the )?week|this week"
        r"|eow)(?![a-z])",
        _this_week,
    ),
    (
        r"(?<![a-z0-9])(?:(?:semaine|sem|week|wk)\.? ?(?:n[o°] ?)?|[sw])(?P<week>[0-9]{1,2})(?![0-9a-z/%])",
        _numbered_week,
    ),
)
