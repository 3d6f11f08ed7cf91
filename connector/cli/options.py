"""The options that every command has, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from connector import app
from connector.cli.output import Output
from connector.config import CompanySettings, Configuration, load_sound
from connector.errors import ConfigError, Problem
from connector.pipeline import Company
from connector.pipeline.billing import note_rest
from connector.store.ports import Store

DEFAULT_CONFIG = Path("relance.d")

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", help="A TOML file, or a folder of them.", metavar="FILE_OR_FOLDER")
]
CompanyOption = Annotated[
    str | None, typer.Option("--company", help="Only this company, by its id.", metavar="ID")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON object a line on stdout; logs stay on stderr.")
]
TodayOption = Annotated[
    str | None, typer.Option("--today", help="Decide as if it were this day (2026-11-23).", metavar="DATE")
]
AcceptOption = Annotated[
    bool, typer.Option("--accept", help="A surprising change of the whole is right: go on all the same.")
]


def parse_day(text: str, option: str) -> date:
    """Return an ISO date, or raise ConfigError naming the option."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError([Problem(option, "", f'"{text}" is not a day', "write 2026-12-15")]) from None


def parse_amount(text: str, option: str) -> Decimal:
    """Return an amount written with a point or a comma, or raise ConfigError naming the option."""
    plain = text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise ConfigError([Problem(option, "", f'"{text}" is not an amount', "write 1200.50")])
    return amount


@dataclass(frozen=True)
class Session:
    """One run of the command: the configuration read, the store open."""

    configuration: Configuration
    problems: tuple[Problem, ...]  # of companies that cannot be worked for
    store: Store
    output: Output
    today: date | None

    def day(self, company: Company) -> date:
        """The day to decide for: ``--today``, or the company's own."""
        return self.today or company.today()

    @contextmanager
    def open(self, settings: CompanySettings) -> Iterator[Company]:
        """Put a company together; afterwards keep what its reads were billed, and let go of connections."""
        company = app.open_company(settings, self.store)
        if self.today is not None:
            company = replace(company, clock=_clock_on(self.today, company), as_if=True)
        try:
            yield company
        finally:
            try:
                note_rest(company)
            finally:
                company.close()

    @contextmanager
    def only_company(self) -> Iterator[Company]:
        """The one company an order is for. Raises ConfigError when it must be named."""
        companies = self.configuration.companies
        if len(companies) != 1:
            ids = ", ".join(c.id for c in companies)
            raise ConfigError(
                [Problem("--company", "", "several companies are described", f"name one: {ids}")]
            )
        with self.open(companies[0]) as company:
            yield company


def _clock_on(day: date, company: Company) -> app.Clock:
    """The time of day goes on as usual, on another day."""

    def clock() -> datetime:
        now = datetime.now(company.zone)
        return datetime.combine(day, now.time(), company.zone).astimezone(UTC)

    return clock


@contextmanager
def session(config: Path, company: str | None, json: bool, today: str | None = None) -> Iterator[Session]:
    """Read the configuration, set up logs, open the store; close it at the end.

    Raises ConfigError when nothing at all can be worked for; single companies that are wrong are in
    ``problems``.
    """
    output = Output(json=json)
    configuration, problems = load_sound(config, company)
    if not configuration.companies:
        raise ConfigError(problems)
    output.start_logging(configuration.log.level, configuration.log.format)
    output.problems(problems)
    day = parse_day(today, "--today") if today else None
    store = app.open_store(configuration)
    try:
        yield Session(configuration, problems, store, output, day)
    finally:
        store.close()
