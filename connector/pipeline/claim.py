"""The claim: before a pass writes anything, the host must know no other store that writes for this company.

Two stores on one company would each send every reminder; a store restored from an old copy would send again
what it has forgotten. Both are seen by a mark in the host, which each store that begins to write makes its
own.
"""

from __future__ import annotations

import platform
import uuid

from connector.company import Company
from connector.errors import SafetyStop
from connector.formats import Day, locale_for
from connector.pipeline.report import PassReport
from connector.ports import Claim
from connector.store.ports import EffectState

_STORE, _SERIAL = "claim.store", "claim.serial"
_OPEN = (EffectState.READY, EffectState.ATTEMPTED)


def claim_before_writing(company: Company, report: PassReport, *, accept: bool = False) -> None:
    """Put our claim in the host if anything waits to be sent or written; once in a pass is enough.

    Raises SafetyStop when the claim of another store stands there, or a later one of this store: nothing may
    leave until a person agrees (``accept``). Raises HostError.
    """
    if report.claimed or not _anything_waits(company):
        return
    mine = _next(company)
    there = company.host.claim(mine, take_over=accept)
    if there != mine:
        company.store.memo(company.id)[_SERIAL] = str(mine.serial - 1)  # or trying again would catch up
        if there.store != mine.store:
            raise SafetyStop(_other(company, there), remedy=_OTHER_REMEDY)
        raise SafetyStop(_later(company, there, mine), remedy=_LATER_REMEDY)
    report.claimed = True


def _anything_waits(company: Company) -> bool:
    with company.store.begin(company.id) as unit:
        return bool(unit.effects(_OPEN, limit=1))


def _next(company: Company) -> Claim:
    """Our next claim. Its serial is saved before the host sees it, so the host's is never ahead of ours."""
    memo = company.store.memo(company.id)
    store = memo.get(_STORE)
    if store is None:
        store = memo[_STORE] = uuid.uuid4().hex
    serial = int(memo.get(_SERIAL, "0")) + 1
    memo[_SERIAL] = str(serial)
    return Claim(store, serial, platform.node(), company.clock())


_OTHER_REMEDY = (
    "Stop one of the two. If the other is gone for good, run once with --accept; but this store does not "
    "know what that one has sent, so look at `relance plan` first."
)
_LATER_REMEDY = (
    "Bring back the newest copy of the store. If there is none, run once with --accept: but what was sent "
    "since that copy is not known here, so look at `relance plan` first."
)


def _other(company: Company, there: Claim) -> str:
    return (
        f"Another store of Relance (on {there.place}) writes for {company.id}, the last time on "
        f"{_day(company, there)}: two would send everything twice."
    )


def _later(company: Company, there: Claim, mine: Claim) -> str:
    return (
        f"This store of {company.id} is an old copy: it has begun to write {mine.serial - 1} times, the host "
        f"has seen {there.serial}, the last time on {_day(company, there)} from {there.place}."
    )


def _day(company: Company, there: Claim) -> str:
    return str(Day(there.at.astimezone(company.zone).date(), locale_for("en", None)))
