"""Disputes, payment plans, and what people say of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from connector import tasks
from connector.dunning.plans import build_parts
from connector.model import (
    Account,
    Dispute,
    DisputeReason,
    Invoice,
    MarkName,
    PayerType,
    PaymentPlan,
    PlanState,
    Segment,
)
from connector.orders.find import OrderError, find_one, open_invoice
from connector.pipeline.company import Company
from connector.ports import CloseTask
from connector.spelling import suggestion
from connector.store.ports import Event, Found
from connector.wording import dispute_label

E = TypeVar("E", bound=StrEnum)


def dispute(company: Company, number: str, reason: str, note: str, today: date) -> Dispute:
    """Record that the customer disagrees about an invoice: that one is not chased until it is closed. It
    closes by itself when the invoice is paid or credited."""
    code = _choice(DisputeReason, reason, "--reason")
    with company.store.begin(company.id) as unit:
        account, invoice = open_invoice(unit, find_one(company, unit, number))
        if any(d.invoice_ref == invoice.ref and d.closed_on is None for d in account.disputes):
            raise OrderError(number, "is disputed already", "close that dispute first")
        opened = unit.add_dispute(account.customer.ref, invoice.ref, code, today, note)
        now = company.clock()
        data = {"dispute": str(code), "reason_text": note}
        unit.record([Event(now, "dispute_opened", account.customer.ref, invoice.ref, data)])
        unit.queue_entries([tasks.dispute_note(company.language, opened, _say(company, opened))], now)
    return opened


def close_dispute(company: Company, number: str, today: date) -> list[Dispute]:
    """Close the dispute about an invoice: the chase goes on where it was."""
    with company.store.begin(company.id) as unit:
        found = find_one(company, unit, number)
        closed = unit.close_disputes(found.invoice_ref, today) if found.invoice_ref else []
        if not closed:
            raise OrderError(number, "has no open dispute")
        now = company.clock()
        for ended in closed:
            data = {"dispute": str(ended.reason)}
            unit.record([Event(now, "dispute_closed", ended.customer_ref, ended.invoice_ref, data)])
            unit.queue_entries([tasks.dispute_note(company.language, ended, _say(company, ended))], now)
        unit.look_again([found.customer_ref])
    return closed


def _say(company: Company, about: Dispute) -> str:
    return dispute_label(str(about.reason), company.language)


def payment_plan(
    company: Company, numbers: Sequence[str], count: int, first_on: date, today: date, note: str = ""
) -> PaymentPlan:
    """Agree new dates for invoices of one customer and currency: ``count`` monthly parts from ``first_on``.

    They replace the invoices' own dates; one part missed breaks the plan and the chase goes on.
    """
    if first_on < today:
        raise OrderError("--first", f"{first_on.isoformat()} is past")
    with company.store.begin(company.id) as unit:
        found = [open_invoice(unit, find_one(company, unit, number)) for number in numbers]
        account, invoices = _together(found)
        total = sum((invoice.residual for invoice in invoices), Decimal(0))
        currency = invoices[0].currency
        try:
            parts = build_parts(total, currency, count, first_on)
        except (ValueError, ArithmeticError) as error:
            raise OrderError("--parts", str(error)) from None
        refs = [invoice.ref for invoice in invoices]
        made = unit.add_plan(account.customer.ref, refs, currency, parts, today, note)
        now = company.clock()
        data = {"amount": str(total), "currency": currency, "parts": count, "first_on": first_on.isoformat()}
        unit.record(Event(now, "plan_made", account.customer.ref, ref, data) for ref in refs)
        unit.queue_entries(tasks.plan_entries(company.language, account, made), now)
    return made


def _together(found: Sequence[tuple[Account, Invoice]]) -> tuple[Account, list[Invoice]]:
    """One plan is for one customer, in one currency, over invoices that have no other plan."""
    account, first = found[0]
    for other, invoice in found:
        if other.customer.ref != account.customer.ref:
            raise OrderError(invoice.number, f"is not owed by {account.customer.name}")
        if invoice.currency != first.currency:
            raise OrderError(invoice.number, f"is in {invoice.currency}, {first.number} in {first.currency}")
        planned = {ref for plan in other.plans if plan.state is PlanState.OPEN for ref in plan.invoice_refs}
        if invoice.ref in planned:
            raise OrderError(invoice.number, "has a payment plan already", "withdraw that one first")
    unique = {invoice.ref: invoice for _, invoice in found}
    return account, list(unique.values())


def withdraw_plan(company: Company, number: str, today: date) -> PaymentPlan:
    """Take back the payment plan that covers an invoice."""
    with company.store.begin(company.id) as unit:
        found = find_one(company, unit, number)
        account = unit.accounts([found.customer_ref])[0]
        for plan in account.plans:
            if plan.state is PlanState.OPEN and found.invoice_ref in (None, *plan.invoice_refs):
                unit.settle_plan(plan.id, PlanState.WITHDRAWN)
                now = company.clock()
                unit.record([Event(now, "plan_withdrawn", plan.customer_ref, found.invoice_ref)])
                feedback = tasks.plan_outcome(company.language, PlanState.WITHDRAWN)
                unit.queue_entries([CloseTask(f"plan/{plan.id}/withdrawn", f"plan/{plan.id}", feedback)], now)
                return plan
    raise OrderError(number, "has no payment plan that runs")


def mark(company: Company, text: str, name: str, value: str | None) -> Found:
    """Say what kind of customer this is, or take the word back (``value`` None): it goes over the host's.

    ``segment``, ``payer_type`` and ``scenario`` take one of the known names; ``insolvent`` and ``excluded``
    take yes or no. Scenario and exclusion may be said of one invoice.
    """
    which = _choice(MarkName, name, "MARK")
    if value is not None:
        value = _value(company, which, value)
    with company.store.begin(company.id) as unit:
        found = find_one(company, unit, text)
        if found.invoice_ref and which not in (MarkName.SCENARIO, MarkName.EXCLUDED):
            raise OrderError(text, "is an invoice", f"{which} is said of a customer")
        unit.set_mark(found.customer_ref, found.invoice_ref, which, value)
        data = {"mark": str(which), "value": value or ""}
        event = "marked" if value is not None else "unmarked"
        unit.record([Event(company.clock(), event, found.customer_ref, found.invoice_ref, data)])
        unit.look_again([found.customer_ref])
    return found


def _value(company: Company, which: MarkName, value: str) -> str:
    if which is MarkName.SEGMENT:
        return str(_choice(Segment, value, "segment"))
    if which is MarkName.PAYER_TYPE:
        return str(_choice(PayerType, value, "payer_type"))
    if which is MarkName.SCENARIO:
        known = [scenario.name for scenario in company.policy.scenarios]
        if value not in known:
            raise OrderError(value, "is no scenario", suggestion(value, known))
        return value
    if value not in ("yes", "no"):
        raise OrderError(value, "is neither yes nor no")
    return value


def _choice(kind: type[E], value: str, option: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise OrderError(
            option, f'"{value}" is not known', suggestion(value, [str(k) for k in kind])
        ) from None
