"""What somebody wrote, as the grammar reads it."""

from __future__ import annotations

from datetime import date

from connector import grammar
from connector.grammar.sayings import Saying
from connector.pipeline.obeying.hearing import Hearing
from connector.ports import TaskKind

#: Without this sign a note is no order, whatever it says.
SIGN = "#"


def orders_in(hearing: Hearing, text: str, on: date) -> tuple[Saying, ...]:
    """The orders of a note that was written on that day; empty for most."""
    if SIGN not in text:
        return ()
    country = hearing.company.policy.country
    return grammar.read_orders(text, on, country=country, currency=hearing.currency())


def outcome_of(hearing: Hearing, text: str, kind: TaskKind, on: date) -> tuple[Saying, ...]:
    """What somebody said when he marked a task done: orders if he wrote some, else one outcome."""
    found = orders_in(hearing, text, on)
    if found:
        return found
    country = hearing.company.policy.country
    return (grammar.read_feedback(text, str(kind), on, country=country, currency=hearing.currency()),)
