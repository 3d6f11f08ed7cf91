"""The rules, in the order in which they are looked at. The first that applies gives the decision.

Each rule is a function of a ``Case`` that returns a ``Verdict``: whether it applies, what follows, when
the answer can change by itself, and the figures it saw (they become the words of the explanation). To add
a rule: write the function, add it to ``RULES`` at its place, and its reason to ``model.decision.Reason``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from connector.dunning.calendar import working_days_between
from connector.dunning.case import Case
from connector.dunning.contacts import choose_recipient, refused_addresses
from connector.dunning.promises import last_day, open_promises
from connector.dunning.sequence import is_old_debt, steps_taken
from connector.model import Action, AllocationSource, InvoiceState, Reason, ReminderState, Start
from connector.model.chase import THANK_YOU


@dataclass(frozen=True, slots=True)
class Verdict:
    applies: bool
    action: Action = Action.WAIT
    wake_on: date | None = None
    seen: Mapping[str, object] = field(default_factory=dict)


def _no(**seen: object) -> Verdict:
    return Verdict(applies=False, seen=seen)


def _yes(action: Action, wake_on: date | None = None, **seen: object) -> Verdict:
    return Verdict(applies=True, action=action, wake_on=wake_on, seen=seen)


# The company ------------------------------------------------------------------------------------------
# Their answers change without any fact of the customer: they are looked at again on every pass.


def paused(case: Case) -> Verdict:
    """The company's chase was stopped by a person."""
    return _yes(Action.HOLD, case.chase.today) if case.chase.standing.paused else _no()


def stale_sync(case: Case) -> Verdict:
    """The last good pull is too old to trust."""
    standing = case.chase.standing
    if standing.sync_too_old:
        return _yes(Action.HOLD, case.chase.today, synced_at=standing.synced_at)
    return _no(synced_at=standing.synced_at)


def stale_bank(case: Case) -> Verdict:
    """The newest bank entry is so old that payments may have come in unseen."""
    policy, entry_on, today = case.chase.policy, case.chase.standing.bank_entry_on, case.chase.today
    if policy.max_bank_age is None or entry_on is None:
        return _no(bank_entry_on=entry_on)
    age = working_days_between(entry_on, today, policy.country)
    seen = {"bank_entry_on": entry_on, "age": age, "allowed_days": policy.max_bank_age}
    return _yes(Action.HOLD, today, **seen) if age > policy.max_bank_age else _no(**seen)


# The customer -----------------------------------------------------------------------------------------


def held(case: Case) -> Verdict:
    """A person said: do not chase this customer, or this invoice."""
    for hold in case.chase.account.holds:
        concerns = hold.invoice_ref in (None, case.invoice.ref)
        if not concerns or hold.released_at is not None:
            continue
        if hold.until_on is None or hold.until_on >= case.chase.today:
            wake_on = hold.until_on + timedelta(days=1) if hold.until_on else None
            return _yes(Action.HOLD, wake_on, until_on=hold.until_on, reason_text=hold.reason)
    return _no()


def unreadable(case: Case) -> Verdict:
    """A record of this customer could not be read: never chase on what we could not read."""
    aside = case.chase.account.set_aside
    if aside:
        first = aside[0]
        return _yes(Action.HOLD, None, record=f"{first.ref.kind} {first.ref.id}", reason_text=first.reason)
    return _no()


def excluded(case: Case) -> Verdict:
    """The host, or a tag, says that this customer or invoice is not to be chased."""
    customer = case.chase.account.customer
    if customer.no_reminders:
        return _yes(Action.HOLD, None, by="customer")
    if case.invoice.no_reminders:
        return _yes(Action.HOLD, None, by="invoice")
    tags = sorted(customer.tags & case.chase.policy.exclude_tags)
    return _yes(Action.HOLD, None, by="tag", tag=tags[0]) if tags else _no()


def no_scenario(case: Case) -> Verdict:
    """No scenario's conditions fit this customer."""
    scenario, names = case.chase.choice
    if scenario is None:
        return _yes(
            Action.HOLD, None, language=case.chase.language, country=case.chase.account.customer.country
        )
    return _no(scenario=scenario.name, matching=names)


# The installment --------------------------------------------------------------------------------------


def settled(case: Case) -> Verdict:
    """Nothing is owed on this installment, and nobody need be thanked for it."""
    if case.installment.residual > 0 and case.invoice.state in (InvoiceState.OPEN, InvoiceState.IN_PAYMENT):
        return _no(residual=case.installment.residual, currency=case.invoice.currency)
    return _yes(Action.WAIT, None) if _thanks_due(case) is None else _no()


def paid_after_reminder(case: Case) -> Verdict:
    """It was paid after we wrote: say thank you, unless more is overdue (then the next text says both)."""
    paid_on = _thanks_due(case)
    return _yes(Action.THANK, None, paid_on=paid_on) if paid_on is not None else _no()


def _thanks_due(case: Case) -> date | None:
    chase = case.chase
    if chase.policy.thank_you is None or case.installment.residual > 0 or chase.overdue:
        return None
    if case.invoice.state not in (InvoiceState.PAID, InvoiceState.OPEN):
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


def in_payment(case: Case) -> Verdict:
    """The host says that a payment is on its way to the bank."""
    if case.invoice.state is InvoiceState.IN_PAYMENT:
        return _yes(Action.WAIT, None)
    return _no()


def covered(case: Case) -> Verdict:
    """Unapplied money or a credit note pays for it: a person should match it, the customer owes nothing."""
    by = case.chase.coverage.by.get(case.key)
    available = case.chase.coverage.available.get(case.invoice.currency, Decimal(0))
    if by is None:
        return _no(available=available, currency=case.invoice.currency)
    return _yes(Action.FOLLOW_UP, None, covered_by=by, available=available, currency=case.invoice.currency)


def promised(case: Case) -> Verdict:
    """A promise to pay runs: nothing is asked before its date and the days of grace are over."""
    for promise in open_promises(case.chase.account, case.invoice.ref):
        last = last_day(promise, case.chase.policy.promise_grace)
        if case.chase.today <= last:
            return _yes(
                Action.WAIT,
                last + timedelta(days=1),
                promised_on=promise.promised_on,
                until_on=last,
                amount=promise.amount,
                currency=promise.currency or case.invoice.currency,
            )
    return _no()


def unknown_delivery(case: Case) -> Verdict:
    """A message may or may not have left; only a person can say. Nothing more leaves before that."""
    for reminder in case.history:
        if reminder.state is ReminderState.UNKNOWN:
            return _yes(Action.HOLD, None, message_key=reminder.message_key, on=reminder.queued_on)
    return _no()


def failed_delivery(case: Case) -> Verdict:
    """A message was given up after its last try; a person must retry or cancel it."""
    for reminder in case.history:
        if reminder.state is ReminderState.FAILED:
            return _yes(Action.HOLD, None, message_key=reminder.message_key, on=reminder.queued_on)
    return _no()


def queued(case: Case) -> Verdict:
    """A message about it is written and waits to leave."""
    for reminder in case.history:
        if reminder.state is ReminderState.QUEUED:
            return _yes(Action.WAIT, None, message_key=reminder.message_key, on=reminder.queued_on)
    return _no()


def approval(case: Case) -> Verdict:
    """A message about it is written and waits for a person's consent."""
    for reminder in case.history:
        if reminder.state is ReminderState.APPROVAL:
            return _yes(Action.HOLD, None, message_key=reminder.message_key, on=reminder.queued_on)
    return _no()


def ended(case: Case) -> Verdict:
    """Every step was taken: a person decides what comes now."""
    if case.next is not None:
        return _no()
    taken = steps_taken(case.history)
    return _yes(Action.HOLD, None, last_sent_on=taken[-1].completed_on if taken else None)


def not_due(case: Case) -> Verdict:
    """The next step's day has not come."""
    if case.next is None or case.next.on <= case.chase.today:
        return _no()
    days = (case.next.on - case.chase.today).days
    return _yes(Action.WAIT, case.next.on, days=days)


def old_debt(case: Case) -> Verdict:
    """The debt was old when we first saw it, and the scenario says to wait for a person's word."""
    scenario = case.chase.choice[0]
    if scenario is None or scenario.start is not Start.HOLD or steps_taken(case.history):
        return _no()
    released = any(
        h.released_at is not None and h.invoice_ref in (None, case.invoice.ref)
        for h in case.chase.account.holds
    )
    if released or not is_old_debt(scenario, case.installment.due_on, case.chase.standing.started_on):
        return _no()
    return _yes(Action.HOLD, None, started_on=case.chase.standing.started_on)


def below_minimum(case: Case) -> Verdict:
    """What the customer owes in this currency is too little to write about."""
    scenario = case.chase.choice[0]
    if scenario is None:
        return _no()
    currency = case.invoice.currency
    amount = max(case.chase.overdue.get(currency, Decimal(0)), case.installment.residual)
    seen = {"amount": amount, "minimum": scenario.minimum, "currency": currency}
    return _yes(Action.WAIT, None, **seen) if amount < scenario.minimum else _no(**seen)


def spacing(case: Case) -> Verdict:
    """The customer was written to too recently in this currency."""
    scenario = case.chase.choice[0]
    last = case.chase.last_contact.get(case.invoice.currency)
    if scenario is None or last is None or scenario.spacing == 0:
        return _no(last_sent_on=last)
    free_on = last + timedelta(days=scenario.spacing)
    seen = {"last_sent_on": last, "spacing": scenario.spacing}
    return _yes(Action.WAIT, free_on, **seen) if free_on > case.chase.today else _no(**seen)


def no_contact(case: Case) -> Verdict:
    """Nobody can be written to: no address, or the address refused what we sent."""
    recipient = choose_recipient(case.chase.account, [case.invoice], case.chase.policy)
    if recipient is not None:
        return _no(recipient=recipient.address, language=recipient.language)
    refused = sorted(refused_addresses(case.chase.account))
    return _yes(Action.FOLLOW_UP, None, refused=refused[0] if refused else None)


def due(case: Case) -> Verdict:
    """Nothing stands in the way."""
    return _yes(Action.REMIND, case.chase.today)


RULES: tuple[tuple[Reason, Callable[[Case], Verdict]], ...] = (
    (Reason.PAUSED, paused),
    (Reason.STALE_SYNC, stale_sync),
    (Reason.STALE_BANK, stale_bank),
    (Reason.HELD, held),
    (Reason.UNREADABLE, unreadable),
    (Reason.EXCLUDED, excluded),
    (Reason.NO_SCENARIO, no_scenario),
    (Reason.SETTLED, settled),
    (Reason.PAID_AFTER_REMINDER, paid_after_reminder),
    (Reason.IN_PAYMENT, in_payment),
    (Reason.COVERED, covered),
    (Reason.PROMISED, promised),
    (Reason.UNKNOWN_DELIVERY, unknown_delivery),
    (Reason.FAILED_DELIVERY, failed_delivery),
    (Reason.QUEUED, queued),
    (Reason.APPROVAL, approval),
    (Reason.ENDED, ended),
    (Reason.NOT_DUE, not_due),
    (Reason.OLD_DEBT, old_debt),
    (Reason.BELOW_MINIMUM, below_minimum),
    (Reason.SPACING, spacing),
    (Reason.NO_CONTACT, no_contact),
    (Reason.DUE, due),
)
