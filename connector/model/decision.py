"""What to do today for an installment, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from connector.model.chase import Scenario, Step
from connector.model.ledger import InstallmentKey, Segment


class Action(StrEnum):
    REMIND = "remind"  # a message leaves
    FOLLOW_UP = "follow_up"  # a person is asked to act
    THANK = "thank"
    WAIT = "wait"  # time alone will change the answer (see ``wake_on``)
    HOLD = "hold"  # a person or the host must change something first


class Reason(StrEnum):
    """Why. The order here is the order in which the rules are looked at; the first that applies wins."""

    # the company
    PAUSED = "paused"
    STALE_SYNC = "stale_sync"
    STALE_BANK = "stale_bank"
    # the customer
    HELD = "held"
    INSOLVENT = "insolvent"
    UNREADABLE = "unreadable"
    REPLIED = "replied"
    EXCLUDED = "excluded"
    NO_SCENARIO = "no_scenario"
    # the installment
    SETTLED = "settled"
    PAID_AFTER_REMINDER = "paid_after_reminder"
    IN_PAYMENT = "in_payment"
    COVERED = "covered"
    DISPUTED = "disputed"
    PLANNED = "planned"
    PROMISED = "promised"
    UNKNOWN_DELIVERY = "unknown_delivery"
    FAILED_DELIVERY = "failed_delivery"
    QUEUED = "queued"
    APPROVAL = "approval"
    ENDED = "ended"
    NOT_DUE = "not_due"
    OLD_DEBT = "old_debt"
    BELOW_MINIMUM = "below_minimum"
    MISSING_ORDER_NUMBER = "missing_order_number"
    NO_CONTACT = "no_contact"
    SPACING = "spacing"
    CLOSED_DAY = "closed_day"
    BUDGET = "budget"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule that was looked at: its reason code, whether it applied, and the figures it saw."""

    reason: Reason
    applies: bool
    seen: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one installment today. ``wake_on`` is the next day on which it can change by itself;
    None when only a change of facts can change it."""

    customer_ref: str
    installment: InstallmentKey | None
    number: str  # of the invoice, for people
    action: Action
    reason: Reason
    wake_on: date | None
    step: Step | None = None  # the step taken now, or the next one
    step_on: date | None = None  # the day on which that step is or was due
    scenario: Scenario | None = None
    due_on: date | None = None
    residual: Decimal = Decimal(0)
    currency: str = ""
    seen: Mapping[str, object] = field(default_factory=dict)  # figures for the sentence that explains it
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One installment listed in a message; ``step`` is None when it is listed but takes no step today."""

    installment: InstallmentKey
    step: Step | None
    level: int
    occurrence: int
    scenario: Scenario | None = None  # the installment's own, which may be another than the leader's


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """One message to one customer: the grouping of the decisions that remind (or thank)."""

    customer_ref: str
    currency: str
    action: Action  # REMIND or THANK
    leader: Step  # the highest step due: it gives the template and the channel
    scenario: Scenario
    lines: tuple[PlannedLine, ...]
    contact_ref: str | None  # the contact written to; None for the customer's own address
    recipient_name: str
    recipient: str  # address
    language: str
    segment: Segment = Segment.OTHER  # of the customer: which words, and which law
