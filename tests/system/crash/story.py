"""One company over some weeks: what happens in its books each day, passes, and what is left.

The same story is told twice: once in peace, once with kills and faults. Both must end alike.
"""

from __future__ import annotations

import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as hour
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from connector.sandbox.server import LOOPBACK, Sandbox, serving
from connector.store.tables import outbox
from tests.contract.test_channel_email import FreePort
from tests.system.crash import browser, known
from tests.system.crash.acts import Act, Acts, owes
from tests.system.crash.beside import Beside
from tests.system.crash.points import Happening, Killer, Point
from tests.system.crash.zygote import Zygote
from tests.system.stores import new_address

START = date(2026, 11, 23)  # a Monday
_OUR_DESK = "compta@example.com"
#: An attempt is over after so many seconds: the sandbox answers at once.
SETTLE = 1
#: In a story that lives in its own days: when they begin, and how long after a process the next one starts.
_MORNING, _GAP = hour(9, tzinfo=ZoneInfo("Europe/Paris")), timedelta(minutes=10)
_NO_ACCESS = "relance connect"

#: Given the first day and a seed.
MakeBeside = Callable[[date, int], Beside]


@dataclass
class Story:
    """``via`` is how mails leave: smtp, host or folder. ``script`` holds the acts of each day, for another
    telling."""

    folder: Path
    via: str
    make: MakeBeside
    seed: int
    zygote: Zygote
    today: date = START
    kills: Counter[str] = field(default_factory=Counter)
    connected: int = 0  # how often a person had to let us in again
    script: list[list[Act]] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.beside = self.make(START, self.seed)
        self.acts = Acts(self.beside)
        self.killer = Killer(self.sandbox.app, self.sandbox.host.name_call, self._owed)
        self.killer.kill = self.zygote.kill
        self.store = new_address(self.folder)
        self.log = self.folder / "log.txt"
        self.now = datetime.combine(START, _MORNING)
        self.environment: Mapping[str, str] = {}

    @property
    def sandbox(self) -> Sandbox:
        return self.beside.sandbox

    @contextmanager
    def told(self) -> Iterator[Story]:
        """Serve the sandbox and the mail server, write the configuration, let the program in."""
        mail = FreePort(self.killer, hostname=LOOPBACK, port=0)
        mail.start()
        try:
            with serving(self.killer) as self.url:
                self._configure(mail.port)
                if self.beside.renewal:
                    self._connect()
                yield self
                self.sandbox.faults.clear()
        finally:
            mail.stop()

    def warm(self) -> None:
        """Let the parent of all processes do a day's work once."""
        more = ["--config", str(self.config), "--today", self.today.isoformat()]
        assert self.zygote.warm(["run", "--once", *more], self.environment) == 0
        assert self.zygote.warm(["plan", *more], self.environment) == 0

    def _configure(self, mail_port: int) -> None:
        environment = self.beside.describe(self.url, self.config)
        self.environment = {**environment, "COLUMNS": "200", "BROWSER": browser.COMMAND}
        text = self.config.read_text(encoding="utf-8")
        smtp = f'\n[email.smtp]\nhost = "{LOOPBACK}"\nport = {mail_port}\nsecurity = "none"\n\n[rules]\n'
        rules = smtp if self.via == "smtp" else "\n[rules]\n"
        settle = "" if self.beside.own_days else f'settle_after = "{SETTLE} seconds"\n'
        changes = {
            'via = "folder"': f'via = "{self.via}"',
            "\n[rules]\n": f"{rules}{settle}",
            "\n[sender]": '\nread_timeout = "2 seconds"\nwrite_timeout = "2 seconds"\n\n[sender]',
        }
        for before, after in changes.items():
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        self.config.write_text(f'{text}\n[store]\nurl = "{self.store}"\n', encoding="utf-8")

    @property
    def config(self) -> Path:
        return self.folder / "exemple.toml"

    # what happens ----------------------------------------------------------------------------------------
    def relance(self, *words: str, point: Point | None = None, happening: Happening | None = None) -> int:
        """Run a command as a process; return its code, -9 when it was killed. Whoever is told that we have no
        access lets us in again."""
        before = self.log.stat().st_size if self.log.exists() else 0
        code = self._run(words, point, happening)
        said = self.log.read_bytes()[before:].decode() if self.log.exists() else ""
        if code not in (0, -9) and self.beside.renewal and words[0] == "run" and _NO_ACCESS in said:
            self._connect()
        return code

    def _run(self, words: Sequence[str], point: Point | None, happening: Happening | None) -> int:
        self.killer.arm(point, happening)
        after = point.at / 1000 if point is not None and point.what == "time" else None
        command, now = [*words, "--config", str(self.config)], None
        if self.beside.own_days:
            now = self._next_moment()
        else:
            command += ["--today", self.today.isoformat()]
        code = self.zygote.run(command, self.log, self.environment, after, now)
        self.killer.arm(None)
        if code == -9:
            self.kills[str(point).partition("#")[0]] += 1
        assert code != 70, self.log.read_text()[-2000:]
        return code

    def _next_moment(self) -> datetime:
        self.now += _GAP
        with self.sandbox.ledger.lock:
            clock = self.sandbox.ledger.clock
            clock.recall(max(clock.now, self.now.astimezone(clock.now.tzinfo)))
        return self.now

    def _connect(self) -> None:
        """A person lets us in, with the browser of his machine."""
        self.connected += 1
        self.sandbox.faults.clear()  # he comes when all is well again
        code = self._run(["connect", self.beside.name, "--port", str(free_port())], None, None)
        assert code == 0, self.log.read_text()[-2000:]

    def day(self, days: int, acts: Sequence[Act]) -> None:
        """Time passes, and people work: the same in every telling of the story."""
        self.today += timedelta(days=days)
        self.now = max(self.now, datetime.combine(self.today, _MORNING))
        self.sandbox.ledger.advance(self.today)
        self.script.append([])
        for act in acts:
            self.act(act)

    def act(self, act: Act) -> None:
        self.acts.do(act)
        self.script[-1].append(act)

    def until_done(self) -> None:
        """Passes, and a person who settles what nobody can know, until nothing is left to do today."""
        before: object = None
        for _ in range(12):
            code = self.relance("run", "--once")
            states = self._outbox_states()
            after = (code, self._outbox_rows())
            if "unknown" in states:
                self._settle_unknown()
            elif "attempted" in states:
                if not self.beside.own_days:
                    time.sleep(SETTLE)
            elif self._is_at_rest(states, code) and (not self.beside.own_days or before == after):
                return
            before = after
        raise AssertionError(f"it never came to rest: {states}\n{self.log.read_text()[-3000:]}")

    def _is_at_rest(self, states: Mapping[str, int], code: int) -> bool:
        """What the host put off for hours waits for another day, where days are the story's own."""
        return code == 0 and (self.beside.own_days or "ready" not in states)

    def _settle_unknown(self) -> None:
        """The person looks into the mail server's log for the Message-ID."""
        there = Counter(self.message_ids())
        with self.reading() as connection:
            unknown = sa.select(outbox.c.key, outbox.c.item).where(outbox.c.state == "unknown")
            for key, item in connection.execute(unknown).all():
                sent = any(one in item for one in there)
                assert self.relance("outbox", "settle", key, "--sent" if sent else "--not-sent") == 0

    # what is left ----------------------------------------------------------------------------------------
    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        engine = sa.create_engine(self.store.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    def _outbox_states(self) -> Counter[str]:
        with self.reading() as connection:
            return Counter(connection.execute(sa.select(outbox.c.state)).scalars())

    def _outbox_rows(self) -> list[Any]:
        with self.reading() as connection:
            rows = sa.select(outbox.c.key, outbox.c.state, outbox.c.attempts).order_by(outbox.c.key)
            return list(connection.execute(rows).all())

    def unfinished(self) -> list[str]:
        """The keys of what still waits."""
        return [key for key, state, _ in self._outbox_rows() if state in ("ready", "attempted", "unknown")]

    def waiting(self) -> set[str]:
        """The refs of the invoices of which a message is ready to leave."""
        with self.reading() as connection:
            return known.waiting(connection)

    def mails(self) -> list[Any]:
        if self.via == "smtp":
            texts = [envelope.content for envelope in self.killer.mails]
        else:
            texts = [file.read_bytes() for file in sorted((self.folder / "mails").glob("*.eml"))]
        return [message_from_bytes(text, policy=policy.default) for text in texts]

    def written_to(self, since: int = 0) -> set[str]:
        """The addresses of the mails that were taken, but for the first ``since`` of them."""
        return {address for envelope in self.killer.mails[since:] for address in envelope.rcpt_tos}

    def message_ids(self) -> list[str]:
        if self.via == "host":
            return self.beside.sent_by_host()[0]
        return [mail["Message-ID"] for mail in self.mails()]

    def effects(self) -> dict[str, Counter[Any]]:
        """Everything that stands outside, as a customer or a colleague would see it; for notes see
        ``Beside.differences``. What our own desk is told of a host that fails is not compared: without the
        failure there is nothing to tell."""
        mails = Counter(
            (m["To"], m["Subject"], _text(m)) for m in self.mails() if _OUR_DESK not in str(m["To"])
        )
        if self.via == "host":
            mails = self.beside.sent_by_host()[1]
        return {"mails": mails, "tasks": self.beside.tasks()}

    def identities(self) -> dict[str, Counter[str]]:
        """The keys under which they stand outside: each must be there once."""
        return {"messages": Counter(self.message_ids()), **self.beside.identities()}

    def known(self) -> dict[str, Any]:
        with self.reading() as connection:
            return known.known(connection, contacts=self.beside.knows_contacts)

    def messages_done(self) -> int:
        with self.reading() as connection:
            return known.messages_done(connection)

    def asked_for_paid(self) -> list[str]:
        """Mails that asked for something that was not owed at the moment in which they were taken."""
        with self.reading() as connection:
            asking = known.asking(connection)
        found = []
        for mail, owed in zip(self.mails(), self.killer.seen_then, strict=True):
            refs = asking.get(mail["Message-ID"], ())
            found += [f"{mail['Subject']} to {mail['To']}: {ref}" for ref in refs if ref not in owed]
        return found

    def _owed(self) -> set[str]:
        """The ids, over there, of what is owed now."""
        ledger = self.sandbox.ledger
        with ledger.lock:
            return {self.beside.id_of(each) for each in ledger.documents() if owes(each)}


def _text(mail: Any) -> str:
    body = mail.get_body(("plain",))
    return re.sub(r"\s+", " ", body.get_content()) if body else ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
