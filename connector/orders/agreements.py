"""Disputes, payment plans, and what people say of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from connector import tasks
from connector.company import Company
from connector.dunning.calendar import add_working_days
from connector.dunning.plans import build_parts
from connector.interest import PlanInterest
from connector.model import (
    Account,
    Dispute,
    DisputeReason,
    Invoice,
    MarkName,
    PayerType,
    PaymentPlan,
    PlanPart,
    PlanState,
    Segment,
)
from connector.orders.find import OrderError, find_one, open_invoice
from connector.orders.plan_interest import agreed_interest, figures_of, with_interest
from connector.orders.said import Said, event, said_now, show
from connector.ports import CloseTask
from connector.spelling import suggestion
from connector.store.ports import Event, Found, Unit
from connector.wording import dispute_label

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """So many equal parts from a day on, one every so many months or (``days`` not 0) days."""

    parts: int
    first_on: date
    months: int = 1
    days: int = 0

    def cut(self, total: Decimal, currency: str) -> tuple[PlanPart, ...]:
        """Raises ValueError when a part would be nothing."""
        cut = build_parts(total, currency, self.parts, self.first_on, every_months=self.months or 1)
        if not self.days:
            return cut
        dates = (self.first_on + timedelta(days=self.days * n) for n in range(self.parts))
        return tuple(replace(part, due_on=on) for part, on in zip(cut, dates, strict=True))


def dispute(company: Company, number: str, reason: str, note: str, today: date) -> Dispute:
    """Record that the customer disagrees about an invoice: that one is not chased until it is closed. It
    closes by itself when the invoice is paid or credited."""
    code = _choice(DisputeReason, reason, "--reason")
    with company.store.begin(company.id) as unit:
        found = find_one(company, unit, number)
        return dispute_in(company, unit, found, code, note, said_now(company, today))


def dispute_in(
    company: Company, unit: Unit, found: Found, reason: DisputeReason, note: str, said: Said
) -> Dispute:
    """The same inside a transaction, for what was found already. Raises OrderError."""
    account, invoice = open_invoice(unit, found)
    if any(d.invoice_ref == invoice.ref and d.closed_on is None for d in account.disputes):
        remedy = "close that dispute first"
        raise OrderError(invoice.number, "is disputed already", remedy, "disputed", number=invoice.number)
    opened = unit.add_dispute(account.customer.ref, invoice.ref, reason, said.on, note, now=said.at)
    data = {"dispute": str(reason), "reason_text": note}
    unit.record([event(company, "dispute_opened", account.customer.ref, invoice.ref, said, data)])
    reason_text, policy = _say(company, opened), company.policy
    due_on = add_working_days(said.on, policy.follow_up_again, policy.country)
    task = tasks.dispute_task(company.language, account, invoice, opened, reason_text, due_on)
    show(company, unit, [task, tasks.dispute_note(company.language, opened, reason_text)], said)
    return opened


def close_dispute(company: Company, number: str, today: date) -> list[Dispute]:
    """Close the dispute about an invoice: the chase goes on where it was."""
    with company.store.begin(company.id) as unit:
        found = find_one(company, unit, number)
        return close_dispute_in(company, unit, found, said_now(company, today))


def close_dispute_in(company: Company, unit: Unit, found: Found, said: Said) -> list[Dispute]:
    """The same inside a transaction, for an invoice that was found already. Raises OrderError."""
    closed = unit.close_disputes(found.invoice_ref, said.on) if found.invoice_ref else []
    if not closed:
        named = found.number or found.customer_name
        raise OrderError(named, "has no open dispute", code="not_disputed", number=named)
    for ended in closed:
        data = {"dispute": str(ended.reason)}
        unit.record([event(company, "dispute_closed", ended.customer_ref, ended.invoice_ref, said, data)])
        note = tasks.dispute_note(company.language, ended, _say(company, ended))
        show(company, unit, [tasks.dispute_over(company.language, ended), note], said)
    unit.look_again([found.customer_ref])
    return closed


def _say(company: Company, about: Dispute) -> str:
    return dispute_label(str(about.reason), company.language)


def payment_plan(
    company: Company,
    numbers: Sequence[str],
    count: int,
    first_on: date,
    today: date,
    note: str = "",
    *,
    interest: bool = False,
) -> PaymentPlan:
    """Agree new dates for invoices of one customer and currency: ``count`` monthly parts from ``first_on``.

    They replace the invoices' own dates; one part missed breaks the plan and the chase goes on. With
    ``interest`` the law's interest until each date is added to the last part; OrderError where none gives it.
    """
    with company.store.begin(company.id) as unit:
        found = [open_invoice(unit, find_one(company, unit, number)) for number in numbers]
        rhythm = Rhythm(count, first_on)
        said = said_now(company, today)
        return payment_plan_in(company, unit, found, rhythm, said, note, interest=interest)


def payment_plan_in(
    company: Company,
    unit: Unit,
    found: Sequence[tuple[Account, Invoice]],
    rhythm: Rhythm,
    said: Said,
    note: str = "",
    *,
    interest: bool = False,
) -> PaymentPlan:
    """The same inside a transaction, for invoices that were found already. Raises OrderError."""
    count, first_on = rhythm.parts, rhythm.first_on
    if first_on < said.on:
        raise OrderError("--first", f"{first_on.isoformat()} is past", code="past", on=first_on)
    account, invoices = _together(found)
    total = sum((invoice.residual for invoice in invoices), Decimal(0))
    currency = invoices[0].currency
    try:
        parts = rhythm.cut(total, currency)
    except (ValueError, ArithmeticError) as error:
        raise OrderError("--parts", str(error), code="parts", parts=count) from None
    agreed = agreed_interest(company, account, invoices, parts) if interest else None
    parts = with_interest(parts, agreed) if agreed else parts
    refs = [invoice.ref for invoice in invoices]
    made = unit.add_plan(account.customer.ref, refs, currency, parts, said.on, note, now=said.at)
    _record_plan(company, unit, made, invoices, agreed, said)
    show(company, unit, tasks.plan_entries(company.language, account, made, agreed), said)
    return made


def _record_plan(
    company: Company,
    unit: Unit,
    made: PaymentPlan,
    invoices: Sequence[Invoice],
    agreed: PlanInterest | None,
    said: Said,
) -> None:
    first_on, count = made.parts[0].due_on.isoformat(), len(made.parts)
    told = {"amount": str(made.total), "currency": made.currency, "parts": count, "first_on": first_on}
    for invoice in invoices:
        data = {**told, **(figures_of(agreed, invoice.number, company.language) if agreed else {})}
        unit.record([event(company, "plan_made", made.customer_ref, invoice.ref, said, data)])


def _together(found: Sequence[tuple[Account, Invoice]]) -> tuple[Account, list[Invoice]]:
    """One plan is for one customer, in one currency, over invoices that have no other plan."""
    account, first = found[0]
    for other, invoice in found:
        if other.customer.ref != account.customer.ref:
            raise OrderError(invoice.number, f"is not owed by {account.customer.name}")
        if invoice.currency != first.currency:
            said = f"is in {invoice.currency}, {first.number} in {first.currency}"
            raise OrderError(invoice.number, said, code="currencies", number=invoice.number)
        planned = {ref for plan in other.plans if plan.state is PlanState.OPEN for ref in plan.invoice_refs}
        if invoice.ref in planned:
            remedy = "withdraw that one first"
            raise OrderError(
                invoice.number, "has a payment plan already", remedy, "planned", number=invoice.number
            )
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
        mark_in(company, unit, found, which, value, said_now(company, company.today()))
    return found


def mark_in(
    company: Company, unit: Unit, found: Found, which: MarkName, value: str | None, said: Said
) -> None:
    """The same inside a transaction, for what was found already and a value that is known to be right."""
    unit.set_mark(found.customer_ref, found.invoice_ref, which, value)
    data = {"mark": str(which), "value": value or ""}
    name = "marked" if value is not None else "unmarked"
    unit.record([event(company, name, found.customer_ref, found.invoice_ref, said, data)])
    unit.look_again([found.customer_ref])


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
