"""One pass over one company: pull, map, decide, render, deliver, write back."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from functools import partial

import structlog

from connector.company import Company
from connector.errors import Interrupted, RelanceError, SafetyStop
from connector.pipeline import billing, company_tasks, expected, guards, notices, pausing
from connector.pipeline.call_tasks import keep_calls
from connector.pipeline.claim import claim_before_writing
from connector.pipeline.decide import decide_and_queue
from connector.pipeline.deliver import deliver, recover
from connector.pipeline.obey import keep_approvals, obey
from connector.pipeline.obeying.approvals import reconsider
from connector.pipeline.pull import pull, sweep_if_due
from connector.pipeline.report import PassReport, Progress, silent
from connector.pipeline.taking_back import take_back
from connector.pipeline.worklist import mail_once_a_day
from connector.pipeline.write_back import write_back

log = structlog.get_logger()

#: A dropped message makes its customer worth a second look in the same pass, and once is enough.
_ROUNDS = 2


def run_pass(
    company: Company, today: date, *, accept: bool = False, progress: Progress = silent
) -> PassReport:
    """Run the six verbs once for a company and return what was done.

    Never raises for what a host, a channel or a template does: the report says it (``errors``,
    ``stopped``). ``accept`` is a person's word that a surprising change of the whole is right. When another
    process works for the company, nothing is done here, and the report names it.
    """
    report = PassReport(company.id, company.host.name, today)
    try:
        with company.store.lease(company.id):
            _pass(company, today, report, accept, progress)
    except RelanceError as error:
        report.errors.append(str(error))
        log.error("no pass", company=company.id, error=str(error))
    return report


def _pass(company: Company, today: date, report: PassReport, accept: bool, progress: Progress) -> None:
    started = time.monotonic()
    ended_well = False
    try:
        error = _attempt(company, report, partial(_verbs, company, today, report, accept, progress))
        ended_well = error is None
        if not isinstance(error, Interrupted):
            _attempt(company, report, partial(_tell, company, today, report, ended_well))
    finally:
        _close_report(company, report, started, ended_well)


def _attempt(company: Company, report: PassReport, work: Callable[[], None]) -> RelanceError | None:
    """Do it; what goes wrong stands in the report and is returned."""
    try:
        work()
    except SafetyStop as stop:
        report.stopped = str(stop)
        log.error("stopped for safety", company=company.id, why=str(stop))
        return stop
    except RelanceError as error:
        report.errors.append(str(error))
        log.error("pass failed", company=company.id, error=str(error))
        return error
    return None


def _verbs(company: Company, today: date, report: PassReport, accept: bool, progress: Progress) -> None:
    if not accept:
        guards.check_clock(company)
    _begin(company, today)
    report.pulled += pull(company, progress)
    if not accept:
        guards.check_host_clock(company)
    report.pulled += sweep_if_due(company, accept=accept)
    obey(company, today, report, accept=accept)
    if company_tasks.was_stopped(company):
        take_back(company, today)
    if company_tasks.holds_all(company, today):
        recover(company, today, report)
    else:
        reconsider(company, today)
        _send(company, today, report, accept, progress)
    decide_and_queue(company, today, report)
    keep_approvals(company, today)
    keep_calls(company, today)
    claim_before_writing(company, report, accept=accept)
    write_back(company, today, report)


def _begin(company: Company, today: date) -> None:
    """A pause may have come to its end; and where no pass has left a forecast, all are decided for one."""
    pausing.end_if_over(company, today)
    if expected.last_pass(company) is None:
        with company.store.begin(company.id) as unit:
            unit.look_at_all_again()


def _send(company: Company, today: date, report: PassReport, accept: bool, progress: Progress) -> None:
    for _ in range(_ROUNDS):
        decide_and_queue(company, today, report, progress)
        claim_before_writing(company, report, accept=accept)
        if not deliver(company, today, report, accept=accept, progress=progress):
            break


def _tell(company: Company, today: date, report: PassReport, ended_well: bool) -> None:
    """Tell people what they have to do: for the whole company even after a pass that failed."""
    if ended_well or report.stopped:
        company_tasks.note_stop(company, report.stopped)
    stops = company_tasks.review(company, today, report)
    coming = notices.review(company, today, report)
    mail_once_a_day(company, today, report, stops, coming, lists=ended_well)


def _close_report(company: Company, report: PassReport, started: float, ended_well: bool) -> None:
    report.seconds = time.monotonic() - started
    usage = company.host.usage
    report.calls, report.bytes, report.billed = usage.calls, usage.bytes, usage.billed
    try:
        billing.note_pass(company, first=expected.last_pass(company) is None)
        with company.store.begin(company.id) as unit:
            summary = unit.summary()
            report.wake_on = unit.next_wake_on()
        report.standing.update(expected.standing_of(summary))
        if ended_well:
            expected.remember(company, summary)
    except RelanceError as error:
        report.errors.append(str(error))
