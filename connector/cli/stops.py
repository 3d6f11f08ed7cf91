"""What stops a whole company, or will, as every command that shows its customers says it first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from rich.markup import escape

from connector.cli.options import Session
from connector.cli.output import Output
from connector.pipeline import Company, notices
from connector.pipeline.company_tasks import as_object, stops_of
from connector.worklist.words import Words


def show_stops(ours: Session, company: Company, day: date) -> None:
    """Say why nothing leaves for any customer, and what will stop unless somebody acts; with ``--json``, one
    object for each."""
    words = Words(company.language)
    stops = [as_object(stop, words) for stop in stops_of(company, day)]
    coming = [notices.as_object(notice, words) for notice in notices.notices_of(company, day)]
    if ours.output.json:
        for stop in stops:
            ours.output.emit({"company": company.id, "company_stop": stop})
        for notice in coming:
            ours.output.emit({"company": company.id, "company_notice": notice})
    else:
        say_stops(ours.output, [*stops, *coming], to_err=False)


def say_stops(output: Output, stops: Sequence[Mapping[str, object]], *, to_err: bool) -> None:
    """In words for people: what to do, and why. ``stops`` as ``company_tasks.as_object`` and
    ``notices.as_object`` make them."""
    console = output.err if to_err else output.console
    for stop in stops:
        style = "bold red" if stop.get("asks") else "bold yellow"
        console.print(f"[{style}]! {escape(str(stop['do']))}[/]")
        console.print(f"  {escape(str(stop['why']))}")
