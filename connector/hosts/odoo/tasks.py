"""Finds our tasks again by the mark in their note, moves and closes them: those of the same day, or with the
same words, in one call."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from connector.errors import Conflict, Refused
from connector.hosts.odoo.batches import halved
from connector.hosts.odoo.client import OdooClient
from connector.hosts.odoo.join import marker, marker_in
from connector.hosts.odoo.journal import closing
from connector.hosts.odoo.knowledge import Knowledge
from connector.ports import CloseTask, MoveTask, Written

Row = dict[str, Any]
C = TypeVar("C", MoveTask, CloseTask)

#: Keys looked for in one call: each is a condition of its own over there.
_KEYS = 250


@dataclass(frozen=True, slots=True)
class Tasks:
    """Raises HostError."""

    client: OdooClient
    known: Knowledge

    def find(self, keys: Sequence[str]) -> dict[str, Row]:
        """Return the tasks of these keys, done ones too where Odoo keeps them."""
        wanted = list(dict.fromkeys(keys))
        found: dict[str, Row] = {}
        for start in range(0, len(wanted), _KEYS):
            found |= self._find(wanted[start : start + _KEYS])
        return found

    def _find(self, keys: Sequence[str]) -> dict[str, Row]:
        company = self.known.company_id
        marks = {marker(key, company).partition(":")[2].partition(":")[2]: key for key in keys}
        texts = [["note", "like", marker(key, company)] for key in keys]
        kept = {"active"} & self.known.described("mail.activity").keys()  # 16 deletes what is done
        rows: list[Row] = self.client.call(
            "mail.activity",
            "search_read",
            [*["|"] * (len(texts) - 1), *texts],
            fields=["note", *kept],
            order="id",
            context={**self.known.context, "active_test": False},
        )
        found = {marker_in(row["note"], company): row for row in rows}
        return {marks[mark]: row for mark, row in found.items() if mark in marks}

    def change(self, moves: Sequence[MoveTask], closes: Sequence[CloseTask]) -> Iterator[Written]:
        """Move and close tasks. One that is done already cannot move, and need not be closed."""
        found = self.find([*(entry.task_key for entry in moves), *(entry.task_key for entry in closes)])
        there = {key: int(row["id"]) for key, row in found.items() if row.get("active", True)}
        yield from self._move(moves, there)
        yield from self._close(closes, there, found)

    def _move(self, moves: Sequence[MoveTask], there: Mapping[str, int]) -> Iterator[Written]:
        for entry in moves:
            if entry.task_key not in there:
                yield Written(entry.key, error=Refused("the task is done or deleted in Odoo: it cannot move"))

        def write(entries: Sequence[MoveTask]) -> list[int]:
            ids = [there[entry.task_key] for entry in entries]
            values = {"date_deadline": entries[0].due_on.isoformat()}
            self.client.call("mail.activity", "write", ids, values, context=self.known.context)
            return ids

        for group in _alike(moves, there, lambda entry: entry.due_on):
            yield from halved(group, write)

    def _close(
        self, closes: Sequence[CloseTask], there: Mapping[str, int], found: Mapping[str, Row]
    ) -> Iterator[Written]:
        for entry in closes:
            if entry.task_key not in there:  # a person was faster: fine
                row = found.get(entry.task_key)
                yield Written(entry.key, str(row["id"]) if row else None)

        def give(entries: Sequence[CloseTask]) -> list[int]:
            ids = [there[entry.task_key] for entry in entries]
            said = closing(entries[0].feedback, self.known.company_id)
            named = {"feedback": said, "context": self.known.speaking}
            self.client.call("mail.activity", "action_feedback", list(dict.fromkeys(ids)), **named)
            return ids

        for group in _alike(closes, there, lambda entry: entry.feedback):
            refs = {entry.key: there[entry.task_key] for entry in group}
            for written in halved(group, give):
                gone = isinstance(written.error, Conflict)
                yield Written(written.key, str(refs[written.key])) if gone else written


def _alike(
    entries: Iterable[C], there: Mapping[str, int], by: Callable[[C], Hashable]
) -> Iterable[Sequence[C]]:
    groups: dict[Hashable, list[C]] = {}
    for entry in entries:
        if entry.task_key in there:
            groups.setdefault(by(entry), []).append(entry)
    return groups.values()
