"""A story beside QuickBooks, entered by an app whose access is short and renewed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar

from connector.config import starter
from connector.sandbox.nouns import Document
from connector.sandbox.quickbooks import (
    CLIENT_ID,
    CLIENT_SECRET,
    TOKEN,
    QuickBooksOptions,
)
from connector.sandbox.server import SandboxOptions, build
from tests.system.crash.beside import CUSTOMERS, DOCUMENTS, Seen, alike

_SECRET = "RELANCE_TEST_SECRET"
_PLENTY = 1_000_000
#: Our line in a private note, with what we put before it.
_PROMISE = re.compile(r"(?:\r\n|\n)?\[(Relance[^\[\]]*) \([0-9a-f]{12}\)\]")
_MARK = re.compile(r" \[([0-9a-f]{10})\]$")


class QuickBooks:
    """See ``Beside``. The tokens of an app change at each renewal, and a dead one ends the whole grant."""

    name: ClassVar = "quickbooks"
    effects: ClassVar = (("write attachable", 6), ("write invoice", 2))
    before_pull: ClassVar = "cdc"
    before_look: ClassVar = "batch"
    renewal: ClassVar = TOKEN
    hurry: ClassVar = 60.0
    own_days: ClassVar = True
    knows_contacts: ClassVar = True

    def __init__(self, today: date, seed: int, *, promise_field: str = "") -> None:
        options = QuickBooksOptions(
            per_minute=_PLENTY, per_second=_PLENTY, batches=_PLENTY, rotate="always", reuse_revokes=True,
            access_life=timedelta(minutes=25),
        )  # fmt: skip
        self.sandbox = build(
            SandboxOptions(
                today=today, host="quickbooks", seed=seed, customers=CUSTOMERS, documents=DOCUMENTS,
                quickbooks=options,
            )
        )  # fmt: skip
        self._field = promise_field
        self._people = self.sandbox.quickbooks.people
        self._words = {each.serial: self._people.memo(each) for each in self._documents()}

    def describe(self, url: str, file: Path) -> Mapping[str, str]:
        text = starter(
            host="quickbooks", url=url, login=CLIENT_ID, key_env=_SECRET, company_id="exemple",
            company_name="Exemple SARL",
        )  # fmt: skip
        field = f'promise_field = "{self._field}"\n' if self._field else ""
        client = f'client_id = "{CLIENT_ID}"\n'
        assert text.count(client) == 1
        file.write_text(text.replace(client, client + field), encoding="utf-8")
        return {_SECRET: CLIENT_SECRET}

    def id_of(self, document: Document) -> str:
        return str(self._people.id_of(document))

    # what people do ------------------------------------------------------------------------------------
    def say(self, document: Document, text: str) -> None:
        self._write(document, lambda there: f"{there}\n{text}" if there else text)

    def jot(self, document: Document, text: str) -> None:
        self._write(document, lambda there: text + there)

    def _write(self, document: Document, change: Callable[[str], str]) -> None:
        """As in the window of the invoice, in which our line is shown too."""
        assert not self.harmed(), self.harmed()
        changed = change(self._people.memo(document))
        self._words[document.serial] = _without_ours(changed)
        self._people.write_memo(document, changed)

    def void(self, document: Document) -> None:
        memo, words = self._people.memo(document), self._words.get(document.serial, "")
        self.sandbox.ledger.cancel(document)
        self._words[document.serial] = f"Voided - {words}" if memo else "Voided"

    def take_back(self) -> None:
        self._people.disconnect()

    # what is left --------------------------------------------------------------------------------------
    def notes(self) -> Seen:
        return Counter((where, alike(_MARK.sub("", text))) for where, text in self._ours())

    def tasks(self) -> Seen:
        lines: Seen = Counter()
        for document in self._documents():
            lines.update((document.number, said) for said in _PROMISE.findall(self._people.memo(document)))
            if day := self._people.custom(document, 2):
                lines[document.number, day] += 1
        return lines

    def identities(self) -> dict[str, Counter[str]]:
        marks = (_MARK.search(text) for _, text in self._ours())
        claims = [text for text in self._texts(None) if "relance-claim:" in text]
        return {
            "notes": Counter(found[1] for found in marks if found),
            "claims": Counter("claim" for _ in claims),
            "promise lines": Counter(map(str, self.tasks().elements())),
        }

    def harmed(self) -> list[str]:
        found = []
        for each in self._documents():
            memo, words = _without_ours(self._people.memo(each)), self._words.get(each.serial, "")
            if memo != words:
                found.append(f"{each.number}: {words!r} became {memo!r}")
        return found

    def sent_by_host(self) -> tuple[list[str], Seen]:
        return [], Counter()

    def differences(self, calm: Any) -> str:
        ours, theirs = self.notes(), calm.notes()
        return "" if ours == theirs else f"too many: {ours - theirs}; missing: {theirs - ours}"

    def _ours(self) -> list[tuple[str, str]]:
        return [(each.number, text) for each in self._documents() for text in self._texts(each)]

    def _texts(self, on: Document | None) -> list[str]:
        return [str(one["Note"]) for one in self._people.attached(on) if one.get("Note")]

    def _documents(self) -> list[Document]:
        return [each for each in self.sandbox.ledger.documents() if each.number]


def _without_ours(memo: str) -> str:
    return _PROMISE.sub("", memo)
