"""decide: one account in, one decision for each of its installments out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeAlias, TypeVar

from connector.dunning.case import Case, Chase
from connector.dunning.grouping import by_message, leave_for_later
from connector.dunning.marks import with_marks
from connector.dunning.policy import Policy
from connector.dunning.rules import CASE_RULES, CHASE_RULES, CaseRules, Verdict, rules_for, seen
from connector.model import Account, Action, Check, Decision, InstallmentKey, Reason, Standing

T = TypeVar("T")
_Answer: TypeAlias = tuple[Reason, Verdict]


#: What a person's consent to a message sets aside: he has looked at it more closely than these rules do.
CONSENTED = frozenset((Reason.SPACING, Reason.BUDGET))


#: What would remind on another day: the task that is asked for instead neither closes on a closed day nor
#: comes again after it.
_NOT_NOW = frozenset((Reason.SPACING, Reason.CLOSED_DAY, Reason.BUDGET))


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
    rules, if_reminded = _case_rules(chase, waived, trace)
    decisions = [
        _decide_one(case, blocked, if_reminded if case.history else rules, trace)
        for invoice in chase.invoices
        for choice in (chase.choice_for(invoice),)
        for installment in invoice.installments
        for case in (Case(chase, invoice, choice, installment),)
    ]
    return leave_for_later(_net_out(chase, decisions), today)


def _case_rules(chase: Chase, waived: frozenset[Reason], trace: bool) -> tuple[CaseRules, CaseRules]:
    """The rules for installments without a reminder and for those with one. Who explains looks at all."""
    rules, if_reminded = (CASE_RULES, CASE_RULES) if trace else rules_for(chase)
    if waived:
        rules = tuple(rule for rule in rules if rule[0] not in waived)
        if_reminded = tuple(rule for rule in if_reminded if rule[0] not in waived)
    return rules, if_reminded


def _net_out(chase: Chase, decisions: list[Decision]) -> list[Decision]:
    """A message would deduct the unapplied money: where it would then ask for nothing, a person is asked
    to match that money instead."""
    left: dict[str, list[tuple[str, Decimal]]] = {}
    for payment in chase.coverage.spare_payments:
        left.setdefault(payment.currency, []).append((payment.label, payment.unapplied))
    for credit in chase.coverage.spare_credits:
        left.setdefault(credit.currency, []).append((credit.number, credit.residual))
    for currency, money in left.items():
        available = sum((amount for _, amount in money), Decimal(0))
        names = tuple(name for name, _ in money)
        figures = {"covered_by": names, "available": available, "currency": currency}
        keys = _asks_for_nothing([d for d in decisions if d.currency == currency], available)
        if keys:
            decisions = [_covered(d, figures) if d.installment in keys else d for d in decisions]
    return decisions


def _asks_for_nothing(ours: Sequence[Decision], available: Decimal) -> set[InstallmentKey | None]:
    """The installments of one currency that the money makes up for: all that is overdue, else all that
    reminds today, else what one message alone would ask for."""
    asked = [d for d in ours if d.action is Action.REMIND]
    for wanted in ([*asked, *(d for d in ours if d.reason in _NOT_NOW)], asked):
        if wanted and available >= sum(d.residual for d in wanted):
            return {d.installment for d in wanted}
    small = (each for each in by_message(asked) if available >= sum(d.residual for d in each))
    return {d.installment for each in small for d in each}


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


def _decide_one(case: Case, blocked: _Answer | None, rules: CaseRules, trace: bool) -> Decision:
    answer = blocked or _first_of(rules, case)
    if answer is None:
        raise AssertionError("the last rule always applies")
    reason, verdict = answer
    coming, invoice, installment = case.next, case.invoice, case.installment
    return Decision(  # in the order of its fields: by their names it takes half as long again
        case.chase.account.customer.ref,
        case.key,
        invoice.number,
        verdict.action,
        reason,
        verdict.wake_on,
        coming.step if coming else None,
        coming.on if coming else None,
        case.choice.scenario,
        installment.due_on,
        installment.residual,
        invoice.currency,
        verdict.seen,
        _checks(case, reason, verdict) if trace else (),
    )


def _checks(case: Case, reason: Reason, verdict: Verdict) -> tuple[Check, ...]:
    """Every rule that was looked at, up to the one that applied, each reason once."""
    looked_at = list(dict.fromkeys(r for r, _ in (*CHASE_RULES, *CASE_RULES)))
    before = looked_at[: looked_at.index(reason)]
    return (*(Check(r, False, seen(r, case)) for r in before), Check(reason, True, verdict.seen))
