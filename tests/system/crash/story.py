"""One company over some weeks: what happens in its Odoo each day, a pass each day, and what is left.

The same story is told twice: once in peace, once with kills and faults. Both must end alike.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from connector.cli import run as in_this_process
from connector.sandbox.nouns import Document
from connector.sandbox.server import LOOPBACK, Sandbox, SandboxOptions, build, serving
from connector.store.tables import events, facts, outbox, reminders
from tests.contract.test_channel_email import FreePort
from tests.system.crash.points import Killer, Point
from tests.system.crash.zygote import Zygote
from tests.system.stores import new_address

START = date(2026, 11, 23)  # a Monday
KEY = "RELANCE_TEST_KEY"
CUSTOMERS, DOCUMENTS = 8, 36
_OUR_DESK = "compta@example.com"
#: An attempt is over after so many seconds: the sandbox answers at once.
SETTLE = 1


@dataclass
class Story:
    """``via`` is how mails leave: smtp, host or folder."""

    folder: Path
    via: str
    version: int
    seed: int
    zygote: Zygote
    today: date = START
    kills: Counter[str] = field(default_factory=Counter)
    url: str = ""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.sandbox: Sandbox = build(
            SandboxOptions(
                today=START, version=self.version, seed=self.seed, customers=CUSTOMERS, documents=DOCUMENTS
            )
        )
        self.killer = Killer(self.sandbox.app, self.sandbox.host.name_call)
        self.killer.kill = self.zygote.kill
        self.store = new_address(self.folder)
        self.log = self.folder / "log.txt"
        self.words: list[str] = []

    @contextmanager
    def told(self) -> Iterator[Story]:
        """Serve the sandbox and the mail server, and write the configuration."""
        mail = FreePort(self.killer, hostname=LOOPBACK, port=0)
        mail.start()
        try:
            with serving(self.killer) as self.url:
                self._configure(mail.port)
                yield self
                self.sandbox.faults.clear()
        finally:
            mail.stop()

    def warm(self) -> None:
        """Let the parent of all processes do a day's work once."""
        assert self.zygote.warm(self._command("run", "--once"), self.environment) == 0
        assert self.zygote.warm(self._command("plan"), self.environment) == 0

    def _configure(self, mail_port: int) -> None:
        at = self.sandbox.address(self.url)
        self.environment = {KEY: at.key, "COLUMNS": "200"}
        code = in_this_process([
            "init", "--host", "odoo", "--url", at.url, "--database", at.database, "--login", at.login,
            "--key-env", KEY, "--host-company", "Exemple SARL", "--output", str(self._config),
        ])  # fmt: skip
        assert code == 0
        text = self._config.read_text(encoding="utf-8")
        smtp = f'\n[email.smtp]\nhost = "{LOOPBACK}"\nport = {mail_port}\nsecurity = "none"\n\n[rules]\n'
        rules = smtp if self.via == "smtp" else "\n[rules]\n"
        changes = {
            'via = "folder"': f'via = "{self.via}"',
            "\n[rules]\n": f'{rules}settle_after = "{SETTLE} seconds"\n',
            "\n[sender]": '\nread_timeout = "2 seconds"\nwrite_timeout = "2 seconds"\n\n[sender]',
        }
        for before, after in changes.items():
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        self._config.write_text(f'{text}\n[store]\nurl = "{self.store}"\n', encoding="utf-8")

    @property
    def _config(self) -> Path:
        return self.folder / "exemple.toml"

    # what happens ----------------------------------------------------------------------------------------
    def relance(self, *words: str, point: Point | None = None) -> int:
        """Run a command as a process; return its code, -9 when it was killed."""
        self.killer.arm(point)
        after = point.at / 1000 if point is not None and point.what == "time" else None
        code = self.zygote.run(self._command(*words), self.log, self.environment, after)
        self.killer.arm(None)
        if code == -9:
            self.kills[str(point).partition("#")[0]] += 1
        assert code != 70, self.log.read_text()[-2000:]
        return code

    def _command(self, *words: str) -> list[str]:
        return [*words, "--config", str(self._config), "--today", self.today.isoformat()]

    def day(self, days: int) -> None:
        """Time passes, and people work: the same in every telling of the story."""
        self.today += timedelta(days=days)
        ledger = self.sandbox.ledger
        ledger.advance(self.today)
        chance = random.Random(f"{self.seed}{self.today}")
        open_ones = [d for d in ledger.documents() if _owes(d)]
        for document in chance.sample(open_ones, min(2, len(open_ones))):
            amount = document.open_amount if chance.random() < 0.5 else Decimal("5.00")
            ledger.pay(document, min(amount, document.open_amount), self.today)
        for customer in chance.sample(list(ledger.customers()), 2):
            due = chance.choice([self.today - timedelta(days=n) for n in (10, 40, 75)])
            ledger.invoice(customer, Decimal(chance.randrange(50, 900)), on=due)

    def until_done(self) -> None:
        """Passes, and a person who settles what nobody can know, until nothing is left to do today."""
        for _ in range(12):
            self.relance("run", "--once")
            states = self._outbox_states()
            if "unknown" in states:
                self._settle_unknown()
            elif not states.keys() & {"ready", "attempted"}:
                return
            elif "attempted" in states:
                time.sleep(SETTLE)
        raise AssertionError(f"it never came to rest: {states}\n{self.log.read_text()[-3000:]}")

    def _settle_unknown(self) -> None:
        """The person looks into the mail server's log for the Message-ID."""
        there = Counter(self._message_ids())
        with self._reading() as connection:
            unknown = sa.select(outbox.c.key, outbox.c.item).where(outbox.c.state == "unknown")
            for key, item in connection.execute(unknown).all():
                sent = any(one in item for one in there)
                assert self.relance("outbox", "settle", key, "--sent" if sent else "--not-sent") == 0

    # what is left ----------------------------------------------------------------------------------------
    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        engine = sa.create_engine(self.store.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    def _outbox_states(self) -> Counter[str]:
        with self._reading() as connection:
            return Counter(connection.execute(sa.select(outbox.c.state)).scalars())

    def _mails(self) -> list[Any]:
        if self.via == "smtp":
            texts = [envelope.content for envelope in self.killer.mails]
        else:
            texts = [file.read_bytes() for file in sorted((self.folder / "mails").glob("*.eml"))]
        return [message_from_bytes(text, policy=policy.default) for text in texts]

    def _message_ids(self) -> list[str]:
        if self.via == "host":
            return [note.token for note in self._ours() if note.recipients]
        return [mail["Message-ID"] for mail in self._mails()]

    def _ours(self) -> list[Any]:
        return [note for note in self.sandbox.ledger.notes if note.token.startswith("<relance.")]

    def effects(self) -> dict[str, Counter[Any]]:
        """Everything that stands outside, as a customer or a colleague would see it. What our own desk is
        told of a host that fails is not compared: without the failure there is nothing to tell."""
        ledger = self.sandbox.ledger
        mails = [(m["To"], m["Subject"]) for m in self._mails() if _OUR_DESK not in m["To"]]
        if self.via == "host":
            mails = [(m.to, m.subject) for m in ledger.mails]
        notes = [(_where(n.subject), n.body) for n in self._ours() if "claim" not in n.token]
        tasks = [(_where(a.subject), a.summary, _marker(a.note)) for a in ledger.activities]
        # a person was asked what became of a mail: without the kill there is nothing to ask
        tasks = [task for task in tasks if "/unknown_delivery/" not in task[2]]
        return {"mails": Counter(mails), "notes": Counter(notes), "tasks": Counter(tasks)}

    def identities(self) -> dict[str, Counter[str]]:
        """The keys under which they stand outside: each must be there once."""
        tasks = [_marker(a.note) for a in self.sandbox.ledger.activities]
        return {
            "messages": Counter(self._message_ids()),
            "notes": Counter(n.token for n in self._ours()),
            "tasks": Counter(mark for mark in tasks if mark),
        }

    def known(self) -> dict[str, Any]:
        """What the store knows of the ledger, and of what was sent."""
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(facts.c.kind, facts.c.ref, facts.c.body, facts.c.gone).where(
                    facts.c.kind.in_(["customer", "invoice", "payment"])
                )
            )
            ledger = {(kind, ref): (_unversioned(body), gone) for kind, ref, body, gone in rows}
            sent = Counter(
                connection.execute(
                    sa.select(reminders.c.invoice_ref, reminders.c.position, reminders.c.step).where(
                        reminders.c.state == "sent"
                    )
                ).all()
            )
            said = connection.execute(
                sa.select(sa.func.count()).where(events.c.name == "reminder_sent")
            ).scalar_one()
        return {"ledger": ledger, "sent": sent, "events": said}

    def messages_done(self) -> int:
        """How many mails the store takes for sent, those to our own desk too."""
        done = (outbox.c.item_kind == "message", outbox.c.state == "done")
        with self._reading() as connection:
            return connection.execute(sa.select(sa.func.count()).where(*done)).scalar_one()


def _owes(document: Document) -> bool:
    return document.kind == "invoice" and document.state == "posted" and document.open_amount > 0


def _where(subject: Any) -> str:
    return str(getattr(subject, "number", "") or getattr(subject, "name", ""))


def _marker(note: str) -> str:
    found = re.search(r"relance:\d+:[^\s<]+", note)
    return found[0] if found else ""


def _unversioned(body: str | None) -> str:
    """Versions are moments of the host's clock, which each of our calls moves on."""
    return re.sub(r'"version":"[^"]*"', "", body or "")
