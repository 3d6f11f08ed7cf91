"""What a rule looks at: one installment with all that is known around it, worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property

from connector.dunning.contacts import language_of
from connector.dunning.coverage import Coverage, cover
from connector.dunning.plans import dates_of_plans
from connector.dunning.policy import Policy
from connector.dunning.scenarios import Choice, Facts, choose, named_scenario
from connector.dunning.segments import segment_of
from connector.dunning.sequence import NextStep, next_step
from connector.model import (
    Account,
    Dispute,
    Hold,
    Installment,
    InstallmentKey,
    Invoice,
    InvoiceKind,
    InvoiceState,
    PaymentPlan,
    Promise,
    PromiseState,
    Reminder,
    ReminderState,
    Segment,
    Standing,
)
from connector.model.chase import THANK_YOU

#: A message that waits for consent counts from the day on which it was written: the rest does not follow it
#: at the next pass, and does not wait for ever either.
_CONTACT = frozenset(
    (ReminderState.SENT, ReminderState.QUEUED, ReminderState.APPROVAL, ReminderState.UNKNOWN)
)
_NOTHING: list[Reminder] = []
_ZERO = Decimal(0)


class Chase:
    """One customer's account on one day: what is the same for all of his installments."""

    def __init__(self, account: Account, standing: Standing, policy: Policy, today: date) -> None:
        self.account, self.standing, self.policy, self.today = account, standing, policy, today
        self.invoices = [i for i in account.invoices if i.kind is InvoiceKind.INVOICE]
        self.reminders: dict[InstallmentKey, list[Reminder]] = {}
        for reminder in account.reminders:
            self.reminders.setdefault(reminder.installment, []).append(reminder)

    @cached_property
    def language(self) -> str:
        return language_of(self.account.customer, None, self.policy)

    @cached_property
    def segment(self) -> Segment:
        return segment_of(self.account.customer, self.policy)

    @cached_property
    def choice(self) -> Choice:
        """The scenario of all invoices that name none of their own."""
        owed = max(self.owed.values(), default=Decimal(0))
        facts = Facts(self.account.customer, self.language, self.segment, owed)
        return choose(self.policy.scenarios, facts)

    def choice_for(self, invoice: Invoice) -> Choice:
        """The scenario of an invoice: its own, the customer's, a rule's, the default."""
        named = named_scenario(self.policy.scenarios, invoice.scenario)
        return Choice(named, "invoice", (named.name,)) if named is not None else self.choice

    @cached_property
    def coverage(self) -> Coverage:
        return cover(self.account, self.today)

    @cached_property
    def owed(self) -> Mapping[str, Decimal]:
        """What is owed, due or not, by currency."""
        return self._total(overdue=False)

    @cached_property
    def overdue(self) -> Mapping[str, Decimal]:
        """What is overdue today, by currency, whether or not it is being chased."""
        return self._total(overdue=True)

    def _total(self, *, overdue: bool) -> Mapping[str, Decimal]:
        total: dict[str, Decimal] = {}
        for invoice in self.invoices:
            if invoice.state is not InvoiceState.OPEN:  # a draft, or on its way to the bank
                continue
            least = self.policy.tolerance.get(invoice.currency, _ZERO)
            for installment in invoice.installments:
                owing = installment.residual > 0 and installment.residual >= least
                if owing and (not overdue or installment.due_on < self.today):
                    sofar = total.get(invoice.currency)
                    total[invoice.currency] = installment.residual + (sofar or 0)
        return total

    @cached_property
    def contacts(self) -> list[tuple[date, str, str]]:
        """(day, currency, message) of each message that left or waits to leave, thanks apart."""
        found = {
            r.message_key: (r.completed_on or r.queued_on, r.currency, r.message_key)
            for r in self.account.reminders
            if r.state in _CONTACT and r.step != THANK_YOU
        }
        return sorted(found.values())

    @cached_property
    def last_contact(self) -> Mapping[str, date]:
        """The day of the newest message, by currency."""
        return {currency: on for on, currency, _ in self.contacts}

    @cached_property
    def account_holds(self) -> list[Hold]:
        return [h for h in self.account.holds if h.invoice_ref is None]

    @cached_property
    def promises(self) -> Mapping[str | None, list[Promise]]:
        """The open promises by invoice (None: the whole account), the latest date first."""
        found: dict[str | None, list[Promise]] = {}
        for promise in sorted(self.account.promises, key=lambda p: p.promised_on, reverse=True):
            if promise.state is PromiseState.OPEN:
                found.setdefault(promise.invoice_ref, []).append(promise)
        return found

    @cached_property
    def disputes(self) -> Mapping[str, Dispute]:
        return {d.invoice_ref: d for d in self.account.disputes if d.closed_on is None}

    @cached_property
    def plans(self) -> Mapping[str, tuple[PaymentPlan, date | None]]:
        """The payment plan of each invoice that has one, and the plan's next date still to be paid."""
        return dates_of_plans(self.account)


class Case:
    """One installment of a chase."""

    __slots__ = ("_next", "chase", "choice", "history", "installment", "invoice", "key")

    def __init__(self, chase: Chase, invoice: Invoice, choice: Choice, installment: Installment) -> None:
        self.chase, self.invoice, self.choice, self.installment = chase, invoice, choice, installment
        self.key = InstallmentKey(invoice.ref, installment.position)
        self.history = chase.reminders.get(self.key, _NOTHING)
        self._next: NextStep | bool | None = False

    @property
    def next(self) -> NextStep | None:
        """The next step, or None: no scenario, or all steps taken."""
        if self._next is False:
            self._next = self._find_next()
        return self._next  # type: ignore[return-value]

    def _find_next(self) -> NextStep | None:
        scenario = self.choice.scenario
        if scenario is None:
            return None
        chase = self.chase
        return next_step(
            scenario, self.installment.due_on, self.history, chase.today, chase.standing.started_on
        )
