"""A promise to pay."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from connector import tasks
from connector.dunning.promises import last_day
from connector.model import Account, Invoice, InvoiceKind, Promise, PromiseState
from connector.orders.find import OrderError, find_one, open_invoice
from connector.pipeline.company import Company
from connector.ports import CloseTask
from connector.store.ports import Event, Found, Unit

#: After so many broken promises a further one needs a second word.
_BROKEN_BEFORE = 2


def promise(
    company: Company,
    text: str,
    on: date,
    amount: Decimal | None,
    today: date,
    note: str = "",
    *,
    accept: bool = False,
) -> Promise:
    """Record a promise to pay an invoice, or (a customer's name) all that he owes, by a day.

    The chase waits for it; it stands in the host as a task with that day and as a note. A second promise for
    the same replaces the first. One too far away, or after promises that were broken, needs ``accept``.
    """
    with company.store.begin(company.id) as unit:
        found = find_one(company, unit, text)
        account, invoice = _promised(unit, found)
        covers = invoice.ref if found.invoice_ref else None
        _check(invoice, on, amount if covers else None, today)
        if not accept:
            _check_trust(company, account, on, today)
        for earlier in account.promises:
            if earlier.state is PromiseState.OPEN and earlier.invoice_ref == covers:
                _withdraw(company, unit, earlier)
        made = unit.add_promise(account.customer.ref, covers, on, today, amount, invoice.currency, note)
        now = company.clock()
        data = {"promised_on": on.isoformat(), "amount": str(amount or ""), "currency": invoice.currency}
        unit.record([Event(now, "promise_made", account.customer.ref, covers, data)])
        until = last_day(on, company.policy)
        unit.queue_entries(tasks.promise_entries(company.language, account, invoice, made, until), now)
        unit.look_again([account.customer.ref])
    return made


def _promised(unit: Unit, found: Found) -> tuple[Account, Invoice]:
    """The invoice that was promised; for a whole account the oldest open one, where the task will stand."""
    if found.invoice_ref:
        return open_invoice(unit, found)
    account = unit.accounts([found.customer_ref])[0]
    owed = [i for i in account.invoices if i.is_open and i.kind is InvoiceKind.INVOICE]
    if not owed:
        raise OrderError(found.customer_name, "owes nothing")
    return account, min(owed, key=lambda i: (i.issued_on, i.ref))


def _check(invoice: Invoice, on: date, amount: Decimal | None, today: date) -> None:
    if on < today:
        raise OrderError("--on", f"{on.isoformat()} is past", "give the day by which the money is promised")
    if amount is not None and not 0 < amount <= invoice.residual:
        owed = f"{invoice.residual} {invoice.currency}"
        raise OrderError(
            "--amount", f"{amount} is not between 0 and {owed}, what is owed on {invoice.number}"
        )


def _check_trust(company: Company, account: Account, on: date, today: date) -> None:
    limit = company.policy.promise_max
    if limit is not None and on > today + timedelta(days=limit):
        far = (on - today).days
        raise OrderError(
            "--on", f"{far} days away, more than promise_max ({limit})", "--accept if it is agreed"
        )
    broken = [p for p in account.promises if p.state in (PromiseState.BROKEN, PromiseState.PARTLY)]
    if len(broken) >= _BROKEN_BEFORE:
        raise OrderError(
            account.customer.name,
            f"has broken {len(broken)} promises",
            "--accept if it is believed all the same",
        )


def _withdraw(company: Company, unit: Unit, earlier: Promise) -> None:
    now = company.clock()
    unit.settle_promise(earlier.id, PromiseState.WITHDRAWN)
    unit.record([Event(now, "promise_withdrawn", earlier.customer_ref, earlier.invoice_ref)])
    feedback = tasks.promise_outcome(company.language, PromiseState.WITHDRAWN)
    unit.queue_entries([CloseTask(f"promise/{earlier.id}/withdrawn", f"promise/{earlier.id}", feedback)], now)
