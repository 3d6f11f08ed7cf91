"""A story beside Odoo 16, 17, 18 or 19."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from connector.cli import run as in_this_process
from connector.sandbox.nouns import Document
from connector.sandbox.server import SandboxOptions, build
from tests.system.crash.beside import CUSTOMERS, DOCUMENTS, Seen

_KEY = "RELANCE_TEST_KEY"


class Odoo:
    """See ``Beside``."""

    name: ClassVar = "odoo"
    effects: ClassVar = (
        ("*mail.message.create", 1),
        ("*mail.activity.create", 1),
        ("*message_post", 2),
        ("*action_feedback", 1),
    )
    before_pull: ClassVar = "*search_read"
    before_look: ClassVar = "*search_read"
    renewal: ClassVar = ""
    hurry: ClassVar = 1.0
    own_days: ClassVar = False
    knows_contacts: ClassVar = True

    def __init__(self, version: int, today: date, seed: int) -> None:
        options = SandboxOptions(
            today=today, version=version, seed=seed, customers=CUSTOMERS, documents=DOCUMENTS
        )
        self.sandbox = build(options)

    def describe(self, url: str, file: Path) -> Mapping[str, str]:
        at = self.sandbox.address(url)
        code = in_this_process([
            "init", "--host", "odoo", "--url", at.url, "--database", at.database, "--login", at.login,
            "--key-env", _KEY, "--host-company", "Exemple SARL", "--output", str(file),
        ])  # fmt: skip
        assert code == 0
        return {_KEY: at.key}

    def id_of(self, document: Document) -> str:
        return str(document.serial)

    def say(self, document: Document, text: str) -> None:
        self.sandbox.ledger.person_writes(document, text)

    def jot(self, document: Document, text: str) -> None:
        self.sandbox.ledger.person_writes(document, text)

    def void(self, document: Document) -> None:
        self.sandbox.ledger.cancel(document)

    def take_back(self) -> None:
        raise NotImplementedError("a key of Odoo is not lent")

    # what is left --------------------------------------------------------------------------------------
    def notes(self) -> Seen:
        return Counter((_where(n.subject), n.body) for n in self._ours() if "claim" not in n.token)

    def tasks(self) -> Seen:
        activities = self.sandbox.ledger.activities
        tasks = [(_where(a.subject), a.summary, _marker(a.note)) for a in activities]
        # a person was asked what became of a mail: without the kill there is nothing to ask
        return Counter(task for task in tasks if "/unknown_delivery/" not in task[2])

    def identities(self) -> dict[str, Counter[str]]:
        tasks = [_marker(a.note) for a in self.sandbox.ledger.activities]
        return {
            "notes": Counter(n.token for n in self._ours()),
            "tasks": Counter(mark for mark in tasks if mark),
        }

    def harmed(self) -> list[str]:
        return []  # we never write where a person writes

    def sent_by_host(self) -> tuple[list[str], Seen]:
        tokens = [note.token for note in self._ours() if note.recipients]
        return tokens, Counter((m.to, m.subject) for m in self.sandbox.ledger.mails)

    def differences(self, calm: Any) -> str:
        return "" if self.notes() == calm.notes() else f"{self.notes() - calm.notes()}, {calm.notes()}"

    def _ours(self) -> list[Any]:
        return [note for note in self.sandbox.ledger.notes if note.token.startswith("<relance.")]


def _where(subject: Any) -> str:
    return str(getattr(subject, "number", "") or getattr(subject, "name", ""))


def _marker(note: str) -> str:
    found = re.search(r"relance:\d+:[^\s<]+", note)
    return found[0] if found else ""
