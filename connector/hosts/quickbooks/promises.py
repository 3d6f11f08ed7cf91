"""The day of a promise, on its invoice: in a custom field that the company set aside for it, else in a line
of its private note, else (closed books, no room) in a note attached to the invoice.

There are no tasks in QuickBooks, so which promise stands on which invoice is remembered in the memo. What a
person wrote in the field or the note is never touched: a field that holds something else is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import structlog

from connector.errors import Conflict, Refused
from connector.hosts.plain_text import Item, mark
from connector.hosts.quickbooks import private_note
from connector.hosts.quickbooks.attachables import request_id
from connector.hosts.quickbooks.reading import Reader
from connector.hosts.quickbooks.refusals import Closed, Missing, Stale
from connector.hosts.quickbooks.words import day, words
from connector.model import Kind, Ref
from connector.ports import CloseTask, MoveTask, Task, Written

Row = dict[str, Any]

log = structlog.get_logger()


class Spot(StrEnum):
    """Where the day of a promise may stand."""

    FIELD = "field"
    NOTE = "note"
    ATTACHED = "attached"


@dataclass(frozen=True, slots=True)
class Stood:
    """A promise that was written: the id of its invoice, its day (ISO), and where that stands."""

    invoice: str
    on: str
    spot: Spot


class _NotHereError(Exception):
    """The day cannot stand in that spot; ``args[0]`` is a key of the words, empty for no reason to tell."""


@dataclass(frozen=True, slots=True)
class Promises:
    reader: Reader

    def write(self, entries: Sequence[Task | MoveTask | CloseTask]) -> Iterator[Written | Item]:
        """Set, move and take out days, in this order; yield what became of each, or the note that is to be
        attached for it. One billed call reads the invoices. Raises HostError for the whole host."""
        ids = {_invoice_of(entry, self._stood()) for entry in entries} - {""}
        rows = self.reader.owners.read(ids)
        for entry in entries:
            stood = self._stood()  # which the entry before may have changed
            invoice = _invoice_of(entry, stood)
            if not invoice:  # never written, or its end was written already
                yield Written(entry.key)
            elif isinstance(entry, CloseTask):
                yield self._close(entry, stood[entry.task_key], rows)
            elif invoice not in rows:
                yield Written(entry.key, error=Missing(f"there is no invoice {invoice} in QuickBooks"))
            else:
                yield self._set(entry, invoice, rows)

    def forget(self, task_key: str) -> None:
        """A promise whose end was written."""
        self._note(task_key, None)

    @property
    def _name(self) -> str:
        return self.reader.name("promised")

    @property
    def _language(self) -> str:
        return self.reader.settings.language

    # setting -------------------------------------------------------------------------------------------
    def _set(self, entry: Task | MoveTask, invoice: str, rows: dict[str, Row]) -> Written | Item:
        key = _task_key(entry)
        why = "refused"
        for spot in self._spots(key):
            try:
                rows[invoice] = self._change(rows[invoice], self._with(spot, key, entry.due_on))
            except (Missing, Conflict) as error:
                return Written(entry.key, error=error)
            except _NotHereError as not_here:
                why = not_here.args[0] or why
            except Refused as refused:
                why = "closed" if isinstance(refused, Closed) else "refused"
                log.warning("promise date not on its invoice", invoice=invoice, error=str(refused))
            else:
                self._note(key, Stood(invoice, entry.due_on.isoformat(), spot))
                return Written(entry.key)
        self._note(key, Stood(invoice, entry.due_on.isoformat(), Spot.ATTACHED))
        text = self._words("promised_here", day=day(entry.due_on, self._language), why=self._words(why))
        return Item(entry.key, Ref(Kind.INVOICE, invoice), text, mark(entry.key))

    def _spots(self, key: str) -> list[Spot]:
        """Where a day may stand, the best first: where it stands already."""
        spots = [Spot.NOTE] if self.reader.settings.promise_field is None else [Spot.FIELD, Spot.NOTE]
        stood = self._stood().get(key)
        return sorted(spots, key=lambda spot: stood is None or spot is not stood.spot)

    def _with(self, spot: Spot, key: str, on: date) -> Callable[[Row], Row]:
        if spot is Spot.FIELD:
            return lambda row: self._field_with(row, on.isoformat())
        said = self._words("promised", day=day(on, self._language))
        return lambda row: _note_with(row, key, said)

    def _field_with(self, row: Row, on: str) -> Row:
        found = self._slot(row)
        if found is None:
            raise _NotHereError("")
        now = found.get("StringValue") or ""
        if now not in {"", on, *self._days_on(row["Id"]).values()}:
            raise _NotHereError("")  # a person wrote it
        return _fields(row, found, on) if now != on else {}

    # taking out ----------------------------------------------------------------------------------------
    def _close(self, entry: CloseTask, stood: Stood, rows: dict[str, Row]) -> Written | Item:
        """Take a day out, and say how the promise ended in a note. A day that a person wrote over stays."""
        stays = ""
        if stood.invoice not in rows:
            self.forget(entry.task_key)
            return Written(entry.key)
        try:
            change = self._without(stood, entry.task_key)
            rows[stood.invoice] = self._change(rows[stood.invoice], change)
        except Missing:
            self.forget(entry.task_key)
            return Written(entry.key)
        except Conflict as conflict:
            return Written(entry.key, error=conflict)
        except Refused as refused:
            why = "closed" if isinstance(refused, Closed) else "refused"
            log.warning("promise date not taken out", invoice=stood.invoice, error=str(refused))
            stays = self._words("stays", why=self._words(why))
        else:
            self._note(entry.task_key, replace(stood, spot=Spot.ATTACHED))
        on = day(date.fromisoformat(stood.on), self._language)
        text = self._words("ended", day=on, outcome=entry.feedback)
        text = f"{text}\n{stays}" if stays else text
        return Item(entry.key, Ref(Kind.INVOICE, stood.invoice), text, mark(entry.key))

    def _without(self, stood: Stood, key: str) -> Callable[[Row], Row]:
        match stood.spot:
            case Spot.FIELD:
                return lambda row: self._field_without(row, stood, key)
            case Spot.NOTE:
                return lambda row: _note_without(row, key)
            case Spot.ATTACHED:
                return lambda _row: {}

    def _field_without(self, row: Row, stood: Stood, key: str) -> Row:
        """The day of another promise that stands on that invoice comes back in its place."""
        found = self._slot(row)
        if found is None or found.get("StringValue") != stood.on:
            return {}
        others = [on for other, on in self._days_on(stood.invoice).items() if other != key]
        on = others[-1] if others else ""
        return _fields(row, found, on) if on != stood.on else {}

    # the invoice ---------------------------------------------------------------------------------------
    def _change(self, row: Row, change: Callable[[Row], Row]) -> Row:
        """Change an invoice as it is now: one that was saved since it was read is read again, once."""
        try:
            return self._save(row, change(row))
        except Stale:
            now: Row = self.reader.client.get(f"invoice/{row['Id']}")["Invoice"]
            return self._save(now, change(now))

    def _save(self, row: Row, values: Row) -> Row:
        if not values:
            return row
        body = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, **values}
        saved: Row = self.reader.client.post("invoice", body, request_id=request_id("promise"))["Invoice"]
        return saved

    def _slot(self, row: Row) -> Row | None:
        """The custom field of that invoice which is set aside for promises."""
        wanted = str(self.reader.settings.promise_field).strip().casefold()
        fields: Sequence[Row] = row.get("CustomField") or ()
        by_name = (each for each in fields if str(each.get("Name")).strip().casefold() == wanted)
        by_slot = (each for each in fields if str(each.get("DefinitionId")) == wanted)
        return next(by_name, None) or next(by_slot, None)

    # what is remembered --------------------------------------------------------------------------------
    def _stood(self) -> dict[str, Stood]:
        table = json.loads(self.reader.memo.get(self._name) or "{}")
        return {key: Stood(each["invoice"], each["on"], Spot(each["spot"])) for key, each in table.items()}

    def _note(self, task_key: str, now: Stood | None) -> None:
        """Remember where a promise stands now, as the last one; None: nowhere any more."""
        stood = self._stood()
        stood.pop(task_key, None)
        table = {key: asdict(each) for key, each in stood.items()}
        if now is not None:
            table[task_key] = asdict(now)
        self.reader.memo[self._name] = json.dumps(table, separators=(",", ":"))

    def _days_on(self, invoice: str) -> dict[str, str]:
        """The days that we put into the field of that invoice, by promise, the last one last."""
        here = (pair for pair in self._stood().items() if pair[1].invoice == invoice)
        return {key: stood.on for key, stood in here if stood.spot is Spot.FIELD}

    def _words(self, what: str, **values: str) -> str:
        return words(self._language)[what].format(**values)


def _task_key(entry: Task | MoveTask | CloseTask) -> str:
    return entry.key if isinstance(entry, Task) else entry.task_key


def _invoice_of(entry: Task | MoveTask | CloseTask, stood: Mapping[str, Stood]) -> str:
    """The id of the invoice that an entry is about; empty when nothing is known of it."""
    if isinstance(entry, Task):
        return entry.on.id
    known = stood.get(entry.task_key)
    return known.invoice if known else ""


def _fields(row: Row, changed: Row, value: str) -> Row:
    """All custom fields, as an update that names one of them may empty the others."""
    return {
        "CustomField": [
            {**each, "StringValue": value} if each is changed else each for each in row["CustomField"]
        ]
    }


def _note_with(row: Row, key: str, said: str) -> Row:
    before = row.get("PrivateNote") or ""
    after = private_note.with_line(before, row["Id"], key, said)
    if after is None:
        raise _NotHereError("no_room")
    return {"PrivateNote": after} if after != before else {}


def _note_without(row: Row, key: str) -> Row:
    before = row.get("PrivateNote") or ""
    after = private_note.without_line(before, row["Id"], key)
    return {"PrivateNote": after} if after != before else {}
