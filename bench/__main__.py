"""``python -m bench [PART …]``: measure, and print a table. Ends with 1 when a promise was not kept.

The parts floor, known, stored and quiet are measured against an Odoo; decide and memory need none,
pennylane and quickbooks bring their own."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager

from rich.console import Console
from rich.table import Table

from bench import decide, measures, pennylane, quickbooks
from bench.company import quiet_log
from bench.measures import Line
from bench.target import VARIABLES, Target, real, sandbox
from connector.cli import rest_the_collector

#: Measured against a host.
HOSTED = ("floor", "known", "stored", "quiet")
PARTS = (*HOSTED, "decide", "memory", "pennylane", "quickbooks")


def main() -> int:
    """Run the parts asked for and print their lines as they come."""
    options = _options()
    quiet_log()
    rest_the_collector()  # as the command does
    console = Console(highlight=False)
    lines: list[Line] = []
    for line in _measure(options):
        console.print(f"[dim]{line.what}: {line.figure}[/]")
        lines.append(line)
    console.print(_table(lines))
    return 1 if any(line.kept is False for line in lines) else 0


def _measure(options: argparse.Namespace) -> Iterator[Line]:
    parts = options.parts or PARTS
    if set(parts) & set(HOSTED):
        with _target(options) as target:
            yield Line("measured against", target.name)
            if "floor" in parts:
                yield from measures.against_the_floor(target, options.rounds)
            if "known" in parts:
                yield from measures.known_host(target, options.rounds)
            if "stored" in parts:
                yield from measures.deciding(target)
            if "quiet" in parts:
                yield from measures.quiet_pass(target)
    if "decide" in parts:
        yield from decide.deciding(options.customers)
        yield from decide.quiet(options.installments)
    if "memory" in parts:
        yield from measures.memory(options.memory_documents)
    if "pennylane" in parts:
        yield from pennylane.pulling(options.pennylane_documents)
    if "quickbooks" in parts:
        yield from quickbooks.pulling(options.quickbooks_documents)


def _target(options: argparse.Namespace) -> AbstractContextManager[Target]:
    return contextlib.nullcontext(real()) if options.real else sandbox(options.documents, fast=options.fast)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all when none is named"
    )
    parser.add_argument("--real", action="store_true", help=f"the Odoo of {', '.join(VARIABLES.values())}")
    parser.add_argument(
        "--fast", action="store_true", help="let the sandbox answer sooner than an Odoo would"
    )
    parser.add_argument("--documents", type=int, default=5000, help="size of the sandbox's ledger")
    parser.add_argument("--rounds", type=int, default=7, help="turns of floor, pull, floor, first pass")
    parser.add_argument("--memory-documents", type=int, default=100_000, help="size of the long ledger")
    parser.add_argument("--pennylane-documents", type=int, default=10_000, help="size of that ledger")
    parser.add_argument("--quickbooks-documents", type=int, default=10_000, help="size of that ledger")
    parser.add_argument("--customers", type=int, default=20_000, help="of the ledger that is decided")
    parser.add_argument(
        "--installments", type=int, default=1_000_000, help="open ones in the store of a quiet pass"
    )
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return options


def _table(lines: list[Line]) -> Table:
    table = Table("what", "measured", "promised", "")
    marks = {None: "", True: "[green]kept[/]", False: "[red]not kept[/]"}
    for line in lines:
        table.add_row(line.what, line.figure, line.promise, marks[line.kept])
    return table


if __name__ == "__main__":
    sys.exit(main())
