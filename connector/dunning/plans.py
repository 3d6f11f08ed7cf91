"""Payment plans: building one, its next date, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal

from dateutil.relativedelta import relativedelta

from connector.dunning.coverage import quotes
from connector.model import (
    Account,
    InvoiceState,
    Payment,
    PaymentPlan,
    PlanPart,
    PlanState,
    quantize,
)


def build_parts(
    total: Decimal, currency: str, count: int, first_on: date, *, every_months: int = 1
) -> tuple[PlanPart, ...]:
    """Cut ``total`` into ``count`` equal parts, one every ``every_months`` months from ``first_on``; the last
    one takes what rounding left. Raises ValueError when a part would be nothing."""
    part = quantize((total / count).quantize(Decimal("0.000001"), rounding=ROUND_DOWN), currency)
    if count < 1 or part <= 0:
        raise ValueError(f"{total} {currency} cannot be paid in {count} parts")
    amounts = [part] * (count - 1) + [total - part * (count - 1)]
    return tuple(
        PlanPart(first_on + relativedelta(months=every_months * n), amount)
        for n, amount in enumerate(amounts)
    )


def dates_of_plans(account: Account) -> Mapping[str, tuple[PaymentPlan, date | None]]:
    """For each invoice under an open plan: the plan, and its next date not yet paid for (None: all paid)."""
    found: dict[str, tuple[PaymentPlan, date | None]] = {}
    for plan in account.plans:
        if plan.state is PlanState.OPEN:
            following = next_date(plan, account)
            found.update(dict.fromkeys(plan.invoice_refs, (plan, following)))
    return found


def paid_so_far(plan: PaymentPlan, account: Account) -> Decimal:
    """What was received on the plan's invoices: their debt when it was made, less what is owed now. What is
    on its way to the bank is owed no more."""
    owing = (i for i in account.invoices if i.ref in plan.invoice_refs)
    owed = sum((i.residual for i in owing if i.state is not InvoiceState.IN_PAYMENT), Decimal(0))
    return max(plan.principal - owed, Decimal(0))


def next_date(plan: PaymentPlan, account: Account) -> date | None:
    """The date of the first part that what was paid so far does not cover. Money that came since the plan was
    made counts before it is matched: that is our work, and no fault of the customer's."""
    part = _first_missing(plan, paid_so_far(plan, account) + _sum(unmatched_money(plan, account)))
    return part.due_on if part else None


def unmatched_part(plan: PaymentPlan, account: Account) -> PlanPart | None:
    """The first part that is covered, but only by money that nobody has matched; None without one."""
    matched = paid_so_far(plan, account)
    first = _first_missing(plan, matched)
    covered = first != _first_missing(plan, matched + _sum(unmatched_money(plan, account)))
    return first if covered else None


def unmatched_money(plan: PaymentPlan, account: Account) -> list[Payment]:
    """Money that came since the plan was made, that nobody has matched and that names no other invoice."""
    came = (p for p in account.payments if p.currency == plan.currency and p.paid_on >= plan.made_on)
    others = [i for i in account.invoices if i.ref not in plan.invoice_refs]
    return [p for p in came if p.unapplied > 0 and not any(quotes(p.label, i) for i in others)]


def _first_missing(plan: PaymentPlan, paid: Decimal) -> PlanPart | None:
    for part in plan.parts:
        if paid < part.principal:
            return part
        paid -= part.principal
    return None


def _sum(money: Sequence[Payment]) -> Decimal:
    return sum((payment.unapplied for payment in money), Decimal(0))


def settle_plans(
    account: Account, today: date, last_day_of: Mapping[date, date]
) -> Sequence[tuple[PaymentPlan, PlanState]]:
    """Return the open plans that came to an end: kept when all is paid and matched, broken when a part is
    missing after its last day (``last_day_of`` gives it for each date: the date and the days of grace)."""
    ended: list[tuple[PaymentPlan, PlanState]] = []
    for plan in account.plans:
        if plan.state is not PlanState.OPEN:
            continue
        due_on = next_date(plan, account)
        if paid_so_far(plan, account) >= plan.principal:
            ended.append((plan, PlanState.KEPT))
        elif due_on is not None and today > last_day_of.get(due_on, due_on):
            ended.append((plan, PlanState.BROKEN))
    return ended
