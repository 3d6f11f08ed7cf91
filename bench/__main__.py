"""``python -m bench``: measure, and print a table. Ends with 1 when a promise was not kept."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager

from rich.console import Console
from rich.table import Table

from bench import measures
from bench.company import quiet_log
from bench.measures import Line
from bench.target import VARIABLES, Target, real, sandbox
from connector.cli import rest_the_collector

PARTS = ("floor", "known", "decide", "quiet", "memory")


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
    parts = options.only or PARTS
    if set(parts) - {"memory"}:
        with _target(options) as target:
            yield Line("measured against", target.name)
            if "floor" in parts:
                yield from measures.against_the_floor(target, options.rounds)
            if "known" in parts:
                yield from measures.known_host(target, options.rounds)
            if "decide" in parts:
                yield from measures.deciding(target)
            if "quiet" in parts:
                yield from measures.quiet_pass(target)
    if "memory" in parts:
        yield from measures.memory(options.memory_documents)


def _target(options: argparse.Namespace) -> AbstractContextManager[Target]:
    return contextlib.nullcontext(real()) if options.real else sandbox(options.documents, fast=options.fast)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--real", action="store_true", help=f"the Odoo of {', '.join(VARIABLES.values())}")
    parser.add_argument(
        "--fast", action="store_true", help="let the sandbox answer sooner than an Odoo would"
    )
    parser.add_argument("--documents", type=int, default=5000, help="size of the sandbox's ledger")
    parser.add_argument("--rounds", type=int, default=7, help="turns of floor, pull, floor, first pass")
    parser.add_argument("--memory-documents", type=int, default=100_000, help="size of the long ledger")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may be given again")
    return parser.parse_args()


def _table(lines: list[Line]) -> Table:
    table = Table("what", "measured", "promised", "")
    marks = {None: "", True: "[green]kept[/]", False: "[red]not kept[/]"}
    for line in lines:
        table.add_row(line.what, line.figure, line.promise, marks[line.kept])
    return table


if __name__ == "__main__":
    sys.exit(main())
