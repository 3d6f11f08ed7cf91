"""What ended by itself is recorded, shown in the host, and where it ended badly a person is asked to call."""

from __future__ import annotations

from datetime import date

from connector import tasks
from connector.company import Company
from connector.dunning import Endings
from connector.dunning.calendar import next_working_day
from connector.model import Account, PaymentPlan, PlanState, Promise, PromiseState
from connector.ports import Ability, CloseTask, Entry
from connector.store.ports import Event, Unit

_BADLY = (PromiseState.BROKEN, PromiseState.PARTLY)


def record(company: Company, unit: Unit, account: Account, ended: Endings, today: date) -> None:
    """Save the endings of an account with their events and the entries that show them in the host."""
    for promise, state in ended.promises:
        unit.settle_promise(promise.id, state)
        data = {"promised_on": promise.promised_on.isoformat(), "amount": str(promise.amount or "")}
        _event(company, unit, f"promise_{state}", promise.customer_ref, promise.invoice_ref, data)
        unit.queue_entries(_after_promise(company, unit, account, promise, state, today), company.clock())
    for plan, outcome in ended.plans:
        unit.settle_plan(plan.id, outcome)
        _event(company, unit, f"plan_{outcome}", plan.customer_ref, None, {})
        unit.queue_entries(_after_plan(company, plan, outcome), company.clock())
    for dispute in ended.disputes:
        unit.close_disputes(dispute.invoice_ref, today)
        data = {"dispute": str(dispute.reason)}
        _event(company, unit, "dispute_closed", dispute.customer_ref, dispute.invoice_ref, data)
        unit.queue_entries([tasks.dispute_over(company.language, dispute)], company.clock())


def _event(
    company: Company, unit: Unit, name: str, customer: str, invoice: str | None, data: dict[str, str]
) -> None:
    unit.record([Event(company.clock(), name, customer, invoice, data)])


def _after_promise(
    company: Company, unit: Unit, account: Account, promise: Promise, state: PromiseState, today: date
) -> list[Entry]:
    key = f"promise/{promise.id}"
    feedback = tasks.promise_outcome(company.language, state, account, promise)
    entries: list[Entry] = [CloseTask(f"{key}/{state}", key, feedback)]
    if state in _BADLY and Ability.ACTIVITY in company.host.supports:
        due_on = next_working_day(today, company.policy.country)
        calls = tasks.calls_in(unit.events(customer_ref=promise.customer_ref), company.zone)
        about = (company.language, account, promise, f"{key}/{state}/call", due_on)
        call = tasks.broken_promise(*about, country=company.policy.country, calls=calls)
        entries += [call] if call else []
    return entries


def _after_plan(company: Company, plan: PaymentPlan, outcome: PlanState) -> list[Entry]:
    key = f"plan/{plan.id}"
    return [CloseTask(f"{key}/{outcome}", key, tasks.plan_outcome(company.language, outcome))]
