"""What QuickBooks costs: calls, billed calls, bytes and minutes of a first pull, of a quiet one and of a busy
one, within the rate of a real company. That rate is kept on a clock that our waiting moves, so it takes no
longer than the computing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import requests

from bench.measures import Line
from connector.hosts.quickbooks import QuickBooksHost, QuickBooksSettings
from connector.hosts.quickbooks.pace import Window
from connector.http import Http, Pace
from connector.mapping import load_mapping
from connector.model import Kind
from connector.ports import Memo
from connector.sandbox.quickbooks import QuickBooksOptions
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving

#: Promised: billed calls of a quiet pull, and of a day in which forty invoices are paid.
QUIET, BUSY = 1, 3
#: Seconds that an answer takes: what others have measured for a page.
_LATENCY = 0.8
_TODAY = date(2026, 11, 20)
_EVERY_MINUTES, _DAYS = 15, 30
_PAID = 40


@dataclass
class _Clock:
    at: float = 1_795_000_000.0

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


class _Distant(Window):
    """The window of a company, on a server that takes a while to answer."""

    def __init__(self, clock: _Clock) -> None:
        super().__init__(clock=Pace(clock.now, clock.sleep))
        self.clock, self.refused = clock, 0

    def before(self) -> None:
        super().before()
        self.clock.at += _LATENCY

    def after(self, answer: requests.Response) -> None:
        self.refused += answer.status_code == requests.codes.too_many_requests
        super().after(answer)


def pulling(documents: int) -> Iterator[Line]:
    """A first pull of a ledger of so many documents, then one in which nothing has changed, and one after
    some invoices were paid."""
    clock = _Clock()
    sandbox = _sandbox(documents, clock)
    gate = _Distant(clock)
    memo: Memo = {}
    with serving(sandbox) as url:
        at = sandbox.address(url)
        settings = QuickBooksSettings(token=at.key, realm=at.database, base_url=url)
        host = _host(settings, memo, gate)
        began = clock.at
        records, unpaid, cursor = _pull(host, None)
        yield from _first(host, documents, records, clock.at - began, gate.refused)
        before = host.usage.billed
        count = len(host.open_refs())
        yield Line("daily sweep of what is open", f"{host.usage.billed - before} billed calls, {count} open")
        host.close()
        quiet = _host(settings, memo, gate)
        records, _, cursor = _pull(quiet, cursor)
        calls, size = quiet.usage.billed, quiet.usage.bytes
        kept = calls == QUIET and not records
        yield Line("quiet pull, billed calls", f"{calls}, {size} bytes", f"{QUIET}", kept)
        month = calls * 60 // _EVERY_MINUTES * 24 * _DAYS
        yield Line(f"... every {_EVERY_MINUTES} minutes, a month", f"{month:,} billed calls")
        for ref in unpaid[:_PAID]:
            sandbox.ledger.pay(sandbox.quickbooks.people.document_of(ref))
        records, _, _ = _pull(quiet, cursor)
        calls = quiet.usage.billed - calls
        yield Line(
            f"pull after {_PAID} payments", f"{calls} billed, {records} records", f"<= {BUSY}", calls <= BUSY
        )
        quiet.close()


def _first(host: QuickBooksHost, documents: int, records: int, took: float, refused: int) -> Iterator[Line]:
    usage = host.usage
    told = f"{usage.billed} billed of {usage.calls} calls, {usage.bytes / 1e6:.1f} MB"
    yield Line(f"first pull of {documents} documents", told)
    yield Line("... its records", str(records))
    for name, count in sorted(usage.by_method.items(), key=lambda item: -item[1])[:5]:
        yield Line(f"... {name}", f"{count} calls")
    yield Line("... at the rate of a real company", f"{took / 60:.1f} min at {_LATENCY} s a call")
    yield Line("... refused for the rate", str(refused), "0", refused == 0)


def _pull(host: QuickBooksHost, cursor: str | None) -> tuple[int, list[str], str | None]:
    records, unpaid = 0, []
    for page in host.pull(cursor):
        records += len(page.records)
        invoices = [record for record in page.records if record.ref.kind is Kind.INVOICE]
        unpaid += [one.ref.id for one in invoices if one.data["residual"] == one.data["total"] != "0"]
        cursor = page.cursor or cursor
    return records, [ref for ref in unpaid if ref.isdigit()], cursor


def _host(settings: QuickBooksSettings, memo: Memo, gate: _Distant) -> QuickBooksHost:
    http = Http(pace=Pace(gate.clock.now, gate.clock.sleep), gate=gate)
    return QuickBooksHost(settings, load_mapping("quickbooks"), memo, http=http, sleep=gate.clock.sleep)


def _sandbox(documents: int, clock: _Clock) -> Sandbox:
    options = QuickBooksOptions(wall=clock.now)
    return build(
        SandboxOptions(
            today=_TODAY, host="quickbooks", customers=documents // 8, documents=documents, quickbooks=options
        )
    )
