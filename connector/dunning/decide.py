"""decide: one account in, one decision for each of its installments out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from connector.dunning.case import Case, Chase
from connector.dunning.policy import Policy
from connector.dunning.rules import RULES
from connector.model import Account, Check, Decision, Standing


def decide(
    account: Account, standing: Standing, policy: Policy, today: date, *, trace: bool = False
) -> list[Decision]:
    """Decide for every installment of the account what happens today.

    The same call serves the run, the plan and the explanation, so that they cannot disagree. ``today`` is
    the company's day. With ``trace`` each decision carries every rule that was looked at.
    """
    chase = Chase(account, standing, policy, today)
    return [_decide_one(case, trace) for case in _cases(chase)]


def _cases(chase: Chase) -> Iterator[Case]:
    for invoice in chase.invoices:
        for installment in invoice.installments:
            yield Case(chase, invoice, installment)


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
