"""What a person can say to us from inside the host, as data. Read from text by the rest of this package,
carried out by ``connector.pipeline.obey``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from connector.model import DisputeReason, PayerType, Segment


@dataclass(frozen=True, slots=True)
class SaysPromise:
    """The money is promised by a day. ``amount`` None: all that is owed on what the note stands on."""

    on: date
    amount: Decimal | None = None
    confirmed: bool = False  # said once more, after we asked: it is meant


@dataclass(frozen=True, slots=True)
class SaysDispute:
    """The customer does not agree; ``note`` is what the person wrote."""

    reason: DisputeReason
    note: str = ""


@dataclass(frozen=True, slots=True)
class SaysSettled:
    """The dispute is settled."""


@dataclass(frozen=True, slots=True)
class SaysWait:
    """Do not chase until a day (included), or until somebody resumes."""

    until: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class SaysResume:
    """Go on: ends a hold, and a customer's answer counts as read."""


@dataclass(frozen=True, slots=True)
class SaysExclude:
    """Never chase this by itself (``excluded`` False takes it back)."""

    excluded: bool = True


@dataclass(frozen=True, slots=True)
class SaysPlan:
    """A payment plan of so many equal parts, ``months`` or ``days`` apart. ``first_on`` None: one interval
    from today."""

    parts: int
    months: int = 0
    days: int = 0
    first_on: date | None = None


@dataclass(frozen=True, slots=True)
class SaysType:
    """How the customer pays, in a person's judgement."""

    payer_type: PayerType


@dataclass(frozen=True, slots=True)
class SaysSegment:
    segment: Segment


@dataclass(frozen=True, slots=True)
class SaysYes:
    """Agreed: the answer to a task that asks for consent."""


@dataclass(frozen=True, slots=True)
class SaysNo:
    """Refused, and why."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class SaysCallAgain:
    """Nobody was reached: call again on a day (None: the next time that it is due anyway)."""

    on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SaysPaid:
    """The customer says that it is paid: wait for the money, and look for it."""

    on: date | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SaysNothing:
    """A word that asks nothing of us: it goes into the history."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """It was meant for us and could not be read, or may mean several things: to be asked, never guessed.

    ``written`` is the piece of text, ``problem`` a code with a sentence in every language
    (``templates/<language>/orders.toml``), ``seen`` the figures of that sentence (``meant``: the readings
    between which a person must choose), ``allowed`` examples of what can be written instead.
    """

    written: str
    problem: str
    seen: tuple[tuple[str, str], ...] = ()
    allowed: tuple[str, ...] = ()


Saying: TypeAlias = (
    SaysPromise
    | SaysDispute
    | SaysSettled
    | SaysWait
    | SaysResume
    | SaysExclude
    | SaysPlan
    | SaysType
    | SaysSegment
    | SaysYes
    | SaysNo
    | SaysCallAgain
    | SaysPaid
    | SaysNothing
    | Unclear
)
