"""After a safety stop: what was written and did not leave is looked at again before it is counted again.

The host may have been mended since: then nothing is left that would be too much, and no person need agree.
"""

from __future__ import annotations

from datetime import date

from connector.company import Company
from connector.model import Message
from connector.pipeline.deliver import Look, drop, look_again, waiting_messages
from connector.store.ports import EffectState


def take_back(company: Company, today: date) -> int:
    """Drop the messages that wait and are no longer right by what the store holds; return how many. Each is
    looked at once more, and at the host's own figures, before it leaves."""
    with company.store.begin(company.id) as unit:
        waiting = waiting_messages(unit, company.clock())
    dropped = 0
    for effect in waiting:
        with company.store.begin(company.id) as unit:
            now = unit.effects(keys=[effect.key])[0]
            if now.state is not EffectState.READY or not isinstance(now.item, Message):
                continue
            if look_again(company, unit, now, today) is Look.WRONG:
                drop(company, unit, now.item, today)
                dropped += 1
    return dropped
