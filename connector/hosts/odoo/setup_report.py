"""What ``relance setup odoo`` says of its work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """What became of one part. With ``dry_run``, what would."""

    MADE = "made"
    FOUND = "taken over"  # it was there under the same name, made by people
    WOKEN = "brought back"  # it was archived
    THERE = "there"
    REMOVED = "removed"
    ARCHIVED = "archived"  # it is in use
    LEFT = "left"  # it was not ours
    ABSENT = "absent"
    FAILED = "failed"


_UNCHANGED = (State.THERE, State.ABSENT)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One part and what became of it: ``kind`` and ``name`` in words; ``remedy`` says who can mend it."""

    kind: str
    name: str
    xml_id: str
    state: State
    note: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did. ``before`` and ``after``: what our user may do, in words -> yes or no."""

    outcomes: tuple[Outcome, ...]
    user: str
    before: Mapping[str, bool] = field(default_factory=dict)
    after: Mapping[str, bool] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return all(each.state is not State.FAILED for each in self.outcomes)

    @property
    def changed(self) -> bool:
        return any(each.state not in {*_UNCHANGED, State.FAILED} for each in self.outcomes)
