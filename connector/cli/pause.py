"""pause and unpause: nothing leaves for any customer, and everything goes on again."""

from __future__ import annotations

import getpass
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from rich.markup import escape

from connector.cli.codes import BAD_USE, DONE
from connector.cli.options import (
    DEFAULT_CONFIG,
    CompanyOption,
    ConfigOption,
    JsonOption,
    Session,
    parse_day,
    session,
)
from connector.config import CompanySettings
from connector.errors import ConfigError, Problem
from connector.model import Pause
from connector.pipeline import pausing


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    cli.command()(pause)
    cli.command()(unpause)


ByOption = Annotated[str | None, typer.Option("--by", help="Who says so; you unless given.")]


def pause(
    until: Annotated[
        str | None, typer.Option("--until", help="Last day of the pause.", metavar="DATE")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="The reason, for whoever looks later.")] = "",
    by: ByOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
) -> int:
    """Let nothing leave for any customer, until a day or until `relance unpause`; what comes in is read.

    Every company described, unless one is named.
    """
    last = parse_day(until, "--until") if until else None
    with session(config, company, json) as ours:
        for settings in ours.configuration.companies:
            _check(last, _today(settings))
        for settings in ours.configuration.companies:
            order = Pause(datetime.now(UTC), by or getpass.getuser(), why, last)
            _show_pause(ours, settings, pausing.pause(ours.store, settings.id, order))
    return _code(ours)


def _today(settings: CompanySettings) -> date:
    return datetime.now(settings.zone).date()


def _check(last: date | None, today: date) -> None:
    if last is not None and last < today:
        problem = f"{last.isoformat()} is past"
        raise ConfigError([Problem("--until", "", problem, "give the last day on which nothing may leave")])


def _show_pause(ours: Session, settings: CompanySettings, made: Pause) -> None:
    if ours.output.json:
        ours.output.emit(
            {
                "company": settings.id,
                "paused": True,
                "since_at": made.since_at,
                "until": made.until_on,
                "by": made.by,
                "why": made.why,
            }
        )
        return
    end = f"until {made.until_on.isoformat()}" if made.until_on else "until `relance unpause`"
    ours.output.say(f"[bold]{escape(settings.id)}[/]: paused {end}. Nothing leaves; what comes in is read.")


def unpause(
    everything: Annotated[
        bool, typer.Option("--all", help="Every company described, when there are several.")
    ] = False,
    by: ByOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
) -> int:
    """End a pause: every customer is decided anew with the next pass."""
    with session(config, company, json) as ours:
        companies = ours.configuration.companies
        if len(companies) > 1 and not everything:
            ids = ", ".join(settings.id for settings in companies)
            remedy = f"name one with --company, or give --all: {ids}"
            raise ConfigError([Problem("unpause", "", "several companies are described", remedy)])
        for settings in companies:
            ended = pausing.unpause(ours.store, settings.id, by or getpass.getuser(), datetime.now(UTC))
            if ours.output.json:
                ours.output.emit({"company": settings.id, "paused": False, "was_paused": ended})
            else:
                said = "goes on with the next pass" if ended else "was not paused"
                ours.output.say(f"[bold]{escape(settings.id)}[/]: {said}")
    return _code(ours)


def _code(ours: Session) -> int:
    return BAD_USE if ours.problems else DONE
