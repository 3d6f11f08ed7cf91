"""Rules that look at the company's data as a whole.

Their answers change without any fact of the customer: he is looked at again on every pass.
"""

from __future__ import annotations

from connector.dunning.calendar import working_days_between
from connector.dunning.case import Chase
from connector.dunning.rules.verdict import Verdict, hold
from connector.model import Reason


def paused(chase: Chase) -> Verdict | None:
    """The company's chase was stopped by a person."""
    standing = chase.standing
    if not standing.paused:
        return None
    pause = standing.pause
    if pause is None:
        return hold(chase.today)
    figures = {"by": pause.by, "since_at": pause.since_at, "until_on": pause.until_on}
    return hold(chase.today, **figures, reason_text=pause.why)


def stale_sync(chase: Chase) -> Verdict | None:
    """The last good pull is too old to trust."""
    if not chase.standing.sync_too_old:
        return None
    return hold(chase.today, synced_at=chase.standing.synced_at)


def stale_bank(chase: Chase) -> Verdict | None:
    """The newest bank entry is so old that payments may have come in unseen."""
    allowed, entry_on = chase.policy.max_bank_age, chase.standing.bank_entry_on
    if allowed is None or entry_on is None:
        return None
    age = working_days_between(entry_on, chase.today, chase.policy.country)
    if age <= allowed:
        return None
    return hold(chase.today, bank_entry_on=entry_on, age=age, allowed_days=allowed)


RULES = ((Reason.PAUSED, paused), (Reason.STALE_SYNC, stale_sync), (Reason.STALE_BANK, stale_bank))
