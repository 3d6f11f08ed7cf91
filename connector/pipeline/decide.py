"""Decide and render: for the customers whose facts changed or whose day has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import structlog

from connector import tasks
from connector.dunning import Policy, decide, plan_messages, settle_promises, spare
from connector.errors import RelanceError
from connector.message import fingerprint, render
from connector.model import (
    Account,
    Decision,
    Message,
    MessagePlan,
    Promise,
    Reminder,
    ReminderState,
    Standing,
)
from connector.pipeline import follow_ups
from connector.pipeline.company import Company
from connector.pipeline.report import PassReport, Progress, silent
from connector.ports import CloseTask
from connector.store.ports import EffectState, Event, Unit

log = structlog.get_logger()

_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Decided:
    """One account with what was decided for it and the messages that follow."""

    account: Account
    decisions: tuple[Decision, ...]
    plans: tuple[MessagePlan, ...]


def judge(company: Company, standing: Standing) -> Standing:
    """Complete what the store knows with what only the clock can say."""
    synced_at = standing.synced_at
    too_old = synced_at is None or company.clock() - synced_at > company.limits.max_sync_age
    return replace(standing, sync_too_old=too_old)


def look(
    company: Company, unit: Unit, customers: Sequence[str], today: date, *, trace: bool = False
) -> Iterable[Decided]:
    """Decide for these customers, in chunks, and change nothing: what ``plan`` and ``explain`` show and
    what the run acts on."""
    standing = judge(company, unit.standing())
    for start in range(0, len(customers), _CHUNK):
        for account in unit.accounts(customers[start : start + _CHUNK]):
            settled = _with_promises_settled(account, today, company.policy)
            decisions = decide(settled, standing, company.policy, today, trace=trace)
            plans = plan_messages(settled, decisions, company.policy, today)
            yield Decided(account, tuple(decisions), tuple(plans))


def _with_promises_settled(account: Account, today: date, policy: Policy) -> Account:
    ended = {promise.id: state for promise, state in settle_promises(account, today, policy)}
    if not ended:
        return account
    promises = tuple(replace(p, state=ended.get(p.id, p.state)) for p in account.promises)
    return replace(account, promises=promises)


def decide_and_queue(company: Company, today: date, report: PassReport, progress: Progress = silent) -> None:
    """Decide for all customers whose turn it is; queue their messages and tasks. Nothing leaves yet.

    A customer whose text cannot be rendered is reported and skipped; the others go on.
    """
    with company.store.begin(company.id) as unit:
        customers = unit.customers_to_look_at(today)
    for start in range(0, len(customers), _CHUNK):
        chunk = customers[start : start + _CHUNK]
        with company.store.begin(company.id) as unit:
            for decided in look(company, unit, chunk, today):
                _queue(company, unit, decided, today, report)
        progress("decide", min(start + _CHUNK, len(customers)), len(customers))


def _queue(company: Company, unit: Unit, decided: Decided, today: date, report: PassReport) -> None:
    account = decided.account
    _settle_promises(company, unit, account, today)
    follow_ups.update(company, unit, account, decided.decisions, today, report)
    waiting = False
    for plan in decided.plans:
        try:
            waiting |= _queue_message(company, unit, account, plan, today, report)
        except RelanceError as error:
            log.error(
                "message not written", company=company.id, customer=account.customer.ref, error=str(error)
            )
            report.errors.append(f"customer {account.customer.ref}: {error}")
    summary = Counter(f"{d.action}:{d.reason}" for d in decided.decisions)
    wake_on = min((d.wake_on for d in decided.decisions if d.wake_on), default=None)
    unit.save_decided(account.customer.ref, wake_on, summary)
    if waiting:
        unit.look_again([account.customer.ref])


def _queue_message(
    company: Company, unit: Unit, account: Account, plan: MessagePlan, today: date, report: PassReport
) -> bool:
    message = write(company, account, plan, today)
    state = EffectState.APPROVAL if plan.leader.approval else EffectState.READY
    reminders = reminders_of(account, plan, message, today, state)
    now = company.clock()
    if not unit.queue_message(message, reminders, state, now):
        return False
    report.acted[plan.action] += len(reminders)
    unit.record(
        Event(
            now,
            "reminder_queued",
            account.customer.ref,
            reminder.installment.invoice_ref,
            {"step": reminder.step, "recipient": reminder.recipient, "message_key": message.key},
        )
        for reminder in reminders
    )
    return True


def write(company: Company, account: Account, plan: MessagePlan, today: date) -> Message:
    """Render a planned message. Money that already covers an installment is not deducted a second time."""
    account = spare(account, today)
    message = render(plan, account, company.text, company.templates, today)
    return replace(message, fingerprint=fingerprint(plan, account))


def reminders_of(
    account: Account, plan: MessagePlan, message: Message, today: date, state: EffectState
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
            scenario=plan.scenario.name,
            scenario_version=plan.scenario.version,
            step=line.step.name,
            day=line.step.day,
            level=line.level,
            occurrence=line.occurrence,
            channel=plan.leader.channel,
            recipient=plan.recipient,
            currency=plan.currency,
            residual=installments[line.installment].residual,
            due_on=installments[line.installment].due_on,
            message_key=message.key,
            state=ReminderState.APPROVAL if state is EffectState.APPROVAL else ReminderState.QUEUED,
            queued_on=today,
        )
        for line in plan.lines
        if line.step is not None
    ]


def _settle_promises(company: Company, unit: Unit, account: Account, today: date) -> None:
    now = company.clock()
    for promise, state in settle_promises(account, today, company.policy):
        unit.settle_promise(promise.id, state)
        data = {"promised_on": promise.promised_on.isoformat(), "amount": str(promise.amount or "")}
        unit.record([Event(now, f"promise_{state}", promise.customer_ref, promise.invoice_ref, data)])
        unit.queue_entries([_close(promise, str(state), company)], now)


def _close(promise: Promise, outcome: str, company: Company) -> CloseTask:
    feedback = tasks.promise_outcome(company.language, outcome)
    return CloseTask(f"promise/{promise.id}/{outcome}", f"promise/{promise.id}", feedback)
