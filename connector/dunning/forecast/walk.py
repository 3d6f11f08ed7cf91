"""Day after day: decide, plan the messages, and let them leave, from one day of waking to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeAlias

from connector.dunning.decide import CONSENTED, decide
from connector.dunning.endings import Endings, apply_endings, endings
from connector.dunning.forecast.events import ComingEnding, ComingMessage, ComingTask, ForecastEvent
from connector.dunning.forecast.timeline import Still, Timeline
from connector.dunning.forecast.wake import next_look
from connector.dunning.grouping import plan_messages
from connector.dunning.policy import Policy
from connector.model import (
    Account,
    Action,
    Decision,
    InstallmentKey,
    MessagePlan,
    Reason,
    Reminder,
    ReminderState,
    Standing,
)

_Taken: TypeAlias = tuple[InstallmentKey, str]  # an installment and the name of its step


def forecast(
    account: Account, standing: Standing, policy: Policy, today: date, days: int, *, approved: bool = True
) -> list[ForecastEvent]:
    """Tell what happens to an account in the coming ``days`` days, today being the first, if nobody pays and
    nothing else changes.

    Calls the same ``decide`` and ``plan_messages`` as the run, and applies them as it does: a message leaves
    on its day, a task is asked for once, promises and plans end. A step that needs consent gets it the same
    day, or with ``approved`` False never. What lies in the outbox is decided again today, as before each
    delivery. After today the books are taken to be up to date and the office open.
    """
    return list(walk(Still(account), standing, policy, today, today + timedelta(days=days - 1), approved))


def walk(
    timeline: Timeline, standing: Standing, policy: Policy, first: date, last: date, approved: bool = True
) -> Iterator[ForecastEvent]:
    """Yield what happens from ``first`` to ``last``, both included, while the facts follow a timeline."""
    return _Walk(timeline, standing, policy, approved).events(first, last)


class _Walk:
    """One account on its way. Reminders, promises and plans are its own; the facts are the timeline's."""

    def __init__(self, timeline: Timeline, standing: Standing, policy: Policy, approved: bool) -> None:
        self._timeline, self._standing, self._policy, self._approved = timeline, standing, policy, approved
        self._consented = _steps_in(timeline.account, ReminderState.APPROVAL) if approved else set()
        self._written = _steps_in(timeline.account, ReminderState.QUEUED) | self._consented
        kept = (r for r in timeline.account.reminders if not _waits(r, approved))
        self._account = replace(timeline.account, reminders=tuple(kept))
        self._asked = {f.reason for f in timeline.account.follow_ups if f.closed_on is None}

    def events(self, first: date, last: date) -> Iterator[ForecastEvent]:
        day: date | None = first
        standing = self._standing
        while day is not None and day <= last:
            yield from self._look(day, standing)
            standing = replace(standing, sync_too_old=False, out_of_hours=False, bank_entry_on=None)
            woken = next_look(self._account, self._decisions, self._policy, day)
            changed = self._timeline.next_change(day)
            day = min((d for d in (woken, changed) if d is not None), default=None)

    def _look(self, day: date, standing: Standing) -> Iterator[ForecastEvent]:
        """One day: as many rounds as there is something to send, as in the passes of a day."""
        invoices, payments = self._timeline.facts(day)
        account = replace(self._account, invoices=invoices, payments=payments)
        ended = endings(account, day, self._policy)
        account = apply_endings(account, ended, day)
        yield from _endings(account, ended, day)
        account, messages = self._consented_today(account, standing, day)
        yield from messages
        while True:
            decisions = decide(account, standing, self._policy, day)
            plans = plan_messages(account, decisions, self._policy, day)
            yield from self._tasks(account, decisions, day)
            if not plans:
                break
            account, messages = self._leave(account, plans, decisions, day)
            yield from messages
        self._account, self._decisions = account, decisions

    def _consented_today(
        self, account: Account, standing: Standing, day: date
    ) -> tuple[Account, list[ComingMessage]]:
        """What waits for consent today gets it, and leaves whatever the spacing, as after a person's word."""
        waiting, self._consented = self._consented, set()
        if not waiting:
            return account, []
        decisions = decide(account, standing, self._policy, day, waived=CONSENTED)
        plans = plan_messages(account, decisions, self._policy, day)
        return self._leave(account, [p for p in plans if _steps_of(p) <= waiting], decisions, day)

    def _leave(
        self, account: Account, plans: Sequence[MessagePlan], decisions: Sequence[Decision], day: date
    ) -> tuple[Account, list[ComingMessage]]:
        messages = [self._message(account, plan, decisions, day) for plan in plans]
        sent = [
            reminder
            for number, plan in enumerate(plans, len(account.reminders))
            for reminder in self._reminders(plan, decisions, day, number)
        ]
        return replace(account, reminders=(*account.reminders, *sent)), messages

    def _tasks(self, account: Account, decisions: Sequence[Decision], day: date) -> Iterator[ComingTask]:
        wanted: dict[Reason, list[str]] = {}
        for decision in decisions:
            if decision.action is Action.FOLLOW_UP:
                wanted.setdefault(decision.reason, []).append(decision.number)
        for reason, numbers in wanted.items():
            if reason not in self._asked:
                customer = account.customer
                yield ComingTask(day, customer.ref, customer.name, reason, tuple(dict.fromkeys(numbers)))
        self._asked = {str(reason) for reason in wanted}

    def _message(
        self, account: Account, plan: MessagePlan, decisions: Sequence[Decision], day: date
    ) -> ComingMessage:
        of = {d.installment: d for d in decisions if d.installment}
        keys = tuple(line.installment for line in plan.lines)
        return ComingMessage(
            on=day,
            customer_ref=plan.customer_ref,
            customer_name=account.customer.name,
            action=plan.action,
            step=plan.leader.name,
            scenario=plan.scenario.name,
            level=plan.scenario.level(plan.leader.name),
            channel=plan.leader.channel,
            recipient=plan.recipient,
            language=plan.language,
            invoices=tuple(dict.fromkeys(of[key].number for key in keys)),
            installments=keys,
            amount=sum((of[key].residual for key in keys), Decimal(0)),
            currency=plan.currency,
            approval=plan.leader.approval,
            waits=bool(plan.leader.approval) and not self._approved,
            written=bool(self._written) and _steps_of(plan) <= self._written,
        )

    def _reminders(
        self, plan: MessagePlan, decisions: Sequence[Decision], day: date, serial: int
    ) -> Iterator[Reminder]:
        """One for each installment that takes a step, in the state in which the day leaves it."""
        waits = bool(plan.leader.approval) and not self._approved
        of: dict[InstallmentKey | None, Decision] = {d.installment: d for d in decisions}
        for line in plan.lines:
            decision, step = of[line.installment], line.step
            scenario = line.scenario or plan.scenario
            if step is None or decision.due_on is None:
                continue
            yield Reminder(
                installment=line.installment,
                customer_ref=plan.customer_ref,
                scenario=scenario.name,
                scenario_version=scenario.version,
                step=step.name,
                day=step.day,
                level=line.level,
                occurrence=line.occurrence,
                channel=plan.leader.channel,
                recipient=plan.recipient,
                currency=plan.currency,
                residual=decision.residual,
                due_on=decision.due_on,
                message_key=f"forecast/{plan.customer_ref}/{serial}",
                state=ReminderState.APPROVAL if waits else ReminderState.SENT,
                queued_on=day,
                completed_on=None if waits else day,
            )


def _waits(reminder: Reminder, approved: bool) -> bool:
    """True for one that lies in the outbox and may leave today."""
    queued = reminder.state is ReminderState.QUEUED
    return queued or (approved and reminder.state is ReminderState.APPROVAL)


def _steps_in(account: Account, state: ReminderState) -> set[_Taken]:
    return {(r.installment, r.step) for r in account.reminders if r.state is state}


def _steps_of(plan: MessagePlan) -> set[_Taken]:
    return {(line.installment, line.step.name) for line in plan.lines if line.step}


def _endings(account: Account, ended: Endings, day: date) -> Iterator[ComingEnding]:
    ref, name = account.customer.ref, account.customer.name
    for promise, state in ended.promises:
        refs = (promise.invoice_ref,) if promise.invoice_ref else ()
        yield ComingEnding(day, ref, name, "promise", str(state), refs)
    for plan, outcome in ended.plans:
        yield ComingEnding(day, ref, name, "plan", str(outcome), plan.invoice_refs)
    for dispute in ended.disputes:
        yield ComingEnding(day, ref, name, "dispute", "closed", (dispute.invoice_ref,))
