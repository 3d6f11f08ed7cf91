"""Rules that look at one installment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from connector.dunning.calendar import days, is_closed, next_open_day
from connector.dunning.case import Case
from connector.dunning.contacts import refused_addresses
from connector.dunning.rules.agreed import covered, disputed, planned, promised
from connector.dunning.rules.customer import exclusion
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
from connector.model.chase import CALL_CHANNEL, THANK_YOU

_OWING = (InvoiceState.OPEN, InvoiceState.IN_PAYMENT)
_ZERO = Decimal(0)
# once: see ``case``
_IN_PAYMENT, _START_HOLD, _KEY_ACCOUNT = InvoiceState.IN_PAYMENT, Start.HOLD, Segment.KEY_ACCOUNT


def held(case: Case) -> Verdict | None:
    """A person said: do not chase this invoice."""
    for order in case.chase.account.holds:
        if order.invoice_ref != case.invoice.ref or order.released_at is not None:
            continue
        if order.until_on is None or order.until_on >= case.chase.today:
            wake_on = order.until_on + timedelta(days=1) if order.until_on else None
            return hold(wake_on, until_on=order.until_on, reason_text=order.reason)
    return None


def insolvent(case: Case) -> Verdict | None:
    """Proceedings are open against the site that was billed: its debt is declared, whoever pays for it."""
    site = case.chase.sites.get(case.invoice.customer_ref)
    return hold(site=site.name) if site is not None and site.insolvent else None


def excluded(case: Case) -> Verdict | None:
    """The host says that this invoice is not to be chased, or excludes the site that was billed."""
    if case.invoice.no_reminders:
        return hold(by="invoice")
    site = case.chase.sites.get(case.invoice.customer_ref)
    why = exclusion(site, case.chase.policy) if site is not None else None
    return Verdict(Action.HOLD, None, {"site": site.name, **why}) if site and why else None


def no_scenario(case: Case) -> Verdict | None:
    """No scenario's conditions fit."""
    if case.choice.scenario is not None:
        return None
    return hold(language=case.chase.language, country=case.chase.account.customer.country)


def settled(case: Case) -> Verdict | None:
    """Nothing is owed on this installment, or less than is worth a word in that currency."""
    residual = case.installment.residual
    owing = residual > _ZERO and case.invoice.state in _OWING
    if owing and residual >= case.chase.policy.tolerance.get(case.invoice.currency, _ZERO):
        return None
    return wait(None) if thanks_due(case) is None else None


def paid_after_reminder(case: Case) -> Verdict | None:
    """It was paid after we wrote: say thank you, unless more is overdue (then the next text says both)."""
    if case.installment.residual > _ZERO:
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
    sent = [r for r in sent if r.channel != CALL_CHANNEL]  # nobody can tell whether anybody called
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
    return wait(None) if case.invoice.state is _IN_PAYMENT else None


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
    if scenario is None or scenario.start is not _START_HOLD or steps_taken(case.history):
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
    """What can be chased in this currency is too little to write about. What is disputed, promised, under a
    payment plan or held does not count: no message would list it."""
    scenario = case.choice.scenario
    if scenario is None:
        return None
    if case.installment.residual >= scenario.minimum:
        return None
    currency = case.invoice.currency
    amount = max(case.chase.chaseable.get(currency, _ZERO), case.installment.residual)
    if amount >= scenario.minimum:
        return None
    return wait(None, amount=amount, minimum=scenario.minimum, currency=currency)


def missing_order_number(case: Case) -> Verdict | None:
    """A key account does not pay without its purchase-order number: ask for it before asking for money."""
    if case.chase.segment is not _KEY_ACCOUNT or case.invoice.reference:
        return None
    return follow_up(customer=case.chase.account.customer.name)


def spacing(case: Case) -> Verdict | None:
    """The customer was written to too recently in this currency."""
    scenario = case.choice.scenario
    last = case.chase.last_contact.get(case.invoice.currency)
    if scenario is None or last is None or scenario.spacing == 0:
        return None
    free_on = last + days(scenario.spacing)
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
    contacted = case.chase.counted_contacts
    if len(contacted) < limit.contacts:
        return None
    free_on = contacted[len(contacted) - limit.contacts] + days(limit.days)
    return wait(free_on, contacts=len(contacted), period=limit.days)


def no_contact(case: Case) -> Verdict | None:
    """Nobody can be written to: no address, or the address refused what we sent."""
    chase = case.chase
    if case.next is not None and case.next.step.is_call:
        return None
    if chase.recipient_for(case.invoice) is not None:
        return None
    refused = sorted(refused_addresses(chase.account))
    return follow_up(refused=refused[0] if refused else None)


def due(case: Case) -> Verdict | None:
    """Nothing stands in the way."""
    return Verdict(Action.REMIND, case.chase.today)


RULES: tuple[tuple[Reason, Callable[[Case], Verdict | None]], ...] = (
    (Reason.HELD, held),
    (Reason.INSOLVENT, insolvent),
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
    (Reason.NO_CONTACT, no_contact),
    (Reason.SPACING, spacing),
    (Reason.CLOSED_DAY, closed_day),
    (Reason.BUDGET, budget),
    (Reason.DUE, due),
)
