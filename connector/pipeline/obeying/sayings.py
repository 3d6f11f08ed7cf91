"""Carries out what the grammar has read: each saying becomes one order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from connector import orders
from connector.dunning.promises import last_day
from connector.grammar.sayings import (
    Saying,
    SaysDispute,
    SaysExclude,
    SaysPaid,
    SaysPlan,
    SaysPromise,
    SaysResume,
    SaysSegment,
    SaysSettled,
    SaysType,
    SaysWait,
    Unclear,
)
from connector.model import Account, MarkName, PromiseState
from connector.orders import NeedsWord, OrderError, Rhythm
from connector.pipeline.obeying import words
from connector.pipeline.obeying.hearing import Hearing
from connector.store.ports import Found


def carry_out(hearing: Hearing, saying: Saying, about: Found | None = None) -> bool:
    """Carry out an order about what it stands on (or ``about`` something else) and prepare the answer. False
    when it is no order, or cannot be carried out."""
    if isinstance(saying, Unclear):
        hearing.ask(saying)
        return False
    found = about or hearing.found
    if found is None:
        hearing.tell("refused", "unknown")
        return False
    try:
        done = _order(hearing, saying, found)
    except NeedsWord as error:
        hearing.refuse(error)
        if isinstance(saying, SaysPromise):
            hearing.tell("ask", "confirm", example=_example(hearing, saying))
        return False
    except OrderError as error:
        hearing.refuse(error)
        return False
    if done:
        hearing.obeyed(about=found)
    return done


def _example(hearing: Hearing, saying: SaysPromise) -> str:
    return words.confirmed_promise(hearing.company.language, saying.on, saying.amount)


def _order(hearing: Hearing, saying: Saying, found: Found) -> bool:
    match saying:
        case SaysPromise():
            _promise(hearing, saying, found)
        case SaysPaid():
            _paid(hearing, saying, found)
        case SaysDispute():
            named = _one_invoice(hearing, found)
            orders.dispute_in(hearing.company, hearing.unit, named, saying.reason, saying.note, hearing.said)
        case SaysSettled():
            _settled(hearing, found)
        case SaysWait():
            _wait(hearing, saying, found)
        case SaysResume():
            _resume(hearing, saying, found)
        case SaysPlan():
            _plan(hearing, saying, found)
        case SaysExclude() | SaysType() | SaysSegment():
            _mark(hearing, saying, found)
        case _:
            return False
    return True


# the money --------------------------------------------------------------------------------------------
def _promise(hearing: Hearing, saying: SaysPromise, found: Found, note: str = "") -> None:
    company, said = hearing.company, hearing.said
    if said.quiet and last_day(saying.on, company.policy) < hearing.today:
        return  # nobody listened then, and it is over
    accept = saying.confirmed or said.quiet
    orders.promise_in(company, hearing.unit, found, saying.on, saying.amount, said, note, accept=accept)


def _paid(hearing: Hearing, saying: SaysPaid, found: Found) -> None:
    """The money is said to be on its way: it is awaited like one promised for that day, or for today."""
    account = hearing.unit.accounts([found.customer_ref])[0]
    on = max(saying.on or hearing.said.on, hearing.said.on)
    if not _promised_later(account, found, on):
        try:
            _promise(hearing, SaysPromise(on, saying.amount, confirmed=True), found)
        except OrderError as error:
            if error.code != "amount":  # more or less than is owed: then all of it is awaited
                raise
            _promise(hearing, SaysPromise(on, None, confirmed=True), found)
    hearing.tell("done", "said_paid", until_on=last_day(on, hearing.company.policy))


def _promised_later(account: Account, found: Found, on: date) -> bool:
    return any(
        p.state is PromiseState.OPEN and p.invoice_ref in (None, found.invoice_ref) and p.promised_on >= on
        for p in account.promises
    )


def _plan(hearing: Hearing, saying: SaysPlan, found: Found) -> None:
    company, unit = hearing.company, hearing.unit
    if found.invoice_ref:
        covered = [orders.open_invoice(unit, found)]
    else:
        account = unit.accounts([found.customer_ref])[0]
        covered = [(account, invoice) for invoice in orders.open_invoices(account)]
    if not covered:
        name = found.customer_name
        raise OrderError(name, "owes nothing", code="nothing_owed", customer=name)
    step = relativedelta(months=saying.months, days=saying.days)
    first_on = saying.first_on or hearing.said.on + step
    rhythm = Rhythm(saying.parts, first_on, saying.months, saying.days)
    orders.payment_plan_in(company, unit, covered, rhythm, hearing.said)


# what stops the chase ---------------------------------------------------------------------------------
def _one_invoice(hearing: Hearing, found: Found) -> Found:
    """The invoice that is meant: the one it was said on, or the only one that is open."""
    if found.invoice_ref:
        return found
    owed = orders.open_invoices(hearing.unit.accounts([found.customer_ref])[0])
    if len(owed) != 1:
        raise OrderError(found.customer_name, "names no invoice", code="no_invoice")
    return replace(found, invoice_ref=owed[0].ref, number=owed[0].number)


def _settled(hearing: Hearing, found: Found) -> None:
    if not found.invoice_ref:
        account = hearing.unit.accounts([found.customer_ref])[0]
        open_ = {d.invoice_ref for d in account.disputes if d.closed_on is None}
        if len(open_) > 1:
            raise OrderError(found.customer_name, "names no invoice", code="no_invoice")
        found = replace(found, invoice_ref=next(iter(open_), None))
    orders.close_dispute_in(hearing.company, hearing.unit, found, hearing.said)


def _wait(hearing: Hearing, saying: SaysWait, found: Found) -> None:
    if hearing.said.quiet and saying.until is not None and saying.until < hearing.today:
        return
    orders.hold_in(hearing.company, hearing.unit, found, saying.until, saying.why, hearing.said)
    hearing.confirm(saying)


def _resume(hearing: Hearing, saying: SaysResume, found: Found) -> None:
    orders.resume_in(hearing.company, hearing.unit, found, hearing.said)
    hearing.confirm(saying)
    account = hearing.unit.accounts([found.customer_ref])[0]
    whole = [h for h in account.holds if h.invoice_ref is None and h.released_at is None]
    yesterday = hearing.today - timedelta(days=1)
    running = [h for h in whole if h.until_on is None or h.until_on > yesterday]
    if running:
        hearing.tell("done", "still_held", until_on=running[0].until_on)


# what the customer is ---------------------------------------------------------------------------------
def _mark(hearing: Hearing, saying: SaysExclude | SaysType | SaysSegment, found: Found) -> None:
    himself = replace(found, invoice_ref=None, number=None)
    value: str | None
    match saying:
        case SaysExclude():
            name, value, about = MarkName.EXCLUDED, "yes" if saying.excluded else None, found
        case SaysType():
            name, value, about = MarkName.PAYER_TYPE, str(saying.payer_type), himself
        case SaysSegment():
            name, value, about = MarkName.SEGMENT, str(saying.segment), himself
    orders.mark_in(hearing.company, hearing.unit, about, name, value, hearing.said)
    hearing.confirm(saying)
