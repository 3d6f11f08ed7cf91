"""What the played QuickBooks knows: the shared ledger, and the facts that no ledger has."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import Company, Document, Entry, Party, Payment
from connector.sandbox.quickbooks.errors import closed_books
from connector.sandbox.quickbooks.options import QuickBooksOptions
from connector.sandbox.quickbooks.watch import CUSTOMER, Application, Watch, kind_of

VOIDED = "Voided"
SLOTS = 3


@dataclass(eq=False, slots=True)
class Attached:
    """A note, a file, or both. ``refs`` are the ``AttachableRef`` as they are shown."""

    number: str
    company: int
    facts: dict[str, Any]
    refs: list[dict[str, Any]] = field(default_factory=list)
    content: bytes | None = field(default=None, repr=False)


@dataclass(eq=False, slots=True)
class Term:
    number: str
    facts: dict[str, Any]


@dataclass(eq=False, slots=True)
class Item:
    number: str
    name: str


@dataclass(eq=False)
class Extras:
    """Facts of QuickBooks alone. ``typed`` holds properties as they were written, by entity and id."""

    typed: defaultdict[tuple[str, str], dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    custom: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    lines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    attached: dict[str, Attached] = field(default_factory=dict)
    attached_to: defaultdict[tuple[str, str], dict[str, Attached]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    terms: dict[str, Term] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    deposits: dict[int, str] = field(default_factory=dict)
    closed_on: dict[int, date] = field(default_factory=dict)
    subscription: dict[int, str] = field(default_factory=dict)
    online: dict[str, bool] = field(default_factory=dict)
    sends: Counter[tuple[int, date]] = field(default_factory=Counter)
    first_names: dict[int, tuple[str, str]] = field(default_factory=dict)
    removed: int = 0  # attachables: their ids never come again


@dataclass(eq=False)
class Stage:
    """Everything that a call may touch. Hold ``ledger.lock``."""

    ledger: Ledger
    options: QuickBooksOptions
    extras: Extras = field(default_factory=Extras)
    watch: Watch = field(init=False)
    begun_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.begun_at = min((one.created_at for one in self.ledger.parties), default=self.ledger.clock.now)
        self.watch = Watch(self.ledger)
        self.refresh()

    def refresh(self) -> None:
        """See what people did since the last call, or what a call made the ledger do."""
        self.watch.refresh()
        while self.watch.voided:
            entry = self.watch.voided.pop()
            typed = self.typed(entry)
            before = typed.get("PrivateNote", "")
            if not before.startswith(VOIDED):
                typed["PrivateNote"] = f"{VOIDED} - {before}" if before else VOIDED

    def typed(self, record: Entry | Party | Application) -> dict[str, Any]:
        """What was written on a record and has no place in the ledger."""
        if isinstance(record, Application):
            return self.extras.typed["Payment", record.number]
        entity = CUSTOMER if isinstance(record, Party) else kind_of(record)
        return self.extras.typed[entity, str(record.serial)]

    def write(self, record: Entry | Party) -> None:
        """Stamp a record that was written through the API, or in the program by a person."""
        now = self.ledger.clock.tick()
        if isinstance(record, Party):
            record.written_at = now
            self.refresh()
            return
        self.ledger.touch(record, now)
        self.watch.look(record)
        self.watch.rest()

    def move(self, entry: Entry, party: Party) -> None:
        """The entry is that customer's from now on."""
        by_payer = self.ledger.entries_by_payer
        by_payer[entry.customer.payer.serial].remove(entry)
        entry.customer = party
        by_payer[party.payer.serial].append(entry)

    def demand_open(self, company: Company, *days: date) -> None:
        """Raises ApiError (6210) for a day in the closed books."""
        closed = self.extras.closed_on.get(company.serial)
        if closed is not None and any(day <= closed for day in days):
            raise closed_books()


@dataclass(frozen=True, slots=True)
class Realm:
    """One company as a call sees it."""

    stage: Stage
    company: Company
    base_url: str

    @property
    def ledger(self) -> Ledger:
        return self.stage.ledger

    @property
    def extras(self) -> Extras:
        return self.stage.extras

    @property
    def watch(self) -> Watch:
        return self.stage.watch

    @property
    def options(self) -> QuickBooksOptions:
        return self.stage.options

    @property
    def now(self) -> datetime:
        return self.ledger.clock.now

    def customers(self) -> dict[str, Party]:
        return self.watch.listed[0, CUSTOMER]

    def documents(self, entity: str) -> dict[str, Document]:
        return self.watch.listed[self.company.serial, entity]

    def payments(self) -> dict[str, Payment | Application]:
        return self.watch.listed[self.company.serial, "Payment"]
