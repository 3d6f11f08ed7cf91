"""Comments below an invoice: seen by all who look at it, and neither listed nor deleted by the API.

The endpoint is younger than its specification, so its path is a setting and the key of its body is found out:
a blank comment is refused for being blank where the key is right, and for its key where it is wrong. So that
a comment is not made twice, each one is noted in the memo before and after it is sent; one whose end was not
seen is handed on to the customer's notes, where it can be seen whether it stands.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from connector.errors import Conflict, HostError, Refused
from connector.hosts.pennylane.reading import Reader
from connector.hosts.pennylane.refusals import Forbidden, Missing, WrongKeys
from connector.hosts.plain_text import Item
from connector.model import Kind
from connector.ports import Written

log = structlog.get_logger()

#: What the key of the body may be called, the likeliest first.
KEYS = ("content", "body", "text", "comment", "message")
LONGEST = 10_000
#: An endpoint that was not there is looked for again after this.
_LOOK_AGAIN = timedelta(days=1)
#: How many comments that were made are remembered: only the last ones can be asked about again.
_REMEMBERED = 500
_TRYING = "?"


@dataclass(frozen=True, slots=True)
class Way:
    """How comments are made here, or why they are not: ``key`` is empty then."""

    key: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Comments:
    reader: Reader

    def write(self, items: Sequence[Item], again: Collection[str], left: list[Item]) -> Iterator[Written]:
        """Comment on invoices. Raises Unavailable when the end of a call was not seen."""
        for rank, item in enumerate(items):
            if item.on.kind is not Kind.INVOICE:
                left.append(item)
                continue
            known = self._journal().get(item.mark)
            if known is not None and known != _TRYING:
                yield Written(item.key, known)
                continue
            if known == _TRYING and item.key in again:
                left.append(item)  # it may stand there: nobody can look
                continue
            try:
                way = self.way(item.on.id)
            except Missing as gone:
                yield Written(item.key, error=gone)
                continue
            if not way.key:
                left.extend(items[rank:])
                return
            yield from self._write(item, way, left)

    def _write(self, item: Item, way: Way, left: list[Item]) -> Iterator[Written]:
        self._note(item.mark, _TRYING)
        try:
            made = self.reader.client.post(self._path(item.on.id), {way.key: item.text[:LONGEST]})
        except HostError as error:
            if not getattr(error, "maybe_done", False):
                self._note(item.mark, None)
            if not isinstance(error, Refused | Conflict):
                raise
            yield from self._refused(item, error, left)
            return
        number = made.get("id") if isinstance(made, dict) else None
        ref = f"comment/{number or item.mark}"
        self._note(item.mark, ref)
        yield Written(item.key, ref)

    def _refused(self, item: Item, error: HostError, left: list[Item]) -> Iterator[Written]:
        """Nothing was made: another place may take it, unless its invoice is gone."""
        if isinstance(error, Missing) and self._is_gone(item.on.id):
            yield Written(item.key, error=error)
            return
        if isinstance(error, Missing | WrongKeys | Forbidden):
            self._forget(str(error))
        log.warning("comment refused", host="pennylane", why=str(error))
        left.append(item)

    # the way -------------------------------------------------------------------------------------------
    def way(self, invoice: str, *, anew: bool = False) -> Way:
        """How comments are made, found out on this invoice without making one. Raises Missing when there is
        no such invoice, Unavailable."""
        text = None if anew else self.reader.memo.get(self.reader.name("comments"))
        if text:
            known = json.loads(text)
            if known["key"] or self.reader.clock() < datetime.fromisoformat(known["until"]):
                return Way(known["key"], known["why"])
        found = self._find_out(invoice)
        return self._keep(found)

    def _find_out(self, invoice: str) -> Way:
        fixed = self.reader.settings.comment_key
        todo, tried = [fixed] if fixed else list(KEYS), set[str]()
        why = ""
        while todo:
            key = todo.pop(0)
            tried.add(key)
            try:
                self.reader.client.post(self._path(invoice), {key: " "})
            except WrongKeys as wrong:
                why = str(wrong)
                hints = () if fixed else wrong.named  # it may name the key that it misses
                todo = [*(hint for hint in hints if hint not in tried), *(k for k in todo if k not in hints)]
            except Missing as missing:
                if self._is_gone(invoice):
                    raise
                return Way("", str(missing))
            except Forbidden as forbidden:
                return Way("", str(forbidden))
            except Refused:  # for being blank: the key is right
                return Way(key)
            else:
                return Way(key)
        return Way("", why)

    def _keep(self, way: Way) -> Way:
        until = self.reader.clock() + _LOOK_AGAIN
        table = {"key": way.key, "why": way.why, "until": until.isoformat()}
        self.reader.memo[self.reader.name("comments")] = json.dumps(table)
        return way

    def _forget(self, why: str) -> None:
        self._keep(Way("", why))

    def _path(self, invoice: str) -> str:
        return self.reader.settings.comment_path.format(id=invoice)

    def _is_gone(self, invoice: str) -> bool:
        return self.reader.client.one(f"customer_invoices/{invoice}") is None

    # what was sent -------------------------------------------------------------------------------------
    def _journal(self) -> dict[str, str]:
        text = self.reader.memo.get(self.reader.kept("commented"))
        found: dict[str, str] = json.loads(text) if text else {}
        return found

    def _note(self, mark: str, ref: str | None) -> None:
        """Remember that a comment is being made (``?``), which one it is, or that it was not made."""
        journal: dict[str, Any] = self._journal()
        journal.pop(mark, None)
        if ref is not None:
            journal[mark] = ref
        made = [each for each, ref_ in journal.items() if ref_ != _TRYING]
        for each in made[:-_REMEMBERED]:
            del journal[each]
        self.reader.memo[self.reader.kept("commented")] = json.dumps(journal, separators=(",", ":"))
