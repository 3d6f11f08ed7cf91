"""promise, hold, resume: what a person orders."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
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
    parse_amount,
    parse_day,
    session,
)
from connector.errors import HostError
from connector.formats import Amount, Day, locale_for
from connector.pipeline import Company, PassReport
from connector.pipeline.write_back import write_back

Named = Annotated[str, typer.Argument(help="An invoice number, or a customer's name.", metavar="NAME")]


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    cli.command()(promise)
    cli.command()(hold)
    cli.command()(resume)


def promise(
    number: Annotated[
        str, typer.Argument(help="The invoice; or a customer, for all that he owes.", metavar="NUMBER")
    ],
    on: Annotated[str, typer.Option("--on", help="The day by which the money is promised.", metavar="DATE")],
    amount: Annotated[
        str | None, typer.Option("--amount", help="How much; all that is owed unless given.")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="A word for the file.")] = "",
    accept: Annotated[
        bool, typer.Option("--accept", help="Even if it is far away, or after broken promises.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Record a promise to pay: the chase waits until its date, and the host shows it."""
    day = parse_day(on, "--on")
    money = parse_amount(amount, "--amount") if amount else None
    with session(config, company, json, today) as ours, ours.only_company() as ready:
        made = orders.promise(ready, number, day, money, ours.day(ready), note, accept=accept)
        written = write_now(ours, ready)
        if json:
            ours.output.emit(
                {
                    "company": ready.id,
                    "promise": made.id,
                    "number": number,
                    "on": day,
                    "amount": money,
                    "written_back": written,
                }
            )
            return
        locale = locale_for(ready.language, None)
        figure = f" – {Amount(money, made.currency or '', locale)}" if money else ""
        ours.output.say(f"{escape(number)}: {Day(day, locale).long}{figure}. {written} entries written back.")


def hold(
    name: Named,
    until: Annotated[
        str | None, typer.Option("--until", help="Last day of the hold.", metavar="DATE")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, for whoever looks later.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Stop the chase of a customer or an invoice, until a day or until somebody resumes it."""
    last: date | None = parse_day(until, "--until") if until else None
    with session(config, company, json, today) as ours, ours.only_company() as ready:
        found = orders.hold(ready, name, last, reason, ours.day(ready))
        if json:
            ours.output.emit(
                {"company": ready.id, "held": found.number or found.customer_name, "until": last}
            )
        else:
            end = f"until {last.isoformat()}" if last else "until `relance resume`"
            ours.output.say(f"{escape(found.number or found.customer_name)}: held {end}")


def resume(
    name: Named,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Let the chase of a customer or an invoice go on."""
    with session(config, company, json, today) as ours, ours.only_company() as ready:
        found, released = orders.resume(ready, name, ours.day(ready))
        named = found.number or found.customer_name
        if json:
            ours.output.emit({"company": ready.id, "resumed": named, "holds_released": released})
        else:
            ours.output.say(f"{escape(named)}: resumed ({released} holds released)")


def write_now(ours: Session, company: Company) -> int:
    """Show it in the host at once; if the host cannot be reached now, the next pass will."""
    report = PassReport(company.id, company.host.name, ours.day(company))
    with suppress(HostError):
        write_back(company, ours.day(company), report)
    for error in report.errors:
        ours.output.err.print(f"[yellow]{escape(error)}; it will be written with the next pass[/]")
    return report.written_back.total()
