"""What a customer owes, invoice by invoice, and what stands against it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from connector.model import (
    Account,
    DisputeReason,
    Installment,
    InstallmentKey,
    Invoice,
    InvoiceKind,
    InvoiceState,
    PlanState,
    Promise,
    PromiseState,
)
from connector.tasks.html import Piece, joined, paragraph, short, small, strong, table
from connector.tasks.words import count, day, money, words
from connector.wording import dispute_label, product_names

#: Rows of a table that still reads well in an activity.
_MOST = 12


def owed_table(
    language: str, account: Account, today: date, wanted: Collection[InstallmentKey] = ()
) -> Markup:
    """What is overdue on ``today`` and the ``wanted`` installments, the oldest first: number, due date with
    the days late, what is left, what stands against it; then the totals."""
    rows = sorted(_owed(account, today, wanted), key=lambda row: (row[1].due_on, row[0].number))
    text = words(language)["sheet"]
    cells = [_row(language, account, invoice, part, today) for invoice, part in rows[:_MOST]]
    more = count(text["more"], len(rows) - _MOST, language) if len(rows) > _MOST else ""
    heads = (text["invoice"], text["due_on"], text["remaining"])
    return joined((table(heads, cells), small(more), _totals(language, account, rows)), "")


def overdue_invoices(account: Account, today: date) -> list[Invoice]:
    """The invoices with something overdue on that day."""
    return list({invoice.ref: invoice for invoice, _ in _owed(account, today, ())}.values())


def _owed(
    account: Account, today: date, wanted: Collection[InstallmentKey]
) -> Iterator[tuple[Invoice, Installment]]:
    for invoice in account.invoices:
        if invoice.kind is not InvoiceKind.INVOICE or not invoice.is_open:
            continue
        for part in invoice.installments:
            listed = InstallmentKey(invoice.ref, part.position) in wanted
            if part.residual > 0 and (part.due_on < today or listed):
                yield invoice, part


def _row(
    language: str, account: Account, invoice: Invoice, part: Installment, today: date
) -> tuple[Piece, ...]:
    text = words(language)["sheet"]
    late = (today - part.due_on).days
    delay = small(count(text["late"], late, language)) if late > 0 else ""
    against = small(joined(_against(language, account, invoice), ", "))
    products = product_names(invoice.products)
    about = small(text["products"].format(products=products)) if products else ""
    return (
        joined((short(invoice.number, 60), about, against), Markup("<br>")),
        joined((day(part.due_on, language), delay), " "),
        money(part.residual, invoice.currency, language),
    )


def _against(language: str, account: Account, invoice: Invoice) -> Iterator[str]:
    """What keeps it from being paid or chased, in a few words each."""
    text = words(language)["sheet"]["against"]
    if invoice.state is InvoiceState.IN_PAYMENT:
        yield text["in_payment"]
    for dispute in account.disputes:
        if dispute.invoice_ref == invoice.ref and dispute.closed_on is None:
            yield text["dispute"].format(reason=dispute_label(str(dispute.reason), language))
    for promise in account.promises:
        if promise.state is PromiseState.OPEN and promise.invoice_ref in (None, invoice.ref):
            yield text["promise"].format(day=day(promise.promised_on, language))
    for plan in account.plans:
        if plan.state is PlanState.OPEN and invoice.ref in plan.invoice_refs:
            yield text["plan"]


def _totals(language: str, account: Account, rows: list[tuple[Invoice, Installment]]) -> Markup:
    """What all of it comes to, in each currency, and the money that no invoice has taken yet."""
    text = words(language)["sheet"]
    total: dict[str, Decimal] = {}
    for invoice, part in rows:
        total[invoice.currency] = total.get(invoice.currency, Decimal(0)) + part.residual
    said = [
        text["total"].format(amount=money(amount, currency, language)) for currency, amount in total.items()
    ]
    unmatched: dict[str, Decimal] = {}
    for payment in account.payments:
        if payment.unapplied > 0:
            unmatched[payment.currency] = unmatched.get(payment.currency, Decimal(0)) + payment.unapplied
    received = [
        text["unmatched"].format(amount=money(amount, currency, language))
        for currency, amount in unmatched.items()
    ]
    return paragraph(joined([*map(strong, said), *received]))


def promise_lines(language: str, account: Account, most: int = 3) -> list[str]:
    """The last promises, and how they ended; the newest first."""
    made = sorted(account.promises, key=lambda p: (p.made_on, p.id), reverse=True)
    told = [p for p in made if p.state is not PromiseState.WITHDRAWN]
    return [_promise(language, account, promise) for promise in told[:most]]


def _promise(language: str, account: Account, promise: Promise) -> str:
    text = words(language)["sheet"]["promise"]
    invoice = next((i for i in account.invoices if i.ref == promise.invoice_ref), None)
    currency = promise.currency or (invoice.currency if invoice else "")
    known = promise.amount is not None and currency
    what = money(promise.amount or Decimal(0), currency, language) if known else text["balance"]
    about = f" ({short(invoice.number, 60)})" if invoice else ""
    said = text["said"].format(amount=what, about=about, day=day(promise.promised_on, language))
    return str(text["ended"].format(said=said, how=text[promise.state]))


def order_numbers(invoices: Collection[Invoice]) -> tuple[list[str], list[str]]:
    """The customer's own references on the invoices, and the numbers of those that have none."""
    known = {i.reference: None for i in sorted(invoices, key=lambda i: i.number) if i.reference}
    return list(known), sorted(i.number for i in invoices if not i.reference)


def never_received(account: Account) -> list[str]:
    """The numbers of the invoices that the customer says he never got."""
    open_ = (d for d in account.disputes if d.closed_on is None)
    refs = {d.invoice_ref for d in open_ if d.reason is DisputeReason.NOT_RECEIVED}
    return sorted(i.number for i in account.invoices if i.ref in refs)
