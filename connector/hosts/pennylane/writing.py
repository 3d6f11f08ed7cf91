"""Writes our entries where Pennylane lets us: as comments, in customers' notes, as appendices.

There are no tasks: one that is written becomes a line with its day, and closing or moving it leaves nothing
to do. Each entry goes to the first place of ``settings.write_to`` that takes it; a place that cannot take an
entry (no such endpoint, no right, an outcome that was not seen) hands it on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from connector.errors import Refused
from connector.hosts.pennylane.appendix import Appendices
from connector.hosts.pennylane.comments import Comments
from connector.hosts.pennylane.notes import Notes
from connector.hosts.pennylane.reading import Reader
from connector.hosts.pennylane.settings import Place
from connector.hosts.plain_text import Item, item_of
from connector.ports import CloseTask, Entry, MoveTask, Note, Task, Written


class Writable(Protocol):
    """A place for entries."""

    def write(self, items: Sequence[Item], again: Collection[str], left: list[Item]) -> Iterator[Written]:
        """Write what can stand here and yield it; put the rest into ``left``. Raises HostError for what
        concerns the whole host."""
        ...


@dataclass(frozen=True, slots=True)
class Writer:
    reader: Reader

    def write(self, entries: Sequence[Entry], again: Collection[str]) -> Iterator[Written]:
        """See ``Host.write``. A task that was written has no ref: no pull will ever show it, and one that
        has a ref and is not shown counts as deleted by a person."""
        tasks = {entry.key for entry in entries if isinstance(entry, Task)}
        for entry in entries:
            if isinstance(entry, MoveTask | CloseTask):
                yield Written(entry.key)
        items = [item_of(entry) for entry in entries if isinstance(entry, Note | Task)]
        for written in self._write(items, again):
            yield replace(written, ref=None) if written.key in tasks else written

    def _write(self, items: list[Item], again: Collection[str]) -> Iterator[Written]:
        for name in self.reader.settings.write_to:
            if not items:
                return
            left: list[Item] = []
            yield from _place(name, self.reader).write(items, again, left)
            items = left
        for item in items:
            yield Written(item.key, error=Refused(_NOWHERE))


_NOWHERE = "no place in Pennylane takes our entries: `relance check` says why"


def _place(name: Place, reader: Reader) -> Writable:
    match name:
        case Place.COMMENT:
            return Comments(reader)
        case Place.NOTES:
            return Notes(reader)
        case Place.APPENDIX:
            return Appendices(reader)
