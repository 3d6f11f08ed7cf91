"""Which of an installment's rules can apply at all.

Most accounts have no dispute, no promise, nothing unapplied, and most installments no reminder behind them.
The rules about these are then left out, which saves time. ``explain`` looks at all rules, and a
test holds that both come to the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from connector.dunning.case import Case, Chase
from connector.dunning.rules.installment import RULES
from connector.dunning.rules.verdict import Verdict
from connector.model import Reason

CaseRules: TypeAlias = tuple[tuple[Reason, Callable[[Case], Verdict | None]], ...]

#: Rules that speak only where a reminder was written.
_OF_HISTORY = frozenset(
    (
        Reason.PAID_AFTER_REMINDER,
        Reason.UNKNOWN_DELIVERY,
        Reason.FAILED_DELIVERY,
        Reason.QUEUED,
        Reason.APPROVAL,
    )
)


def rules_for(chase: Chase) -> tuple[CaseRules, CaseRules]:
    """Return the rules for the installments of an account: those without a reminder, and those with one."""
    account = chase.account
    return _rules(
        bool(account.sites),
        bool(account.holds),
        bool(account.payments) or len(chase.invoices) < len(account.invoices),
        bool(account.disputes),
        bool(account.plans),
        bool(account.promises),
    )


@cache
def _rules(
    sites: bool, holds: bool, money: bool, disputes: bool, plans: bool, promises: bool
) -> tuple[CaseRules, CaseRules]:
    there = {
        Reason.HELD: holds,
        Reason.INSOLVENT: sites,
        Reason.COVERED: money or plans,
        Reason.DISPUTED: disputes,
        Reason.PLANNED: plans,
        Reason.PROMISED: promises,
    }
    if_reminded = tuple(rule for rule in RULES if there.get(rule[0], True))
    return tuple(rule for rule in if_reminded if rule[0] not in _OF_HISTORY), if_reminded
