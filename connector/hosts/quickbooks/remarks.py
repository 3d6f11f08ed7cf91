"""What people write to us in QuickBooks: lines with a ``#`` in the private note of an invoice or in the notes
of a customer.

A line in a private note is about that invoice; one in the notes of a customer is about him, or about the
invoice whose number stands before it. What we wrote ourselves is passed over. See ``hosts.remarks`` for how a
line is known again; a line in which nothing but a figure follows the sign (``PO #4711``) is none.

The ref of a remark is ``invoice/130/2`` or ``customer/24/1``: the record that it stands in, and a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connector.hosts.quickbooks import private_note, standing
from connector.hosts.remarks import Said, dump, follow, lines_in, load, named
from connector.model import Kind
from connector.ports import Memo

Row = dict[str, Any]

_FIELDS = {Kind.INVOICE: "PrivateNote", Kind.CUSTOMER: "Notes"}
_ORDER = re.compile(r"[#\uff03] ?[^\W\d_]")
#: In place of an invoice that a line seems to name, and that its customer has not.
_NOWHERE = "-"

#: Given numbers of invoices and a customer's id: the ids of those that are his, by number. Raises HostError.
Numbered = Callable[[Collection[str], str], Mapping[str, str]]


@dataclass(slots=True)
class Remarks:
    """``name`` says where something lies in the memo; ``numbered`` costs a billed call and is asked once for
    each line that begins with a number."""

    memo: Memo
    name: Callable[[str], str]
    now: Callable[[], datetime]
    numbered: Numbered
    _known: set[str] | None = field(default=None, init=False)

    def of(self, kind: Kind, row: Row, author: Row) -> list[Row]:
        """Return the remarks in a raw Invoice or Customer of QuickBooks, as rows for the mapping: ``id``,
        ``on_kind``, ``on_id``, ``said_at``, ``author`` and ``text``. ``author`` (``id``, ``name``, ``email``)
        stands for the company, as nobody is named. Raises HostError."""
        place = f"{kind.value}/{row['Id']}"
        lines = _lines(kind, row)
        name = self.name(f"said.{place}")
        if not lines and name not in self._places():
            return []
        text = self.memo.get(name)
        kept, there = follow(load(text), lines, row["MetaData"]["LastUpdatedTime"], self.now())
        about = self._about(kind, str(row["Id"]), there)
        kept = [replace(said, on=about.get(said.number, said.on)) for said in kept]
        self._keep(name, text, dump(kept))
        numbers = {said.number for said in there}
        return [_remark(place, said, author) for said in kept if said.number in numbers]

    def _places(self) -> set[str]:
        """Where something is remembered, so that a record without lines costs no look."""
        if self._known is None:
            self._known = {name for name in self.memo if name.startswith(self.name("said."))}
        return self._known

    def _keep(self, name: str, before: str | None, now: str) -> None:
        self._places().add(name)
        if now != before:
            self.memo[name] = now

    def _about(self, kind: Kind, customer: str, said: Sequence[Said]) -> dict[int, str]:
        """Which invoice each line of a customer's notes names, by the number of the line; a dash for none."""
        if kind is not Kind.CUSTOMER:
            return {}
        asked = {one.number: number for one in said if not one.on and (number := named(one.line)[0])}
        ids = self.numbered(set(asked.values()), customer) if asked else {}
        return {line: ids.get(number, _NOWHERE) for line, number in asked.items()}


def _lines(kind: Kind, row: Row) -> list[str]:
    text = str(row.get(_FIELDS[kind]) or "")
    if kind is Kind.INVOICE:
        text = private_note.theirs(text)
        if standing.is_void(row):  # the word that QuickBooks put before the note is nobody's
            text = standing.VOIDED.sub("", text, count=1).lstrip(" :–-")
    return [line for line in lines_in(text.splitlines()) if _ORDER.search(line)]


def _remark(place: str, said: Said, author: Row) -> Row:
    kind, _, record = place.partition("/")
    about = said.on not in ("", _NOWHERE)
    return {
        "id": f"{place}/{said.number}",
        "on_kind": "invoice" if about else kind,
        "on_id": said.on if about else record,
        "said_at": said.at,
        "author": dict(author),
        "text": named(said.line)[1] if about else said.line,
    }
