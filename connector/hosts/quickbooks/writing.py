"""Writes our entries where QuickBooks lets us.

Notes are attached to their invoice and its customer. There are no tasks: the day of a promise stands on its
invoice, where it is moved and taken out again; any other task is a note with its day, and closing or moving
it leaves nothing to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connector.hosts.plain_text import Item, item_of
from connector.hosts.quickbooks.attachables import Journal
from connector.hosts.quickbooks.promises import Promises
from connector.hosts.quickbooks.reading import Reader
from connector.model import Kind
from connector.ports import CloseTask, Entry, MoveTask, Note, Task, TaskKind, Written


@dataclass(frozen=True, slots=True)
class Writer:
    reader: Reader

    def write(self, entries: Sequence[Entry], again: Collection[str]) -> Iterator[Written]:
        """See ``Host.write``. A task that was written has no ref: no pull will ever show it, and one that
        has a ref and is not shown counts as deleted by a person."""
        items: list[Item] = []
        dated: list[Task | MoveTask | CloseTask] = []
        for entry in entries:
            if isinstance(entry, Note) or (isinstance(entry, Task) and not _is_promise(entry)):
                items.append(item_of(entry))
            else:
                dated.append(entry)
        for outcome in Promises(self.reader).write(dated) if dated else ():
            if isinstance(outcome, Item):
                items.append(outcome)
            else:
                yield outcome
        notes = {entry.key for entry in entries if isinstance(entry, Note)}
        ends = {entry.key: entry for entry in entries if isinstance(entry, CloseTask)}
        for written in Journal(self.reader).write(items, again) if items else ():
            yield self._settled(written, notes, ends)

    def _settled(self, written: Written, notes: Collection[str], ends: Mapping[str, CloseTask]) -> Written:
        if written.key in ends:
            Promises(self.reader).forget(ends[written.key].task_key)
        return written if written.key in notes else replace(written, ref=None)


def _is_promise(task: Task) -> bool:
    return task.task is TaskKind.PROMISE and task.on.kind is Kind.INVOICE
