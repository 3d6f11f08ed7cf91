"""The tree of errors, sorted by what the caller does next.

    RelanceError
    +-- ConfigError        the user mends the configuration; carries every problem at once
    +-- SafetyStop         the world looks wrong; a person must agree before we go on
    +-- Interrupted        a person or the system asked us to end; what was done stays done
    +-- Busy               another process does this work: leave it to that one
    +-- StoreError         the database cannot be used; its message says why and what to do
    +-- TemplateError      a text cannot be rendered; names file and line
    +-- MappingError       one record cannot be read; it is set aside and its customer held
    +-- HostError          the host said no
    |   +-- Unavailable    try again later (network, overload, restart)
    |   |   +-- RateLimited    ... and not before ``after`` seconds
    |   +-- Unauthorized   stop this company and tell a person
    |   +-- Conflict       the record changed under us: read it again
    |   +-- Refused        note it; asking again will not help
    +-- DeliveryError      a channel said no
        +-- Undeliverable      this address or message never will
        +-- ChannelUnavailable  later, perhaps

Every message names the place and the remedy, and never holds a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class RelanceError(Exception):
    """Any error that this program raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a configuration: where (``scenario[0].step[1].day``), what, and the remedy.

    ``line`` counts from 1; None where no line can be told.
    """

    file: str
    path: str
    message: str
    remedy: str = ""
    line: int | None = None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        where = f"{where}: {self.path}" if self.path else where
        return f"{where}: {self.message}" + (f" - {self.remedy}" if self.remedy else "")


class ConfigError(RelanceError):
    """The configuration cannot be used; ``problems`` lists all that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class SafetyStop(RelanceError):
    """Something looks so wrong that nothing may leave until a person has looked."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.remedy = remedy


class Interrupted(RelanceError):
    """The work was ended between two steps on request; the next run goes on from here."""


class Busy(RelanceError):
    """Another process does this work at the moment; the message names it."""


class StoreError(RelanceError):
    """The store cannot be read or written."""


class TemplateError(RelanceError):
    """A template is missing or cannot be rendered."""

    def __init__(self, file: str, line: int | None, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")
        self.file, self.line = file, line


class MappingError(RelanceError):
    """A host record does not fit the model. ``field`` is ours, ``reason`` says what was found."""

    def __init__(self, kind: str, ref: str, field: str, reason: str) -> None:
        super().__init__(f"{kind} {ref}: {field}: {reason}")
        self.kind, self.ref, self.field, self.reason = kind, ref, field, reason


class HostError(RelanceError):
    """The host could not or would not answer."""


class Unavailable(HostError):
    """No usable answer. ``maybe_done`` is True when a write may have been carried out all the same."""

    def __init__(self, message: str, *, maybe_done: bool = False) -> None:
        super().__init__(message)
        self.maybe_done = maybe_done


class RateLimited(Unavailable):
    """Too many calls; ``after`` is the number of seconds the host asked us to wait."""

    def __init__(self, message: str, *, after: float = 60.0) -> None:
        super().__init__(message)
        self.after = after


class Unauthorized(HostError):
    """The credentials are wrong, expired, or lack a right."""


class Conflict(HostError):
    """The record changed or vanished since it was read."""


class Refused(HostError):
    """The host understood and refused."""


class DeliveryError(RelanceError):
    """A channel could not deliver."""


class Undeliverable(DeliveryError):
    """This message to this address will never be accepted."""


class ChannelUnavailable(DeliveryError):
    """The channel cannot take messages now."""
