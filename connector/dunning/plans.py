"""Payment plans: building one, its next date, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal

from dateutil.relativedelta import relativedelta

from connector.model import Account, InvoiceState, PaymentPlan, PlanPart, PlanState, quantize


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
    return max(plan.total - owed, Decimal(0))


def next_date(plan: PaymentPlan, account: Account) -> date | None:
    """The date of the first part that what was paid so far does not cover. Money that came since the plan was
    made counts before it is matched: that is our work, and no fault of the customer's."""
    left = paid_so_far(plan, account) + _unmatched(plan, account)
    for part in plan.parts:
        if left < part.amount:
            return part.due_on
        left -= part.amount
    return None


def _unmatched(plan: PaymentPlan, account: Account) -> Decimal:
    money = (p for p in account.payments if p.currency == plan.currency and p.paid_on >= plan.made_on)
    return sum((p.unapplied for p in money), Decimal(0))


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
        if paid_so_far(plan, account) >= plan.total:
            ended.append((plan, PlanState.KEPT))
        elif due_on is not None and today > last_day_of.get(due_on, due_on):
            ended.append((plan, PlanState.BROKEN))
    return ended
