"""What Pennylane costs: calls, bytes and minutes of a first pull and of a quiet one, within the rate of a
real account. The sandbox keeps the windows of that rate on a clock that our waiting moves, so it takes no
longer than the computing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bench.measures import Line
from connector.hosts.pennylane import PennylaneHost, PennylaneSettings
from connector.ports import Memo
from connector.sandbox.pennylane import PennylaneOptions
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving
from tests.contract.pennylane_clock import Clock, Distant, distant_host

#: Promised: calls of a quiet pull, and how much of the allowed rate a first pull uses.
QUIET_CALLS, SHARE = 3, 0.9
#: Seconds that an answer takes: what the recordings and others' measurements suggest.
_LATENCY = 0.15
_ALLOWED = 25 / 5
_TODAY = date(2026, 11, 20)


def pulling(documents: int) -> Iterator[Line]:
    """A first pull of a ledger of so many documents, then one in which nothing has changed."""
    clock = Clock()
    sandbox = _sandbox(documents, clock)
    gate = Distant(clock, _LATENCY)
    memo: Memo = {}
    with serving(sandbox) as url:
        settings = PennylaneSettings(token=sandbox.address(url).key, base_url=url)
        host = distant_host(settings, gate, memo)
        began = clock.at
        records, cursor = _pull(host, None)
        yield from _first(host, gate, documents, records, clock.at - began)
        host.close()
        again = distant_host(settings, gate, memo)
        records, _ = _pull(again, cursor)
        calls, size = again.usage.calls, again.usage.bytes
        kept = calls <= QUIET_CALLS and not records
        yield Line("quiet pull, calls", f"{calls}, {size} bytes", f"<= {QUIET_CALLS}", kept)
        began = clock.at
        count = len(again.open_refs())
        cost = f"{again.usage.calls - calls} calls, {clock.at - began:.0f} s, {count} open"
        yield Line("daily sweep of what is open", cost)
        again.close()


def _first(host: PennylaneHost, gate: Distant, documents: int, records: int, took: float) -> Iterator[Line]:
    usage = host.usage
    yield Line(f"first pull of {documents} documents", f"{usage.calls} calls, {usage.bytes / 1e6:.1f} MB")
    yield Line("... its records", str(records))
    for name, count in sorted(usage.by_method.items(), key=lambda item: -item[1])[:5]:
        yield Line(f"... {name}", f"{count} calls")
    yield Line("... at the rate of a real account", f"{took / 60:.1f} min at {_LATENCY} s a call")
    share = usage.calls / took / _ALLOWED
    yield Line("... share of the allowed rate", f"{share:.0%}", f">= {SHARE:.0%}", share >= SHARE)
    yield Line("... refused for the rate", str(gate.refused), "0", gate.refused == 0)


def _pull(host: PennylaneHost, cursor: str | None) -> tuple[int, str | None]:
    records = 0
    for page in host.pull(cursor):
        records += len(page.records)
        cursor = page.cursor or cursor
    return records, cursor


def _sandbox(documents: int, clock: Clock) -> Sandbox:
    options = PennylaneOptions(rate=25, wall=clock.now)
    return build(
        SandboxOptions(
            today=_TODAY, host="pennylane", customers=documents // 8, documents=documents, pennylane=options
        )
    )
