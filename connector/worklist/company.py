"""What stands in the way of a whole company: why nothing leaves, since when, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from connector.dunning.calendar import add_working_days
from connector.dunning.case import Chase
from connector.dunning.policy import Policy
from connector.dunning.rules.company import RULES
from connector.model import Account, Customer, Reason, Standing


class StopName(StrEnum):
    """Why nothing leaves for any customer, in the order in which it is told."""

    STOPPED = "stopped"  # the last pass stopped for safety and asks a person
    PAUSED = "paused"
    STALE_SYNC = "stale_sync"
    STALE_BANK = "stale_bank"


@dataclass(frozen=True, slots=True)
class CompanyStop:
    """One reason for which nothing leaves for any customer. ``figures`` fill its sentences."""

    name: StopName
    since_on: date | None = None
    figures: Mapping[str, object] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """True when somebody must do something; a pause is somebody's wish."""
        return self.name is not StopName.PAUSED


def company_stops(standing: Standing, policy: Policy, today: date) -> list[CompanyStop]:
    """All that the rules on the company's data say today of a judged standing; the same rules decide. Books
    that were never read hold nothing that could leave."""
    chase = Chase(Account(Customer("", "")), standing, policy, today)
    found = ((reason, rule(chase)) for reason, rule in RULES)
    return [
        CompanyStop(StopName(reason), _since(reason, standing, policy), verdict.seen)
        for reason, verdict in found
        if verdict is not None and (reason is not Reason.STALE_SYNC or standing.synced_at is not None)
    ]


def _since(reason: Reason, standing: Standing, policy: Policy) -> date | None:
    """The first day on which the rule applied, where the standing tells it. For a bank: the working day after
    the last one that was allowed."""
    if reason is Reason.PAUSED:
        return standing.pause.since_at.date() if standing.pause else None
    if reason is Reason.STALE_SYNC:
        return standing.synced_at.date() if standing.synced_at else None
    if standing.bank_entry_on is None or policy.max_bank_age is None:
        return None
    return add_working_days(standing.bank_entry_on, policy.max_bank_age + 1, policy.country)
