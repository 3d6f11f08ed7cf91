"""What the played Pennylane knows: the shared ledger, and the few facts that no ledger has."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import Company, Document, Entry, Party, Payment

CATEGORY_LABELS = ("Ventes de prestations", "Ventes de licences", "Formations", "Relancé niveau 1",
                   "Relancé niveau 2")  # fmt: skip


@dataclass(frozen=True, slots=True)
class PennylaneOptions:
    """How the sandbox answers where accounts differ, or where nobody knows the real answer.

    ``rate``        calls per five seconds and token
    ``comments``    whether the comment endpoint exists (404 when not); ``comment_key`` is its body's key
    ``installments``  whether the account has payment schedules: the field and the endpoint
    ``newest``      the four invoice fields that came after the specification of July 2026
    ``remaining_in``  the currency of ``remaining_amount_*``: euros, or that of the invoice
    ``inclusive``   whether ``start_date`` of a changelog gives the events of that very moment
    ``lag``         seconds of the sandbox's clock between a write and its event
    ``echo``        whether a comment or an appendix is an update of its invoice
    ``notes_max``   characters of a customer's notes that are kept; what is beyond is dropped without a word
    ``access_life`` how long a lent access token opens anything
    ``wall``        real seconds, for the windows of the rate limit
    """

    rate: int = 25
    comments: bool = True
    comment_key: str = "content"
    installments: bool = False
    newest: bool = True
    remaining_in: Literal["euros", "invoice"] = "euros"
    inclusive: bool = True
    lag: float = 0.0
    echo: bool = False
    notes_max: int | None = None
    access_life: timedelta = timedelta(hours=24)
    wall: Callable[[], float] = field(default=time.time, repr=False)


@dataclass(eq=False, slots=True)
class Category:
    serial: int
    label: str
    created_at: datetime
    direction: str | None = "cash_in"
    code: str | None = None
    group: int = 1


@dataclass(eq=False, slots=True)
class BankAccount:
    """One stands for the bank journal of the ledger; those made through the API stay empty."""

    serial: int
    name: str
    created_at: datetime
    currency: str = "EUR"
    journal: int = 0


@dataclass(eq=False)
class Extras:
    """Facts of Pennylane alone, by the ledger's serials."""

    customer: defaultdict[int, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    document: defaultdict[int, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    names: dict[int, tuple[str, str]] = field(
        default_factory=dict
    )  # first and last, where somebody typed them
    categories: dict[int, Category] = field(default_factory=dict)
    weights: dict[tuple[str, int], list[tuple[int, str]]] = field(default_factory=dict)
    bank_accounts: dict[int, BankAccount] = field(default_factory=dict)
    archived: dict[int, datetime] = field(default_factory=dict)
    incomplete: set[int] = field(default_factory=set)
    by_hand: set[int] = field(default_factory=set)  # payments behind "mark as paid": no bank line
    pdf_held: set[int] = field(default_factory=set)
    customer_of: dict[int, Party | None] = field(default_factory=dict)  # set on a transaction by a person


@dataclass(eq=False)
class Stage:
    """Everything that a call may touch. Hold ``ledger.lock``."""

    ledger: Ledger
    options: PennylaneOptions
    extras: Extras = field(default_factory=Extras)
    readings: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        at = min((one.created_at for one in self.ledger.parties), default=self.ledger.clock.now)
        for serial, label in enumerate(CATEGORY_LABELS, 1):
            self.extras.categories[serial] = Category(serial, label, at)
        for company in self.ledger.companies:
            journal = self.ledger.journal(company, "bank")
            name = f"Compte courant {company.name}"
            self.extras.bank_accounts[company.serial] = BankAccount(
                company.serial, name, at, journal=journal.serial
            )

    def customers(self) -> list[Party]:
        """Those who owe or could, in the order of their serials. There are no hierarchies over there."""
        return [party for party in self.ledger.parties if party.is_customer and party.payer is party]

    def documents(self, company: Company) -> list[Document]:
        return [one for one in self.ledger.documents() if one.company is company]

    def transactions(self, company: Company) -> list[Payment]:
        """Money that the bank shows, in the order of the ids."""
        return sorted(
            (one for one in self.ledger.payments if self.shows(one, company)), key=lambda one: one.serial
        )

    def shows(self, entry: Entry, company: Company) -> bool:
        """Whether the entry is a transaction of that company over there."""
        return (
            isinstance(entry, Payment)
            and entry.company is company
            and entry.payment_serial not in self.extras.by_hand
        )

    def transactions_of(self, document: Document) -> list[Payment]:
        """The bank transactions matched to an invoice."""
        found = {
            one.credit.entry.serial: one.credit.entry
            for one in document.allocations
            if isinstance(one.credit.entry, Payment)
        }
        return [one for _, one in sorted(found.items()) if self.shows(one, document.company)]

    def allocated(self, payment: Payment, document: Document) -> Decimal:
        return sum((one.amount for one in payment.allocations if one.debit.entry is document), Decimal(0))

    def assign(self, payment: Payment, party: Party | None) -> None:
        """Say who paid, or that nobody knows; the ledger keeps the last one who was named."""
        self.extras.customer_of[payment.serial] = party
        if party is not None:
            self.move(payment, party)
        self.write(payment)

    def move(self, entry: Entry, party: Party) -> None:
        """The entry is that customer's from now on."""
        by_payer = self.ledger.entries_by_payer
        by_payer[entry.customer.payer.serial].remove(entry)
        entry.customer = party
        by_payer[party.serial].append(entry)

    def write(self, record: Entry | Party) -> None:
        """Stamp a record that was written through the API."""
        now = self.ledger.clock.tick()
        if isinstance(record, Entry):
            self.ledger.touch(record, now)
        else:
            record.written_at = now
