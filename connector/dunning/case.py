"""What a rule looks at: one installment with all that is known around it, worked out once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from connector.dunning.calendar import days
from connector.dunning.contacts import Recipient, choose_recipient, language_of
from connector.dunning.coverage import Coverage, cover
from connector.dunning.once import once
from connector.dunning.plans import dates_of_plans
from connector.dunning.policy import Policy
from connector.dunning.promises import last_day
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
_CONTACT = (ReminderState.SENT, ReminderState.QUEUED, ReminderState.APPROVAL, ReminderState.UNKNOWN)
_NOTHING: list[Reminder] = []
_ZERO = Decimal(0)
# what is asked of every installment: before Python 3.12 each look-up of a member costs as much as a rule
_INVOICE, _OPEN = InvoiceKind.INVOICE, InvoiceState.OPEN


class Chase:
    """One customer's account on one day: what is the same for all of his installments."""

    def __init__(self, account: Account, standing: Standing, policy: Policy, today: date) -> None:
        self.account, self.standing, self.policy, self.today = account, standing, policy, today
        self.invoices = [i for i in account.invoices if i.kind is _INVOICE]
        self.sites = {site.ref: site for site in account.sites}
        self.reminders: dict[InstallmentKey, list[Reminder]] = {}
        for reminder in account.reminders:
            self.reminders.setdefault(reminder.installment, []).append(reminder)
        self._recipients: dict[str | None, Recipient | None] = {}

    @once
    def language(self) -> str:
        return language_of(self.account.customer, None, self.policy)

    @once
    def segment(self) -> Segment:
        return segment_of(self.account.customer, self.policy)

    @once
    def choice(self) -> Choice:
        """The scenario of all invoices that name none of their own."""
        owed = max(self.owed.values(), default=_ZERO)
        facts = Facts(self.account.customer, self.language, self.segment, owed)
        return choose(self.policy.scenarios, facts)

    def choice_for(self, invoice: Invoice) -> Choice:
        """The scenario of an invoice: its own, the customer's, a rule's, the default."""
        if not invoice.scenario:
            return self.choice
        named = named_scenario(self.policy.scenarios, invoice.scenario)
        return Choice(named, "invoice", (named.name,)) if named is not None else self.choice

    def recipient_for(self, invoice: Invoice) -> Recipient | None:
        """Who is written to about this invoice alone: one and the same for all that name the same contact."""
        named = invoice.contact_ref
        if named not in self._recipients:
            self._recipients[named] = choose_recipient(self.account, [invoice], self.policy)
        return self._recipients[named]

    @once
    def coverage(self) -> Coverage:
        return cover(self.account, self.today)

    @once
    def owed(self) -> Mapping[str, Decimal]:
        """What is owed, due or not, by currency."""
        return self._total(overdue=False)

    @once
    def overdue(self) -> Mapping[str, Decimal]:
        """What is overdue today, by currency, whether or not it is being chased."""
        return self._total(overdue=True)

    @once
    def chaseable(self) -> Mapping[str, Decimal]:
        """What is overdue and can be asked for, by currency: all but what people's words or money that
        nobody has matched keep from being chased."""
        quiet, covered = self._left_alone(), self.coverage.by
        return self._total(
            overdue=True,
            counts=lambda invoice, installment: (
                not invoice.no_reminders
                and invoice.ref not in quiet
                and InstallmentKey(invoice.ref, installment.position) not in covered
            ),
        )

    def _left_alone(self) -> set[str | None]:
        """The invoices that are disputed, held, or under a promise or a payment plan that still runs."""
        today, policy = self.today, self.policy
        held = (h for h in self.account.holds if h.released_at is None)
        return {
            *self.disputes,
            *(h.invoice_ref for h in held if h.until_on is None or h.until_on >= today),
            *(ref for ref, said in self.promises.items() if today <= last_day(said[0].promised_on, policy)),
            *(ref for ref, (_, on) in self.plans.items() if on is None or today <= last_day(on, policy)),
        }

    def _total(
        self, *, overdue: bool, counts: Callable[[Invoice, Installment], bool] | None = None
    ) -> Mapping[str, Decimal]:
        total: dict[str, Decimal] = {}
        for invoice in self.invoices:
            if invoice.state is not _OPEN:  # a draft, or on its way to the bank
                continue
            least = self.policy.tolerance.get(invoice.currency, _ZERO)
            for installment in invoice.installments:
                owing = installment.residual > _ZERO and installment.residual >= least
                late = not overdue or installment.due_on < self.today
                if owing and late and (counts is None or counts(invoice, installment)):
                    sofar = total.get(invoice.currency)
                    total[invoice.currency] = installment.residual + (sofar or 0)
        return total

    @once
    def contacts(self) -> list[tuple[date, str, str]]:
        """(day, currency, message) of each message that left or waits to leave, thanks apart."""
        found = {
            r.message_key: (r.completed_on or r.queued_on, r.currency, r.message_key)
            for r in self.account.reminders
            if r.state in _CONTACT and r.step != THANK_YOU
        }
        return sorted(found.values())

    @once
    def counted_contacts(self) -> list[date]:
        """The days within the budget's period on which he was written to, by us or by sister companies."""
        budget = self.policy.budget
        if budget is None:
            return []
        since = self.today - days(budget.days)
        ours = [on for on, _, _ in self.contacts if on > since]
        return sorted(ours + [on for on in self.account.contacted_elsewhere if on > since])

    @once
    def last_contact(self) -> Mapping[str, date]:
        """The day of the newest message, by currency."""
        return {currency: on for on, currency, _ in self.contacts}

    @once
    def account_holds(self) -> list[Hold]:
        return [h for h in self.account.holds if h.invoice_ref is None]

    @once
    def promises(self) -> Mapping[str | None, list[Promise]]:
        """The open promises by invoice (None: the whole account), the latest date first."""
        found: dict[str | None, list[Promise]] = {}
        for promise in sorted(self.account.promises, key=lambda p: p.promised_on, reverse=True):
            if promise.state is PromiseState.OPEN:
                found.setdefault(promise.invoice_ref, []).append(promise)
        return found

    @once
    def disputes(self) -> Mapping[str, Dispute]:
        return {d.invoice_ref: d for d in self.account.disputes if d.closed_on is None}

    @once
    def plans(self) -> Mapping[str, tuple[PaymentPlan, date | None]]:
        """The payment plan of each invoice that has one, and the plan's next date still to be paid."""
        return dates_of_plans(self.account)


class Case:
    """One installment of a chase."""

    __slots__ = ("chase", "choice", "history", "installment", "invoice", "key", "next")

    def __init__(self, chase: Chase, invoice: Invoice, choice: Choice, installment: Installment) -> None:
        self.chase, self.invoice, self.choice, self.installment = chase, invoice, choice, installment
        self.key = InstallmentKey(invoice.ref, installment.position)
        self.history = chase.reminders.get(self.key, _NOTHING)
        #: None: no scenario, or all steps taken
        self.next: NextStep | None = None
        if choice.scenario is not None:
            started_on = chase.standing.started_on
            self.next = next_step(choice.scenario, installment.due_on, self.history, chase.today, started_on)
