"""What a person in the host is asked or told: the words of tasks and notes. Pure but for reading its tables.

The words stand in ``templates/<language>/tasks.toml``; every value from the host is escaped for HTML.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from markupsafe import Markup

from connector.formats import Amount, Day, locale_for
from connector.model import Account, Decision, Invoice, Kind, Message, Promise, Reason, Ref
from connector.ports import Entry, Note, Task, TaskKind
from connector.resources import shipped

_TASK_OF = {Reason.COVERED: TaskKind.MATCH_PAYMENT, Reason.NO_CONTACT: TaskKind.FIX_CONTACT}


@cache
def _words(language: str) -> Mapping[str, Any]:
    file = shipped("templates") / language / "tasks.toml"
    if not file.exists():
        file = shipped("templates") / "en" / "tasks.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _html(*paragraphs: str | Markup) -> str:
    return str(Markup("").join(Markup("<p>{}</p>").format(p) for p in paragraphs if p))


def follow_up(language: str, account: Account, decisions: Sequence[Decision], key: str, due_on: date) -> Task:
    """The task that these decisions (of one customer, for one reason) ask a person to do by ``due_on``.

    It stands on the oldest of the invoices concerned, for the customer's salesperson if there is one.
    """
    first = min(decisions, key=lambda d: (d.due_on or due_on, d.number))
    words = _words(language)["follow_up"][str(first.reason)]
    locale = locale_for(language, None)
    seen = first.seen
    intro = words["refused"] if seen.get("refused") else words["intro"]
    values = {
        "customer": account.customer.name,
        "address": seen.get("refused") or "",
        "available": Amount(Decimal(str(seen.get("available", 0))), first.currency, locale),
        "by": ", ".join(str(name) for name in _names(seen.get("covered_by"))),
    }
    return Task(
        key=key,
        on=Ref(Kind.INVOICE, first.installment.invoice_ref if first.installment else ""),
        task=_TASK_OF.get(first.reason, TaskKind.TODO),
        summary=words["summary"].format(**values),
        note_html=_html(intro.format(**values), _list(language, decisions), words["ask"]),
        due_on=due_on,
        person_ref=account.customer.salesperson.ref if account.customer.salesperson else None,
    )


def _names(value: object) -> Sequence[object]:
    return value if isinstance(value, tuple | list) else ()


def _list(language: str, decisions: Sequence[Decision]) -> Markup:
    locale = locale_for(language, None)
    due = _words(language)["words"]["due"]
    rows = [
        Markup("{} – {} ({} {})").format(
            d.number, str(Amount(d.residual, d.currency, locale)), due, str(Day(d.due_on, locale))
        )
        for d in sorted(decisions, key=lambda d: (d.due_on or date.min, d.number))
        if d.due_on
    ]
    return Markup("<br>").join(rows)


def no_longer_needed(language: str) -> str:
    """The word with which a task is closed whose reason is gone."""
    return str(_words(language)["words"]["no_longer_needed"])


def promise_outcome(language: str, outcome: str) -> str:
    """The word with which a promise's task is closed: kept, partly, broken, withdrawn."""
    return str(_words(language)["promise"]["outcome"][str(outcome)])


def promise_entries(
    language: str, account: Account, invoice: Invoice, promise: Promise, until: date
) -> list[Entry]:
    """The task with the promised day as its deadline, and the note, that show a promise in the host."""
    words, locale = _words(language)["promise"], locale_for(language, None)
    everything = _words(language)["words"]["all"]
    amount = promise.amount or invoice.residual
    values = {
        "number": invoice.number,
        "customer": account.customer.name,
        "amount": Amount(amount, invoice.currency, locale) if amount else everything,
        "day": Day(promise.promised_on, locale).long,
        "until": Day(until, locale).long,
    }
    said = words["said"].format(note=promise.note) if promise.note else ""
    on, key = Ref(Kind.INVOICE, invoice.ref), f"promise/{promise.id}"
    salesperson = invoice.salesperson or account.customer.salesperson
    return [
        Task(
            key,
            on,
            TaskKind.PROMISE,
            words["summary"].format(**values),
            _html(words["task"].format(**values), said),
            promise.promised_on,
            salesperson.ref if salesperson else None,
        ),
        Note(f"{key}/note", on, _html(words["note"].format(**values), said)),
    ]


def reminder_notes(message: Message, *, posted: str | None = None) -> list[Note]:
    """The note that proves a reminder, on every invoice that it listed; but not on the one (``posted``) in
    whose journal the message itself stands."""
    return [
        Note(f"{message.key}/note/{ref}", Ref(Kind.INVOICE, ref), message.note_html)
        for ref in message.invoice_refs
        if ref != posted
    ]
