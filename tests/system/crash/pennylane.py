"""A story beside Pennylane, entered by a partner's program whose access is short and renewed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar

from connector.config import starter
from connector.sandbox.nouns import Document, Party
from connector.sandbox.pennylane import PennylaneOptions
from connector.sandbox.pennylane.oauth import CLIENT_ID, CLIENT_SECRET
from connector.sandbox.server import SandboxOptions, build
from tests.system.crash.beside import CUSTOMERS, DOCUMENTS, Seen, alike

_SECRET = "RELANCE_TEST_SECRET"
#: Our block in the notes of a customer, with what we put before it where people had written.
_BLOCK = re.compile(
    r"(?:\r\n\r\n|\n\n)?=== Relance : [^\r\n]*\r?\n((?:│[^\r\n]*\r?\n)*)=== fin Relance ===", re.MULTILINE
)
_MARK = re.compile(r" ⟨([\w:=-]+)⟩$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2} ")


class Pennylane:
    """See ``Beside``. A refresh token is good for one use."""

    name: ClassVar = "pennylane"
    effects: ClassVar = (("write customer_invoices/{id}/comments", 6), ("write *_customers/{id}", 1))
    before_pull: ClassVar = "changelogs/customers"
    before_look: ClassVar = "changelogs/transactions"
    renewal: ClassVar = "/oauth/token"
    hurry: ClassVar = 1.0
    own_days: ClassVar = True
    knows_contacts: ClassVar = False

    def __init__(self, today: date, seed: int, *, write_to: tuple[str, ...] = ("comment", "notes")) -> None:
        options = PennylaneOptions(rate=1_000_000, access_life=timedelta(minutes=25))
        self.sandbox = build(
            SandboxOptions(
                today=today, host="pennylane", seed=seed, customers=CUSTOMERS, documents=DOCUMENTS,
                pennylane=options,
            )
        )  # fmt: skip
        self._write_to = write_to
        self._people = self.sandbox.pennylane.people
        self._words = {each.serial: each.notes for each in self._customers()}

    def describe(self, url: str, file: Path) -> Mapping[str, str]:
        text = starter(
            host="pennylane", url=url, key_env=_SECRET, company_id="exemple", company_name="Exemple SARL"
        )
        places = ", ".join(f'"{each}"' for each in self._write_to)
        partner = f'client_id = "{CLIENT_ID}"\nclient_secret = {{ env = "{_SECRET}" }}\nwrite_to = [{places}]'
        lines = [partner if line.startswith("token =") else line for line in text.splitlines()]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return {_SECRET: CLIENT_SECRET}

    def id_of(self, document: Document) -> str:
        return str(self._people.id_of(document))

    # what people do ------------------------------------------------------------------------------------
    def say(self, document: Document, text: str) -> None:
        notes = document.customer.payer.notes
        line = f"{document.number} {text}"
        self._write(document.customer.payer, f"{notes}\n{line}" if notes else line)

    def jot(self, document: Document, text: str) -> None:
        # on a line of its own: what stands first there depends on where our entries found room
        notes = document.customer.payer.notes
        self._write(document.customer.payer, f"{text}\n{notes}" if notes else text)

    def _write(self, customer: Party, notes: str) -> None:
        """As on the page of the customer, where our block is shown too."""
        assert not self.harmed(), self.harmed()
        self._words[customer.serial] = _BLOCK.sub("", notes)
        self.sandbox.ledger.note_customer(customer, notes)

    def void(self, document: Document) -> None:
        self.sandbox.ledger.cancel(document)

    def take_back(self) -> None:
        with self.sandbox.ledger.lock:
            tokens = self.sandbox.pennylane.tokens
            for value in [*tokens.known, *tokens.refreshes]:
                tokens.revoke(value)

    # what is left --------------------------------------------------------------------------------------
    def notes(self) -> Seen:
        """Those in the block of a customer; see ``comments``."""
        return Counter((where, text) for where, _, text in self._lines() if text)

    def comments(self) -> Seen:
        found: Seen = Counter()
        for document in self._documents():
            found.update((document.number, alike(_plain(text))) for text in self._people.comments(document))
        return found

    def tasks(self) -> Seen:
        return Counter()

    def identities(self) -> dict[str, Counter[str]]:
        marks = [mark for _, mark, _ in self._lines()]
        return {
            "notes": Counter(mark for mark in marks if not mark.startswith("claim:")),
            "claims": Counter("claim" for mark in marks if mark.startswith("claim:")),
        }

    def harmed(self) -> list[str]:
        found = []
        for each in self._customers():
            notes, words = _BLOCK.sub("", each.notes), self._words.get(each.serial, "")
            if notes != words:
                found.append(f"{each.name}: {words!r} became {each.notes!r}")
        return found

    def sent_by_host(self) -> tuple[list[str], Seen]:
        return [], Counter()

    def differences(self, calm: Any) -> str:
        """Comments cannot be looked for over there, so one whose end was not seen may stand in the notes of
        its customer too; it stands in neither place twice, and somewhere."""
        comments, expected = self.comments(), calm.comments()
        twice = comments - expected
        moved = Counter({key: 1 for key in expected - comments if not self._has_line(*key)})
        lines = {text for _, text in self.notes()}
        lost = [text for _, text in calm.notes() if text not in lines]
        surplus = [
            text
            for _, text in self.notes() - calm.notes()
            if not any(_shows(text, number, said) for number, said in expected)
        ]
        parts = {"too many": twice, "missing": moved, "lost": lost, "strange": surplus}
        return "; ".join(f"{what}: {which}" for what, which in parts.items() if which)

    def _has_line(self, number: str, text: str) -> bool:
        return any(_shows(line, number, text) for _, line in self.notes())

    def _lines(self) -> list[tuple[str, str, str]]:
        """The entries in our blocks: the customer, the mark, and the words on one line without their day; of
        a claim none."""
        found = []
        for customer in self._customers():
            block = _BLOCK.search(customer.notes)
            entries: list[str] = []
            for row in (block[1] if block else "").splitlines():
                if row.startswith("│   "):
                    entries[-1] += f"\n{row[2:]}"
                else:
                    entries.append(row[2:])
            for entry in entries:
                first, _, more = entry.partition("\n")
                mark = _MARK.search(first)
                text = _plain(_DAY.sub("", _MARK.sub("", first)) + f"\n{more}")
                assert mark is not None, entry
                claim = mark[1].startswith("claim:")
                found.append((customer.name, mark[1], "" if claim else alike(text)))
        return found

    def _documents(self) -> list[Document]:
        return [each for each in self.sandbox.ledger.documents() if each.number]

    def _customers(self) -> list[Party]:
        return list(self.sandbox.ledger.customers())


def _shows(line: str, number: str, text: str) -> bool:
    """Whether a line of a block, which may be cut, is that text about that invoice."""
    return text.startswith(line) or f"{number} · {text}".startswith(line)


def _plain(text: str) -> str:
    return " ".join(text.split())
