"""Where a pull stands, as the JSON text that the store keeps.

A mark per kind is the newest ``write_date`` seen, but not later than the moment at which the pull began to
read that kind. The next pull asks for what was saved since the mark less the overlap, and passes over the
rows that ``seen`` says were read before as they are now: a quiet pull costs one call a kind.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

Row = dict[str, Any]

_FORMAT = "%Y-%m-%d %H:%M:%S"
_VERSION = 1


@dataclass(slots=True)
class Cursor:
    """``scope`` names company and mapping: a cursor of another scope is worth nothing."""

    scope: str
    marks: dict[str, str] = field(default_factory=dict)
    seen: dict[str, dict[str, str]] = field(default_factory=dict)  # kind -> id -> digest of the row
    tasks: dict[str, str] = field(default_factory=dict)  # open activities: id -> digest of the row
    ours: dict[str, list[Any]] = field(default_factory=dict)  # those of ours: see journal.OurTasks
    unranked: list[int] = field(default_factory=list)  # customers whom Odoo does not rank as such
    meant: str = ""  # digest of what the tags meant when the customers were read
    # a pull in progress; ``stage`` is empty between two
    stage: str = ""
    last: int = 0
    full: bool = False
    horizon: str = ""
    mail_since: str = ""
    high: dict[str, str] = field(default_factory=dict)
    began: dict[str, str] = field(default_factory=dict)

    def dump(self) -> str:
        table = {"v": _VERSION, **{each.name: getattr(self, each.name) for each in fields(self)}}
        return json.dumps(table, separators=(",", ":"))

    def since(self, kind: str, overlap: timedelta) -> str:
        """From when on rows of this kind are asked for."""
        return earlier(self.marks[kind], overlap)


def load(text: str | None, scope: str) -> Cursor | None:
    """Return the cursor, None when there is none, or it is of another scope or format."""
    table = json.loads(text) if text else {}
    if table.pop("v", None) != _VERSION or table.get("scope") != scope:
        return None
    return Cursor(**table)


def earlier(moment: str, by: timedelta) -> str:
    """Odoo's notation of a moment, moved back."""
    return (datetime.strptime(moment, _FORMAT) - by).strftime(_FORMAT)  # noqa: DTZ007 - UTC by contract


def written(moment: datetime) -> str:
    """A moment in Odoo's notation: UTC, to the second."""
    return moment.strftime(_FORMAT)


class Window:
    """The rows read of a kind that the next pull will be shown again, by id."""

    def __init__(self, overlap: timedelta) -> None:
        self._overlap = overlap
        self._start = ""
        self._rows: dict[str, tuple[str, str]] = {}

    def saw(self, rows: Iterable[Row]) -> None:
        for row in rows:
            saved = row["write_date"] or ""
            if saved >= self._start:
                self._rows[str(row["id"])] = (saved, digest(row))

    def since(self, mark: str) -> dict[str, str]:
        """What to remember: the rows that the next pull's window holds."""
        start = earlier(mark, self._overlap)
        return {key: text for key, (saved, text) in self._rows.items() if saved >= start}

    def trim(self, mark: str) -> None:
        """Forget what no later mark can bring back into the window."""
        self._start = max(self._start, earlier(mark, self._overlap))
        self._rows = {key: row for key, row in self._rows.items() if row[0] >= self._start}


def digest(row: Row) -> str:
    """A short digest of a raw row, its write_date included."""
    return hashlib.blake2b(repr(row).encode(), digest_size=8).hexdigest()
