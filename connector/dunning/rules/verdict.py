"""What a rule answers when it applies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from connector.model import Action

_NO_FIGURES: Mapping[str, object] = {}
# once: see ``case``
_WAIT, _HOLD = Action.WAIT, Action.HOLD


class Verdict(NamedTuple):
    """What follows, the next day on which that can change by itself (None: only new facts can), and the
    figures that the rule saw; they become the words of the explanation."""

    action: Action
    wake_on: date | None = None
    seen: Mapping[str, object] = _NO_FIGURES


def wait(until: date | None, **seen: object) -> Verdict:
    """Time, or a fact that is sure to come, changes the answer."""
    return Verdict(_WAIT, until, seen)


def hold(until: date | None = None, **seen: object) -> Verdict:
    """A person or the host must change something first."""
    return Verdict(_HOLD, until, seen)


def follow_up(**seen: object) -> Verdict:
    """A person is asked to act."""
    return Verdict(Action.FOLLOW_UP, None, seen)
