"""decide: one account in, one decision for each of its installments out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeAlias, TypeVar

from connector.dunning.case import Case, Chase
from connector.dunning.grouping import leave_for_later
from connector.dunning.marks import with_marks
from connector.dunning.policy import Policy
from connector.dunning.rules import CASE_RULES, CHASE_RULES, Verdict, seen
from connector.model import Account, Action, Check, Decision, Reason, Standing

T = TypeVar("T")
_Answer: TypeAlias = tuple[Reason, Verdict]


#: What a person's consent to a message sets aside: he has looked at it more closely than these rules do.
CONSENTED = frozenset((Reason.SPACING, Reason.BUDGET))


def decide(
    account: Account,
    standing: Standing,
    policy: Policy,
    today: date,
    *,
    trace: bool = False,
    waived: frozenset[Reason] = frozenset(),
) -> list[Decision]:
    """Decide for every installment of the account what happens today.

    The same call serves the run, the plan and the explanation, so that they cannot disagree. ``today`` is
    the company's day. With ``trace`` each decision carries every rule that was looked at; rules ``waived``
    by a person are not looked at.
    """
    chase = Chase(with_marks(account), standing, policy, today)
    blocked = _first_of(CHASE_RULES, chase)
    rules = [rule for rule in CASE_RULES if rule[0] not in waived] if waived else CASE_RULES
    decisions = [
        _decide_one(Case(chase, invoice, choice, installment), blocked, rules, trace)
        for invoice in chase.invoices
        for choice in (chase.choice_for(invoice),)
        for installment in invoice.installments
    ]
    return leave_for_later(_net_out(chase, decisions), today)


def _net_out(chase: Chase, decisions: list[Decision]) -> list[Decision]:
    """A message would deduct the unapplied money: where it would then ask for nothing, a person is asked
    to match that money instead."""
    left: dict[str, list[tuple[str, Decimal]]] = {}
    for payment in chase.coverage.spare_payments:
        left.setdefault(payment.currency, []).append((payment.label, payment.unapplied))
    for credit in chase.coverage.spare_credits:
        left.setdefault(credit.currency, []).append((credit.number, credit.residual))
    for currency, money in left.items():
        asked = [d for d in decisions if d.action is Action.REMIND and d.currency == currency]
        available = sum((amount for _, amount in money), Decimal(0))
        if asked and available >= sum(d.residual for d in asked):
            names = tuple(name for name, _ in money)
            figures = {"covered_by": names, "available": available, "currency": currency}
            decisions = [_covered(d, figures) if d in asked else d for d in decisions]
    return decisions


def _covered(decision: Decision, figures: Mapping[str, object]) -> Decision:
    reason = Reason.COVERED
    checks = (*decision.checks[:-1], Check(reason, True, figures)) if decision.checks else ()
    return replace(
        decision, action=Action.FOLLOW_UP, reason=reason, wake_on=None, seen=figures, checks=checks
    )


def _first_of(rules: Sequence[tuple[Reason, Callable[[T], Verdict | None]]], seen: T) -> _Answer | None:
    for reason, rule in rules:
        verdict = rule(seen)
        if verdict is not None:
            return reason, verdict
    return None


def _decide_one(
    case: Case,
    blocked: _Answer | None,
    rules: Sequence[tuple[Reason, Callable[[Case], Verdict | None]]],
    trace: bool,
) -> Decision:
    answer = blocked or _first_of(rules, case)
    if answer is None:
        raise AssertionError("the last rule always applies")
    reason, verdict = answer
    coming = case.next
    return Decision(
        customer_ref=case.chase.account.customer.ref,
        installment=case.key,
        number=case.invoice.number,
        action=verdict.action,
        reason=reason,
        wake_on=verdict.wake_on,
        step=coming.step if coming else None,
        step_on=coming.on if coming else None,
        scenario=case.choice.scenario,
        due_on=case.installment.due_on,
        residual=case.installment.residual,
        currency=case.invoice.currency,
        seen=verdict.seen,
        checks=_checks(case, reason, verdict) if trace else (),
    )


def _checks(case: Case, reason: Reason, verdict: Verdict) -> tuple[Check, ...]:
    """Every rule that was looked at, up to the one that applied, each reason once."""
    looked_at = list(dict.fromkeys(r for r, _ in (*CHASE_RULES, *CASE_RULES)))
    before = looked_at[: looked_at.index(reason)]
    return (*(Check(r, False, seen(r, case)) for r in before), Check(reason, True, verdict.seen))
