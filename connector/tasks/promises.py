"""A promise to pay as it stands in the host: a task on the promised day, a note, and how it ended."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from markupsafe import Markup

from connector.dunning.promises import received_since
from connector.model import Account, Invoice, InvoiceKind, Kind, Promise, PromiseState, Ref
from connector.ports import Entry, Note, Task, TaskKind
from connector.tasks.html import fold, listed, page, short
from connector.tasks.people import person
from connector.tasks.sheet import answers
from connector.tasks.words import long_day, money, words


def promise_entries(
    language: str, account: Account, invoice: Invoice, promise: Promise, until: date
) -> list[Entry]:
    """The task with the promised day as its deadline, and the note, that show a promise in the host."""
    text = words(language)["promise"]
    owed = invoice.residual if promise.invoice_ref else _all_owed(account, invoice.currency)
    values = {
        "number": invoice.number,
        "customer": short(account.customer.name, 80),
        "amount": money(promise.amount or owed, invoice.currency, language),
        "day": long_day(promise.promised_on, language),
        "until": long_day(until, language),
    }
    said = text["said"].format(note=short(promise.note, 300)) if promise.note else ""
    about = text["task"] if promise.invoice_ref else text["task_account"]
    on, key = Ref(Kind.INVOICE, invoice.ref), f"promise/{promise.id}"
    return [
        Task(
            key,
            on,
            TaskKind.PROMISE,
            text["summary"].format(**values),
            page(
                about.format(**values), said, fold(text["change"], text["move"], _answers(language, promise))
            ),
            promise.promised_on,
            person(account, invoice),
        ),
        Note(f"{key}/note", on, page(text["note"].format(**values), said)),
    ]


def _answers(language: str, promise: Promise) -> Markup:
    rows = [
        Markup("<code>{}</code> – {}").format(written, meant)
        for written, meant in answers(language, TaskKind.PROMISE, promise.promised_on)
    ]
    return listed(words(language)["answers"]["head"], rows)


def promise_outcome(
    language: str, outcome: str, account: Account | None = None, promise: Promise | None = None
) -> str:
    """The word with which a promise's task is closed: kept, partly, broken, withdrawn. With the account and
    the promise, of one that was kept in part: what came, and what is missing."""
    text = words(language)["promise"]["outcome"]
    if outcome == PromiseState.PARTLY and account is not None and promise is not None:
        received = received_since(account, promise)
        promised = promise.amount or promise.owed
        currency = promise.currency or _currency(account, promise)
        if promised is not None and currency and 0 < received < promised:
            came, missing = (money(part, currency, language) for part in (received, promised - received))
            return str(text["partly_of"].format(received=came, missing=missing))
    return str(text[str(outcome)])


def _currency(account: Account, promise: Promise) -> str:
    return next((i.currency for i in account.invoices if promise.invoice_ref in (None, i.ref)), "")


def _all_owed(account: Account, currency: str) -> Decimal:
    owing = (i for i in account.invoices if i.is_open and i.kind is InvoiceKind.INVOICE)
    return sum((i.residual for i in owing if i.currency == currency), Decimal(0))
