"""What a rule answers when it applies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from connector.model import Action


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows, the next day on which that can change by itself (None: only new facts can), and the
    figures that the rule saw; they become the words of the explanation."""

    action: Action
    wake_on: date | None = None
    seen: Mapping[str, object] = field(default_factory=dict)


def wait(until: date | None, **seen: object) -> Verdict:
    """Time, or a fact that is sure to come, changes the answer."""
    return Verdict(Action.WAIT, until, seen)


def hold(until: date | None = None, **seen: object) -> Verdict:
    """A person or the host must change something first."""
    return Verdict(Action.HOLD, until, seen)


def follow_up(**seen: object) -> Verdict:
    """A person is asked to act."""
    return Verdict(Action.FOLLOW_UP, None, seen)
