"""Steps that are calls: a task for a person with a call sheet, in the place of a message.

The step counts as taken when the task stands in the host, so that a call which nobody makes stops no chase. A
host without tasks has the work list, which tells the call on the day on which its step is taken.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from connector import tasks
from connector.company import Company
from connector.dunning.calendar import is_working_day, next_working_day
from connector.message import message_key
from connector.model import Account, MessagePlan, ReminderState, Step
from connector.pipeline.report import PassReport
from connector.pipeline.steps_taken import queue_steps, reminders_of
from connector.ports import Ability
from connector.store.ports import EffectState, Unit


def call_key(company: Company, plan: MessagePlan) -> str:
    """The key of a call's task: the same steps of the same installments have the same."""
    return f"{message_key(plan, company.id)}/call"


def queue(
    company: Company, unit: Unit, account: Account, plan: MessagePlan, today: date, report: PassReport
) -> bool:
    """Queue the task of a call with the steps that it takes; False when it is there already, or when nobody
    would be told of it today."""
    in_host = Ability.ACTIVITY in company.host.supports
    if not in_host and not is_working_day(today, company.policy.country):
        return False
    key, due_on = call_key(company, plan), next_working_day(today, company.policy.country)
    calls = tasks.calls_in(unit.events(customer_ref=plan.customer_ref), company.zone)
    about = (company.language, account, plan, key, due_on)
    task = tasks.call_sheet(*about, country=company.policy.country, calls=calls)
    state = EffectState.READY if in_host else EffectState.DONE
    taken = reminders_of(account, plan, key, today, state)
    if not in_host:
        taken = [replace(r, state=ReminderState.SENT, completed_on=today) for r in taken]
    return queue_steps(unit, plan, task, taken, state, company.clock(), report, "call_given")


def person_for(step: Step, account: Account) -> str | None:
    """Whom a step names for its task: a user of the host, or (None) the host's fallback person."""
    return tasks.person(account, step=step)
