"""Rules that look at the customer."""

from __future__ import annotations

from datetime import timedelta

from connector.dunning.calendar import add_working_days
from connector.dunning.case import Chase
from connector.dunning.rules.verdict import Verdict, hold
from connector.model import Reason


def held(chase: Chase) -> Verdict | None:
    """A person said: do not chase this customer."""
    for order in chase.account_holds:
        if order.released_at is None and (order.until_on is None or order.until_on >= chase.today):
            until = order.until_on
            wake_on = until + timedelta(days=1) if until else None
            return hold(wake_on, until_on=until, reason_text=order.reason)
    return None


def insolvent(chase: Chase) -> Verdict | None:
    """Insolvency proceedings are open: suits and payments of earlier debts are forbidden (in France C. com.
    L622-7 and L622-21). A person declares the debt; no reminder leaves."""
    return hold() if chase.account.customer.insolvent else None


def unreadable(chase: Chase) -> Verdict | None:
    """A record of this customer could not be read: never chase on what we could not read."""
    if not chase.account.set_aside:
        return None
    first = chase.account.set_aside[0]
    return hold(record=f"{first.ref.kind} {first.ref.id}", reason_text=first.reason)


def replied(chase: Chase) -> Verdict | None:
    """The customer has written and nobody has said what to do: wait for a person, but not for ever."""
    if not chase.account.inbound:
        return None
    newest = chase.account.inbound[-1]
    if any(h.released_at is not None and h.released_at >= newest.received_at for h in chase.account.holds):
        return None
    received_on = newest.received_at.date()
    last = add_working_days(received_on, chase.policy.reply_days, chase.policy.country)
    if chase.today > last:
        return None
    return hold(last + timedelta(days=1), received_on=received_on, until_on=last, sender=newest.sender)


def excluded(chase: Chase) -> Verdict | None:
    """The host, a tag or the payment method says that this customer is not to be chased."""
    customer, policy = chase.account.customer, chase.policy
    if customer.no_reminders:
        return hold(by="customer")
    if customer.payment_method is not None and customer.payment_method in policy.exclude_methods:
        return hold(by="payment_method", payment_method=customer.payment_method)
    if policy.exclude_tags and not policy.exclude_tags.isdisjoint(customer.tags):
        return hold(by="tag", tag=min(policy.exclude_tags & customer.tags))
    return None


RULES = (
    (Reason.HELD, held),
    (Reason.INSOLVENT, insolvent),
    (Reason.UNREADABLE, unreadable),
    (Reason.REPLIED, replied),
    (Reason.EXCLUDED, excluded),
)
