"""What a person has to do about a whole company: told by every pass until it is done, and closed by itself.

One episode for a company and reason, however many customers wait: it is opened and closed as a follow-up of
no customer. The words are those of the work list.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime

from connector.company import Company
from connector.model import Standing
from connector.pipeline.decide import judge
from connector.pipeline.report import PassReport
from connector.store.ports import Event
from connector.worklist import CompanyStop, StopName, company_stops
from connector.worklist.words import Words

_STOPPED = "stopped"  # in the memo: the safety stop of the last pass, if it had one
_NOBODY = ""  # the customer of a follow-up about the company


def stops_of(company: Company, today: date) -> list[CompanyStop]:
    """Why nothing leaves for any customer today; empty when nothing stands in the way. Not while a unit is
    open."""
    with company.store.begin(company.id) as unit:
        standing = judge(company, unit.standing())
    found = [_told(company, standing, stop) for stop in company_stops(standing, company.policy, today)]
    return [*_safety_stop(company), *found]


def _told(company: Company, standing: Standing, stop: CompanyStop) -> CompanyStop:
    """With the hour of the last good pull, in the company's own time."""
    if stop.name is not StopName.STALE_SYNC or standing.synced_at is None:
        return stop
    return replace(stop, figures={**stop.figures, "moment": _moment(company, standing.synced_at)})


def _safety_stop(company: Company) -> list[CompanyStop]:
    text = company.store.memo(company.id).get(_STOPPED)
    if text is None:
        return []
    kept = json.loads(text)
    at = datetime.fromisoformat(kept["at"])
    figures = {"moment": _moment(company, at), "message": kept["message"]}
    return [CompanyStop(StopName.STOPPED, at.astimezone(company.zone).date(), figures)]


def _moment(company: Company, at: datetime) -> str:
    return f"{at.astimezone(company.zone):%Y-%m-%d %H:%M}"


def holds_all(company: Company, today: date) -> bool:
    """True when the rules on the company's data let nothing leave: what is written stays and waits."""
    with company.store.begin(company.id) as unit:
        standing = judge(company, unit.standing())
    return bool(company_stops(standing, company.policy, today))


def was_stopped(company: Company) -> bool:
    """True when the last pass stopped for safety."""
    return _STOPPED in company.store.memo(company.id)


def note_stop(company: Company, message: str | None) -> None:
    """Keep why a pass stopped, for whoever looks before the next one; None: it ended well."""
    memo = company.store.memo(company.id)
    if message is not None:
        memo[_STOPPED] = json.dumps({"at": company.clock().isoformat(), "message": message})
    elif _STOPPED in memo:
        del memo[_STOPPED]


def review(company: Company, today: date, report: PassReport) -> list[CompanyStop]:
    """Put into the report what stands in the way of the whole company now, open and close its episodes, and
    return it."""
    stops = stops_of(company, today)
    words = Words(company.language)
    report.company_stops = [as_object(stop, words) for stop in stops]
    asking = {str(stop.name): stop for stop in stops if stop.asks}
    now = company.clock()
    with company.store.begin(company.id) as unit:
        for name, stop in asking.items():
            if unit.open_follow_up(_NOBODY, name, today) is not None:
                data = {"reason": name, "detail": words.stop(stop)[1]}
                unit.record([Event(now, "company_stopped", data=data)])
        others = {str(name) for name in StopName} - asking.keys()
        for closed in unit.close_follow_ups(_NOBODY, others, today):
            unit.record([Event(now, "company_resumed", data={"reason": closed.reason})])
    return stops


def as_object(stop: CompanyStop, words: Words) -> dict[str, object]:
    """One reason as an object for programs."""
    do, why = words.stop(stop)
    return {
        "reason": str(stop.name),
        "asks": stop.asks,
        "since_on": stop.since_on.isoformat() if stop.since_on else None,
        "do": do,
        "why": why,
    }
