"""The measurements, each a function that returns lines for the table."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.company import fresh_company
from bench.floor import Floor, Share, watched
from bench.memory import footprint
from bench.target import Target, sandbox
from connector.pipeline import Company, run_pass
from connector.pipeline.decide import look
from connector.pipeline.pull import pull

#: What is promised.
PULL_RATIO, FIRST_PASS_RATIO, QUIET_CALLS, MEMORY_MB = 1.25, 2.0, 6, 300
#: Memory may grow by this much between two ledgers of which one is five times as long, as much being open.
GROWTH = 1.25

_OPEN = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. ``kept`` is None where nothing is promised."""

    what: str
    figure: str
    promise: str = ""
    kept: bool | None = None


def against_the_floor(target: Target, rounds: int) -> Iterator[Line]:
    """The pull and the first pass, each beside the floor, in turns: floor, pull, floor, first pass."""
    with _company(target) as company, watched() as shares:
        for _ in company.host.pull(None):
            pass
        usage = company.host.usage
    records = sum(len(share.ids) for share in shares)
    yield Line("read by a full pull", f"{records:,} records, {usage.bytes / 1e6:.1f} MB, {usage.calls} calls")
    page = _best_page(target, shares)

    def floor() -> float:
        return _timed(lambda: _fetch(target, shares, page))

    pulls, passes = [], []
    for _ in range(rounds):
        pulls.append((floor(), _full_pull(target)))
        passes.append((floor(), _first_pass(target)))
    floors = [bare for bare, _ in (*pulls, *passes)]
    yield Line("the floor", f"{median(floors):.2f} s at {page:,} a page")
    yield _ratio("full pull, the adapter alone", pulls, PULL_RATIO)
    yield _ratio("first pass: pull, map, store, decide", passes, FIRST_PASS_RATIO)


def known_host(target: Target, rounds: int) -> Iterator[Line]:
    """A full pull by a host that is logged in and knows the fields and lists of its Odoo, as on any day but
    the first, beside a floor that is logged in too."""
    with _company(target) as company:
        host = company.host
        for _ in host.pull(None):
            pass
        with watched() as shares:
            for _ in host.pull(None):
                pass
        floor, page = Floor(target), _best_page(target, shares)
        pairs = []
        for _ in range(rounds):
            bare = _timed(lambda: floor.fetch(shares, page))
            pairs.append((bare, _timed(lambda: sum(1 for _ in host.pull(None)))))
        floor.close()
    yield _ratio("full pull, the adapter alone, host known", pairs, PULL_RATIO)


def deciding(target: Target) -> Iterator[Line]:
    """Deciding for every customer, accounts read from the store; the host is not asked."""
    with _company(target) as company:
        pull(company)
        accounts, decisions, seconds = 0, 0, 0.0
        for _ in range(3):
            started = time.perf_counter()
            for decided in _decide_all(company):
                accounts, decisions = accounts + 1, decisions + len(decided)
            seconds += time.perf_counter() - started
    yield Line(
        "decide alone",
        f"{accounts / seconds:,.0f} accounts, {decisions / seconds:,.0f} installments a second",
    )


def quiet_pass(target: Target) -> Iterator[Line]:
    """A pass in which nothing new is found. On a target that is not ours to write to the company is paused,
    so that the passes before it send nothing."""
    with _company(target) as company:
        if not target.writable:
            with company.store.begin(company.id) as unit:
                unit.set_paused(True)
        usage, today = company.host.usage, company.today()
        for _ in range(2):
            run_pass(company, today, accept=True)
        calls, received = usage.calls, usage.bytes
        report = run_pass(company, today)
        calls, received = usage.calls - calls, usage.bytes - received
    if report.errors or report.stopped:
        raise SystemExit(f"The quiet pass failed: {report.stopped or report.errors}")
    promise = f"at most {QUIET_CALLS}"
    yield Line("quiet pass: calls to the host", str(calls), promise, calls <= QUIET_CALLS)
    yield Line("quiet pass: received", f"{received / 1000:,.1f} kB in {report.seconds:.2f} s")


def memory(documents: int) -> Iterator[Line]:
    """Peaks of first passes over two sandboxes: a long ledger, and one of a fifth with as much open."""
    peaks = []
    for size in (documents // 5, documents):
        with sandbox(size, still_open=_OPEN, fast=True) as target, tempfile.TemporaryDirectory() as folder:
            took = footprint(target, Path(folder) / "memory")
        peaks.append(took.peak)
        yield Line(
            f"first pass over {size:,} documents, {_OPEN:,} open",
            f"{took.peak:.0f} MB at its peak ({took.before:.0f} MB before it), {took.seconds:.0f} s",
            f"under {MEMORY_MB} MB" if size == documents else "",
            took.peak < MEMORY_MB if size == documents else None,
        )
    growth = peaks[1] / peaks[0]
    yield Line("  five times the documents", f"{growth:.2f} × the memory", f"{GROWTH} ×", growth <= GROWTH)


# -------------------------------------------------------------------------------------------------------
@contextmanager
def _company(target: Target) -> Iterator[Company]:
    with tempfile.TemporaryDirectory() as folder, fresh_company(target, Path(folder) / "bench") as company:
        yield company


def _full_pull(target: Target) -> float:
    with _company(target) as company:
        return _timed(lambda: sum(1 for _ in company.host.pull(None)))


def _first_pass(target: Target) -> float:
    with _company(target) as company:
        return _timed(lambda: (pull(company), sum(1 for _ in _decide_all(company))))


def _decide_all(company: Company) -> Iterator[tuple[object, ...]]:
    today = company.today()
    with company.store.begin(company.id) as unit:
        for decided in look(company, unit, unit.customers_to_look_at(today), today):
            yield decided.decisions


def _best_page(target: Target, shares: list[Share]) -> int:
    floor = Floor(target)
    try:
        return floor.best_page_size(shares)
    finally:
        floor.close()


def _fetch(target: Target, shares: list[Share], page: int) -> int:
    """From nothing to all records, as the pull does it: log in, read."""
    floor = Floor(target)
    try:
        return floor.fetch(shares, page)
    finally:
        floor.close()


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _ratio(what: str, pairs: list[tuple[float, float]], promised: float) -> Line:
    """The median of the ratios of neighbours is what counts; what others do on the machine weighs on it, and
    less on the ratio of the two fastest."""
    middle = median(ours / bare for bare, ours in pairs)
    fastest = min(ours for _, ours in pairs)
    calm = fastest / min(bare for bare, _ in pairs)
    figure = f"{middle:.2f} ×; fastest to fastest {calm:.2f} ×, {fastest:.2f} s"
    return Line(what, figure, f"at most {promised} ×", middle <= promised)
