"""What a person orders: a promise, a hold, a release, a word on a message that waits.

The command line gives these orders today; a note or an activity in the host gives the same ones.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from connector import tasks
from connector.dunning.promises import last_day
from connector.errors import ConfigError, Problem
from connector.model import Account, Invoice, InvoiceKind, Message, Promise, PromiseState
from connector.pipeline.company import Company
from connector.ports import CloseTask
from connector.store.ports import Effect, EffectState, Event, Found, Unit


class OrderError(ConfigError):
    """An order that cannot be carried out as given; says what is possible instead."""

    def __init__(self, what: str, message: str, remedy: str = "") -> None:
        super().__init__([Problem(what, "", message, remedy)])


def find_one(company: Company, unit: Unit, text: str) -> Found:
    """Return the one invoice or customer that ``text`` names (number, ref or name)."""
    found = unit.search(text)
    if not found:
        raise OrderError(
            text, "no invoice or customer of that name", f"pulled into {company.id}? try `relance pull`"
        )
    if len(found) > 1:
        names = ", ".join(f.number or f"{f.customer_name} ({f.customer_ref})" for f in found[:5])
        raise OrderError(text, f"names {len(found)} things: {names}", "give the number or the whole name")
    return found[0]


def promise(
    company: Company, number: str, on: date, amount: Decimal | None, today: date, note: str = ""
) -> Promise:
    """Record a promise to pay an invoice by a day. The chase waits for it; it stands in the host as a task
    with that day and as a note. A second promise for the same invoice replaces the first."""
    with company.store.begin(company.id) as unit:
        found = find_one(company, unit, number)
        account, invoice = _open_invoice(unit, found)
        _check_promise(invoice, on, amount, today)
        for earlier in _running(account, invoice):
            _withdraw(company, unit, earlier)
        made = unit.add_promise(account.customer.ref, invoice.ref, on, today, amount, invoice.currency, note)
        now = company.clock()
        data = {"promised_on": on.isoformat(), "amount": str(amount or ""), "currency": invoice.currency}
        unit.record([Event(now, "promise_made", account.customer.ref, invoice.ref, data)])
        unit.queue_entries(
            tasks.promise_entries(company.language, account, invoice, made, last_day(on, company.policy)), now
        )
        unit.look_again([account.customer.ref])
    return made


def _open_invoice(unit: Unit, found: Found) -> tuple[Account, Invoice]:
    account = unit.accounts([found.customer_ref])[0]
    for invoice in account.invoices:
        if invoice.ref == found.invoice_ref and invoice.is_open and invoice.kind is InvoiceKind.INVOICE:
            return account, invoice
    named = found.number or found.customer_name
    raise OrderError(named, "is no open invoice", "a promise is made for an invoice with something to pay")


def _check_promise(invoice: Invoice, on: date, amount: Decimal | None, today: date) -> None:
    if on < today:
        raise OrderError("--on", f"{on.isoformat()} is past", "give the day by which the money is promised")
    if amount is not None and not 0 < amount <= invoice.residual:
        owed = f"{invoice.residual} {invoice.currency}"
        raise OrderError(
            "--amount", f"{amount} is not between 0 and {owed}, what is owed on {invoice.number}"
        )


def _running(account: Account, invoice: Invoice) -> list[Promise]:
    return [p for p in account.promises if p.state is PromiseState.OPEN and p.invoice_ref == invoice.ref]


def _withdraw(company: Company, unit: Unit, earlier: Promise) -> None:
    now = company.clock()
    unit.settle_promise(earlier.id, PromiseState.WITHDRAWN)
    unit.record([Event(now, "promise_withdrawn", earlier.customer_ref, earlier.invoice_ref)])
    feedback = tasks.promise_outcome(company.language, PromiseState.WITHDRAWN)
    unit.queue_entries([CloseTask(f"promise/{earlier.id}/withdrawn", f"promise/{earlier.id}", feedback)], now)


def hold(company: Company, text: str, until: date | None, reason: str, today: date) -> Found:
    """Stop the chase of a customer or an invoice, until a day (included) or until somebody resumes."""
    if until is not None and until < today:
        raise OrderError("--until", f"{until.isoformat()} is past")
    with company.store.begin(company.id) as unit:
        found = find_one(company, unit, text)
        unit.add_hold(found.customer_ref, found.invoice_ref, today, until, reason)
        data = {"until_on": until.isoformat() if until else "", "reason_text": reason}
        unit.record([Event(company.clock(), "held", found.customer_ref, found.invoice_ref, data)])
        unit.look_again([found.customer_ref])
    return found


def resume(company: Company, text: str, today: date) -> tuple[Found, int]:
    """Let the chase go on: release the holds of a customer or an invoice, and an old debt that waited for
    a person's word. Returns how many holds there were."""
    with company.store.begin(company.id) as unit:
        found = find_one(company, unit, text)
        now = company.clock()
        released = unit.release_holds(found.customer_ref, found.invoice_ref, now)
        if not released:
            # a release without a hold is the word that an old debt waits for: it must leave a trace
            unit.add_hold(found.customer_ref, found.invoice_ref, today, None, "resume")
            unit.release_holds(found.customer_ref, found.invoice_ref, now)
        unit.record([Event(now, "resumed", found.customer_ref, found.invoice_ref)])
        unit.look_again([found.customer_ref])
    return found, released


def approve(company: Company, key: str, by: str, today: date) -> Effect:
    """Agree that a waiting message may leave; it does when as many people agreed as its step asks for."""
    with company.store.begin(company.id) as unit:
        effect = waiting(unit, key, (EffectState.APPROVAL,))
        effect = unit.approve(effect.key, by)
        unit.record(_about(effect, "reminder_approved", company, by))
        if len(effect.approved_by) >= _approvals_wanted(company, unit, effect):
            unit.settle(effect.key, EffectState.READY, company.clock(), today=today)
        return unit.effects(keys=[effect.key])[0]


def _approvals_wanted(company: Company, unit: Unit, effect: Effect) -> int:
    """The most that any step in the message asks for; one when its scenario is gone."""
    steps = {reminder.step for reminder in unit.reminders(message_key=effect.key)}
    wanted = [s.approval for scenario in company.policy.scenarios for s in scenario.steps if s.name in steps]
    return max(wanted, default=1)


def cancel(company: Company, key: str, today: date) -> Effect:
    """Take back an effect that has not been carried out; its step counts as done with."""
    states = (EffectState.READY, EffectState.APPROVAL, EffectState.FAILED)
    return _settle(company, key, states, EffectState.CANCELLED, "reminder_cancelled", today)


def retry(company: Company, key: str, today: date) -> Effect:
    """Try again what was given up or refused."""
    states = (EffectState.FAILED, EffectState.REFUSED, EffectState.READY)
    return _settle(company, key, states, EffectState.READY, "reminder_retried", today)


def settle_unknown(company: Company, key: str, *, sent: bool, today: date) -> Effect:
    """A person's word on an effect whose outcome is unknown: it was carried out, or it was not."""
    state = EffectState.DONE if sent else EffectState.DROPPED
    event = "reminder_sent" if sent else "reminder_dropped"
    return _settle(company, key, (EffectState.UNKNOWN,), state, event, today)


def waiting(unit: Unit, key: str, states: tuple[EffectState, ...]) -> Effect:
    """Return the effect whose key begins with ``key`` and which is in one of these states."""
    found = [e for e in unit.effects() if e.key.startswith(key)]
    if len(found) != 1:
        problem = "there is no such entry" if not found else f"{len(found)} entries begin with that"
        raise OrderError(key, problem, "see `relance outbox list`")
    effect = found[0]
    if effect.state not in states:
        allowed = ", ".join(states)
        raise OrderError(key, f"is {effect.state}", f"this can be done with what is: {allowed}")
    return effect


def _settle(
    company: Company,
    key: str,
    states: tuple[EffectState, ...],
    to: EffectState,
    event: str,
    today: date,
) -> Effect:
    with company.store.begin(company.id) as unit:
        effect = waiting(unit, key, states)
        unit.settle(effect.key, to, company.clock(), today=today, detail="by a person")
        unit.record(_about(effect, event, company))
        if isinstance(effect.item, Message):
            unit.look_again([effect.item.customer_ref])
            if to is EffectState.DONE:
                unit.queue_entries(tasks.reminder_notes(effect.item), company.clock())
        return unit.effects(keys=[effect.key])[0]


def _about(effect: Effect, name: str, company: Company, by: str = "") -> list[Event]:
    message = effect.item
    if not isinstance(message, Message):
        return []
    data = {"message_key": message.key, "recipient": message.recipient.email, "by": by}
    refs = message.invoice_refs or (None,)
    return [Event(company.clock(), name, message.customer_ref, ref, data) for ref in refs]
