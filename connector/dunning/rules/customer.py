"""Rules that look at the customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from connector.dunning.calendar import add_working_days
from connector.dunning.case import Chase
from connector.dunning.policy import Policy
from connector.dunning.rules.verdict import Verdict, hold
from connector.model import Account, Action, Customer, Reason


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
    read_at = chase.account.read_at
    if read_at is not None and read_at >= newest.received_at:
        return None
    if _somebody_acted_since(chase.account, newest.received_at):
        return None
    received_on = newest.received_at.date()
    last = add_working_days(received_on, chase.policy.reply_days, chase.policy.country)
    if chase.today > last:
        return None
    return hold(last + timedelta(days=1), received_on=received_on, until_on=last, sender=newest.sender)


def _somebody_acted_since(account: Account, received_at: datetime) -> bool:
    """True when a hold was put or released, or a promise, a dispute or a plan written down since: whoever did
    that has read the answer. Where only its day is known, it must be a later one."""
    said = [
        *((h.recorded_at, h.since_on) for h in account.holds),
        *((p.recorded_at, p.made_on) for p in account.promises),
        *((d.recorded_at, d.opened_on) for d in account.disputes),
        *((p.recorded_at, p.made_on) for p in account.plans),
    ]
    released = (h.released_at for h in account.holds)
    moments = (at for at in (*released, *(at for at, _ in said)) if at is not None)
    days = (on for at, on in said if at is None)
    return any(at >= received_at for at in moments) or any(on > received_at.date() for on in days)


def excluded(chase: Chase) -> Verdict | None:
    """The host, a tag or the payment method says that this customer is not to be chased."""
    why = exclusion(chase.account.customer, chase.policy)
    return Verdict(Action.HOLD, None, why) if why is not None else None


def exclusion(customer: Customer, policy: Policy) -> Mapping[str, object] | None:
    """What excludes a customer, as figures for the explanation; None when nothing does."""
    if customer.no_reminders:
        return {"by": "customer"}
    if customer.payment_method is not None and customer.payment_method in policy.exclude_methods:
        return {"by": "payment_method", "payment_method": customer.payment_method}
    if policy.exclude_tags and not policy.exclude_tags.isdisjoint(customer.tags):
        return {"by": "tag", "tag": min(policy.exclude_tags & customer.tags)}
    return None


RULES = (
    (Reason.HELD, held),
    (Reason.INSOLVENT, insolvent),
    (Reason.UNREADABLE, unreadable),
    (Reason.REPLIED, replied),
    (Reason.EXCLUDED, excluded),
)
