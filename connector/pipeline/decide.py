"""Decide and render: for the customers whose facts changed or whose day has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import structlog

from connector.company import Company
from connector.dunning import Endings, apply_endings, decide, endings, plan_messages, spare
from connector.dunning.forecast.wake import next_look
from connector.errors import RelanceError
from connector.message import render
from connector.model import (
    Account,
    Decision,
    Message,
    MessagePlan,
    Standing,
)
from connector.pipeline import calls, closing, expected, follow_ups
from connector.pipeline.report import PassReport, Progress, silent
from connector.pipeline.steps_taken import queue_steps, reminders_of
from connector.store.ports import EffectState, Unit

log = structlog.get_logger()

_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Decided:
    """One account with what was decided for it and the messages that follow."""

    account: Account
    decisions: tuple[Decision, ...]
    plans: tuple[MessagePlan, ...]
    ended: Endings


def judge(company: Company, standing: Standing) -> Standing:
    """Complete what the store knows with what only the clock can say."""
    synced_at = standing.synced_at
    now = company.clock()
    too_old = synced_at is None or now - synced_at > company.limits.max_sync_age
    hours = company.limits.hours
    shut = hours is not None and not hours[0] <= now.astimezone(company.zone).time() < hours[1]
    over = standing.pause is not None and standing.pause.is_over(now.astimezone(company.zone).date())
    paused = standing.paused and not over
    return replace(standing, paused=paused, sync_too_old=too_old, out_of_hours=shut)


def look(
    company: Company, unit: Unit, customers: Sequence[str], today: date, *, trace: bool = False
) -> Iterable[Decided]:
    """Decide for these customers, in chunks, and change nothing: what ``plan`` and ``explain`` show and
    what the run acts on."""
    standing = judge(company, unit.standing())
    for start in range(0, len(customers), _CHUNK):
        for loaded in load(company, unit, customers[start : start + _CHUNK], today):
            ended = endings(loaded, today, company.policy)
            account = apply_endings(loaded, ended, today)
            decisions = decide(account, standing, company.policy, today, trace=trace)
            plans = plan_messages(account, decisions, company.policy, today)
            yield Decided(account, tuple(decisions), tuple(plans), ended)


def load(company: Company, unit: Unit, customers: Collection[str], today: date) -> list[Account]:
    """Load accounts, with the contacts of sister companies where the budget counts them."""
    accounts = unit.accounts(customers)
    budget = company.policy.budget
    if budget is None or not budget.across:
        return accounts
    elsewhere = unit.contacts_elsewhere(customers, today - timedelta(days=budget.days))
    return [replace(a, contacted_elsewhere=tuple(elsewhere.get(a.customer.ref, ()))) for a in accounts]


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
    closing.record(company, unit, account, decided.ended, today)
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
    summary += expected.coming(decided.decisions)
    unit.save_decided(account.customer.ref, _wake_on(company, decided, today), summary)
    if waiting:
        unit.look_again([account.customer.ref])


def _wake_on(company: Company, decided: Decided, today: date) -> date | None:
    """Today again, on the next pass, where the company's data or the hour stands in the way; else the first
    day on which anything about the account can change by itself."""
    if any(d.wake_on is not None and d.wake_on <= today for d in decided.decisions):
        return today
    days = (
        next_look(decided.account, decided.decisions, company.policy, today),
        follow_ups.rest_ends_on(decided.account, today),
    )
    return min((on for on in days if on is not None), default=None)


def _queue_message(
    company: Company, unit: Unit, account: Account, plan: MessagePlan, today: date, report: PassReport
) -> bool:
    if plan.leader.is_call:
        return calls.queue(company, unit, account, plan, today, report)
    message = write(company, account, plan, today)
    state = EffectState.APPROVAL if plan.leader.approval else EffectState.READY
    reminders = reminders_of(account, plan, message.key, today, state)
    told = (unit, plan, message, reminders, state, company.clock(), report)
    return queue_steps(*told, "reminder_queued", recipient=plan.recipient)


def write(company: Company, account: Account, plan: MessagePlan, today: date) -> Message:
    """Render a planned message. Money that already covers an installment is not deducted a second time."""
    return render(plan, spare(account, today), company.text, company.templates, today)
