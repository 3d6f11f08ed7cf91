"""What a planned message, or a call, is for each installment that it lists: one step taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from connector.model import Account, Message, MessagePlan, Reminder, ReminderState
from connector.pipeline.report import PassReport
from connector.ports import Task
from connector.store.ports import EffectState, Event, Unit


def queue_steps(
    unit: Unit,
    plan: MessagePlan,
    item: Message | Task,
    taken: Sequence[Reminder],
    state: EffectState,
    now: datetime,
    report: PassReport,
    event: str,
    **more: str,
) -> bool:
    """Queue a message, or the task of a call, with the steps that it takes; each has its ``event``, which
    tells ``more``. False when it is there already."""
    if not unit.queue_message(item, taken, state, now):
        return False
    report.acted[plan.action] += len(taken)
    about = {**more, "message_key": item.key}
    unit.record(
        Event(now, event, plan.customer_ref, r.installment.invoice_ref, {"step": r.step, **about})
        for r in taken
    )
    return True


def reminders_of(
    account: Account, plan: MessagePlan, message_key: str, today: date, state: EffectState
) -> list[Reminder]:
    """One reminder for each listed installment that takes a step."""
    installments = {
        (invoice.ref, installment.position): installment
        for invoice in account.invoices
        for installment in invoice.installments
    }
    return [
        Reminder(
            installment=line.installment,
            customer_ref=plan.customer_ref,
            scenario=(line.scenario or plan.scenario).name,
            scenario_version=(line.scenario or plan.scenario).version,
            step=line.step.name,
            day=line.step.day,
            level=line.level,
            occurrence=line.occurrence,
            channel=plan.leader.channel,
            recipient=plan.recipient,
            currency=plan.currency,
            residual=installments[line.installment].residual,
            due_on=installments[line.installment].due_on,
            message_key=message_key,
            state=ReminderState.APPROVAL if state is EffectState.APPROVAL else ReminderState.QUEUED,
            queued_on=today,
        )
        for line in plan.lines
        if line.step is not None
    ]
