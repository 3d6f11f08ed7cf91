"""What a rule looks at: one installment with all that is known around it, worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from connector.dunning.contacts import language_of
from connector.dunning.coverage import Coverage, cover
from connector.dunning.policy import Policy
from connector.dunning.scenarios import choose
from connector.dunning.sequence import NextStep, next_step
from connector.model import (
    Account,
    Installment,
    InstallmentKey,
    Invoice,
    InvoiceKind,
    Reminder,
    ReminderState,
    Scenario,
    Standing,
)
from connector.model.chase import THANK_YOU


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
    def choice(self) -> tuple[Scenario | None, tuple[str, ...]]:
        return choose(self.policy.scenarios, self.account.customer, self.language)

    @cached_property
    def coverage(self) -> Coverage:
        return cover(self.account, self.today)

    @cached_property
    def overdue(self) -> Mapping[str, Decimal]:
        """What is overdue today, by currency, whether or not it is being chased."""
        total: dict[str, Decimal] = {}
        for invoice in self.invoices:
            for installment in invoice.installments:
                if installment.residual > 0 and installment.due_on < self.today:
                    sofar = total.get(invoice.currency, Decimal(0))
                    total[invoice.currency] = sofar + installment.residual
        return total

    @cached_property
    def last_contact(self) -> Mapping[str, date]:
        """The day of the newest reminder that left, or waits to leave, by currency."""
        last: dict[str, date] = {}
        for r in self.account.reminders:
            if r.state in (ReminderState.SENT, ReminderState.QUEUED, ReminderState.UNKNOWN):
                on = r.completed_on or r.queued_on
                if r.step != THANK_YOU:
                    last[r.currency] = max(on, last.get(r.currency, on))
        return last


@dataclass(frozen=True)
class Case:
    """One installment of a chase."""

    chase: Chase
    invoice: Invoice
    installment: Installment

    @property
    def key(self) -> InstallmentKey:
        return InstallmentKey(self.invoice.ref, self.installment.position)

    @cached_property
    def history(self) -> list[Reminder]:
        return self.chase.reminders.get(self.key, [])

    @cached_property
    def next(self) -> NextStep | None:
        scenario = self.chase.choice[0]
        if scenario is None:
            return None
        started_on = self.chase.standing.started_on
        return next_step(scenario, self.installment.due_on, self.history, self.chase.today, started_on)

    def days(self, count: int) -> date:
        return self.chase.today + timedelta(days=count)
