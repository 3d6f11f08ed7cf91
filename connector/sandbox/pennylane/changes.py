"""Changelogs: which record was written when, told by comparing the ledger with what was told before."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from connector.sandbox.nouns import Company
from connector.sandbox.pennylane.errors import bad_request, malformed, refused
from connector.sandbox.pennylane.stage import Stage
from connector.sandbox.pennylane.values import CUSTOMERS, ENTRIES, moment

RETENTION = timedelta(weeks=4)
MOST = 1000
TICK = timedelta(microseconds=1)


class Stamp(NamedTuple):
    """A record as the feed sees it."""

    number: int
    created_at: datetime
    written_at: datetime


class Event(NamedTuple):
    number: int
    operation: str
    created_at: datetime
    updated_at: datetime
    processed_at: datetime

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.number,
            "operation": self.operation,
            "created_at": moment(self.created_at),
            "updated_at": moment(self.updated_at),
            "processed_at": moment(self.processed_at),
        }


@dataclass
class Feed:
    """The events of one kind, in the order in which they became visible: none before one told already."""

    stamps: Callable[[], Iterable[Stamp]]
    lag: timedelta
    events: list[Event] = field(default_factory=list)
    _seen: dict[int, Stamp] = field(default_factory=dict)

    def refresh(self, now: datetime) -> None:
        """Take in what was written since the last time; forget what is older than four weeks."""
        current = {one.number: one for one in self.stamps()}
        fresh: list[tuple[datetime, Stamp, str]] = []
        for number, stamp in current.items():
            before = self._seen.get(number)
            if before is None:
                fresh.append((stamp.created_at, stamp._replace(written_at=stamp.created_at), "insert"))
            if stamp.written_at != (before.written_at if before else stamp.created_at):
                fresh.append((stamp.written_at, stamp, "update"))
        gone = [one for number, one in self._seen.items() if number not in current]
        fresh += [(now, one._replace(written_at=now), "delete") for one in gone]
        self._seen = current
        fresh.sort(key=lambda one: (one[0], one[1].number, one[2]))
        for at, stamp, operation in fresh:
            self._append(at + self.lag, stamp, operation)
        oldest = now - RETENTION
        if self.events and self.events[0].processed_at < oldest:
            self.events = [one for one in self.events if one.processed_at >= oldest]

    def _append(self, at: datetime, stamp: Stamp, operation: str) -> None:
        last = self.events[-1].processed_at if self.events else datetime.min.replace(tzinfo=UTC)
        at = max(at, last + TICK)
        self.events.append(Event(stamp.number, operation, stamp.created_at, stamp.written_at, at))


@dataclass
class Feeds:
    """The feeds of every company. Made when the sandbox is built, so that the past has its events too."""

    stage: Stage
    of: dict[tuple[str, int], Feed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lag = timedelta(seconds=self.stage.options.lag)
        for company in self.stage.ledger.companies:
            for name, stamps in self._kinds(company).items():
                self.of[name, company.serial] = Feed(stamps, lag)
        for feed in self.of.values():
            feed.refresh(self.stage.ledger.clock.now)

    def _kinds(self, company: Company) -> dict[str, Callable[[], Iterable[Stamp]]]:
        stage = self.stage
        return {
            "customers": lambda: (
                Stamp(CUSTOMERS.of(one.serial), one.created_at, one.written_at) for one in stage.customers()
            ),
            "customer_invoices": lambda: (
                Stamp(ENTRIES.of(one.serial), one.created_at, one.written_at)
                for one in stage.documents(company)
            ),
            "transactions": lambda: (
                Stamp(ENTRIES.of(one.serial), one.created_at, one.written_at)
                for one in stage.transactions(company)
            ),
        }

    def visible(self, name: str, company: Company) -> list[Event]:
        """What a reader of that feed may see now, oldest first. Other kinds of records have no events."""
        feed = self.of.get((name, company.serial))
        if feed is None:
            return []
        now = self.stage.ledger.clock.now
        feed.refresh(now)
        latest = now + timedelta(milliseconds=200)  # less than the clock's step: the order's own microseconds
        return [one for one in feed.events if one.processed_at <= latest]

    def since(self, events: list[Event], start: str, cursor: str) -> list[Event]:
        """Raises ApiError: 400 for both at once or nonsense, 422 for a start before the retention."""
        if start and cursor:
            raise bad_request("start_date and cursor cannot be used together")
        if cursor:
            after = _decoded(cursor)
            return [one for one in events if one.processed_at > after]
        if not start:
            return events
        begin = _parsed(start)
        if begin < self.stage.ledger.clock.now - RETENTION:
            raise refused("start_date must be within the last 4 weeks")
        inclusive = self.stage.options.inclusive
        return [
            one for one in events if one.processed_at > begin or (inclusive and one.processed_at == begin)
        ]


def cursor_of(event: Event) -> str:
    return base64.b64encode(moment(event.processed_at).encode()).decode()


def _parsed(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None or "T" not in text.upper():
            raise ValueError("no zone")
    except ValueError:
        message = f'query parameter start_date Value: "{text}" is not conformant with date-time format'
        raise malformed("InvalidDateTimeFormat", message) from None
    return found


def _decoded(cursor: str) -> datetime:
    try:
        return datetime.fromisoformat(base64.b64decode(cursor, validate=True).decode())
    except (ValueError, binascii.Error):
        raise bad_request("Invalid cursor") from None
