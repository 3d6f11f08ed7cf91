"""What a host bills for being read: in words, and held against the quota. Nothing where reading is free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from connector.cli.options import Session
from connector.config import CompanySettings
from connector.pipeline import Company
from connector.pipeline.billing import Bill, bill_from_memo, bill_of
from connector.ports import Finding

_REMEDY = (
    "read less often ([schedule] every), or take a larger tier of the host's partner program; beyond its "
    "quota, a free one is shut out until the next month"
)


def bill(ours: Session, company: Company, settings: CompanySettings) -> Bill | None:
    """The bill of a company that is open."""
    quota = dict(settings.host).get("monthly_reads")
    return bill_of(company, ours.configuration.schedule.every, quota if isinstance(quota, int) else None)


def in_words(bill: Bill | None) -> str:
    """The billed calls of a pass and of its month, to be put behind its other figures."""
    if bill is None:
        return ""
    foreseen = "" if bill.projected is None else f", {bill.projected:,} foreseen"
    quota = f" of {bill.quota:,}" if bill.quota else ""
    return f", {bill.calls} billed (this month {bill.month:,}{foreseen}{quota})"


def findings(
    ours: Session, settings: CompanySettings, own: Bill | None, all_companies: Sequence[CompanySettings]
) -> list[Finding]:
    """What `check` says of the month's bill: a warning when all companies of this configuration that read
    with the same registration will go beyond its quota together. One that has no bill yet is taken to cost as
    much as this one."""
    if own is None:
        return []
    what = f"billed calls: {own.calls} for this check, {own.month:,} this month so far"
    if own.projected is None:
        return [Finding(True, f"{what}; what a whole month takes is known after a few passes")]
    neighbours = _neighbours(settings, all_companies)
    total = own.projected + sum(_foreseen(ours, one.id, own.projected) for one in neighbours)
    what += f", about {own.projected:,} by its end"
    if own.quota is None:
        return [Finding(True, what)]
    together = f" ({len(neighbours) + 1} here, together about {total:,})" if neighbours else ""
    what += f"; the quota, {own.quota:,}, is shared by all companies of the workspace{together}"
    over = total > own.quota
    return [Finding(not over, what, _REMEDY if over else "", warning=over)]


def _neighbours(settings: CompanySettings, companies: Sequence[CompanySettings]) -> list[CompanySettings]:
    """The other companies that read with the same registration."""
    registration = _registration(settings)
    if registration is None:
        return []
    return [one for one in companies if one.id != settings.id and _registration(one) == registration]


def _registration(settings: CompanySettings) -> tuple[str, str] | None:
    client_id = dict(settings.host).get("client_id")
    return (settings.host.type, str(client_id)) if client_id else None


def _foreseen(ours: Session, company: str, otherwise: int) -> int:
    found = bill_from_memo(ours.store.memo(company), datetime.now(UTC), ours.configuration.schedule.every)
    return otherwise if found is None or found.projected is None else found.projected
