"""What a case may say: one class for each kind of table in ``*.toml``. An unknown key is an error.

``README.md`` explains the format to those who write cases. Days are TOML dates, or words: "today",
"3 days ago", "in 5 days".
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connector.model import (
    Action,
    AllocationSource,
    DisputeReason,
    InvoiceState,
    MarkName,
    PayerType,
    PlanState,
    PromiseState,
    Reason,
    ReminderState,
    Role,
    Segment,
    Start,
)

Day: TypeAlias = date | str
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORDS = re.compile(r"(?:(?P<ago>\d+) days? ago|in (?P<ahead>\d+) days?)")


def day_of(text: Day, today: date) -> date:
    """Return the date that a day's words mean on ``today``. Raises ValueError for other words."""
    if isinstance(text, date):
        return text
    if text == "today":
        return today
    found = _WORDS.fullmatch(text)
    if found is None:
        raise ValueError(f'{text!r} is no day: write a date, "today", "3 days ago" or "in 5 days"')
    return today + timedelta(days=int(found["ahead"] or 0) - int(found["ago"] or 0))


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StepTable(Table):
    name: str
    day: int
    channel: str = "email"
    include: Literal["overdue", "same_step"] = "overdue"
    approval: int = 0
    assign: str | None = None


class WhenTable(Table):
    language: frozenset[str] = frozenset()
    country: frozenset[str] = frozenset()
    tag: frozenset[str] = frozenset()
    segment: frozenset[Segment] = frozenset()
    salesperson: frozenset[str] = frozenset()
    payment_method: frozenset[str] = frozenset()
    payer_type: frozenset[PayerType] = frozenset()
    at_least: Decimal | None = None
    below: Decimal | None = None


class ScenarioTable(Table):
    name: str = "standard"
    when: WhenTable = WhenTable()
    minimum: Decimal = Decimal("15.00")
    spacing: int = 5
    start: Start = Start.FIRST
    steps: tuple[StepTable, ...] = ()  # none: those of the standard scenario


class BudgetTable(Table):
    contacts: int
    days: int
    across: bool = False


class CompanyTable(Table):
    country: str = "FR"
    language: str = "fr"
    fallback_language: str = "en"
    text_languages: tuple[str, ...] = ("fr", "en")
    exclude_tags: frozenset[str] = frozenset()
    exclude_methods: frozenset[str] = frozenset()
    promise_grace: int = 2
    target_days: bool = True
    reply_days: int = 5
    thank_you: bool = True
    thank_within: int = 14
    budget: BudgetTable | None = None
    closed: tuple[str, ...] = ()  # names of weekdays
    close_on_holidays: bool = False
    segment_of_tag: dict[str, Segment] = Field(default_factory=dict)
    tolerance: dict[str, Decimal] = Field(default_factory=dict)
    max_bank_age: int | None = None
    # how the company stands today
    paused: bool = False
    last_pull_too_old: bool = False
    office_shut: bool = False
    installed: Day | None = date(2020, 1, 1)
    last_bank_entry: Day | None = None


class ContactTable(Table):
    name: str
    email: str | None = None
    language: str | None = None
    roles: frozenset[Role] = frozenset()


class CustomerTable(Table):
    name: str = "Exemple SARL"
    email: str | None = "contact@example.com"
    phone: str | None = None
    language: str | None = "fr"
    country: str | None = "FR"
    registry: str | None = None
    is_company: bool = True
    tags: frozenset[str] = frozenset()
    salesperson: str | None = None
    no_reminders: bool = False
    segment: Segment | None = None
    scenario: str | None = None
    payment_method: str | None = None
    payer_type: PayerType | None = None
    insolvent: bool = False
    contacts: tuple[ContactTable, ...] = (
        ContactTable(
            name="Service comptable", email="compta@example.com", roles=frozenset({Role.ACCOUNTING})
        ),
    )


class SiteTable(Table):
    """A customer for whom this one pays: its invoices say ``billed_to``."""

    name: str
    no_reminders: bool = False
    tags: frozenset[str] = frozenset()
    payment_method: str | None = None
    insolvent: bool = False


class PartTable(Table):
    """One due date of an invoice, with what was paid of it."""

    due: Day = "10 days ago"
    amount: Decimal = Decimal("1200.00")
    paid: Decimal = Decimal(0)
    paid_on: Day = "today"
    paid_by: AllocationSource = AllocationSource.PAYMENT


class InvoiceTable(PartTable):
    number: str
    parts: tuple[PartTable, ...] = ()  # instead of due, amount, paid
    issued: Day | None = None
    currency: str = "EUR"
    state: InvoiceState | None = None  # none: open while something is owed, else paid
    contact: str | None = None  # the name of one of the customer's contacts
    order_number: str | None = None
    payment_reference: str | None = None
    no_reminders: bool = False
    scenario: str | None = None
    billed_to: str | None = None  # another customer, for whom this one pays


class CreditNoteTable(Table):
    number: str
    amount: Decimal
    currency: str = "EUR"


class PaymentTable(Table):
    """Money that no invoice has taken yet."""

    amount: Decimal
    on: Day = "today"
    label: str = "VIR EXEMPLE"
    currency: str = "EUR"


class ReminderTable(Table):
    of: str
    part: int = 1
    step: str
    on: Day
    day: int | None = None  # the step's day then, where the scenario no longer has that step
    state: ReminderState = ReminderState.SENT
    to: str = "compta@example.com"
    currency: str = "EUR"


class PromiseTable(Table):
    of: str | None = None  # none: the whole account
    on: Day
    made: Day = "10 days ago"
    amount: Decimal | None = None
    currency: str | None = None
    state: PromiseState = PromiseState.OPEN
    owed: Decimal | None = None  # what was to be paid by that day when it was made
    recorded: Day | None = None  # at nine in the morning, like messages; none: only the day is known


class HoldTable(Table):
    of: str | None = None
    since: Day = "10 days ago"
    until: Day | None = None
    reason: str = ""
    released: Day | None = None
    recorded: Day | None = None


class DisputeTable(Table):
    of: str
    reason: DisputeReason = DisputeReason.OTHER
    opened: Day = "5 days ago"
    closed: Day | None = None
    recorded: Day | None = None


class PlanPartTable(Table):
    due: Day
    amount: Decimal


class PlanTable(Table):
    of: tuple[str, ...]
    parts: tuple[PlanPartTable, ...]
    made: Day = "20 days ago"
    currency: str = "EUR"
    state: PlanState = PlanState.OPEN
    recorded: Day | None = None


class MarkTable(Table):
    of: str | None = None
    site: str | None = None  # said of that site, not of the customer who pays
    name: MarkName
    value: str


class InboundTable(Table):
    received: Day
    sender: str = "compta@example.com"
    text: str = "Nous revenons vers vous."
    on: str | None = None  # the number of an invoice


class SetAsideTable(Table):
    number: str
    field: str
    reason: str


class DecisionTable(Table):
    """Without ``wake_on`` the answer holds until facts change, or is an act of today."""

    of: str
    part: int = 1
    action: Action
    reason: Reason
    wake_on: Day | None = None
    step: str | None = None  # looked at when given, like the others below
    scenario: str | None = None
    scenario_by: Literal["invoice", "customer", "rule", "default"] | None = None
    channel: str | None = None
    asks: Decimal | None = None


class MessageTable(Table):
    to: str
    language: str
    step: str
    lists: tuple[str, ...]  # "F-1", or "F-1/2" for its second installment
    only_listed: tuple[str, ...] = ()  # those of them that take no step
    currency: str | None = None
    thanks: bool = False


class CaseTable(Table):
    """Facts in, decisions out."""

    title: str
    pain: int | None = None
    note: str = ""
    fault: str = ""  # why the engine does not do this yet
    today: date = date(2026, 11, 23)  # a Monday
    company: CompanyTable = CompanyTable()
    scenarios: tuple[ScenarioTable, ...] = (ScenarioTable(),)
    customer: CustomerTable = CustomerTable()
    sites: tuple[SiteTable, ...] = ()
    invoices: tuple[InvoiceTable, ...]
    credit_notes: tuple[CreditNoteTable, ...] = ()
    payments: tuple[PaymentTable, ...] = ()
    reminders: tuple[ReminderTable, ...] = ()
    promises: tuple[PromiseTable, ...] = ()
    holds: tuple[HoldTable, ...] = ()
    disputes: tuple[DisputeTable, ...] = ()
    plans: tuple[PlanTable, ...] = ()
    marks: tuple[MarkTable, ...] = ()
    inbound: tuple[InboundTable, ...] = ()
    set_aside: tuple[SetAsideTable, ...] = ()
    sister_companies_wrote: tuple[Day, ...] = ()
    ends: tuple[str, ...] = ()  # "promise broken", "plan kept", "dispute closed"
    decisions: tuple[DecisionTable, ...]
    messages: tuple[MessageTable, ...] = ()
    says: dict[str, str] = Field(default_factory=dict)  # part of the French explanation of an invoice
    deducts: tuple[Decimal, ...] | None = (
        None  # unapplied money that a message deducts; not looked at unless given
    )

    @model_validator(mode="after")
    def _numbers_are_known(self) -> CaseTable:
        known = {invoice.number for invoice in self.invoices}
        named: list[Any] = [*self.reminders, *self.promises, *self.holds, *self.disputes, *self.marks]
        numbers = {item.of for item in (*named, *self.decisions) if item.of is not None}
        numbers |= {number for plan in self.plans for number in plan.of}
        if unknown := numbers - known:
            raise ValueError(f"{self.title}: no invoice {', '.join(sorted(unknown))} in this case")
        return self
