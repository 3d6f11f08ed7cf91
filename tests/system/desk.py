"""A person at the command line, in front of a small Odoo: what the tests of the command sit down at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from connector.cli import run
from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import Activity, Document, Note
from connector.sandbox.server import Sandbox, SandboxOptions, build

TODAY = date(2026, 11, 23)  # a Monday
CUSTOMERS, DOCUMENTS = 30, 120
_KEY = "RELANCE_TEST_KEY"


@dataclass(frozen=True)
class Result:
    """What a command left: its exit code, and what stood on both screens."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Every line of stdout as an object: fails when one is none."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def object(self) -> dict[str, Any]:
        (only,) = self.objects
        return only


@dataclass
class Desk:
    """A folder with a configuration, a served sandbox and a screen."""

    folder: Path
    sandbox: Sandbox
    url: str
    screen: pytest.CaptureFixture[str]
    today: date = TODAY
    key: str = field(default="", repr=False)
    store: str = ""  # its address

    def __post_init__(self) -> None:
        self.store = f"sqlite:///{self.folder / 'relance.sqlite'}"

    @property
    def ledger(self) -> Ledger:
        return self.sandbox.ledger

    @property
    def config(self) -> Path:
        return self.folder / "exemple.toml"

    def init(self, *more: str, output: str = "exemple.toml") -> Result:
        address = self.sandbox.address(self.url)
        self.key = address.key
        return self.type(
            "init", "--host", "odoo", "--url", address.url, "--database", address.database,
            "--login", address.login, "--key-env", _KEY, "--host-company", "Exemple SARL",
            "--output", str(self.folder / output), *more,
        )  # fmt: skip

    def keep_in(self, address: str) -> None:
        """Let the store be at that address."""
        self.store = address
        text = self.config.read_text(encoding="utf-8")
        self.config.write_text(f'{text}\n[store]\nurl = "{address}"\n', encoding="utf-8")

    def edit(self, before: str, after: str, file: str = "exemple.toml") -> None:
        """Change the configuration as in an editor; ``before`` must stand there once."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {file}"
        path.write_text(text.replace(before, after), encoding="utf-8")

    def type(self, *words: str) -> Result:
        """Any command, in this process."""
        self.screen.readouterr()
        code = run(list(words))
        return Result(code, *self.screen.readouterr())

    def relance(self, *words: str, today: date | None = None) -> Result:
        """A command on our configuration."""
        return self.type(*self._words(words, today))

    def spawn(self, *words: str, today: date | None = None) -> subprocess.Popen[str]:
        """The same in a process of its own."""
        command = [sys.executable, "-m", "connector", *self._words(words, today)]
        environment = {**os.environ, "COLUMNS": "200"}
        root = Path(__file__).parents[2]
        return subprocess.Popen(
            command, cwd=root, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def _words(self, words: tuple[str, ...], today: date | None) -> list[str]:
        dated = {"pull", "plan", "run", "explain", "show", "promise", "hold", "resume", "approve", "cancel"}
        day = ["--today", (today or self.today).isoformat()]
        takes_day = not dated.isdisjoint(words[:2]) and words[:2] != ("outbox", "show")
        takes_day = takes_day or words[:2] in (("outbox", "retry"), ("outbox", "settle"))
        return [*words, "--config", str(self.folder), *(day if takes_day else [])]

    # what lies about -----------------------------------------------------------------------------------
    def mails(self, folder: str = "mails") -> list[EmailMessage]:
        files = sorted((self.folder / folder).glob("*.eml"))
        return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]  # type: ignore[misc]

    def document(self, number: str) -> Document:
        return self.ledger.document(number)

    def our_notes(self) -> list[Note]:
        """All but the one that says who writes for this company."""
        ours = [note for note in self.ledger.notes if note.token.startswith("<relance.")]
        return [note for note in ours if not note.token.startswith("<relance.claim.")]

    def activities_on(self, number: str) -> list[Activity]:
        return [a for a in self.ledger.activities if a.subject is self.document(number)]

    def reminded_number(self) -> str:
        """The number of an invoice that the plan of today would remind."""
        messages = [o for o in self.relance("plan", "--json").objects if o.get("action") == "remind"]
        return str(next(o["number"] for o in messages if "number" in o))


def small_sandbox(*, version: int = 18, seed: int = 1, **more: Any) -> Sandbox:
    return build(
        SandboxOptions(
            today=TODAY, version=version, seed=seed, customers=CUSTOMERS, documents=DOCUMENTS, **more
        )
    )
