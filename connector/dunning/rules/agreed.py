"""Rules about what was agreed for one installment, or came for it: money, a dispute, a plan, a promise."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from connector.dunning.case import Case
from connector.dunning.plans import unmatched_money, unmatched_part
from connector.dunning.promises import last_day
from connector.dunning.rules.verdict import Verdict, follow_up, hold, wait

_ZERO = Decimal(0)


def covered(case: Case) -> Verdict | None:
    """Unapplied money or a credit note pays for it: a person should match it, the customer owes nothing."""
    coverage = case.chase.coverage
    by = coverage.by.get(case.key) if coverage.by else None
    if by is None:
        return _part_of_a_plan_covered(case)
    currency = case.invoice.currency
    return follow_up(covered_by=by, available=coverage.available.get(currency, _ZERO), currency=currency)


def _part_of_a_plan_covered(case: Case) -> Verdict | None:
    """The next part of a payment plan came and nobody has matched it: the plan is kept, but our books do not
    show it."""
    found = case.chase.plans.get(case.invoice.ref)
    part = unmatched_part(found[0], case.chase.account) if found else None
    if found is None or part is None:
        return None
    money = unmatched_money(found[0], case.chase.account)
    available = sum((payment.unapplied for payment in money), _ZERO)
    names = tuple(payment.label for payment in money)
    return follow_up(covered_by=names, available=available, currency=found[0].currency, plan_on=part.due_on)


def disputed(case: Case) -> Verdict | None:
    """The customer disagrees about this invoice: it is not chased until that is settled."""
    dispute = case.chase.disputes.get(case.invoice.ref)
    if dispute is None:
        return None
    return hold(opened_on=dispute.opened_on, dispute=str(dispute.reason), reason_text=dispute.note)


def planned(case: Case) -> Verdict | None:
    """A payment plan runs and is up to date: its dates stand in for the invoice's."""
    found = case.chase.plans.get(case.invoice.ref)
    if found is None:
        return None
    plan, due_on = found
    if due_on is None:
        return wait(None, made_on=plan.made_on)
    last = last_day(due_on, case.chase.policy)
    if case.chase.today > last:
        return None
    part = next(p for p in plan.parts if p.due_on == due_on)
    return wait(
        last + timedelta(days=1),
        plan_on=due_on,
        until_on=last,
        amount=part.amount,
        interest=part.interest or None,
        currency=plan.currency,
    )


def promised(case: Case) -> Verdict | None:
    """A promise to pay runs: nothing is asked before its date and the days of grace are over."""
    promises = case.chase.promises
    if not promises:
        return None
    for promise in (*promises.get(case.invoice.ref, ()), *promises.get(None, ())):
        last = last_day(promise.promised_on, case.chase.policy)
        if case.chase.today <= last:
            return wait(
                last + timedelta(days=1),
                promised_on=promise.promised_on,
                until_on=last,
                amount=promise.amount,
                currency=promise.currency or case.invoice.currency,
            )
    return None
