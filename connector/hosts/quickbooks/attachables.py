"""Our journal: notes attached to an invoice and to its customer at once, never sent along with an invoice.

Writing one is free, looking for one is billed, so a note is only looked for when nobody knows whether it was
written. Its mark stands at its end, and the ``requestid`` of its making is derived from its key: made again
it is the same. As QuickBooks answers so after a person deleted the note too, a generation is counted in it:
of one that was looked for and is not there, the next generation is made.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.errors import Conflict, Refused
from connector.hosts.plain_text import Item, cut, length
from connector.hosts.quickbooks.client import LONGEST_REQUEST_ID
from connector.hosts.quickbooks.query import select
from connector.hosts.quickbooks.reading import Reader
from connector.hosts.quickbooks.refs import entity_of
from connector.hosts.quickbooks.refusals import Missing, Repeated
from connector.hosts.quickbooks.words import words
from connector.ports import Written

Row = Mapping[str, Any]

#: Characters of a note that QuickBooks takes.
LONGEST = 2_000
#: How often a note may have been deleted and made again.
_GENERATIONS = 5


@dataclass(frozen=True, slots=True)
class Journal:
    reader: Reader

    def write(self, items: Sequence[Item], again: Collection[str]) -> Iterator[Written]:
        """Attach each note; those ``again`` are looked for first. Raises HostError for the whole host."""
        owners = self.reader.owners.of({item.on.id for item in items if _entity(item) == "Invoice"})
        there = self._look([item for item in items if item.key in again])
        unsure = []
        for item in items:
            if not _is_there(item, owners):
                yield Written(
                    item.key, error=Missing(f"there is no {item.on.kind} {item.on.id} in QuickBooks")
                )
            elif item.key in there:
                yield Written(item.key, there[item.key])
            elif item.key in again or (written := self._made(item, 0, owners)) is None:
                unsure.append(item)
            else:
                yield written
        yield from self._make_sure(unsure, owners)

    def _make_sure(self, items: Sequence[Item], owners: Mapping[str, str]) -> Iterator[Written]:
        """Make each note, and look whether it is there: if not, it was made before and deleted since."""
        for generation in range(_GENERATIONS):
            unsure = []
            for item in items:
                written = self._made(item, generation, owners)
                if written is not None and written.error is not None:
                    yield written
                else:
                    unsure.append(item)
            there = self._look(unsure)
            yield from (Written(item.key, there[item.key]) for item in unsure if item.key in there)
            items = [item for item in unsure if item.key not in there]
        for item in items:
            yield Written(item.key, error=Refused(f"the note was deleted {_GENERATIONS} times in QuickBooks"))

    def _made(self, item: Item, generation: int, owners: Mapping[str, str]) -> Written | None:
        """Make a note; None when another was made in its place before. It hangs on its invoice alone where
        the customer will not do (he was merged with another, or made inactive)."""
        both = _targets(item, owners)
        try:
            try:
                return self._post(item, generation, both)
            except Missing:
                if len(both) == 1:
                    raise
                return self._post(item, generation, both[:1])
        except Repeated:
            return None
        except (Refused, Conflict) as error:
            return Written(item.key, error=error)

    def _post(self, item: Item, generation: int, targets: Sequence[Row]) -> Written:
        body = {"Note": self._text(item), "AttachableRef": targets}
        same = request_id("note", item.key, generation)
        answer = self.reader.client.post("attachable", body, request_id=same)
        return Written(item.key, _ref(answer["Attachable"]))

    def _text(self, item: Item) -> str:
        tail = f" [{item.mark}]"
        return cut(item.text, LONGEST - length(tail), words(self.reader.settings.language)["cut"]) + tail

    def _look(self, items: Sequence[Item]) -> dict[str, str]:
        """The refs of the notes that are there, by key: a billed call for 25 of them."""
        asked = [select("Attachable", ("Note", "like", f"%[{item.mark}]%")) for item in items]
        answers = self.reader.client.queries(asked) if asked else []
        found: dict[str, str] = {}
        for item, rows in zip(items, answers, strict=True):
            refs = [_ref(row) for row in rows if _is_on(row, item)]
            found |= {item.key: min(refs)} if refs else {}
        return found


def request_id(what: str, *parts: object) -> str:
    """A ``requestid`` that is the same for the same parts; without any, one of its own: a change names the
    version that it changes, so it only has to be known again by its own repetitions."""
    told = "\n".join(("relance", what, *map(str, parts or (uuid.uuid4(),))))
    return f"relance-{hashlib.sha256(told.encode()).hexdigest()}"[:LONGEST_REQUEST_ID]


def _targets(item: Item, owners: Mapping[str, str]) -> list[Row]:
    """What a note hangs on: the record that it is about, and of an invoice its customer."""
    on = [entity_of(item.on)]
    if _entity(item) == "Invoice":
        on.append(("Customer", owners[item.on.id]))
    return [{"IncludeOnSend": False, "EntityRef": {"type": each[0], "value": each[1]}} for each in on if each]


def _entity(item: Item) -> str | None:
    found = entity_of(item.on)
    return found[0] if found else None


def _is_there(item: Item, owners: Mapping[str, str]) -> bool:
    entity = _entity(item)
    return item.on.id in owners if entity == "Invoice" else entity is not None


def _is_on(row: Row, item: Item) -> bool:
    """Whether a note hangs on what the item is about; a copy of it may hang on something else."""
    entity, number = entity_of(item.on) or ("", "")
    refs = (each.get("EntityRef") or {} for each in row.get("AttachableRef") or ())
    return any(
        (str(ref.get("type")).lower(), str(ref.get("value"))) == (entity.lower(), number) for ref in refs
    )


def _ref(row: Row) -> str:
    return f"attachable/{row['Id']}"
