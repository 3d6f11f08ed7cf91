"""How fast is decided, and what a pass costs on a day on which nothing happens: ``python -m bench decide``.

Deciding is measured in processor time of this one process, and of several rounds over the same ledger the
fastest counts for each few hundred accounts, so that what others do on the machine weighs little. Absolute
figures say little about another machine: beside them stands the yardstick, how many small values (an
``Installment``) Python makes in the same time.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from statistics import median

from bench.crowd import POLICY, STANDING, TODAY, crowd
from bench.large_store import LargeStore
from bench.measures import Line
from connector.dunning import apply_endings, decide, endings, plan_messages
from connector.model import Account, Installment, InvoiceKind
from connector.pipeline import run_pass

#: What is promised.
A_SECOND, QUIET_SECONDS = 50_000, 1.0
#: Time for each installment may differ by this much between the smallest and the largest ledger: so much
#: the same measurement differs from one minute to the next.
GROWTH = 1.2

_CHUNK = 200  # accounts in memory at a time, as in a pass
_ROUNDS, _QUIET_ROUNDS = 5, 7


@dataclass(frozen=True, slots=True)
class Took:
    """Processor seconds for so many open installments; ``yard``: for the making of one small value."""

    installments: int
    alone: float
    chain: float
    yard: float


def deciding(customers: int) -> Iterator[Line]:
    """A ledger of so many customers, a quarter of it and four times as much."""
    sizes = (max(customers // 4, 1), customers, customers * 4)
    took = {size: _measure(size) for size in sizes}
    middle = took[customers]
    yield Line("decide: the ledger", f"{customers:,} customers, {middle.installments:,} open installments")
    a_second = middle.installments / middle.alone
    promise = f"at least {A_SECOND:,}"
    what = "decide alone, installments a second of one core"
    yield Line(what, _figure(middle, middle.alone), promise, a_second >= A_SECOND)
    yield Line("  with endings and the planning of messages", _figure(middle, middle.chain))
    each = [took[size].alone / took[size].installments / took[size].yard for size in sizes]
    shown = ", ".join(f"{cost:.1f} at {size:,}" for size, cost in zip(sizes, each, strict=True))
    yield Line("  one installment, in makings of a small value", shown)
    growth = each[-1] / each[0]
    what = f"  the same at {sizes[-1] // sizes[0]} times the customers"
    yield Line(what, f"{growth:.2f} ×", f"at most {GROWTH} ×", growth <= GROWTH)


def quiet(installments: int) -> Iterator[Line]:
    """Whole passes with nothing new from the host over stores of a tenth, three tenths and all of so many
    open installments, each decided and none due."""
    sizes = (installments // 10, installments * 3 // 10, installments)
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        store = LargeStore(Path(folder))
        for size in sizes:
            started = time.perf_counter()
            store.grow(size)
            filled = time.perf_counter() - started
            seconds.append(_quiet(store))
            last = size == installments
            yield Line(
                f"quiet pass, {store.installments:,} open installments stored",
                f"{seconds[-1]:.3f} s ({filled:.0f} s to fill the store)",
                f"under {QUIET_SECONDS:g} s" if last else "",
                seconds[-1] < QUIET_SECONDS if last else None,
            )
        store.close()
    growth = seconds[-1] / seconds[0]
    yield Line("  ten times the installments", f"{growth:.1f} × the time", "at most 10 ×", growth <= 10)


# -------------------------------------------------------------------------------------------------------
def _measure(customers: int) -> Took:
    """The fastest of several rounds, chunk by chunk: each round makes and decides the same ledger."""
    rounds = [list(_round(customers)) for _ in range(_ROUNDS)]
    chunks = [tuple(map(min, *same)) for same in zip(*rounds, strict=True)]
    installments, alone, chain, yards = zip(*chunks, strict=True)
    return Took(int(sum(installments)), sum(alone), sum(chain), median(yards))


def _round(customers: int) -> Iterator[tuple[float, ...]]:
    """For each chunk: open installments, seconds for deciding alone, for the whole chain, the yardstick. The
    making of the accounts is not counted."""
    accounts = crowd(customers)
    while chunk := list(islice(accounts, _CHUNK)):
        yard = _yardstick()
        yield sum(map(_open_installments, chunk)), _timed(_decide, chunk), _timed(_chain, chunk), yard


def _decide(account: Account) -> None:
    decide(account, STANDING, POLICY, TODAY)


def _chain(account: Account) -> None:
    """All that is pure between an account read from the store and its messages written."""
    account = apply_endings(account, endings(account, TODAY, POLICY), TODAY)
    plan_messages(account, decide(account, STANDING, POLICY, TODAY), POLICY, TODAY)


def _timed(work: Callable[[Account], None], accounts: Sequence[Account]) -> float:
    started = time.process_time()
    for account in accounts:
        work(account)
    return time.process_time() - started


def _yardstick(count: int = 1000, on: date = TODAY, amount: Decimal = Decimal(1)) -> float:
    started = time.process_time()
    for _ in range(count):
        Installment(0, on, amount, amount)
    return (time.process_time() - started) / count


def _open_installments(account: Account) -> int:
    owing = (invoice for invoice in account.invoices if invoice.kind is InvoiceKind.INVOICE)
    return sum(part.residual > 0 for invoice in owing for part in invoice.installments)


def _figure(took: Took, seconds: float) -> str:
    each = seconds / took.installments
    return f"{1 / each:,.0f}; one takes as long as {each / took.yard:.0f} makings of a small value"


def _quiet(store: LargeStore) -> float:
    """The median of several passes, once the first has noted what is new about the host."""
    with store.unit() as unit:
        awake = len(unit.customers_to_look_at(TODAY))
    seconds = []
    for _ in range(1 + _QUIET_ROUNDS):
        started = time.perf_counter()
        report = run_pass(store.company, TODAY)
        seconds.append(time.perf_counter() - started)
        if awake or report.errors or report.stopped or report.acted:
            raise SystemExit(f"That was no quiet pass: {awake} awake, {report.stopped or report.errors}")
    return median(seconds[1:])
