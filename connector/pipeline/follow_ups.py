"""Tasks for people: opened when a decision asks for one, closed when its reason is gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from connector import tasks
from connector.dunning.calendar import next_working_day
from connector.model import Account, Action, Decision
from connector.pipeline.company import Company
from connector.pipeline.report import PassReport
from connector.ports import Ability, CloseTask
from connector.store.ports import Event, Unit


def update(
    company: Company,
    unit: Unit,
    account: Account,
    decisions: Sequence[Decision],
    today: date,
    report: PassReport,
) -> None:
    """Open one task per customer and reason that asks for a person; close those no longer needed."""
    by_reason: dict[str, list[Decision]] = {}
    for decision in decisions:
        if decision.action is Action.FOLLOW_UP:
            by_reason.setdefault(str(decision.reason), []).append(decision)
    _close_others(company, unit, account, set(by_reason), today)
    for reason, concerned in by_reason.items():
        follow_up = unit.open_follow_up(account.customer.ref, reason, today)
        if follow_up is None:
            continue
        report.acted[Action.FOLLOW_UP] += len(concerned)
        now = company.clock()
        unit.record([Event(now, "follow_up_opened", account.customer.ref, None, {"reason": reason})])
        if Ability.ACTIVITY in company.host.supports:
            due_on = next_working_day(today, company.policy.country)
            task = tasks.follow_up(company.language, account, concerned, follow_up.key, due_on)
            unit.queue_entries([task], now)


def _close_others(company: Company, unit: Unit, account: Account, wanted: set[str], today: date) -> None:
    stale = {f.reason for f in account.follow_ups if f.closed_on is None} - wanted
    if not stale:
        return
    now = company.clock()
    for follow_up in unit.close_follow_ups(account.customer.ref, stale, today):
        reason = follow_up.reason
        unit.record([Event(now, "follow_up_closed", account.customer.ref, None, {"reason": reason})])
        feedback = tasks.no_longer_needed(company.language)
        unit.queue_entries([CloseTask(f"{follow_up.key}/close", follow_up.key, feedback)], now)
