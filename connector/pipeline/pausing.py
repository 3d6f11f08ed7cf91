"""A company paused by a person: nothing leaves for any customer, what comes in is read all the same.

These take the store and the company's id alone: a pause must be possible when nothing else works any more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from connector.company import Company
from connector.model import Pause
from connector.store.ports import Event, Store, Unit


def pause(store: Store, company: str, order: Pause) -> Pause:
    """Pause a company and return the pause. One that is paused gets the new reason and end; it goes on since
    it began."""
    data = {
        "by": order.by,
        "reason_text": order.why,
        "until_on": order.until_on.isoformat() if order.until_on else "",
    }
    event = Event(order.since_at, "paused", data=data)
    with store.begin(company) as unit:
        before = unit.standing().pause
        if before is not None:
            order = replace(order, since_at=before.since_at)
        unit.set_paused(True, order)
        unit.record([event])
    return order


def unpause(store: Store, company: str, by: str, now: datetime) -> bool:
    """End a pause: every customer is decided anew. False when the company was not paused."""
    with store.begin(company) as unit:
        if not unit.standing().paused:
            return False
        _end(unit, Event(now, "unpaused", data={"by": by}))
    return True


def end_if_over(company: Company, today: date) -> None:
    """End a pause whose last day has passed."""
    with company.store.begin(company.id) as unit:
        standing = unit.standing()
        if standing.paused and standing.pause is not None and standing.pause.is_over(today):
            until_on = str(standing.pause.until_on)
            _end(unit, Event(company.clock(), "pause_ended", data={"until_on": until_on}))


def _end(unit: Unit, event: Event) -> None:
    unit.set_paused(False)
    unit.record([event])
    unit.look_at_all_again()
