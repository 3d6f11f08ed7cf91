"""What we add to the ledger: scenarios, the reminders they led to, promises, holds, tasks for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from connector.model.ledger import InstallmentKey, PayerType, Segment


class Start(StrEnum):
    """Where the chase of a debt begins that was already old when we first saw it."""

    FIRST = "first"  # at the first step after the due date
    BY_AGE = "by_age"  # at the last step whose day has passed
    HOLD = "hold"  # nowhere, until a person releases it


#: The channel whose steps are calls: a task for a person, no message.
CALL_CHANNEL = "call"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scenario: when, through which channel, with which text."""

    name: str
    day: int  # days after the due date; negative before it
    channel: str
    template: str
    include: str = "overdue"  # "overdue": all that is overdue; "same_step": only what is at this step
    approval: int = 0  # how many people must agree before it leaves
    assign: str | None = None  # who gets the task, for a step that is a task
    interest: bool = False  # the message states late-payment interest, where a law gives it

    @property
    def is_call(self) -> bool:
        """True for a step that a person takes by telephone."""
        return self.channel == CALL_CHANNEL


@dataclass(frozen=True, slots=True)
class When:
    """A closed set of conditions; an empty one is always true, all those given must hold."""

    language: frozenset[str] = frozenset()
    country: frozenset[str] = frozenset()
    tag: frozenset[str] = frozenset()
    segment: frozenset[Segment] = frozenset()
    salesperson: frozenset[str] = frozenset()  # names or refs
    payment_method: frozenset[str] = frozenset()
    payer_type: frozenset[PayerType] = frozenset()
    at_least: Decimal | None = None  # what the customer owes in one currency, this or more
    below: Decimal | None = None  # … and less than this

    @property
    def is_empty(self) -> bool:
        return self == When()


@dataclass(frozen=True, slots=True)
class Scenario:
    """The ordered steps for a kind of customer. ``version`` is a digest of all that it says."""

    name: str
    steps: tuple[Step, ...]
    version: str = ""
    when: When = When()
    minimum: Decimal = Decimal(0)  # per currency of the invoice: below it nothing is chased
    spacing: int = 0  # whole days between two messages to the same customer
    start: Start = Start.FIRST

    def level(self, step_name: str) -> int:
        """Return the rank of a step, 1 for the first; 0 when the scenario has no such step."""
        return next((n for n, step in enumerate(self.steps, 1) if step.name == step_name), 0)


class ReminderState(StrEnum):
    QUEUED = "queued"  # written, not yet handed to a channel
    APPROVAL = "approval"  # written, waiting for a person's consent
    SENT = "sent"
    REFUSED = "refused"  # the address or the message was refused: it certainly did not arrive
    FAILED = "failed"  # it certainly did not leave, and will not be tried again by itself
    UNKNOWN = "unknown"  # it may have left: a person must say
    DROPPED = "dropped"  # taken back before it left, since the facts had changed
    CANCELLED = "cancelled"  # taken back by a person


@dataclass(frozen=True, slots=True)
class Reminder:
    """One step taken for one installment. Several share a message (``message_key``).

    ``occurrence`` counts how often this step was begun for this installment: a dropped one makes room
    for the next. The store holds (installment, step, occurrence) unique.
    """

    installment: InstallmentKey
    customer_ref: str
    scenario: str
    scenario_version: str
    step: str
    day: int  # the step's day when it was taken
    level: int
    occurrence: int
    channel: str
    recipient: str  # e-mail address or desk it went to
    currency: str
    residual: Decimal  # owed on the installment when it was written
    due_on: date
    message_key: str
    state: ReminderState
    queued_on: date
    completed_on: date | None = None  # the company's day on which it was sent


#: The step name under which a thank-you is recorded for an installment.
THANK_YOU = "thank_you"


class PromiseState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    PARTLY = "partly"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to pay, by invoice or (``invoice_ref`` None) for the whole account."""

    id: int
    customer_ref: str
    invoice_ref: str | None
    promised_on: date  # the day by which the money was promised
    made_on: date
    amount: Decimal | None = None  # None: all that is owed
    currency: str | None = None
    state: PromiseState = PromiseState.OPEN
    note: str = ""
    #: what was to be paid by that day when it was made, in ``currency``; None where nobody noted it
    owed: Decimal | None = None
    recorded_at: datetime | None = None  # when a person wrote it down; None where nobody noted it


@dataclass(frozen=True, slots=True)
class Hold:
    """A person's order not to chase a customer, or one invoice, until a day or for good."""

    id: int
    customer_ref: str
    invoice_ref: str | None
    since_on: date
    until_on: date | None = None  # last day of the hold; None until somebody resumes
    reason: str = ""
    released_at: datetime | None = None
    recorded_at: datetime | None = None  # when a person wrote it down


class MarkName(StrEnum):
    """What a person may say of a customer or an invoice, over what the host says."""

    SEGMENT = "segment"
    SCENARIO = "scenario"
    PAYER_TYPE = "payer_type"
    INSOLVENT = "insolvent"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Mark:
    """A person's word on a customer, or on one invoice."""

    customer_ref: str
    invoice_ref: str | None
    name: MarkName
    value: str


class DisputeReason(StrEnum):
    """Why a customer does not agree; codes for the statistics of what goes wrong."""

    PRICE = "price"
    QUANTITY = "quantity"
    QUALITY = "quality"
    DELIVERY = "delivery"
    NOT_RECEIVED = "not_received"  # the invoice, not the goods
    ORDER_NUMBER = "order_number"
    DUPLICATE = "duplicate"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A disagreement about one invoice: that one is not chased, and no interest runs, until it is closed.
    It closes by itself when the invoice is paid or credited."""

    id: int
    customer_ref: str
    invoice_ref: str
    reason: DisputeReason
    opened_on: date
    closed_on: date | None = None
    note: str = ""
    recorded_at: datetime | None = None  # when a person wrote it down


class PlanState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PlanPart:
    """One date of a payment plan and what is to be paid by it; ``interest`` is how much of the amount stands
    in no invoice."""

    due_on: date
    amount: Decimal
    interest: Decimal = Decimal(0)

    @property
    def principal(self) -> Decimal:
        """What it pays of the invoices."""
        return self.amount - self.interest


@dataclass(frozen=True, slots=True)
class PaymentPlan:
    """New dates agreed for some invoices: they replace theirs. One part missed breaks it."""

    id: int
    customer_ref: str
    invoice_refs: tuple[str, ...]
    currency: str
    parts: tuple[PlanPart, ...]
    made_on: date
    state: PlanState = PlanState.OPEN
    note: str = ""
    recorded_at: datetime | None = None  # when a person wrote it down

    @property
    def total(self) -> Decimal:
        """All that is to be paid, interest too."""
        return sum((part.amount for part in self.parts), Decimal(0))

    @property
    def principal(self) -> Decimal:
        """What was owed on the invoices when it was made: the books show how that is paid, and it alone."""
        return sum((part.principal for part in self.parts), Decimal(0))

    @property
    def interest(self) -> Decimal:
        return self.total - self.principal


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A task that we asked a person to do. One open follow-up per customer and reason at a time."""

    id: int
    customer_ref: str
    reason: str
    key: str
    opened_on: date
    closed_on: date | None = None
    again_on: date | None = None  # closed by a person: not to be opened again before that day
