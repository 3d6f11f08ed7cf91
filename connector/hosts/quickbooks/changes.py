"""The change feed (CDC): one call says what became of all entities since a moment. Pure.

It reaches thirty days back and gives a thousand objects at most, deleted ones last, and says neither when it
has cut something off. Its counters are not to be trusted: they are not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from connector.hosts.quickbooks.standing import is_deleted

Row = dict[str, Any]

#: What is asked for, in the order in which records are given.
ENTITIES = ("Customer", "Invoice", "CreditMemo", "Payment", "Term")
#: As many objects mean that there may be more.
MOST = 1000
#: How far back it is trusted.
MEMORY = timedelta(days=29)


@dataclass(frozen=True, slots=True)
class Changes:
    """An answer: every object with its entity, and QuickBooks' time."""

    objects: tuple[tuple[str, Row], ...]
    time: str

    @property
    def may_be_cut(self) -> bool:
        return len(self.objects) >= MOST

    def but(self, seen: frozenset[str], name_of: Any) -> list[tuple[str, Row]]:
        """The objects that were not seen in this state before."""
        return [(entity, row) for entity, row in self.objects if name_of(entity, row) not in seen]


def changes_in(answer: Mapping[str, Any]) -> Changes:
    """Read an answer. Blocks of one entity may come in pieces, empty, or without positions."""
    found = [
        (entity, row)
        for part in answer.get("CDCResponse") or ()
        for block in part.get("QueryResponse") or ()
        for entity, rows in block.items()
        if entity in ENTITIES and isinstance(rows, list)
        for row in rows
    ]
    return Changes(tuple(found), str(answer.get("time") or ""))


def split(objects: list[tuple[str, Row]]) -> tuple[dict[str, dict[str, Row]], dict[str, set[str]]]:
    """What is there, by entity and id, and the ids of what was deleted."""
    there: dict[str, dict[str, Row]] = {}
    deleted: dict[str, set[str]] = {}
    for entity, row in objects:
        if is_deleted(row):
            deleted.setdefault(entity, set()).add(str(row["Id"]))
        else:
            there.setdefault(entity, {})[str(row["Id"])] = row
    return there, deleted
