"""When an account must be decided again though no fact of it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from connector.dunning.plans import next_date
from connector.dunning.policy import Policy
from connector.dunning.promises import last_day
from connector.model import Account, Decision, PlanState, PromiseState, Reason

#: These answers compare the account's money with what is overdue: they change when more falls due.
_UNTIL_MORE_IS_DUE = frozenset((Reason.COVERED, Reason.BELOW_MINIMUM))
_A_DAY = timedelta(days=1)


def next_look(account: Account, decisions: Sequence[Decision], policy: Policy, today: date) -> date | None:
    """Return the first day after ``today`` on which a decision, a promise or a payment plan of the account
    can change by itself; None when only a person or new facts can change anything.

    The decisions tell their own ``wake_on``. Beside it an account wakes when a promise or a plan is to be
    judged, and when more falls due while money or a minimum is weighed against what is overdue. A company
    that is paused wakes when a person resumes.
    """
    days = [
        max(d.wake_on, today + _A_DAY)
        for d in decisions
        if d.wake_on is not None and d.reason is not Reason.PAUSED
    ]
    if account.promises or account.plans:
        days += _judged(account, policy)
    if any(d.reason in _UNTIL_MORE_IS_DUE for d in decisions):
        days += _falling_due(decisions)
    return min((day for day in days if day > today), default=None)


def _judged(account: Account, policy: Policy) -> Iterator[date]:
    """The day after the last one on which a promise or a plan may still be kept."""
    for promise in account.promises:
        if promise.state is PromiseState.OPEN:
            yield last_day(promise.promised_on, policy) + _A_DAY
    for plan in account.plans:
        due_on = next_date(plan, account) if plan.state is PlanState.OPEN else None
        if due_on is not None:
            yield last_day(due_on, policy) + _A_DAY


def _falling_due(decisions: Sequence[Decision]) -> Iterator[date]:
    """A due date and the day after: some rules count an installment on it, the others from the next day."""
    for decision in decisions:
        if decision.residual > 0 and decision.due_on is not None:
            yield decision.due_on
            yield decision.due_on + _A_DAY
