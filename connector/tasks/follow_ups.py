"""Tasks that a decision asks for: each says why, what is owed, and what to do or to ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from connector.model import Account, Decision, Kind, Reason, Ref, Role
from connector.ports import Task, TaskKind
from connector.tasks.exchanges import Call
from connector.tasks.html import listed, page, short
from connector.tasks.people import person
from connector.tasks.sheet import Sheet
from connector.tasks.words import day, money, words

_TASK_OF = {
    Reason.COVERED: TaskKind.MATCH_PAYMENT,
    Reason.NO_CONTACT: TaskKind.FIX_CONTACT,
    Reason.MISSING_ORDER_NUMBER: TaskKind.CALL,
}
#: A message whose outcome a person must say, or that a person must take up again: our own mail is to be
#: looked after, and nobody is to be called.
DELIVERIES = (Reason.UNKNOWN_DELIVERY, Reason.FAILED_DELIVERY)
_ROLES = {Reason.MISSING_ORDER_NUMBER: (Role.PURCHASING,)}


def follow_up(
    language: str,
    account: Account,
    decisions: Sequence[Decision],
    key: str,
    due_on: date,
    *,
    country: str | None = None,
    calls: Sequence[Call] = (),
) -> Task:
    """The task that these decisions (of one customer, for one reason) ask a person to do by ``due_on``.

    It stands on the oldest of the invoices concerned, for the salesperson of that invoice, else of the
    customer. ``country`` and ``calls``: see ``call_sheet``.
    """
    first = min(decisions, key=lambda d: (d.due_on or due_on, d.number))
    text = words(language)["follow_up"][str(first.reason)]
    values = _values(language, account, first)
    wanted = frozenset(d.installment for d in decisions if d.installment)
    roles = _ROLES.get(first.reason, ())
    sheet = Sheet(language, account, due_on, country, calls, roles=roles, wanted=wanted)
    intro = (text["refused"] if first.seen.get("refused") else text["intro"]).format(**values)
    kind = _TASK_OF.get(first.reason, TaskKind.TODO)
    invoice_ref = first.installment.invoice_ref if first.installment else ""
    return Task(
        key=key,
        on=Ref(Kind.INVOICE, invoice_ref),
        task=kind,
        summary=text["summary"].format(**values),
        note_html=_note(sheet, first.reason, intro, text["ask"], kind),
        due_on=due_on,
        person_ref=person(account, next((i for i in account.invoices if i.ref == invoice_ref), None)),
    )


def _note(sheet: Sheet, reason: Reason, intro: str, ask: str, kind: TaskKind) -> str:
    """Nobody is to be called for a payment that only wants matching: the money stands there instead."""
    if reason is Reason.COVERED:
        return page(intro, _money(sheet), sheet.owed(), ask)
    if reason in DELIVERIES:
        return page(intro, sheet.owed(), ask)
    if reason is Reason.REPLIED:
        return sheet.html(intro, ask, kind)
    return sheet.html(intro, ask, TaskKind.CALL)


def _money(sheet: Sheet) -> Markup:
    """What came and was not matched: payments, and credit notes with something left."""
    language, text = sheet.language, words(sheet.language)["follow_up"]["covered"]
    payments = [
        text["payment"].format(
            label=short(p.label, 80),
            day=day(p.paid_on, language),
            amount=money(p.unapplied, p.currency, language),
        )
        for p in sheet.account.payments
        if p.unapplied > 0
    ]
    credits_ = [
        text["credit"].format(
            label=short(i.number, 60),
            day=day(i.issued_on, language),
            amount=money(i.residual, i.currency, language),
        )
        for i in sheet.account.invoices
        if i.kind == "credit_note" and i.residual > 0
    ]
    return listed(text["money"], [*payments, *credits_])


def _values(language: str, account: Account, first: Decision) -> dict[str, str]:
    seen = first.seen
    by = seen.get("covered_by")
    names = by if isinstance(by, tuple | list) else ()
    available = Decimal(str(seen.get("available", 0)))
    return {
        "customer": short(account.customer.name, 80),
        "address": short(str(seen.get("refused") or ""), 80),
        "available": money(available, first.currency, language),
        "by": ", ".join(short(str(name), 60) for name in names),
    }


def no_longer_needed(language: str) -> str:
    """The word with which a task is closed whose reason is gone."""
    return str(words(language)["words"]["no_longer_needed"])
