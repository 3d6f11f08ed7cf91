"""A promise to pay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from connector import tasks
from connector.company import Company
from connector.dunning.promises import last_day, owed_on, received_since
from connector.model import Account, Invoice, Promise, PromiseState
from connector.orders.find import NeedsWord, OrderError, find_one, open_invoice, open_invoices
from connector.orders.said import Said, event, said_now, show
from connector.ports import CloseTask
from connector.store.ports import Found, Unit

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
        said = said_now(company, today)
        return promise_in(company, unit, found, on, amount, said, note, accept=accept)


def promise_in(
    company: Company,
    unit: Unit,
    found: Found,
    on: date,
    amount: Decimal | None,
    said: Said,
    note: str = "",
    *,
    accept: bool = False,
) -> Promise:
    """The same inside a transaction, for what was found already. Raises OrderError, of which NeedsWord is
    the one that ``accept`` sets aside."""
    account, invoice = _promised(unit, found)
    covers = invoice.ref if found.invoice_ref else None
    _check(invoice, on, amount if covers else None, said.on)
    if not accept:
        _check_trust(company, account, on, said.on)
    for earlier in account.promises:
        if earlier.state is PromiseState.OPEN and earlier.invoice_ref == covers:
            withdraw_promise_in(company, unit, earlier, said)
    new = Promise(0, account.customer.ref, covers, on, said.on, amount, invoice.currency)
    words = (new.customer_ref, covers, on, said.on, amount, invoice.currency, note)
    made = unit.add_promise(*words, owed=owed_on(account, new), now=said.at)
    data = {"promised_on": on.isoformat(), "amount": str(amount or ""), "currency": invoice.currency}
    unit.record([event(company, "promise_made", account.customer.ref, covers, said, data)])
    until = last_day(on, company.policy)
    show(company, unit, tasks.promise_entries(company.language, account, invoice, made, until), said)
    unit.look_again([account.customer.ref])
    return made


def move_promise_in(company: Company, unit: Unit, moved: Promise, on: date, said: Said) -> None:
    """Give an open promise another day. Raises OrderError for one that is past or too far away."""
    if on < said.on:
        raise OrderError("--on", f"{on.isoformat()} is past", code="past", on=on)
    _check_far(company, on, said.on)
    account = unit.accounts([moved.customer_ref])[0]
    owed = moved.owed
    if owed is not None:  # what was received stays received, whatever is to be paid by the new day
        owed = owed_on(account, replace(moved, promised_on=on)) + received_since(account, moved)
    unit.move_promise(moved.id, on, owed)
    data = {"promised_on": on.isoformat(), "from_on": moved.promised_on.isoformat()}
    unit.record([event(company, "promise_moved", moved.customer_ref, moved.invoice_ref, said, data)])
    unit.look_again([moved.customer_ref])


def withdraw_promise_in(company: Company, unit: Unit, earlier: Promise, said: Said) -> None:
    """Take a promise back: the chase goes on by the rules. Its task is closed."""
    key = f"promise/{earlier.id}"
    unit.settle_promise(earlier.id, PromiseState.WITHDRAWN)
    unit.record([event(company, "promise_withdrawn", earlier.customer_ref, earlier.invoice_ref, said)])
    task = unit.host_task(key)
    if task is None or not (task.gone or task.ended):
        feedback = tasks.promise_outcome(company.language, PromiseState.WITHDRAWN)
        unit.queue_entries([CloseTask(f"{key}/withdrawn", key, feedback)], company.clock())


def _promised(unit: Unit, found: Found) -> tuple[Account, Invoice]:
    """The invoice that was promised; for a whole account the oldest open one, where the task will stand."""
    if found.invoice_ref:
        return open_invoice(unit, found)
    account = unit.accounts([found.customer_ref])[0]
    owed = open_invoices(account)
    if not owed:
        raise OrderError(
            found.customer_name, "owes nothing", code="nothing_owed", customer=found.customer_name
        )
    return account, owed[0]


def _check(invoice: Invoice, on: date, amount: Decimal | None, today: date) -> None:
    if on < today:
        remedy = "give the day by which the money is promised"
        raise OrderError("--on", f"{on.isoformat()} is past", remedy, "past", on=on)
    if amount is not None and not 0 < amount <= invoice.residual:
        owed = f"{invoice.residual} {invoice.currency}"
        said = f"{amount} is not between 0 and {owed}, what is owed on {invoice.number}"
        raise OrderError(
            "--amount",
            said,
            code="amount",
            number=invoice.number,
            amount=amount,
            residual=invoice.residual,
            currency=invoice.currency,
        )


def _check_trust(company: Company, account: Account, on: date, today: date) -> None:
    _check_far(company, on, today)
    broken = [p for p in account.promises if p.state in (PromiseState.BROKEN, PromiseState.PARTLY)]
    if len(broken) >= _BROKEN_BEFORE:
        name, remedy = account.customer.name, "--accept if it is believed all the same"
        said = f"has broken {len(broken)} promises"
        raise NeedsWord(name, said, remedy, "distrust", customer=name, broken=len(broken))


def _check_far(company: Company, on: date, today: date) -> None:
    limit = company.policy.promise_max
    if limit is not None and on > today + timedelta(days=limit):
        days = (on - today).days
        said = f"{days} days away, more than promise_max ({limit})"
        raise NeedsWord("--on", said, "--accept if it is agreed", "far", on=on, days=days, limit=limit)
