"""What a planned message, or a call, is for each installment that it lists: one step taken."""

from __future__ import annotations

from datetime import date

from connector.model import Account, MessagePlan, Reminder, ReminderState
from connector.store.ports import EffectState


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
