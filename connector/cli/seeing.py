"""simulate: the same ledger under other rules, ahead or over the past months; nothing is sent or changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from dateutil.relativedelta import relativedelta
from rich.markup import escape

from connector import app
from connector.cli.codes import BAD_USE, DONE, FAILED
from connector.cli.options import (
    DEFAULT_CONFIG,
    CompanyOption,
    ConfigOption,
    JsonOption,
    Session,
    TodayOption,
    session,
)
from connector.cli.seeing_difference import show_difference
from connector.cli.seeing_replay import show_replayed
from connector.config import CompanySettings, variant
from connector.dunning import Policy
from connector.dunning.forecast import ComingMessage
from connector.errors import ConfigError, Problem, RelanceError
from connector.pipeline import Company
from connector.pipeline.foresee import foresee, known, past, relive, without_obstacles

_SPAN = re.compile(r"([1-9]\d{0,3})\s*([dmy])")
_LONGEST = 10  # years


def register(cli: typer.Typer) -> None:
    """Add this command."""
    cli.command()(simulate)


ScenarioOption = Annotated[
    Path | None,
    typer.Option("--scenario", help="The changed scenarios, or a whole changed company.", metavar="FILE"),
]
ReplayOption = Annotated[
    str | None,
    typer.Option("--replay", help="Look back instead: what would have left (12m, 90d).", metavar="SPAN"),
]
ApprovedOption = Annotated[
    bool, typer.Option("--approved/--not-approved", help="Steps that need approval get it the same day.")
]


@dataclass(frozen=True)
class _Question:
    """What is asked of each company."""

    scenario: Path | None
    days: int
    replay: str | None
    approved: bool


def simulate(
    scenario: ScenarioOption = None,
    days: Annotated[int, typer.Option(help="How many days to look ahead.", min=1, max=3660)] = 30,
    replay: ReplayOption = None,
    approved: ApprovedOption = True,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> int:
    """Show what other rules would change, for whom and when, or what would have left in the past."""
    if scenario is None and replay is None:
        remedy = "give --scenario FILE, --replay 12m, or both"
        raise ConfigError([Problem("simulate", "", "there is nothing to compare", remedy)])
    question = _Question(scenario, days, replay, approved)
    with session(config, company, json, today) as ours:
        code = BAD_USE if ours.problems else DONE
        for settings in ours.configuration.companies:
            code = max(code, _one_company(ours, settings, question))
    return code


def _one_company(ours: Session, settings: CompanySettings, question: _Question) -> int:
    try:
        with ours.open(settings) as company:
            rules = _changed_rules(settings, question.scenario)
            if question.replay is not None:
                _replay(ours, company, rules, question)
            elif rules is not None:
                _compare(ours, company, rules, question)
    except ConfigError as error:
        ours.output.problems(error.problems)
        return BAD_USE
    except RelanceError as error:
        ours.output.err.print(f"[bold red]{escape(settings.id)}[/]: {escape(str(error))}")
        return FAILED
    return DONE


def _changed_rules(settings: CompanySettings, file: Path | None) -> Policy | None:
    return app.policy_of(variant(settings, file)) if file is not None else None


# ahead -------------------------------------------------------------------------------------------------
def _compare(ours: Session, company: Company, rules: Policy, question: _Question) -> None:
    today = ours.day(company)
    with ours.output.progress(company.id) as progress:
        facts = without_obstacles(known(company, today))
        before, after = (
            _messages(foresee(facts, policy, question.days, approved=question.approved, progress=progress))
            for policy in (company.policy, rules)
        )
    last = today + timedelta(days=question.days - 1)
    show_difference(ours, company, before, after, (today, last, str(question.scenario)))


def _messages(events: Iterable[object]) -> list[ComingMessage]:
    return [event for event in events if isinstance(event, ComingMessage)]


# back --------------------------------------------------------------------------------------------------
def first_day(span: str, today: date) -> date:
    """The day that lies a span before ``today``: 12m, 90d, 1y. Raises ConfigError."""
    found = _SPAN.fullmatch(span.strip().lower())
    number = int(found[1]) if found else 0
    units = {"d": relativedelta(days=number), "m": relativedelta(months=number)}
    back = units.get(found[2], relativedelta(years=number)) if found else relativedelta()
    if not found or today - back < today - relativedelta(years=_LONGEST):
        problem = f'"{span[:20]}" is not a span of time of at most {_LONGEST} years'
        raise ConfigError([Problem("--replay", "", problem, "write 12m, 90d or 1y")])
    return today - back


def _replay(ours: Session, company: Company, rules: Policy | None, question: _Question) -> None:
    today = ours.day(company)
    first = first_day(question.replay or "", today)
    with ours.output.progress(company.id) as progress:
        accounts = past(company, first)
        lives = [
            relive(accounts, policy, first, today, approved=question.approved, progress=progress)
            for policy in (company.policy, rules)
            if policy is not None
        ]
    show_replayed(ours, company, lives[-1], (first, today))
    if rules is not None:
        before, after = ([replayed.message for replayed in life] for life in lives)
        show_difference(ours, company, before, after, (first, today, str(question.scenario)))
