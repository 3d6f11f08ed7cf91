"""The nouns of the sandbox's books: mutable records, because people act on them while the sandbox runs.

Every record has a ``serial``, the host's integer id. Customers share one sequence with their contacts, and
payments share one with invoices and credit notes, as they do in the hosts that we imitate.
Amounts are ``Decimal`` in the currency of their entry; moments are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

PartyKind = Literal["contact", "invoice", "delivery", "other"]
DocumentKind = Literal["invoice", "credit_note"]
State = Literal["draft", "posted", "cancelled"]
LineRole = Literal["item", "due", "bank"]
NoteKind = Literal["note", "comment", "email", "activity"]


@dataclass(frozen=True, slots=True)
class Country:
    serial: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Language:
    """``code`` is ``fr_FR``; hosts that speak ISO 639-1 cut it."""

    serial: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Currency:
    """``per_euro`` never changes in the sandbox, so its books know no exchange differences."""

    serial: int
    code: str
    symbol: str
    name: str
    per_euro: Decimal
    before: bool = False

    def in_euros(self, amount: Decimal) -> Decimal:
        """``amount`` of this currency, in euros, to the cent."""
        if self.per_euro == 1:
            return amount
        return (amount / self.per_euro).quantize(CENT, ROUND_HALF_UP)


@dataclass(eq=False, slots=True)
class Tag:
    serial: int
    name: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Payment terms: (percent, days after the invoice) per installment; the percents make 100."""

    serial: int
    name: str
    parts: tuple[tuple[int, int], ...]


@dataclass(eq=False, slots=True)
class Party:
    """A customer or one of its contacts (``parent``), or the person behind a user or a company of ours."""

    serial: int
    name: str
    created_at: datetime
    written_at: datetime
    is_company: bool = False
    kind: PartyKind = "contact"
    parent: Party | None = None
    email: str = ""
    phone: str = ""
    mobile: str = ""
    function: str = ""
    language: Language | None = None
    country: Country | None = None
    vat: str = ""
    registry: str = ""
    reference: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""
    notes: str = ""  # what people of ours wrote on the customer's own sheet, plain text
    tags: list[Tag] = field(default_factory=list)
    salesperson: User | None = None
    terms: Terms | None = None
    is_customer: bool = False  # was billed, or is meant to be
    active: bool = True
    contacts: list[Party] = field(default_factory=list)

    @property
    def payer(self) -> Party:
        """Who owes: the nearest company upwards, or the top of the tree."""
        found = self
        while not found.is_company and found.parent is not None:
            found = found.parent
        return found


@dataclass(eq=False, slots=True)
class Company:
    serial: int
    name: str
    party: Party
    currency: Currency
    written_at: datetime


@dataclass(eq=False, slots=True)
class User:
    """``key`` is the API key, ``password`` what a person types; ``may_invoice`` gives the accounting
    rights.
    """

    serial: int
    login: str
    party: Party
    companies: list[Company]
    key: str = field(repr=False)
    password: str = field(repr=False)
    may_invoice: bool = True
    is_admin: bool = False
    active: bool = True
    language: str = "fr_FR"
    timezone: str = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class Journal:
    serial: int
    company: Company
    kind: Literal["sale", "bank"]
    code: str
    name: str


@dataclass(eq=False, slots=True)
class Line:
    """One line of an entry. ``due`` lines are what falls due: an installment, or the money received.

    ``amount`` and ``residual`` are signed: positive is owed to us.
    """

    serial: int
    entry: Entry
    role: LineRole
    label: str
    amount: Decimal
    residual: Decimal
    created_at: datetime
    written_at: datetime
    due_on: date | None = None
    quantity: Decimal = Decimal(1)
    withheld: bool = False  # the host's own flag: no follow-up on this line
    allocations: list[Allocation] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        return self.role == "due" and self.residual == 0 and self.entry.state == "posted"


@dataclass(eq=False, slots=True)
class Entry:
    """A journal entry: a ``Document`` or a ``Payment``. ``customer`` may be a contact; ``payer`` owes."""

    serial: int
    company: Company
    journal: Journal
    currency: Currency
    customer: Party
    on: date
    author: User
    created_at: datetime
    written_at: datetime
    number: str = ""
    state: State = "draft"
    reference: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def due_lines(self) -> list[Line]:
        return [line for line in self.lines if line.role == "due"]

    @property
    def total(self) -> Decimal:
        """Always positive, in the entry's currency."""
        return abs(sum((line.amount for line in self.due_lines), ZERO))

    @property
    def open_amount(self) -> Decimal:
        """What is not allocated yet; positive, in the entry's currency."""
        return abs(sum((line.residual for line in self.due_lines), ZERO))

    @property
    def allocations(self) -> list[Allocation]:
        return [found for line in self.due_lines for found in line.allocations]


@dataclass(eq=False, slots=True)
class Document(Entry):
    """An invoice or a credit note. ``corrects`` is the invoice that a credit note reverses."""

    kind: DocumentKind = "invoice"
    terms: Terms | None = None
    salesperson: User | None = None
    corrects: Document | None = None
    corrections: list[Document] = field(default_factory=list)
    blocked: bool = False
    sent: bool = True
    portal_token: str = ""

    @property
    def due_on(self) -> date:
        """The last installment's date, as hosts show it on the invoice."""
        return max((line.due_on for line in self.due_lines if line.due_on), default=self.on)


@dataclass(eq=False, slots=True)
class Payment(Entry):
    """Money received. ``payment_serial`` is its own id; ``serial`` that of its journal entry."""

    payment_serial: int = 0
    memo: str = ""


@dataclass(eq=False, slots=True)
class Allocation:
    """Part of a credit line (payment, credit note) set against a debit line. ``amount`` in their currency."""

    serial: int
    debit: Line
    credit: Line
    amount: Decimal
    created_at: datetime
    written_at: datetime

    @property
    def on(self) -> date:
        """The later date of both sides."""
        return max(self.debit.entry.on, self.credit.entry.on)


@dataclass(eq=False, slots=True)
class Attachment:
    serial: int
    name: str
    content: bytes = field(repr=False)
    media_type: str
    subject: Entry | Party | None
    created_at: datetime
    held_by: str = ""  # the field of the subject that holds it, where the host keeps files in fields


@dataclass(eq=False, slots=True)
class Note:
    """A message on an entry or a party. ``token`` is the RFC 5322 Message-Id; not unique, as in the hosts."""

    serial: int
    subject: Entry | Party
    kind: NoteKind
    body: str  # HTML
    token: str
    at: datetime
    written_at: datetime
    author: Party | None = None
    user: User | None = None
    sender: str = ""
    title: str = ""
    message_type: str = "comment"
    recipients: list[Party] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    activity_kind: int = 0


@dataclass(eq=False, slots=True)
class Activity:
    """A task for a person, on an entry or a party. ``done_on`` is set when it was completed but kept."""

    serial: int
    subject: Entry | Party
    kind: int
    due_on: date
    user: User | None
    author: User
    created_at: datetime
    written_at: datetime
    summary: str = ""
    note: str = ""
    active: bool = True
    done_on: date | None = None
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail that the host sent for us. Nothing leaves the machine: the sandbox only remembers it."""

    to: tuple[str, ...]
    subject: str
    body: str
    token: str
    at: datetime
    number: str = ""
