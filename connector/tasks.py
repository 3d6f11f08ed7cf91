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
from connector.model import (
    Account,
    Decision,
    Dispute,
    Invoice,
    Kind,
    Message,
    PaymentPlan,
    Promise,
    Reason,
    Ref,
)
from connector.ports import Entry, Note, Task, TaskKind
from connector.resources import shipped

_TASK_OF = {
    Reason.COVERED: TaskKind.MATCH_PAYMENT,
    Reason.NO_CONTACT: TaskKind.FIX_CONTACT,
    Reason.MISSING_ORDER_NUMBER: TaskKind.CALL,
}


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
    owed = invoice.residual if promise.invoice_ref else _all_owed(account, invoice.currency)
    amount = promise.amount or owed
    values = {
        "number": invoice.number,
        "customer": account.customer.name,
        "amount": Amount(amount, invoice.currency, locale),
        "day": Day(promise.promised_on, locale).long,
        "until": Day(until, locale).long,
    }
    said = words["said"].format(note=promise.note) if promise.note else ""
    on, key = Ref(Kind.INVOICE, invoice.ref), f"promise/{promise.id}"
    return [
        Task(
            key,
            on,
            TaskKind.PROMISE,
            words["summary"].format(**values),
            _html(words["task"].format(**values), said),
            promise.promised_on,
            _person(account, invoice),
        ),
        Note(f"{key}/note", on, _html(words["note"].format(**values), said)),
    ]


def broken_promise(language: str, account: Account, promise: Promise, key: str, due_on: date) -> Task | None:
    """The call that a broken promise asks for; None when the customer has no open invoice to put it on."""
    invoices = [i for i in account.invoices if i.is_open and promise.invoice_ref in (None, i.ref)]
    if not invoices:
        return None
    words, locale = _words(language)["promise"]["broken"], locale_for(language, None)
    first = min(invoices, key=lambda i: (i.issued_on, i.ref))
    amount = promise.amount or sum((i.residual for i in invoices), Decimal(0))
    values = {
        "customer": account.customer.name,
        "amount": Amount(amount, promise.currency or first.currency, locale),
        "day": Day(promise.promised_on, locale).long,
    }
    return Task(
        key=key,
        on=Ref(Kind.INVOICE, first.ref),
        task=TaskKind.CALL,
        summary=words["summary"].format(**values),
        note_html=_html(words["note"].format(**values), words["ask"]),
        due_on=due_on,
        person_ref=_person(account, first),
    )


def plan_entries(language: str, account: Account, plan: PaymentPlan) -> list[Entry]:
    """The task on the plan's next date and the notes that show a payment plan in the host."""
    words, locale = _words(language)["plan"], locale_for(language, None)
    values = {
        "customer": account.customer.name,
        "amount": Amount(plan.total, plan.currency, locale),
        "count": len(plan.parts),
        "first": Day(plan.parts[0].due_on, locale).long,
        "last": Day(plan.parts[-1].due_on, locale).long,
    }
    key, note = f"plan/{plan.id}", _html(words["note"].format(**values), plan.note)
    first = next(i for i in account.invoices if i.ref == plan.invoice_refs[0])
    task = Task(
        key,
        Ref(Kind.INVOICE, first.ref),
        TaskKind.PROMISE,
        words["summary"].format(**values),
        note,
        plan.parts[0].due_on,
        _person(account, first),
    )
    notes = [Note(f"{key}/note/{ref}", Ref(Kind.INVOICE, ref), note) for ref in plan.invoice_refs]
    return [task, *notes]


def plan_outcome(language: str, outcome: str) -> str:
    """The word with which a payment plan's task is closed."""
    return str(_words(language)["plan"]["outcome"][str(outcome)])


def dispute_note(language: str, dispute: Dispute, reason: str) -> Note:
    """The note that a dispute was opened or closed; ``reason`` in words."""
    what = "closed" if dispute.closed_on else "opened"
    text = _words(language)["dispute"][what].format(reason=reason)
    said = "" if dispute.closed_on else dispute.note
    return Note(f"dispute/{dispute.id}/{what}", Ref(Kind.INVOICE, dispute.invoice_ref), _html(text, said))


def _all_owed(account: Account, currency: str) -> Decimal:
    owed = [
        i.residual for i in account.invoices if i.is_open and i.kind == "invoice" and i.currency == currency
    ]
    return sum(owed, Decimal(0))


def _person(account: Account, invoice: Invoice) -> str | None:
    salesperson = invoice.salesperson or account.customer.salesperson
    return salesperson.ref if salesperson else None


def reminder_notes(message: Message, *, posted: str | None = None) -> list[Note]:
    """The note that proves a reminder, on every invoice that it listed; but not on the one (``posted``) in
    whose journal the message itself stands."""
    return [
        Note(f"{message.key}/note/{ref}", Ref(Kind.INVOICE, ref), message.note_html)
        for ref in message.invoice_refs
        if ref != posted
    ]
