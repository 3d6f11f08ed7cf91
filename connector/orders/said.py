"""Who gives an order, and when: the same orders come from the command line and from inside the host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from connector.company import Company
from connector.ports import Entry, Note
from connector.store.ports import Event, Unit


@dataclass(frozen=True, slots=True)
class Said:
    """The company's day and the moment at which a person gave an order; ``by`` is his name, empty where
    nobody can tell. ``quiet``: he said it long before anybody listened, so no note is written about it."""

    on: date
    at: datetime
    by: str = ""
    quiet: bool = False


def said_now(company: Company, today: date) -> Said:
    """An order given here and now."""
    return Said(today, company.clock())


def show(company: Company, unit: Unit, entries: Iterable[Entry], said: Said) -> None:
    """Queue the entries by which an order shows in the host."""
    shown = (entry for entry in entries if not (said.quiet and isinstance(entry, Note)))
    unit.queue_entries(shown, company.clock())


def event(
    company: Company,
    name: str,
    customer_ref: str | None,
    invoice_ref: str | None,
    said: Said,
    data: Mapping[str, object] | None = None,
) -> Event:
    """The line of history of an order, with who gave it where that is known."""
    who = {"by": said.by} if said.by else {}
    return Event(company.clock(), name, customer_ref, invoice_ref, {**(data or {}), **who})
