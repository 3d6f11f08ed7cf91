"""Tasks for people: opened when a decision asks for one, closed when its reason is gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from connector import tasks
from connector.company import Company
from connector.dunning.calendar import next_working_day
from connector.model import Account, Action, Decision, Reason
from connector.pipeline.report import PassReport
from connector.ports import Ability, CloseTask
from connector.store.ports import Event, Unit

#: The company is stopped as a whole: nobody looked at the customer, and his tasks stay as they are.
_NOBODY_LOOKED = frozenset((Reason.PAUSED, Reason.STALE_SYNC, Reason.STALE_BANK))


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
        if asks(decision):
            by_reason.setdefault(str(decision.reason), []).append(decision)
    if not any(decision.reason in _NOBODY_LOOKED for decision in decisions):
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
            calls = tasks.calls_in(unit.events(customer_ref=account.customer.ref), company.zone)
            about = (company.language, account, concerned, follow_up.key, due_on)
            task = tasks.follow_up(*about, country=company.policy.country, calls=calls)
            unit.queue_entries([task], now)


def asks(decision: Decision) -> bool:
    """True when a person is to do something: also when the customer wrote, and what he owes waits for
    somebody to read it; and when a message may have left, or was given up."""
    if decision.reason is Reason.REPLIED:
        return decision.residual > 0 and decision.step is not None
    return decision.action is Action.FOLLOW_UP or decision.reason in tasks.DELIVERIES


def rest_ends_on(account: Account, today: date) -> date | None:
    """The first day on which something that a person has done may be asked for again."""
    days = (f.again_on for f in account.follow_ups if f.again_on is not None and f.again_on > today)
    return min(days, default=None)


def _close_others(company: Company, unit: Unit, account: Account, wanted: set[str], today: date) -> None:
    resting = {f.reason for f in account.follow_ups if f.again_on is not None and f.again_on > today}
    if resting - wanted:  # the reason is gone: should it come again, it is a new one
        unit.wake_follow_ups(account.customer.ref, resting - wanted)
    stale = {f.reason for f in account.follow_ups if f.closed_on is None} - wanted
    if not stale:
        return
    now = company.clock()
    for follow_up in unit.close_follow_ups(account.customer.ref, stale, today):
        reason = follow_up.reason
        unit.record([Event(now, "follow_up_closed", account.customer.ref, None, {"reason": reason})])
        feedback = tasks.no_longer_needed(company.language)
        unit.queue_entries([CloseTask(f"{follow_up.key}/close", follow_up.key, feedback)], now)
