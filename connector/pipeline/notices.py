"""What will stop a whole company unless a person acts: announced once, and taken back when it was done."""

from __future__ import annotations

from datetime import date

from connector.company import Company
from connector.pipeline.report import PassReport
from connector.store.ports import Event
from connector.worklist import CompanyNotice, NoticeName, access_notice
from connector.worklist.words import Words

_NOBODY = ""  # the customer of a follow-up about the company
_GONE = {NoticeName.ACCESS_ENDS: "access_renewed"}


def notices_of(company: Company, today: date) -> list[CompanyNotice]:
    """What is to be announced today; empty when nothing is about to stop. Asks nobody."""
    until_at = company.host.usage.access_until
    until = until_at.astimezone(company.zone).date() if until_at else None
    found = access_notice(until, today, company.id, company.host.name)
    return [found] if found else []


def review(company: Company, today: date, report: PassReport) -> list[CompanyNotice]:
    """Put into the report what is to be announced, open and close its episodes, and return it."""
    notices = notices_of(company, today)
    words = Words(company.language)
    report.company_notices = [as_object(notice, words) for notice in notices]
    coming = {notice.name: notice for notice in notices}
    now = company.clock()
    with company.store.begin(company.id) as unit:
        for name, notice in coming.items():
            if unit.open_follow_up(_NOBODY, str(name), today) is not None:
                data = {"until_on": notice.on.isoformat()}
                unit.record([Event(now, f"{name}_announced", data=data)])
        for closed in unit.close_follow_ups(_NOBODY, {str(n) for n in NoticeName} - coming.keys(), today):
            unit.record([Event(now, _GONE[NoticeName(closed.reason)])])
    return notices


def as_object(notice: CompanyNotice, words: Words) -> dict[str, object]:
    """One announcement as an object for programs."""
    do, why = words.notice(notice)
    return {"notice": str(notice.name), "on": notice.on.isoformat(), "do": do, "why": why}
