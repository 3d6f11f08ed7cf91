"""The difference that other rules make, on the screen and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from rich.markup import escape

from connector.cli.calendar import by_step, summed
from connector.cli.options import Session
from connector.cli.seeing_words import Words
from connector.dunning.forecast import ComingMessage, CustomerChange, MessageChange, compare
from connector.escape import one_line
from connector.pipeline import Company

_CUSTOMERS_SHOWN = 50


def show_difference(
    ours: Session,
    company: Company,
    before: Sequence[ComingMessage],
    after: Sequence[ComingMessage],
    about: tuple[date, date, str],
) -> None:
    """Print how the messages under other rules differ. ``about``: first and last day, the changed file."""
    words, changes = Words(company.language), compare(before, after)
    steps = list(dict.fromkeys([*by_step(before), *by_step(after)]))
    if ours.output.json:
        for step in steps:
            ours.output.emit({"company": company.id, **_step_object(step, before, after)})
        for change in changes:
            ours.output.emit({"company": company.id, **_customer_object(change, words)})
        return
    first, last, file = about
    title = words.line("simulated", company=company.name, first_on=first, last_on=last, file=file)
    columns = [words.column(name) for name in ("step", "before", "amount", "after", "amount")]
    rows = [_step_row(step, before, after, words) for step in steps]
    ours.output.table(title, columns, rows, right=[1, 2, 3, 4])
    _say_changes(ours, words, changes)


def _of_step(step: str, messages: Iterable[ComingMessage]) -> list[ComingMessage]:
    return [message for message in messages if message.step == step]


def _step_row(
    step: str, before: Iterable[ComingMessage], after: Iterable[ComingMessage], words: Words
) -> tuple[str, ...]:
    olds, news = _of_step(step, before), _of_step(step, after)
    old, new = summed(olds), summed(news)
    return (
        words.step((news or olds)[0]),
        str(old.messages),
        words.amounts(old.amounts),
        str(new.messages),
        words.amounts(new.amounts),
    )


def _say_changes(ours: Session, words: Words, changes: Sequence[CustomerChange]) -> None:
    if not changes:
        ours.output.say(words.line("same"))
        return
    ours.output.say(words.line("differs", customers=words.counted("customers", len(changes))))
    for change in changes[:_CUSTOMERS_SHOWN]:
        name = escape(one_line(change.customer_name))
        ours.output.say(f"[bold]{name}[/] – {escape(words.customer(change))}")
        for one in change.changes:
            ours.output.say(f"  - {escape(words.change(one))}")
    left = len(changes) - _CUSTOMERS_SHOWN
    if left > 0:
        ours.output.say(words.line("more", customers=words.counted("customers", left)))


def _step_object(
    step: str, before: Iterable[ComingMessage], after: Iterable[ComingMessage]
) -> dict[str, object]:
    old, new = summed(_of_step(step, before)), summed(_of_step(step, after))
    return {"kind": "step", "step": step, "before": old.as_dict(), "after": new.as_dict()}


def _customer_object(change: CustomerChange, words: Words) -> dict[str, object]:
    return {
        "kind": "customer",
        "customer": change.customer_ref,
        "name": change.customer_name,
        "before": change.before,
        "after": change.after,
        "changes": [_change_object(one, words) for one in change.changes],
    }


def _change_object(change: MessageChange, words: Words) -> dict[str, object]:
    return {
        "change": change.change,
        "step": change.message.step,
        "before": message_object(change.before) if change.before else None,
        "after": message_object(change.after) if change.after else None,
        "sentence": words.change(change),
    }


def message_object(message: ComingMessage) -> dict[str, object]:
    """A foreseen message for programs."""
    return {
        "on": message.on,
        "action": message.action,
        "step": message.step,
        "channel": message.channel,
        "scenario": message.scenario,
        "to": message.recipient,
        "language": message.language,
        "invoices": message.invoices,
        "amount": message.amount,
        "currency": message.currency,
        "approval": message.approval,
        "waits": message.waits,
    }
