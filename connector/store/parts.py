"""What is gathered for one account, until it is whole."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import RowMapping

from connector.model import (
    Account,
    Customer,
    Dispute,
    FollowUp,
    Hold,
    Inbound,
    InstallmentKey,
    Invoice,
    Kind,
    Mark,
    Payment,
    PaymentPlan,
    PlanState,
    Promise,
    PromiseState,
    Ref,
    Reminder,
    ReminderState,
    SetAside,
)
from connector.model.chase import THANK_YOU
from connector.store import codec

T = TypeVar("T")

#: Most messages from outside in an account: the newest.
INBOUND = 10

#: States of a thank-you in which it has not left, and may.
_NOT_GONE = (ReminderState.DROPPED, ReminderState.QUEUED, ReminderState.APPROVAL)


class Parts:
    """What is gathered for one customer and those whom he pays for. What may be read twice is kept by id."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        self.name: str | None = None
        self.customer: Customer | None = None
        self.invoices: dict[str, Invoice] = {}
        self.payments: list[Payment] = []
        self.set_aside: list[SetAside] = []
        self.inbound: list[Inbound] = []
        self.reminders: dict[tuple[object, ...], Reminder] = {}
        self.promises: dict[int, Promise] = {}
        self.holds: dict[int, Hold] = {}
        self.follow_ups: dict[int, FollowUp] = {}
        self.disputes: dict[int, Dispute] = {}
        self.plans: dict[int, PaymentPlan] = {}
        self.marks: dict[int, Mark] = {}
        self.pays_for: list[str] = []
        self.sites: list[Customer] = []
        self.read_at: datetime | None = None

    def add_customer(self, row: RowMapping) -> None:
        """He himself. When he cannot be read he is bare, with his last name."""
        self.name = row["name"]
        if self._readable(row):
            self.customer = codec.load_fact(Kind.CUSTOMER, row["ref"], row["body"])

    def add_paid_for(self, row: RowMapping) -> None:
        """A customer whom he pays for. When that one cannot be read, nobody can tell what is owed for him."""
        if self._readable(row):
            self.pays_for.append(row["ref"])
            self.sites.append(codec.load_fact(Kind.CUSTOMER, row["ref"], row["body"]))

    def add(self, row: RowMapping) -> None:
        """An invoice, a payment, or whatever was set aside."""
        kind = Kind(row["kind"])
        if not self._readable(row):
            return
        fact = codec.load_fact(kind, row["ref"], row["body"])
        if kind is Kind.INVOICE:
            self.invoices[fact.ref] = fact
        else:
            self.payments.append(fact)

    def add_inbound(self, row: RowMapping) -> None:
        self.inbound.append(codec.load_fact(Kind.INBOUND, row["ref"], row["body"]))

    def add_reminder(self, reminder: Reminder) -> None:
        self.reminders[reminder.installment, reminder.step, reminder.occurrence] = reminder

    def agreed_on(self) -> set[str]:
        """Invoices that may be closed while something was said of them: a promise or a plan that is to be
        judged, a dispute that may end."""
        promised = {
            p.invoice_ref for p in self.promises.values() if p.state is PromiseState.OPEN and p.invoice_ref
        }
        planned = {ref for p in self.plans.values() if p.state is PlanState.OPEN for ref in p.invoice_refs}
        disputed = {d.invoice_ref for d in self.disputes.values() if d.closed_on is None}
        return (promised | planned | disputed) - self.invoices.keys()

    def unthanked(self) -> set[str]:
        """Invoices that may be closed with an installment reminded of and not yet thanked for. A thank-you
        that was dropped makes room for the next, and one that waits to leave is decided again before it
        does."""
        thanked = {
            reminder.installment
            for reminder in self.reminders.values()
            if reminder.step == THANK_YOU and reminder.state not in _NOT_GONE
        }
        reminded = {
            reminder.installment.invoice_ref
            for reminder in self.reminders.values()
            if reminder.state is ReminderState.SENT
            and reminder.step != THANK_YOU
            and reminder.installment not in thanked
        }
        return reminded - self.invoices.keys()

    def promised_since(self) -> date | None:
        """The day on which the first open promise for the whole account was made."""
        whole = [p for p in self.promises.values() if p.state is PromiseState.OPEN and p.invoice_ref is None]
        return min((promise.made_on for promise in whole), default=None)

    def account(self) -> Account:
        disputes = (
            d for d in self.disputes.values() if d.closed_on is None or d.invoice_ref in self.invoices
        )
        inbound = sorted(self.inbound, key=lambda message: (message.received_at, message.ref))
        return Account(
            customer=self.customer or Customer(self.ref, self.name or self.ref),
            invoices=tuple(sorted(self.invoices.values(), key=lambda i: (i.issued_on, i.ref))),
            payments=tuple(sorted(self.payments, key=lambda payment: (payment.paid_on, payment.ref))),
            reminders=tuple(sorted(self.reminders.values(), key=_in_time)),
            promises=_by_id(self.promises),
            holds=_by_id(self.holds),
            follow_ups=_by_id(self.follow_ups),
            disputes=tuple(sorted(disputes, key=lambda dispute: dispute.id)),
            plans=_by_id(self.plans),
            marks=_by_id(self.marks),
            inbound=tuple(inbound[-INBOUND:]),
            set_aside=tuple(self.set_aside),
            pays_for=tuple(self.pays_for),
            sites=tuple(self.sites),
            read_at=self.read_at,
        )

    def _readable(self, row: RowMapping) -> bool:
        """Whether there is a fact. A record that was set aside is kept as such; one that is gone is not."""
        if row["gone"]:
            return False
        if row["problem_reason"] is None:
            return True
        ref = Ref(Kind(row["kind"]), row["ref"])
        why = SetAside(ref, row["customer_ref"], row["problem_field"], row["problem_reason"])
        self.set_aside.append(why)
        return False


def _by_id(found: dict[int, T]) -> tuple[T, ...]:
    return tuple(value for _, value in sorted(found.items(), key=lambda item: item[0]))


def _in_time(reminder: Reminder) -> tuple[date, InstallmentKey, int, str, int]:
    return (reminder.queued_on, reminder.installment, reminder.level, reminder.step, reminder.occurrence)
