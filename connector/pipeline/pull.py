"""Pull and map: what changed in the host becomes facts in the store, page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import structlog

from connector.company import Company
from connector.errors import MappingError, SafetyStop
from connector.model import Fact, Kind, Ref, SetAside
from connector.pipeline.report import Progress, silent
from connector.ports import Page, Record
from connector.store.ports import Event, MappedPage

log = structlog.get_logger()

_COUNTED = {Kind.CUSTOMER: "customers", Kind.INVOICE: "invoices", Kind.PAYMENT: "payments"}
#: Below this many open records a change of the whole is not surprising.
_FEW = 20


def pull(company: Company, progress: Progress = silent) -> Counter[str]:
    """Bring the store up to date with the host and return how many records of each kind were new or had
    changed (``customers``, ``invoices``, ``payments``, ``set_aside``).

    Each page is saved with its cursor in one transaction, so a cut pull goes on where it stopped. Raises
    HostError; what was saved by then stays.
    """
    now = company.clock()
    _ask_anew_if_mapping_changed(company)
    with company.store.begin(company.id) as unit:
        cursor = unit.cursor()
    counts: Counter[str] = Counter()
    done: Counter[str] = Counter()
    for page in company.host.pull(cursor):
        counts += save_page(company, page)
        done[page.kind or ""] += len(page.records)
        progress(page.kind or "", done[page.kind or ""], page.total)
    with company.store.begin(company.id) as unit:
        unit.mark_synced(now, now.astimezone(company.zone).date())
    return counts


def _ask_anew_if_mapping_changed(company: Company) -> None:
    """Other fields are wanted: everything is asked for again. The cursor is forgotten before this is noted,
    and it is noted before the pull, so that a cut pull goes on from its last page."""
    memo = company.store.memo(company.id)
    if memo.get("mapping") != company.mapping.version:
        with company.store.begin(company.id) as unit:
            unit.forget_cursor()
        memo["mapping"] = company.mapping.version


def save_page(company: Company, page: Page) -> Counter[str]:
    """Map the records of a page that changed and save them with the page's cursor."""
    with company.store.begin(company.id) as unit:
        known = unit.digests([record.ref for record in page.records])
        changed = [record for record in page.records if known.get(record.ref) != record.digest]
        mapped, counts = _map(company, changed, page)
        unit.save_page(mapped, company.clock())
        unit.record(_set_aside_events(mapped, company.clock()))
    return counts


def _map(company: Company, records: Iterable[Record], page: Page) -> tuple[MappedPage, Counter[str]]:
    facts: list[tuple[Ref, str, Fact]] = []
    aside: list[tuple[str, SetAside, Mapping[str, object]]] = []
    counts: Counter[str] = Counter()
    for record in records:
        try:
            facts.append((record.ref, record.digest, company.mapping.to_fact(record)))
        except MappingError as error:
            why = SetAside(record.ref, record.customer_ref, error.field, error.reason)
            aside.append((record.digest, why, record.data))
            counts["set_aside"] += 1
            log.warning(
                "record set aside", company=company.id, record=str(record.ref.id), reason=error.reason
            )
        if record.ref.kind in _COUNTED:
            counts[_COUNTED[record.ref.kind]] += 1
    page_ = MappedPage(tuple(facts), tuple(aside), page.gone, page.cursor, page.bank_entry_on)
    return page_, counts


def _set_aside_events(page: MappedPage, now: datetime) -> list[Event]:
    return [
        Event(
            now,
            "record_set_aside",
            why.customer_ref,
            why.ref.id if why.ref.kind is Kind.INVOICE else None,
            {"kind": str(why.ref.kind), "field": why.field, "reason_text": why.reason},
        )
        for _, why, _ in page.set_aside
    ]


def sweep(company: Company, *, accept: bool = False) -> Counter[str]:
    """Compare what we hold for open with what the host holds for open, and read again all that differs.

    Catches deletions, records that committed late, changes that moved no date. Raises SafetyStop when a
    large part of the open records has vanished at once, unless ``accept``: a lost access right looks the
    same as a day on which everybody paid.
    """
    theirs = company.host.open_refs()
    with company.store.begin(company.id) as unit:
        ours = unit.open_refs()
    lost = [ref for ref in ours if ref not in theirs]
    if not accept and len(ours) >= _FEW and len(lost) > max(_FEW, len(ours) // 2):
        raise SafetyStop(
            f"{len(lost)} of the {len(ours)} open records of {company.id} are no longer open in the host.",
            remedy="If that is right, run again with --accept; if not, look at the rights of our user there.",
        )
    differs = [ref for ref, version in theirs.items() if ours.get(ref) != version]
    return refresh(company, [*lost, *differs])


def refresh(company: Company, refs: Collection[Ref], customers: Collection[str] = ()) -> Counter[str]:
    """Read these records again, with all that is open of ``customers``, and save what changed."""
    if not refs and not customers:
        return Counter()
    records = company.host.read(refs, customers)
    back = {record.ref for record in records}
    gone = tuple(ref for ref in refs if ref not in back)
    return save_page(company, Page(records=tuple(records), gone=gone))


def sweep_if_due(company: Company, *, accept: bool = False) -> Counter[str]:
    """Sweep when the last one is older than the company's limit (or never was)."""
    memo = company.store.memo(company.id)
    now, last = company.clock(), memo.get("swept_at")
    if last and now - datetime.fromisoformat(last) < company.limits.sweep_every and not accept:
        return Counter()
    counts = sweep(company, accept=accept)
    memo["swept_at"] = now.isoformat()
    return counts
