"""A QuickBooks played by the sandbox, our host on it with what it has pulled, and people who work there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from connector.hosts.quickbooks import QuickBooksHost, QuickBooksSettings
from connector.http import Http, Pace
from connector.mapping import load_mapping
from connector.model import Customer, Invoice, Kind, Ref
from connector.ports import Memo, Note
from connector.sandbox.ledger import Ledger as Books
from connector.sandbox.quickbooks import QuickBooksApp, QuickBooksOptions
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving
from connector.testing import Ledger
from tests.contract.quickbooks_acts import QuickBooksActs

TODAY = date(2026, 11, 20)
#: So many that no test waits.
PLENTY = 1_000_000
UNHURRIED = QuickBooksOptions(per_minute=PLENTY, per_second=PLENTY, batches=PLENTY)


@dataclass
class Played:
    sandbox: Sandbox
    settings: QuickBooksSettings
    act: QuickBooksActs
    memo: Memo = field(default_factory=dict)
    ledger: Ledger = field(default_factory=lambda: Ledger(load_mapping("quickbooks")))
    hosts: list[QuickBooksHost] = field(default_factory=list)

    def host(self, **other: object) -> QuickBooksHost:
        """Our host as a new process would make it, that never really waits; with other settings, if given."""
        settings = replace(self.settings, **other)  # type: ignore[arg-type]
        pace = Pace(sleep=lambda _seconds: None)
        made = QuickBooksHost(
            settings,
            load_mapping("quickbooks"),
            self.memo,
            http=Http(pace=pace),
            sleep=lambda _seconds: None,
            now=lambda: self.books.clock.now,
        )
        self.hosts.append(made)
        return made

    def pull(self) -> list[Ref]:
        return self.ledger.take(self.host().pull(self.ledger.cursor))

    @property
    def books(self) -> Books:
        return self.sandbox.ledger

    @property
    def app(self) -> QuickBooksApp:
        return self.sandbox.quickbooks

    @property
    def billed(self) -> int:
        """Billed calls of the last host that was made."""
        return self.hosts[-1].usage.billed

    def invoice(self, ref: str) -> Invoice:
        fact = self.ledger.fact(Ref(Kind.INVOICE, ref))
        assert isinstance(fact, Invoice)
        return fact

    def customer(self, ref: str) -> Customer:
        fact = self.ledger.fact(Ref(Kind.CUSTOMER, ref))
        assert isinstance(fact, Customer)
        return fact

    def open_refs(self) -> list[str]:
        """The invoices that are open and unpaid, as we know them."""
        facts = self.ledger.facts(Kind.INVOICE)
        found = [
            fact for fact in facts if isinstance(fact, Invoice) and fact.is_open and not fact.allocations
        ]
        return [fact.ref for fact in found if fact.kind == "invoice"]

    @property
    def on(self) -> Ref:
        """An open invoice."""
        return Ref(Kind.INVOICE, self.ledger.open_invoice().ref)

    def note(self, key: str = "reminder/1/note/1", html: str = "<p>Relance 1 envoyée</p>") -> Note:
        return Note(key, self.on, html)

    def pulled_anew(self) -> Ledger:
        """What another installation pulls from the start."""
        fresh = Ledger(load_mapping("quickbooks"))
        memo, self.memo = self.memo, {}
        fresh.take(self.host().pull(None))
        self.memo = memo
        return fresh


@contextmanager
def playing(answers: QuickBooksOptions = UNHURRIED, books: Books | None = None) -> Iterator[Played]:
    options = SandboxOptions(today=TODAY, host="quickbooks", customers=12, documents=60, quickbooks=answers)
    sandbox = build(options, books)
    with serving(sandbox) as url:
        at = sandbox.address(url)
        settings = QuickBooksSettings(token=at.key, realm=at.database, base_url=at.url)
        played = Played(sandbox, settings, QuickBooksActs(sandbox))
        played.pull()
        yield played
        for host in played.hosts:
            host.close()
