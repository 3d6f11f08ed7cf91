"""decide: one account in, one decision for each of its installments out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from connector.dunning.case import Case, Chase
from connector.dunning.policy import Policy
from connector.dunning.rules import RULES
from connector.model import Account, Action, Check, Decision, Reason, Standing


def decide(
    account: Account, standing: Standing, policy: Policy, today: date, *, trace: bool = False
) -> list[Decision]:
    """Decide for every installment of the account what happens today.

    The same call serves the run, the plan and the explanation, so that they cannot disagree. ``today`` is
    the company's day. With ``trace`` each decision carries every rule that was looked at.
    """
    chase = Chase(account, standing, policy, today)
    return _net_out(chase, [_decide_one(case, trace) for case in _cases(chase)])


def _cases(chase: Chase) -> Iterator[Case]:
    for invoice in chase.invoices:
        for installment in invoice.installments:
            yield Case(chase, invoice, installment)


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
            seen = {"covered_by": names, "available": available, "currency": currency}
            decisions = [_covered(d, seen) if d in asked else d for d in decisions]
    return decisions


def _covered(decision: Decision, seen: Mapping[str, object]) -> Decision:
    reason = Reason.COVERED
    checks = (*decision.checks[:-1], Check(reason, True, seen)) if decision.checks else ()
    return replace(decision, action=Action.FOLLOW_UP, reason=reason, wake_on=None, seen=seen, checks=checks)


def _decide_one(case: Case, trace: bool) -> Decision:
    checks: list[Check] = []
    for reason, rule in RULES:
        verdict = rule(case)
        if trace:
            checks.append(Check(reason, verdict.applies, verdict.seen))
        if verdict.applies:
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
                scenario=case.chase.choice[0],
                due_on=case.installment.due_on,
                residual=case.installment.residual,
                currency=case.invoice.currency,
                seen=verdict.seen,
                checks=tuple(checks),
            )
    raise AssertionError("the last rule always applies")
