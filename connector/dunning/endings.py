"""What came to an end by itself: promises, payment plans, disputes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from connector.dunning.plans import next_date, settle_plans
from connector.dunning.policy import Policy
from connector.dunning.promises import last_day, settle_promises
from connector.model import Account, Dispute, InvoiceState, PaymentPlan, PlanState, Promise, PromiseState


@dataclass(frozen=True, slots=True)
class Endings:
    """What ended today, and how. Applied to the account before it is decided."""

    promises: tuple[tuple[Promise, PromiseState], ...] = ()
    plans: tuple[tuple[PaymentPlan, PlanState], ...] = ()
    disputes: tuple[Dispute, ...] = ()  # closed, since the invoice is paid, credited or cancelled

    def __bool__(self) -> bool:
        return bool(self.promises or self.plans or self.disputes)


def endings(account: Account, today: date, policy: Policy) -> Endings:
    """Find the promises, plans and disputes of an account that are over."""
    if not (account.promises or account.plans or account.disputes):
        return Endings()
    dates = [on for plan in account.plans if (on := next_date(plan, account)) is not None]
    return Endings(
        tuple(settle_promises(account, today, policy)),
        tuple(settle_plans(account, today, {on: last_day(on, policy) for on in dates})),
        tuple(_closed_disputes(account)),
    )


def apply_endings(account: Account, ended: Endings, today: date) -> Account:
    """Return the account as it stands after these endings."""
    if not ended:
        return account
    promises = {promise.id: state for promise, state in ended.promises}
    plans = {plan.id: state for plan, state in ended.plans}
    closed = {dispute.id for dispute in ended.disputes}
    return replace(
        account,
        promises=tuple(replace(p, state=promises.get(p.id, p.state)) for p in account.promises),
        plans=tuple(replace(p, state=plans.get(p.id, p.state)) for p in account.plans),
        disputes=tuple(replace(d, closed_on=today) if d.id in closed else d for d in account.disputes),
    )


def _closed_disputes(account: Account) -> list[Dispute]:
    """Disputes about invoices on which nothing is owed any more. One set back to draft is being mended: it
    may be posted again, and the dispute with it is not over."""
    draft = InvoiceState.DRAFT
    owed = {invoice.ref for invoice in account.invoices if invoice.is_open or invoice.state is draft}
    known = {invoice.ref for invoice in account.invoices}
    return [
        d
        for d in account.disputes
        if d.closed_on is None and d.invoice_ref in known and d.invoice_ref not in owed
    ]
