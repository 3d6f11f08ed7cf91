"""Rules that look at one installment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from connector.dunning.calendar import is_closed, next_open_day
from connector.dunning.case import Case
from connector.dunning.contacts import choose_recipient, refused_addresses
from connector.dunning.promises import last_day
from connector.dunning.rules.verdict import Verdict, follow_up, hold, wait
from connector.dunning.sequence import is_old_debt, steps_taken
from connector.model import (
    Action,
    AllocationSource,
    InvoiceState,
    Reason,
    Reminder,
    ReminderState,
    Segment,
    Start,
)
from connector.model.chase import THANK_YOU

_OWING = frozenset((InvoiceState.OPEN, InvoiceState.IN_PAYMENT))
_ZERO = Decimal(0)


def held(case: Case) -> Verdict | None:
    """A person said: do not chase this invoice."""
    for order in case.chase.account.holds:
        if order.invoice_ref != case.invoice.ref or order.released_at is not None:
            continue
        if order.until_on is None or order.until_on >= case.chase.today:
            wake_on = order.until_on + timedelta(days=1) if order.until_on else None
            return hold(wake_on, until_on=order.until_on, reason_text=order.reason)
    return None


def excluded(case: Case) -> Verdict | None:
    """The host says that this invoice is not to be chased."""
    return hold(by="invoice") if case.invoice.no_reminders else None


def no_scenario(case: Case) -> Verdict | None:
    """No scenario's conditions fit."""
    if case.choice.scenario is not None:
        return None
    return hold(language=case.chase.language, country=case.chase.account.customer.country)


def settled(case: Case) -> Verdict | None:
    """Nothing is owed on this installment, or less than is worth a word in that currency."""
    residual = case.installment.residual
    owing = residual > 0 and case.invoice.state in _OWING
    if owing and residual >= case.chase.policy.tolerance.get(case.invoice.currency, _ZERO):
        return None
    return wait(None) if thanks_due(case) is None else None


def paid_after_reminder(case: Case) -> Verdict | None:
    """It was paid after we wrote: say thank you, unless more is overdue (then the next text says both)."""
    if case.installment.residual > 0:
        return None
    paid_on = thanks_due(case)
    return None if paid_on is None else Verdict(Action.THANK, None, {"paid_on": paid_on})


def thanks_due(case: Case) -> date | None:
    """The day of the payment that deserves a thank-you, if there is one."""
    chase = case.chase
    if not case.history or case.installment.residual > 0 or chase.policy.thank_you is None:
        return None
    if case.invoice.state not in (InvoiceState.PAID, InvoiceState.OPEN) or chase.overdue:
        return None
    sent = [r for r in case.history if r.state is ReminderState.SENT and r.step != THANK_YOU and r.day >= 0]
    if not sent or any(r.step == THANK_YOU and r.state is not ReminderState.DROPPED for r in case.history):
        return None
    first = min(r.completed_on or r.queued_on for r in sent)
    payments = [a.on for a in case.invoice.allocations if a.source is AllocationSource.PAYMENT]
    paid_on = max((on for on in payments if on >= first), default=None)
    if paid_on is None or (chase.today - paid_on).days > chase.policy.thank_within:
        return None
    return paid_on


def in_payment(case: Case) -> Verdict | None:
    """The host says that a payment is on its way to the bank."""
    return wait(None) if case.invoice.state is InvoiceState.IN_PAYMENT else None


def covered(case: Case) -> Verdict | None:
    """Unapplied money or a credit note pays for it: a person should match it, the customer owes nothing."""
    coverage = case.chase.coverage
    by = coverage.by.get(case.key) if coverage.by else None
    if by is None:
        return None
    currency = case.invoice.currency
    return follow_up(covered_by=by, available=coverage.available.get(currency, _ZERO), currency=currency)


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
    amount = part.amount
    return wait(
        last + timedelta(days=1), plan_on=due_on, until_on=last, amount=amount, currency=plan.currency
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


def _in_state(state: ReminderState, action: Action) -> Callable[[Case], Verdict | None]:
    def rule(case: Case) -> Verdict | None:
        for reminder in case.history:
            if reminder.state is state:
                return Verdict(action, None, _figures(reminder))
        return None

    return rule


def _figures(reminder: Reminder) -> dict[str, object]:
    return {"message_key": reminder.message_key, "on": reminder.queued_on}


#: A message may or may not have left; only a person can say. Nothing more leaves before that.
unknown_delivery = _in_state(ReminderState.UNKNOWN, Action.HOLD)
#: A message was given up after its last try; a person must retry or cancel it.
failed_delivery = _in_state(ReminderState.FAILED, Action.HOLD)
#: A message about it is written and waits to leave.
queued = _in_state(ReminderState.QUEUED, Action.WAIT)
#: A message about it is written and waits for a person's consent.
approval = _in_state(ReminderState.APPROVAL, Action.HOLD)


def ended(case: Case) -> Verdict | None:
    """Every step was taken: a person decides what comes now."""
    if case.next is not None:
        return None
    taken = steps_taken(case.history)
    return hold(last_sent_on=taken[-1].completed_on if taken else None)


def not_due(case: Case) -> Verdict | None:
    """The next step's day has not come."""
    coming, today = case.next, case.chase.today
    if coming is None or coming.on <= today:
        return None
    return wait(coming.on, days=(coming.on - today).days)


def old_debt(case: Case) -> Verdict | None:
    """The debt was old when we first saw it, and the scenario says to wait for a person's word."""
    scenario = case.choice.scenario
    if scenario is None or scenario.start is not Start.HOLD or steps_taken(case.history):
        return None
    word = any(
        h.released_at is not None and h.invoice_ref in (None, case.invoice.ref)
        for h in case.chase.account.holds
    )
    started_on = case.chase.standing.started_on
    if word or not is_old_debt(scenario, case.installment.due_on, started_on):
        return None
    return hold(started_on=started_on)


def below_minimum(case: Case) -> Verdict | None:
    """What the customer owes in this currency is too little to write about."""
    scenario = case.choice.scenario
    if scenario is None:
        return None
    currency = case.invoice.currency
    amount = max(case.chase.overdue.get(currency, _ZERO), case.installment.residual)
    if amount >= scenario.minimum:
        return None
    return wait(None, amount=amount, minimum=scenario.minimum, currency=currency)


def missing_order_number(case: Case) -> Verdict | None:
    """A key account does not pay without its purchase-order number: ask for it before asking for money."""
    if case.chase.segment is not Segment.KEY_ACCOUNT or case.invoice.reference:
        return None
    return follow_up(customer=case.chase.account.customer.name)


def spacing(case: Case) -> Verdict | None:
    """The customer was written to too recently in this currency."""
    scenario = case.choice.scenario
    last = case.chase.last_contact.get(case.invoice.currency)
    if scenario is None or last is None or scenario.spacing == 0:
        return None
    free_on = last + timedelta(days=scenario.spacing)
    if free_on <= case.chase.today:
        return None
    return wait(free_on, last_sent_on=last, spacing=scenario.spacing)


def closed_day(case: Case) -> Verdict | None:
    """Nothing leaves on a day, or at an hour, at which the company or the customer is shut."""
    chase = case.chase
    country = chase.account.customer.country
    if is_closed(chase.today, chase.policy, country):
        open_on = next_open_day(chase.today, chase.policy, country)
        return wait(open_on, open_on=open_on)
    return wait(chase.today) if chase.standing.out_of_hours else None


def budget(case: Case) -> Verdict | None:
    """The customer had his contacts for the period, ours and those of sister companies together."""
    limit = case.chase.policy.budget
    if limit is None:
        return None
    since = case.chase.today - timedelta(days=limit.days)
    days = [on for on, _, _ in case.chase.contacts if on > since]
    days += [on for on in case.chase.account.contacted_elsewhere if on > since]
    if len(days) < limit.contacts:
        return None
    free_on = sorted(days)[len(days) - limit.contacts] + timedelta(days=limit.days)
    return wait(free_on, contacts=len(days), period=limit.days)


def no_contact(case: Case) -> Verdict | None:
    """Nobody can be written to: no address, or the address refused what we sent."""
    chase = case.chase
    if choose_recipient(chase.account, [case.invoice], chase.policy) is not None:
        return None
    refused = sorted(refused_addresses(chase.account))
    return follow_up(refused=refused[0] if refused else None)


def due(case: Case) -> Verdict | None:
    """Nothing stands in the way."""
    return Verdict(Action.REMIND, case.chase.today)


RULES: tuple[tuple[Reason, Callable[[Case], Verdict | None]], ...] = (
    (Reason.HELD, held),
    (Reason.EXCLUDED, excluded),
    (Reason.NO_SCENARIO, no_scenario),
    (Reason.SETTLED, settled),
    (Reason.PAID_AFTER_REMINDER, paid_after_reminder),
    (Reason.IN_PAYMENT, in_payment),
    (Reason.COVERED, covered),
    (Reason.DISPUTED, disputed),
    (Reason.PLANNED, planned),
    (Reason.PROMISED, promised),
    (Reason.UNKNOWN_DELIVERY, unknown_delivery),
    (Reason.FAILED_DELIVERY, failed_delivery),
    (Reason.QUEUED, queued),
    (Reason.APPROVAL, approval),
    (Reason.ENDED, ended),
    (Reason.NOT_DUE, not_due),
    (Reason.OLD_DEBT, old_debt),
    (Reason.BELOW_MINIMUM, below_minimum),
    (Reason.MISSING_ORDER_NUMBER, missing_order_number),
    (Reason.SPACING, spacing),
    (Reason.CLOSED_DAY, closed_day),
    (Reason.BUDGET, budget),
    (Reason.NO_CONTACT, no_contact),
    (Reason.DUE, due),
)
