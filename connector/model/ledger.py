"""What the host knows, in our words: customers, invoices and their installments, payments, people's acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from connector.model.chase import Dispute, FollowUp, Hold, Mark, PaymentPlan, Promise, Reminder


class Kind(StrEnum):
    """The kinds of record that a host hands over. A kind and the host's own id make a ``Ref``."""

    CUSTOMER = "customer"
    INVOICE = "invoice"  # invoices and credit notes
    PAYMENT = "payment"
    ACTIVITY = "activity"  # a task for a person, open in the host
    INBOUND = "inbound"  # a message that came from outside
    REMARK = "remark"  # what somebody of the company wrote there, or did with a task of ours


class Ref(NamedTuple):
    """The host's own name for a record: opaque, never shown to a customer, stable."""

    kind: Kind
    id: str


class Segment(StrEnum):
    """Kinds of customer that are chased in different ways."""

    SME = "sme"
    KEY_ACCOUNT = "key_account"
    PUBLIC = "public"
    MULTI_SITE = "multi_site"
    CONSUMER = "consumer"
    OTHER = "other"


class PayerType(StrEnum):
    """How a customer pays, suggested from his history with the evidence; a person may correct it. Never
    shown to the customer, and never alone the ground for a harsher step."""

    PROMPT = "prompt"
    FORGETFUL = "forgetful"
    CHRONIC = "chronic"
    DISPUTING = "disputing"
    IN_DIFFICULTY = "in_difficulty"
    UNREACHABLE = "unreachable"


class Role(StrEnum):
    """What a contact is good for."""

    ACCOUNTING = "accounting"
    PURCHASING = "purchasing"
    DECISION_MAKER = "decision_maker"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on our side: a salesperson, a collector. ``ref`` is the host's user id."""

    ref: str
    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or desk at the customer."""

    ref: str
    name: str
    email: str | None = None
    phone: str | None = None
    language: str | None = None  # ISO 639-1, lower case
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Customer:
    """Who owes: the payer, as one legal entity."""

    ref: str
    name: str
    version: str = ""  # changes when the record does
    email: str | None = None
    phone: str | None = None
    language: str | None = None  # ISO 639-1; None when the host does not say
    country: str | None = None  # ISO 3166-1 alpha-2
    vat: str | None = None
    registry: str | None = None  # SIREN, company number
    is_company: bool = True
    active: bool = True
    tags: frozenset[str] = frozenset()
    salesperson: Person | None = None
    payer_ref: str | None = None  # another customer who pays for this one
    no_reminders: bool = False  # the host says: do not chase
    segment: Segment | None = None  # when the host, or a person, says
    scenario: str | None = None  # the scenario that the host names for this customer
    payment_method: str | None = None  # "direct_debit" … as the host words it
    payer_type: PayerType | None = None  # when a person has said
    insolvent: bool = False  # proceedings are open: nothing may be asked of him
    credit_limit: Decimal | None = None  # in the company's currency
    contacts: tuple[Contact, ...] = ()


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceState(StrEnum):
    """``open`` owes something; ``in_payment`` is paid but not yet seen at the bank: it is not chased."""

    OPEN = "open"
    IN_PAYMENT = "in_payment"
    PAID = "paid"
    DRAFT = "draft"
    CANCELLED = "cancelled"


class InstallmentKey(NamedTuple):
    """How an installment is known for ever: its invoice and its rank, not a line id nor a due date."""

    invoice_ref: str
    position: int  # 0 for the first due date


@dataclass(frozen=True, slots=True)
class Installment:
    """One due date of an invoice: what falls due and is chased. Amounts in the invoice's currency."""

    position: int
    due_on: date
    amount: Decimal
    residual: Decimal  # still owed; 0 when settled


class AllocationSource(StrEnum):
    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    OTHER = "other"  # a bank fee, an exchange difference, a write-off


@dataclass(frozen=True, slots=True)
class Allocation:
    """Part of a payment or credit note set against an invoice. Amount in the invoice's currency."""

    ref: str
    source: AllocationSource
    amount: Decimal
    on: date
    position: int | None = None  # the installment, where the host says
    label: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """A document that asks for money, or gives some back (``kind``). Amounts are never negative."""

    ref: str
    number: str  # what the customer reads
    customer_ref: str
    issued_on: date
    currency: str
    total: Decimal
    residual: Decimal
    version: str = ""
    kind: InvoiceKind = InvoiceKind.INVOICE
    state: InvoiceState = InvoiceState.OPEN
    contact_ref: str | None = None  # the contact written on the invoice
    installments: tuple[Installment, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    reference: str | None = None  # the customer's own reference, purchase order
    payment_reference: str | None = None  # what to write on the transfer
    salesperson: Person | None = None
    no_reminders: bool = False
    scenario: str | None = None  # the scenario that the host names for this invoice
    link: str | None = None  # where the customer can see and pay it
    products: tuple[str, ...] = ()  # what it is for: the products named on its lines, each once

    @property
    def is_open(self) -> bool:
        """True while a person may still have to do something about it."""
        return self.state in (InvoiceState.OPEN, InvoiceState.IN_PAYMENT) and self.residual > 0


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received from a customer; ``unapplied`` is what no invoice has taken yet."""

    ref: str
    customer_ref: str
    paid_on: date
    currency: str
    amount: Decimal
    unapplied: Decimal
    version: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """A task open in the host for a person. ``marker`` is our own key when we wrote it."""

    ref: str
    on: Ref
    summary: str
    due_on: date
    version: str = ""
    person_ref: str | None = None
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message that came from outside, on an invoice or a customer."""

    ref: str
    on: Ref
    received_at: datetime
    sender: str
    text: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody of the company wrote in the journal of an invoice or a customer, or said when marking
    one of our tasks done (``task`` is its key; the text may then be empty). It may be an order to us. Never
    a message from outside, and never one of our own writes."""

    ref: str
    on: Ref
    said_at: datetime
    author: Person  # ``ref`` tells two people apart
    text: str  # plain
    version: str = ""
    task: str | None = None


Fact: TypeAlias = Customer | Invoice | Payment | Activity | Inbound | Remark


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that could not be read: where, and why. Its customer is held until it can."""

    ref: Ref
    customer_ref: str | None
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pause:
    """A person's order that nothing leaves for any customer of a company."""

    since_at: datetime
    by: str = ""
    why: str = ""
    until_on: date | None = None  # last day of the pause; None until somebody ends it

    def is_over(self, today: date) -> bool:
        """True when its last day has passed."""
        return self.until_on is not None and self.until_on < today


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a company's data as a whole, for the rules that look at no customer."""

    paused: bool = False
    synced_at: datetime | None = None  # the last pull that ended well
    started_on: date | None = None  # the company's day of the first one: what was old then is a backlog
    sync_too_old: bool = False  # judged at the edge, where the clock is
    out_of_hours: bool = False  # judged at the edge: the office is shut at this hour
    bank_entry_on: date | None = None  # the newest bank entry the host shows; None when it shows none
    pause: Pause | None = None  # who paused it, why and until when; None where nobody noted it


@dataclass(frozen=True, slots=True)
class Account:
    """All that is known of one customer: enough to decide about every one of his installments."""

    customer: Customer
    invoices: tuple[Invoice, ...] = ()  # open ones, credit notes with something left, those in the chase
    payments: tuple[Payment, ...] = ()  # those with something unapplied
    reminders: tuple[Reminder, ...] = ()
    promises: tuple[Promise, ...] = ()
    holds: tuple[Hold, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    plans: tuple[PaymentPlan, ...] = ()
    marks: tuple[Mark, ...] = ()  # what people said of the customer and his invoices
    inbound: tuple[Inbound, ...] = ()  # messages from outside, the newest last
    contacted_elsewhere: tuple[date, ...] = ()  # days on which sister companies wrote to the same debtor
    set_aside: tuple[SetAside, ...] = ()
    #: customers whose invoices this one pays, by ref, when the host names another payer
    pays_for: tuple[str, ...] = field(default=())
    sites: tuple[Customer, ...] = ()  # those customers themselves, as far as they could be read
    read_at: datetime | None = None  # a person has read what the customer wrote up to then
