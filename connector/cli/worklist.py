"""worklist: today's calls and tasks, the most urgent customer first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

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
from connector.cli.stops import show_stops
from connector.errors import ConfigError, RelanceError
from connector.model import Person
from connector.pipeline import Company
from connector.pipeline.company_tasks import stops_of
from connector.pipeline.notices import notices_of
from connector.pipeline.worklist import Mailed, mail, no_way, stopped_desks, todays_list
from connector.store.ports import EffectState
from connector.worklist import Job, WorkItem, concerns, desks
from connector.worklist.words import Words


def register(cli: typer.Typer) -> None:
    """Add this command."""
    cli.command()(worklist)


def worklist(
    person: Annotated[
        str | None,
        typer.Option(
            "--person",
            help='Only the list of this salesperson, by name, ref or e-mail; "nobody" for the rest.',
            metavar="PERSON",
        ),
    ] = None,
    by_mail: Annotated[
        bool, typer.Option("--mail", help="Send each person his list by e-mail, at most once a day.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> int:
    """List today's calls and tasks, the most urgent customer first, with the reason and what to do."""
    with session(config, company, json, today) as ours:
        code = BAD_USE if ours.problems else DONE
        for settings in ours.configuration.companies:
            try:
                with ours.open(settings) as ready:
                    code = max(code, _one_company(ours, ready, person, by_mail))
            except ConfigError as error:
                ours.output.problems(error.problems)
                code = max(code, BAD_USE)
            except RelanceError as error:
                ours.output.err.print(f"[bold red]{escape(settings.id)}[/]: {escape(str(error))}")
                code = max(code, FAILED)
    return code


def _one_company(ours: Session, company: Company, person: str | None, by_mail: bool) -> int:
    day = ours.day(company)
    with company.store.begin(company.id) as unit:
        items = todays_list(company, unit, day)
        synced_at = unit.standing().synced_at
    if person is not None:
        items = [item for item in items if concerns(item, person)]
    if by_mail:
        return _mail(ours, company, items, day)
    words = Words(company.language)
    if ours.output.json:
        show_stops(ours, company, day)
        for item in items:
            ours.output.emit(as_object(company, item, words))
        return DONE
    _show(ours, company, items, words, day)
    if synced_at:
        moment = f"{synced_at.astimezone(company.zone):%Y-%m-%d %H:%M}"
        ours.output.say(f"[dim]{escape(words.line('facts_of', moment=moment))}[/]")
    return DONE


# by e-mail ------------------------------------------------------------------------------------------------


def _mail(ours: Session, company: Company, items: Sequence[WorkItem], day: date) -> int:
    problem = no_way(company)
    if problem is not None:
        ours.output.err.print(f"[bold red]{escape(company.id)}[/]: {escape(problem)}")
        return FAILED
    stops, notices = stops_of(company, day), notices_of(company, day)
    mailed = mail(company, items, day, stops, notices, apart=stopped_desks(company, stops))
    for one in mailed:
        if ours.output.json:
            ours.output.emit({"company": company.id, **asdict(one)})
        else:
            ours.output.say(escape(_outcome(one)))
    if not mailed and not ours.output.json:
        ours.output.say(escape(Words(company.language).line("nothing")))
    return DONE if all(one.state is EffectState.DONE for one in mailed) else FAILED


def _outcome(mailed: Mailed) -> str:
    if mailed.state is EffectState.DONE:
        return f"{mailed.address}: {'sent' if mailed.now else 'already sent today'}"
    detail = f" ({mailed.detail})" if mailed.detail else ""
    return f"{mailed.address}: {mailed.state}{detail}; see `relance outbox show {mailed.key[:12]}`"


# on screen ------------------------------------------------------------------------------------------------


def _show(ours: Session, company: Company, items: Sequence[WorkItem], words: Words, day: date) -> None:
    title = f"{company.name} – {words.line('title', day=day)}"
    ours.output.say(f"[bold]{escape(title)}[/]")
    show_stops(ours, company, day)
    if not items:
        ours.output.say(escape(words.line("nothing")))
    for person, his in desks(items).items():
        ours.output.say("")
        ours.output.console.print(_table(person, his, words))


def _table(person: Person | None, items: Sequence[WorkItem], words: Words) -> Table:
    name = person.name if person else words.line("nobody")
    table = Table(
        title=Text(f"{name} · {words.counted('clients', len(items))}", style="bold cyan"),
        title_justify="left",
        header_style="dim",
        box=None,
        padding=(0, 2, 1, 0),
    )
    table.add_column(words.column("points"), justify="right", no_wrap=True)
    table.add_column(words.column("customer"), overflow="fold", ratio=3)
    table.add_column(words.column("overdue"), justify="right", no_wrap=True)
    table.add_column(words.column("todo"), overflow="fold", ratio=6)
    for item in items:
        table.add_row(*_cells(item, words))
    return table


def _cells(item: WorkItem, words: Words) -> tuple[Text, Text, Text, Text]:
    late = words.counted("late", item.days_late) if item.days_late else ""
    overdue = words.amounts(item.overdue) or words.line("not_due")
    todo: list[tuple[str, str]] = []
    for job in item.jobs:
        do, why = words.job(job)
        todo += [(do, ""), (why, "dim")]
    todo += [(words.payer(item), "dim italic"), (words.priority(item.priority), "dim")]
    return (
        Text(words.points(item.priority.score), style="bold"),
        _lines(
            (item.customer, "bold"),
            (words.callee(item), "dim"),
            (words.products(item), "dim"),
            (words.promises(item), "dim"),
        ),
        _lines((overdue, "bold"), (late, "red")),
        _lines(*todo),
    )


def _lines(*lines: tuple[str, str]) -> Text:
    return Text("\n").join(Text(text, style=style) for text, style in lines if text)


# for programs ---------------------------------------------------------------------------------------------


def as_object(company: Company, item: WorkItem, words: Words) -> dict[str, object]:
    """One customer of a list as an object for programs."""
    person = item.person
    return {
        "company": company.id,
        "customer": item.customer_ref,
        "name": item.customer,
        "person": {"ref": person.ref, "name": person.name, "email": person.email} if person else None,
        "score": item.priority.score,
        "parts": [
            {"name": p.name, "value": p.value, "evidence": dict(p.evidence), "sentence": words.part(p)}
            for p in item.priority.parts
        ],
        "owed": _plain(item.owed),
        "overdue": _plain(item.overdue),
        "days_late": item.days_late,
        "products": list(item.products),
        "limitation_on": item.priority.limitation.on if item.priority.limitation else None,
        "jobs": [_job(words, job) for job in item.jobs],
        "call": asdict(item.callee),
        "promises": {**asdict(item.promises), "open_on": list(item.promises.open_on)},
        "payer_type": item.payer_type,
        "payer_type_suggested": _suggestion(item, words),
    }


def _job(words: Words, job: Job) -> dict[str, object]:
    do, why = words.job(job)
    return {
        "job": job.name,
        "invoices": list(job.numbers),
        "figures": dict(job.figures),
        "do": do,
        "why": why,
    }


def _suggestion(item: WorkItem, words: Words) -> dict[str, object]:
    found = item.suggestion
    return {
        "type": found.payer_type,
        "confidence": found.confidence,
        "enough_history": found.enough,
        "evidence": asdict(found.evidence),
        "sentence": words.payer(item),
    }


def _plain(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {currency: str(amount) for currency, amount in sorted(amounts.items())}
