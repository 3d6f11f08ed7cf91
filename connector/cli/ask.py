"""explain and show: why, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape

from connector import orders
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
from connector.cli.work import decision_object
from connector.formats import Amount, Day, locale_for
from connector.history import Line, given_orders, history
from connector.model import Decision
from connector.pipeline import Company
from connector.pipeline.decide import look
from connector.store.ports import Found
from connector.wording import check_sentence, event_sentence, sentence
from connector.worklist.words import Words


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    cli.command()(explain)
    cli.command()(show)


def explain(
    name: Annotated[
        str, typer.Argument(help="An invoice number, or a customer's name.", metavar="NUMBER_OR_CUSTOMER")
    ],
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Say what happens today for an invoice or a customer, why, and when that can change."""
    with session(config, company, json, today) as ours, ours.only_company() as ready:
        with ready.store.begin(ready.id) as unit:
            found = orders.find_one(ready, unit, name)
            decided = list(look(ready, unit, [found.customer_ref], ours.day(ready), trace=True))
            synced_at = unit.standing().synced_at
            given = given_orders(unit, found, ready.zone)
        if not json:
            show_stops(ours, ready, ours.day(ready))
        decisions = [d for item in decided for d in item.decisions if _concerns(d, found)]
        if json:
            for decision in decisions:
                ours.output.emit(_explained(ready, decision) | {"orders": [line.as_dict() for line in given]})
            return
        if not decisions:
            ours.output.say(f"{escape(name)}: nothing is open.")
        for decision in decisions:
            _explain(ours, ready, decision)
        _say_lines(ours, ready, given)
        if synced_at:
            moment = f"{synced_at.astimezone(ready.zone):%Y-%m-%d %H:%M}"
            told = Words(ready.language).line("facts_of", moment=moment)
            ours.output.say(f"[dim]{escape(told)}[/]")


def _concerns(decision: Decision, found: Found) -> bool:
    if found.invoice_ref is None:
        return True
    return decision.installment is not None and decision.installment.invoice_ref == found.invoice_ref


def _explained(company: Company, decision: Decision) -> dict[str, object]:
    checks = [
        {
            "rule": check.reason,
            "applies": check.applies,
            "seen": dict(check.seen),
            "sentence": check_sentence(check, company.language),
        }
        for check in decision.checks
    ]
    return decision_object(company, decision) | {"rules": checks}


def _explain(ours: Session, company: Company, decision: Decision) -> None:
    locale = locale_for(company.language, None)
    due = Day(decision.due_on, locale) if decision.due_on else ""
    amount = Amount(decision.residual, decision.currency, locale)
    ours.output.say(f"[bold]{escape(decision.number)}[/] – {amount} – {due}")
    ours.output.say(f"  {escape(sentence(decision, company.language))}")
    for check in decision.checks:
        mark = "[bold yellow]→[/]" if check.applies else "[green]✓[/]"
        ours.output.say(f"    {mark} {escape(check_sentence(check, company.language))}")
    if decision.wake_on:
        ours.output.say(f"    ⟳ {Day(decision.wake_on, locale).long}")


def show(
    number: Annotated[
        str | None, typer.Argument(help="An invoice number, or a customer's name.", metavar="NUMBER")
    ] = None,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="List the records that could not be read, and why.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Tell the whole history of an invoice or a customer in words."""
    with session(config, company, json, today) as ours, ours.only_company() as ready:
        if set_aside or number is None:
            _show_set_aside(ours, ready)
            return
        with ready.store.begin(ready.id) as unit:
            found = orders.find_one(ready, unit, number)
            lines = history(unit, found, ready.zone)
        if json:
            for line in lines:
                ours.output.emit({"company": ready.id, **line.as_dict()})
            return
        _show_lines(ours, ready, found, lines)


def _show_lines(ours: Session, company: Company, found: Found, lines: Sequence[Line]) -> None:
    ours.output.say(f"[bold]{escape(found.number or found.customer_name)}[/] – {escape(found.customer_name)}")
    _say_lines(ours, company, lines)


def _say_lines(ours: Session, company: Company, lines: Sequence[Line]) -> None:
    locale = locale_for(company.language, None)
    for line in lines:
        words = event_sentence(line.name, line.data, company.language)
        ours.output.say(f"  {Day(line.on, locale)}  {escape(words)}")


def _show_set_aside(ours: Session, company: Company) -> None:
    with company.store.begin(company.id) as unit:
        records = unit.set_aside()
    if ours.output.json:
        for why in records:
            ours.output.emit(
                {
                    "company": company.id,
                    "kind": why.ref.kind,
                    "ref": why.ref.id,
                    "customer": why.customer_ref,
                    "field": why.field,
                    "reason": why.reason,
                }
            )
        return
    rows = [(str(w.ref.kind), w.ref.id, w.customer_ref or "", w.field, w.reason) for w in records]
    ours.output.table(
        f"{len(rows)} records set aside; their customers are held",
        ("kind", "ref", "customer", "field", "why"),
        rows,
    )
