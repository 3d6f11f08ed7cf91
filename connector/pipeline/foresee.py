"""Seeing before acting: the forecast of a whole company, from what the store holds. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from connector.company import Company
from connector.dunning import Policy
from connector.dunning.forecast import ForecastEvent, ReplayedMessage, forecast, replay
from connector.model import Account, Standing
from connector.pipeline.decide import judge, load
from connector.pipeline.report import Progress, silent

_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a company on a day: enough to foresee the next ones under any rules."""

    today: date
    standing: Standing
    accounts: tuple[Account, ...]


def known(company: Company, today: date) -> Known:
    """Read every account that a run could act on: those with an open invoice, and those to be looked at."""
    with company.store.begin(company.id) as unit:
        standing = judge(company, unit.standing())
        customers = sorted({*unit.customers_with_open(), *unit.customers_to_look_at(today)})
        chunks = (customers[start : start + _CHUNK] for start in range(0, len(customers), _CHUNK))
        accounts = [account for chunk in chunks for account in load(company, unit, chunk, today)]
    return Known(today, standing, tuple(accounts))


def foresee(
    facts: Known, policy: Policy, days: int, *, approved: bool = True, progress: Progress = silent
) -> list[ForecastEvent]:
    """Foresee ``days`` days, today being the first, under these rules; by day, then by customer."""
    events: list[ForecastEvent] = []
    for done, account in enumerate(facts.accounts):
        if done % _CHUNK == 0:
            progress("forecast", done, len(facts.accounts))
        events += forecast(account, facts.standing, policy, facts.today, days, approved=approved)
    return sorted(events, key=lambda event: event.on)


def past(company: Company, since: date) -> list[Account]:
    """Read the ledger with its past: every account that owed something since that day."""
    with company.store.begin(company.id) as unit:
        return list(unit.ledger(since))


def relive(
    accounts: Sequence[Account],
    policy: Policy,
    first: date,
    last: date,
    *,
    approved: bool = True,
    progress: Progress = silent,
) -> list[ReplayedMessage]:
    """Replay the days from ``first`` to ``last`` under these rules; by day, then by customer."""
    messages: list[ReplayedMessage] = []
    for done, account in enumerate(accounts):
        if done % _CHUNK == 0:
            progress("replay", done, len(accounts))
        messages += replay(account, policy, first, last, approved=approved)
    return sorted(messages, key=lambda replayed: replayed.message.on)


def without_obstacles(facts: Known) -> Known:
    """The same as if the books had just been read and the office were open: to compare rules, not days."""
    standing = replace(facts.standing, sync_too_old=False, out_of_hours=False, bank_entry_on=None)
    return replace(facts, standing=standing)
