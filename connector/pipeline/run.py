"""One pass over one company: pull, map, decide, render, deliver, write back."""

from __future__ import annotations

import time
from datetime import date

import structlog

from connector.errors import RelanceError, SafetyStop
from connector.pipeline.company import Company
from connector.pipeline.decide import decide_and_queue
from connector.pipeline.deliver import deliver
from connector.pipeline.pull import pull, sweep_if_due
from connector.pipeline.report import PassReport, Progress, silent
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
    ``stopped``). ``accept`` is a person's word that a surprising change of the whole is right.
    """
    report = PassReport(company.id, company.host.name, today)
    started = time.monotonic()
    try:
        _verbs(company, today, report, accept, progress)
    except SafetyStop as stop:
        report.stopped = str(stop)
        log.error("stopped for safety", company=company.id, why=str(stop))
    except RelanceError as error:
        report.errors.append(str(error))
        log.error("pass failed", company=company.id, error=str(error))
    finally:
        _close_report(company, report, started)
    return report


def _verbs(company: Company, today: date, report: PassReport, accept: bool, progress: Progress) -> None:
    report.pulled += pull(company, progress)
    report.pulled += sweep_if_due(company, accept=accept)
    for _ in range(_ROUNDS):
        decide_and_queue(company, today, report, progress)
        if not deliver(company, today, report, accept=accept, progress=progress):
            break
    decide_and_queue(company, today, report)
    write_back(company, today, report)
    mail_once_a_day(company, today, report)


def _close_report(company: Company, report: PassReport, started: float) -> None:
    report.seconds = time.monotonic() - started
    report.calls, report.bytes = company.host.usage.calls, company.host.usage.bytes
    try:
        with company.store.begin(company.id) as unit:
            report.standing.update(unit.summary())
            report.wake_on = unit.next_wake_on()
    except RelanceError as error:
        report.errors.append(str(error))
