"""Where a pull stands, as the JSON text that the store keeps.

A mark per kind is the moment of the last change that was read (``processed_at`` in its changelog). The next
pull asks a little further back, and passes over the changes in ``seen``: nobody says whether the feed begins
with the moment that is asked for, or after it. A quiet pull costs one call a kind.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

_VERSION = 1
#: How far each pull reaches back: longer than a change may take to show in the feed.
OVERLAP = timedelta(seconds=60)


@dataclass(slots=True)
class Cursor:
    """``scope`` names company and mapping: a cursor of another scope is worth nothing."""

    scope: str
    marks: dict[str, str] = field(default_factory=dict)
    seen: dict[str, list[str]] = field(default_factory=dict)
    bank: str = ""  # the day of the newest bank entry
    # a first pull in progress; ``stage`` is empty between two
    stage: str = ""
    last: int = 0
    horizon: str = ""

    def dump(self) -> str:
        table = {"v": _VERSION, **{each.name: getattr(self, each.name) for each in fields(self)}}
        return json.dumps(table, separators=(",", ":"))

    def since(self, kind: str) -> str:
        """From when on the changes of this kind are asked for."""
        return written(moment(self.marks[kind]) - OVERLAP)

    def note(self, kind: str, changes: list[dict[str, Any]]) -> None:
        """Move the mark to the last of these changes, which come in order."""
        if not changes:
            return
        self.seen[kind] = [*self.seen.get(kind, []), *map(name_of, changes)]
        self.reach(kind, str(changes[-1]["processed_at"]))

    def reach(self, kind: str, at: str) -> None:
        """Move the mark forward to a moment up to which all was read."""
        self.marks[kind] = max(self.marks.get(kind, ""), at)
        start = self.since(kind)
        seen = self.seen.get(kind, [])
        self.seen[kind] = sorted({text for text in seen if text.partition(" ")[0] >= start})


def load(text: str | None, scope: str) -> Cursor | None:
    """Return the cursor, None when there is none, or it is of another scope or format."""
    table = json.loads(text) if text else {}
    if table.pop("v", None) != _VERSION or table.get("scope") != scope:
        return None
    return Cursor(**table)


def name_of(change: dict[str, Any]) -> str:
    """What tells a change from all others."""
    return f"{change['processed_at']} {change['operation']} {change['id']}"


def written(at: datetime) -> str:
    """A moment as Pennylane writes it: UTC, microseconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
