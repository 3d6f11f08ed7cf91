"""A whole company over fakes that can go wrong: what the state machine and the pipeline's tests act on.

The store is real (SQLite); host and channel live in memory and are told how to fail. ``Death`` stands for
the end of the process: nothing of ours may catch it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from zoneinfo import ZoneInfo

from connector.hosts.memory import MemoryHost
from connector.message import CompanyText, Templates
from connector.model import InstallmentKey, Kind, Message, Party, Ref
from connector.model.chase import THANK_YOU
from connector.pipeline import Company, Limits, PassReport, run_pass
from connector.ports import Entry, Memo, Page, Receipt, ReceiptStatus, Record, Written
from connector.resources import shipped
from connector.store.database import open_store
from connector.store.ports import Store, Unit
from tests import builders

ZONE = ZoneInfo("Europe/Paris")
_READS = frozenset(
    (
        "cursor", "digests", "open_refs", "set_aside", "standing", "customers_to_look_at", "accounts",
        "customers_with_open", "summary", "next_wake_on", "search", "effects", "reminders", "promises",
        "events",
    )
)  # fmt: skip


class Death(BaseException):
    """The process ends here and now."""


class Lifetime:
    """How many more writes the process will live to see; None: all of them."""

    def __init__(self) -> None:
        self.left: int | None = None

    def tick(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Death


class MortalStore:
    """A store whose process may die before or after any write, before or after any commit."""

    def __init__(self, store: Store, life: Lifetime) -> None:
        self._store, self._life = store, life

    @contextmanager
    def begin(self, company: str) -> Iterator[Unit]:
        with self._store.begin(company) as unit:
            yield _MortalUnit(unit, self._life)  # type: ignore[misc]
            self._life.tick()
        self._life.tick()

    def memo(self, company: str) -> Memo:
        return self._store.memo(company)

    def close(self) -> None:
        self._store.close()


class _MortalUnit:
    def __init__(self, unit: Unit, life: Lifetime) -> None:
        self._unit, self._life = unit, life

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._unit, name)
        if name in _READS:
            return method

        def mortal(*args: Any, **named: Any) -> Any:
            self._life.tick()
            return method(*args, **named)

        return mortal


class UnreliableHost(MemoryHost):
    """A host that may show an old state of a record, or a page twice, when it is pulled; that may stop to
    answer; and whose answer to a write may be lost. What it shows to ``read`` is always the truth."""

    def __init__(self, *, page_size: int = 3) -> None:
        super().__init__(page_size=page_size)
        self.stale: set[Ref] = set()
        self.twice = False
        self.dies_after: int | None = None
        self.made: list[str] = []  # keys of entries, as often as they were made
        self._before: dict[Ref, dict[str, Any]] = {}

    def put(self, kind: Kind, row: dict[str, Any]) -> str:
        ref = Ref(kind, str(row["ref"]))
        if ref in self._rows:
            self._before[ref] = self._rows[ref]
        return super().put(kind, row)

    def pull(self, cursor: str | None) -> Iterator[Page]:
        for page in super().pull(cursor):
            yield replace(page, records=tuple(self._perhaps_stale(r) for r in page.records))
            if self.twice:
                yield replace(page, records=tuple(self._perhaps_stale(r) for r in page.records))

    def write(self, entries: Sequence[Entry], again: Collection[str] = ()) -> Iterator[Written]:
        for written in super().write(entries, again):
            if self.dies_after is not None:
                self.dies_after -= 1
                if self.dies_after < 0:
                    self.dies_after = None
                    raise Death
            yield written

    def truth(self, kind: Kind, ref: str) -> dict[str, Any] | None:
        return self._rows.get(Ref(kind, ref))

    def of_kind(self, kind: Kind) -> list[dict[str, Any]]:
        return [row for ref, row in self._rows.items() if ref.kind is kind]

    def calm(self) -> None:
        self.stale.clear()
        self.twice, self.down, self.dies_after = False, None, None

    def _perhaps_stale(self, record: Record) -> Record:
        row = self._before.get(record.ref) if record.ref in self.stale else None
        return record if row is None else replace(record, data=row, digest=f"{self.mapping.version}{row!r}")


@dataclass(frozen=True)
class Step:
    """One step for one installment, as a message carries it out."""

    installment: InstallmentKey
    name: str
    level: int


@dataclass
class Accepted:
    """A message that really went to the customer."""

    message: Message
    steps: tuple[Step, ...]
    on: date

    @property
    def thanks(self) -> bool:
        return any(step.name == THANK_YOU for step in self.steps)


@dataclass
class ChosenChannel:
    """A channel that does what it is told: ``outcomes`` in turn, then ``sent``.

    ``sent``; ``failed``, ``rejected``: it did not leave and says so; ``unknown_gone``, ``unknown_lost``: it
    cannot say; ``dies_after``, ``dies_before``: the process ends after or before the message left.
    """

    look: Callable[[Message], Accepted]
    judge: Callable[[Accepted], None]
    name: str = "email"
    outcomes: list[str] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    can_tell: bool = False

    def send(self, message: Message) -> Receipt:
        outcome = self.outcomes.pop(0) if self.outcomes else "sent"
        if outcome == "dies_before":
            raise Death
        if outcome in ("sent", "unknown_gone", "dies_after"):
            taken = self.look(message)
            self.judge(taken)
            self.accepted.append(taken)
        if outcome == "dies_after":
            raise Death
        status = ReceiptStatus.UNKNOWN if outcome.startswith("unknown") else ReceiptStatus(outcome)
        return Receipt(status, message.message_id, outcome)

    def find(self, message: Message) -> Receipt:
        if not self.can_tell:
            return Receipt(ReceiptStatus.UNKNOWN, detail="cannot tell")
        there = any(a.message.key == message.key for a in self.accepted)
        return Receipt(ReceiptStatus.SENT if there else ReceiptStatus.FAILED)

    def close(self) -> None:
        """Nothing is held open."""


@cache
def _templates() -> Templates:
    return Templates.load(shipped("templates"))


@cache
def _empty_store() -> Path:
    file = Path(mkdtemp(prefix="relance-test-")) / "empty.sqlite"
    open_store(f"sqlite:///{file}").close()
    return file


class World:
    """One company and everything around it. ``judge`` is called for each message as it is accepted."""

    def __init__(
        self, folder: Path, judge: Callable[[Accepted], None] = lambda _: None, **policy: Any
    ) -> None:
        file = folder / "relance.sqlite"
        shutil.copy(_empty_store(), file)
        self.now = datetime.combine(builders.TODAY, time(8), ZONE).astimezone(UTC)
        self.life = Lifetime()
        self.inner = open_store(f"sqlite:///{file}")
        self.host = UnreliableHost()
        self.channel = ChosenChannel(self._look, judge)
        self.company = Company(
            id="exemple",
            name="Exemple SARL",
            language="fr",
            zone=ZONE,
            policy=builders.policy(**policy),
            text=CompanyText(
                "exemple", "Exemple SARL", Party("Exemple SARL", "compta@exemple.example"), "fr"
            ),
            templates=_templates(),
            mapping=self.host.mapping,
            host=self.host,
            channels={"email": self.channel},
            store=MortalStore(self.inner, self.life),
            limits=Limits(),
            clock=lambda: self.now,
        )

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def move(self, **span: int) -> None:
        self.now += timedelta(**span)

    def run(self, **options: Any) -> PassReport | None:
        """One pass, as a process would run it; None when the process died."""
        try:
            return run_pass(self.company, self.today, **options)
        except Death:
            return None
        finally:
            self.life.left = None

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        with self.inner.begin(self.company.id) as unit:
            yield unit

    def residuals(self, invoice: str) -> Mapping[int, Decimal]:
        """What is truly owed now of each installment of an invoice."""
        row = self.host.truth(Kind.INVOICE, invoice)
        return {p["position"]: Decimal(p["residual"]) for p in row["installments"]} if row else {}

    def close(self) -> None:
        self.inner.close()

    def _look(self, message: Message) -> Accepted:
        with self.unit() as unit:
            rows = unit.reminders(message_key=message.key)
        return Accepted(message, tuple(Step(r.installment, r.step, r.level) for r in rows), self.today)
