"""When the world looks wrong: stop, say why, and ask."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from connector.errors import SafetyStop
from connector.pipeline.company import Company

#: The forecast is judged over this time, and never for fewer messages than this.
_LOOK_BACK = timedelta(days=30)
_FEW = 20


def check_volume(company: Company, waiting: int) -> None:
    """Raise SafetyStop when more messages wait than the company allows in a pass, or far more than its
    busiest recent day would lead one to expect."""
    limits = company.limits
    if waiting > limits.max_messages:
        raise SafetyStop(
            f"{waiting} messages wait to leave for {company.id}, more than max_messages_per_pass = "
            f"{limits.max_messages}.",
            remedy="Look at `relance outbox list`; then raise the limit or run once with --accept.",
        )
    if limits.forecast_factor is None or waiting <= _FEW:
        return
    busiest = _busiest_day(company)
    if busiest and waiting > busiest * limits.forecast_factor:
        raise SafetyStop(
            f"{waiting} messages wait to leave for {company.id}; on the busiest of the last "
            f"{_LOOK_BACK.days} days {busiest} left.",
            remedy="Look at `relance outbox list`; if it is right, run once with --accept.",
        )


def _busiest_day(company: Company) -> int:
    """The most messages that left on one day lately; 0 when there is nothing to compare with."""
    since = company.clock() - _LOOK_BACK
    with company.store.begin(company.id) as unit:
        sent = unit.sent_messages(since)
    days = Counter(at.astimezone(company.zone).date() for at in sent)
    return max(days.values(), default=0)
