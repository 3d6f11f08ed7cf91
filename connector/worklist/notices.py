"""What a person has to do for a whole company before something stops: announced ahead. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

#: Our access is announced to end so long ahead.
AHEAD = timedelta(days=30)


class NoticeName(StrEnum):
    """What will stop the company unless somebody acts."""

    ACCESS_ENDS = "access_ends"  # what was granted to us in the host ends by itself


@dataclass(frozen=True, slots=True)
class CompanyNotice:
    """One announcement: what will stop, on which day, in which company, read through which host."""

    name: NoticeName
    on: date
    company: str
    host: str


def access_notice(until: date | None, today: date, company: str, host: str) -> CompanyNotice | None:
    """The announcement that our access ends on ``until``, from 30 days before; None for an end that is far,
    or for none."""
    if until is None or until - today > AHEAD:
        return None
    return CompanyNotice(NoticeName.ACCESS_ENDS, until, company, host)
