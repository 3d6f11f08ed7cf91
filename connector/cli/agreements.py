"""dispute, payment-plan, mark: what was agreed or learned about a customer."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from connector import orders
from connector.cli.options import (
    DEFAULT_CONFIG,
    CompanyOption,
    ConfigOption,
    JsonOption,
    TodayOption,
    parse_day,
    session,
)
from connector.cli.people import write_now
from connector.errors import ConfigError, Problem
from connector.formats import Amount, Day, locale_for
from connector.model import DisputeReason, MarkName

Number = Annotated[str, typer.Argument(help="The invoice.", metavar="NUMBER")]
Note = Annotated[str, typer.Option("--note", help="A word for the file.")]


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    cli.command()(dispute)
    cli.command(name="payment-plan")(payment_plan)
    cli.command()(mark)


def dispute(
    number: Number,
    reason: Annotated[
        str, typer.Option("--reason", help=f"One of: {', '.join(DisputeReason)}.")
    ] = DisputeReason.OTHER.value,
    note: Note = "",
    close: Annotated[bool, typer.Option("--close", help="It is settled: the chase goes on.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Record that the customer disagrees about an invoice: that one is not chased; or close the dispute."""
    with session(config, company, json, today) as ours, ours.only_company() as ready:
        day = ours.day(ready)
        if close:
            orders.close_dispute(ready, number, day)
        else:
            orders.dispute(ready, number, reason, note, day)
        written = write_now(ours, ready)
        state = "closed" if close else "open"
        if json:
            ours.output.emit(
                {"company": ready.id, "number": number, "dispute": state, "written_back": written}
            )
        else:
            ours.output.say(f"{escape(number)}: dispute {state}. {written} entries written back.")


def payment_plan(
    numbers: Annotated[list[str], typer.Argument(help="The invoices, of one customer.", metavar="NUMBER…")],
    parts: Annotated[int | None, typer.Option("--parts", help="How many monthly parts.", metavar="N")] = None,
    first: Annotated[str | None, typer.Option("--first", help="The first date.", metavar="DATE")] = None,
    note: Note = "",
    interest: Annotated[
        bool, typer.Option("--interest", help="Add the law's late-payment interest until each date.")
    ] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the plan back.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Agree new dates for invoices; one part missed breaks the plan and the chase goes on."""
    with session(config, company, json, today) as ours, ours.only_company() as ready:
        day = ours.day(ready)
        if withdraw:
            plan = orders.withdraw_plan(ready, numbers[0], day)
        elif parts is None or first is None:
            raise ConfigError(
                [Problem("payment-plan", "", "needs --parts and --first", "--parts 3 --first 2026-12-15")]
            )
        else:
            first_on = parse_day(first, "--first")
            plan = orders.payment_plan(ready, numbers, parts, first_on, day, note, interest=interest)
        written = write_now(ours, ready)
        if json:
            dates = [{"due_on": p.due_on, "amount": p.amount, "interest": p.interest} for p in plan.parts]
            with ready.store.begin(ready.id) as unit:
                annex = [] if withdraw else orders.annex_of(unit, plan.invoice_refs)
            ours.output.emit(
                {
                    "company": ready.id,
                    "plan": plan.id,
                    "withdrawn": withdraw,
                    "parts": dates,
                    "interest": plan.interest,
                    "annex": annex,
                    "written_back": written,
                }
            )
            return
        locale = locale_for(ready.language, None)
        for part in plan.parts:
            amount = Amount(part.amount, plan.currency, locale)
            of_it = Amount(part.interest, plan.currency, locale)
            more = f"  (of which {of_it} interest; --json shows its calculation)" if of_it else ""
            ours.output.say(f"  {Day(part.due_on, locale)}  {amount}{more}")
        ours.output.say("withdrawn" if withdraw else f"{written} entries written back")


def mark(
    name: Annotated[str, typer.Argument(help="A customer, or an invoice number.", metavar="NAME")],
    what: Annotated[str, typer.Argument(help=f"One of: {', '.join(MarkName)}.", metavar="MARK")],
    value: Annotated[str | None, typer.Argument(help="What it is; yes or no for the last two.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the word back.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Say what a customer is, over what the host says: segment, scenario, payer type, insolvent."""
    if value is None and not remove:
        raise ConfigError([Problem("mark", "VALUE", "is missing", "give one, or --remove")])
    with session(config, company, json, today) as ours, ours.only_company() as ready:
        found = orders.mark(ready, name, what, None if remove else value)
        named = found.number or found.customer_name
        if json:
            said = None if remove else value
            ours.output.emit({"company": ready.id, "marked": named, "mark": what, "value": said})
        else:
            ours.output.say(f"{escape(named)}: {escape(what)} {'removed' if remove else escape(value or '')}")
