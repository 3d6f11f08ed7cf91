"""Tasks to call: a step that is a call, a promise that was broken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from connector.dunning.promises import received_since
from connector.model import Account, InstallmentKey, Kind, MessagePlan, Promise, Ref
from connector.ports import Task, TaskKind
from connector.tasks.exchanges import Call
from connector.tasks.html import short
from connector.tasks.people import person
from connector.tasks.sheet import Sheet
from connector.tasks.words import long_day, money, words
from connector.wording import step_label


def call_sheet(
    language: str,
    account: Account,
    plan: MessagePlan,
    key: str,
    due_on: date,
    *,
    country: str | None = None,
    calls: Sequence[Call] = (),
) -> Task:
    """The task of a step that is a call, on the first invoice that it is about: a call sheet.

    ``country`` is the company's (numbers are written as they are dialled there), ``calls`` those made before.
    """
    text = words(language)["call"]
    keys = frozenset(line.installment for line in plan.lines)
    parts = [
        part.residual
        for invoice in account.invoices
        for part in invoice.installments
        if InstallmentKey(invoice.ref, part.position) in keys
    ]
    first = plan.lines[0].installment.invoice_ref
    values = {
        "customer": short(account.customer.name, 80),
        "amount": money(sum(parts, Decimal(0)), plan.currency, language),
        "step": step_label(plan.leader.name, language),
    }
    sheet = Sheet(language, account, due_on, country, calls, plan.contact_ref, wanted=keys)
    return Task(
        key=key,
        on=Ref(Kind.INVOICE, first),
        task=TaskKind.CALL,
        summary=text["summary"].format(**values),
        note_html=sheet.html(text["intro"].format(**values), text["ask"], TaskKind.CALL),
        due_on=due_on,
        person_ref=person(account, next((i for i in account.invoices if i.ref == first), None), plan.leader),
    )


def broken_promise(
    language: str,
    account: Account,
    promise: Promise,
    key: str,
    due_on: date,
    *,
    country: str | None = None,
    calls: Sequence[Call] = (),
) -> Task | None:
    """The call that a broken promise asks for, as a call sheet; None when the customer has no open invoice to
    put it on. What came of the promise, and what is missing, is said where its amount is known."""
    invoices = [i for i in account.invoices if i.is_open and promise.invoice_ref in (None, i.ref)]
    if not invoices:
        return None
    text = words(language)["promise"]["broken"]
    first = min(invoices, key=lambda i: (i.issued_on, i.ref))
    received = received_since(account, promise)
    amount = promise.amount or sum((i.residual for i in invoices), Decimal(0)) + received
    currency = promise.currency or first.currency
    values = {
        "customer": short(account.customer.name, 80),
        "amount": money(amount, currency, language),
        "received": money(received, currency, language),
        "missing": money(max(amount - received, Decimal(0)), currency, language),
        "day": long_day(promise.promised_on, language),
    }
    wanted = frozenset(InstallmentKey(i.ref, part.position) for i in invoices for part in i.installments)
    sheet = Sheet(language, account, due_on, country, calls, wanted=wanted if promise.invoice_ref else ())
    intro = text["partly"] if 0 < received < amount else text["note"]
    return Task(
        key=key,
        on=Ref(Kind.INVOICE, first.ref),
        task=TaskKind.CALL,
        summary=text["summary"].format(**values),
        note_html=sheet.html(intro.format(**values), text["ask"], TaskKind.CALL),
        due_on=due_on,
        person_ref=person(account, first),
    )
