"""What would have left in the past, on the screen and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from rich.markup import escape

from connector.cli.calendar import by_step, summed, texts
from connector.cli.options import Session
from connector.cli.seeing_difference import message_object
from connector.cli.seeing_words import Words
from connector.dunning.forecast import ReplayedMessage
from connector.model import Action
from connector.pipeline import Company

#: A payment within so many days after a message counts as its answer.
ANSWER_DAYS = 15


def show_replayed(
    ours: Session, company: Company, life: Sequence[ReplayedMessage], about: tuple[date, date]
) -> None:
    """Print what would have left between two days, by step, and what was paid after it."""
    words = Words(company.language)
    of_step: dict[str, list[ReplayedMessage]] = {step: [] for step in by_step(r.message for r in life)}
    for replayed in life:
        of_step[replayed.message.step].append(replayed)
    if ours.output.json:
        for step, some in of_step.items():
            ours.output.emit({"company": company.id, **_replayed_step(step, some)})
        for replayed in life:
            ours.output.emit({"company": company.id, **_replayed_object(replayed)})
        return
    title = words.line("replayed", company=company.name, first_on=about[0], last_on=about[1])
    paid = words.column("paid", days=words.counted("days", ANSWER_DAYS))
    columns = [words.column(name) for name in ("step", "messages", "customers", "amount")]
    rows = [_replayed_row(some, words) for some in of_step.values()]
    ours.output.table(title, [*columns, paid, words.column("share")], rows, right=[1, 2, 3, 4, 5])
    ours.output.say(f"[dim]{escape(words.line('caution'))}[/]")


def _paid(life: Iterable[ReplayedMessage]) -> Mapping[str, Decimal]:
    total: dict[str, Decimal] = {}
    for replayed in life:
        currency = replayed.message.currency
        total[currency] = total.get(currency, Decimal(0)) + replayed.paid_within(ANSWER_DAYS)
    return total


def _replayed_row(life: Sequence[ReplayedMessage], words: Words) -> tuple[str, ...]:
    asked, paid = summed(r.message for r in life), _paid(life)
    thanks = life[0].message.action is Action.THANK
    return (
        words.step(life[0].message),
        str(asked.messages),
        str(len(asked.customers)),
        words.amounts(asked.amounts),
        "" if thanks else words.amounts(paid),
        "" if thanks else words.shares(paid, asked.amounts),
    )


def _replayed_step(step: str, life: Sequence[ReplayedMessage]) -> dict[str, object]:
    asked = summed(r.message for r in life)
    return {
        "kind": "step",
        "step": step,
        **asked.as_dict(),
        "answer_days": ANSWER_DAYS,
        "paid_within": texts(_paid(life)),
    }


def _replayed_object(replayed: ReplayedMessage) -> dict[str, object]:
    message = replayed.message
    return {
        "kind": "message",
        "customer": message.customer_ref,
        "name": message.customer_name,
        **message_object(message),
        "paid_within": replayed.paid_within(ANSWER_DAYS),
        "paid": [{"on": p.on.isoformat(), "amount": str(p.amount)} for p in replayed.paid],
    }
