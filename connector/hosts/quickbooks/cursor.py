"""Where a pull stands, as the JSON text that the store keeps.

``mark`` is QuickBooks' own time of the last answer. The next pull asks a little further back, for what shows
late, and passes over what it has ``seen``: all that changed lately is reported again and again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

_VERSION = 1
#: How far each pull reaches back.
OVERLAP = timedelta(minutes=5)


@dataclass(slots=True)
class Cursor:
    """``scope`` names company and mapping: a cursor of another scope is worth nothing."""

    scope: str
    mark: str = ""
    seen: list[str] = field(default_factory=list)
    # a first pull in progress; ``stage`` is empty between two
    stage: str = ""
    after: str = ""  # when the last object that was given was made
    horizon: str = ""

    def dump(self) -> str:
        table = {"v": _VERSION, **{each.name: getattr(self, each.name) for each in fields(self)}}
        return json.dumps(table, separators=(",", ":"))

    @property
    def since(self) -> datetime:
        """From when on changes are asked for."""
        return moment(self.mark) - OVERLAP

    def move(self, mark: str, rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Go on from ``mark``; these objects (with their entities) were given, and some will be reported
        again."""
        self.mark = mark
        kept = (name_of(entity, row) for entity, row in rows if moment(updated(row)) >= self.since)
        self.seen = sorted(set(kept))


def load(text: str | None, scope: str) -> Cursor | None:
    """Return the cursor, None when there is none, or it is of another scope or format."""
    table = json.loads(text) if text else {}
    if table.pop("v", None) != _VERSION or table.get("scope") != scope:
        return None
    return Cursor(**table)


def name_of(entity: str, row: dict[str, Any]) -> str:
    """What tells a state of an object from all others: all that it says. Balances move without a new
    SyncToken, and what happens twice in a second has one moment."""
    told = json.dumps(row, sort_keys=True, default=str).encode()
    return f"{entity}/{row['Id']}/{hashlib.blake2b(told, digest_size=8).hexdigest()}"


def updated(row: dict[str, Any]) -> str:
    """When an object was last changed, as QuickBooks writes it; the epoch where it does not say."""
    return str((row.get("MetaData") or {}).get("LastUpdatedTime") or "1970-01-01T00:00:00+00:00")


def created(row: dict[str, Any]) -> str:
    """When it was made, as QuickBooks writes it."""
    return str((row.get("MetaData") or {}).get("CreateTime") or "1970-01-01T00:00:00+00:00")


def written(at: datetime) -> str:
    """A moment as it is sent: seconds, in UTC, and saying so."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """A moment as QuickBooks writes it, always with an offset; without one it counts as UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
