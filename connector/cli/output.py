"""What goes to the screen: tables and sentences for people, one JSON object a line for programs."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

import structlog
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from connector.errors import Problem
from connector.pipeline.report import Progress as PipelineProgress
from connector.pipeline.report import silent

Row: TypeAlias = Sequence[str]


class Output:
    """Where a command prints. With ``json`` only objects go to stdout, everything else to stderr."""

    def __init__(self, *, json: bool = False) -> None:
        self.json = json
        self.console = Console(stderr=json, highlight=False)
        self.err = Console(stderr=True, highlight=False)

    def start_logging(self, level: str = "info", style: str = "console") -> None:
        """Send logs to stderr, for people or one JSON object a line."""
        renderer = (
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if style == "json"
            else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        )
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                renderer,
            ],
            wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
            # whatever stderr is by then: it may have been replaced since
            logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        )

    def emit(self, obj: Mapping[str, object]) -> None:
        """Print one object on its line."""
        sys.stdout.write(json.dumps(obj, ensure_ascii=False, default=plain) + "\n")
        sys.stdout.flush()

    def say(self, text: str) -> None:
        """Print a line for people; host text in it must have gone through ``rich.markup.escape``."""
        self.console.print(text)

    def table(self, title: str, columns: Row, rows: Iterable[Row], *, right: Iterable[int] = ()) -> None:
        """Print a table; the columns numbered in ``right`` hold figures."""
        table = Table(title=escape(title) or None, title_justify="left", header_style="bold", box=None)
        figures = set(right)
        for number, column in enumerate(columns):
            table.add_column(column, justify="right" if number in figures else "left", overflow="fold")
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self.console.print(table)

    def problems(self, problems: Iterable[Problem]) -> None:
        """Print what is wrong in a configuration, each with its place and remedy."""
        for problem in problems:
            where = f"{problem.file}: {problem.path}" if problem.path else problem.file
            self.err.print(f"[bold red]{escape(where)}[/]: {escape(problem.message)}")
            if problem.remedy:
                self.err.print(f"    [green]{escape(problem.remedy)}[/]")

    @contextmanager
    def progress(self, label: str) -> Iterator[PipelineProgress]:
        """A progress bar on stderr while the block runs; nothing where nobody watches."""
        if not self.err.is_terminal:
            yield silent
            return
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.err, transient=True) as bars:
            tasks: dict[str, int] = {}

            def show(what: str, done: int, total: int | None) -> None:
                if what not in tasks:
                    tasks[what] = int(bars.add_task(f"{escape(label)} {what}", total=total))
                bars.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

            yield show


def plain(value: object) -> object:
    """What JSON does not know: dates as ISO text, amounts as text, sets as lists."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
