"""When the pipeline is run again: a timer in one process (APScheduler)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = structlog.get_logger()


def every(interval: timedelta, work: Callable[[], object], stop: threading.Event) -> None:
    """Run ``work`` now and then at each ``interval`` until ``stop`` is set.

    Passes never overlap: one that takes longer than the interval delays the next, and missed ones are run
    once, not caught up. An error of ``work`` is logged and the next one comes as planned.
    """

    def guarded() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the timer must outlive any pass
            log.error("pass ended by an error", error=repr(error))

    scheduler = BackgroundScheduler(timezone=UTC)
    trigger = IntervalTrigger(seconds=max(1, int(interval.total_seconds())), timezone=UTC)
    scheduler.add_job(
        guarded,
        trigger,
        next_run_time=datetime.now(UTC),
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    scheduler.start()
    try:
        stop.wait()
    finally:
        scheduler.shutdown(wait=True)
