"""When an account must be decided again though no fact of it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from connector.dunning.plans import next_date
from connector.dunning.policy import Policy
from connector.dunning.promises import last_day
from connector.model import Account, Action, Decision, InvoiceKind, PlanState, PromiseState, Reason

_A_DAY = timedelta(days=1)


def next_look(account: Account, decisions: Sequence[Decision], policy: Policy, today: date) -> date | None:
    """Return the first day after ``today`` on which a decision, a promise or a payment plan of the account
    can change by itself; None when only a person or new facts can change anything.

    The decisions tell their own ``wake_on``. Beside it an account wakes when a promise or a plan is to be
    judged, when more falls due while money or a minimum is weighed against what is overdue, and when a step
    before the due date that a person was asked about lapses. A paused company wakes when a person resumes.
    """
    days = [
        max(d.wake_on, today + _A_DAY)
        for d in decisions
        if d.wake_on is not None and d.reason is not Reason.PAUSED
    ]
    if account.promises or account.plans:
        days += _judged(account, policy)
    if _weighs_what_is_due(account, decisions):
        days += _falling_due(decisions)
    days += [d.due_on for d in decisions if d.due_on and d.action is Action.FOLLOW_UP and _lapses(d)]
    return min((day for day in days if day > today), default=None)


def _lapses(decision: Decision) -> bool:
    """True when the step in question is one before the due date: it is none any more on that day."""
    return decision.step is not None and decision.step.day < 0


def _weighs_what_is_due(account: Account, decisions: Sequence[Decision]) -> bool:
    """True when something is compared with all that is overdue: unapplied money, credit, a minimum."""
    return (
        any(payment.unapplied > 0 for payment in account.payments)
        or any(i.kind is InvoiceKind.CREDIT_NOTE and i.residual > 0 for i in account.invoices)
        or any(d.reason is Reason.BELOW_MINIMUM for d in decisions)
    )


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
