"""The questions that are asked to gather accounts: built once, since building costs more than asking.

Each takes ``company`` and a list of ``refs`` (of customers, unless said otherwise).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Select, Table, bindparam, func, select, union_all

from connector.model import Kind
from connector.store.parts import INBOUND
from connector.store.tables import (
    accounts,
    disputes,
    facts,
    follow_ups,
    holds,
    marks,
    payment_plans,
    plan_invoices,
    promises,
    reminders,
    states,
)

_COMPANY: BindParameter[str] = bindparam("company")
_REFS: BindParameter[Any] = bindparam("refs", expanding=True)
_RECORD = (
    facts.c.kind,
    facts.c.ref,
    facts.c.customer_ref,
    facts.c.name,
    facts.c.gone,
    facts.c.paid_by,
    facts.c.allocated_on,
    facts.c.problem_field,
    facts.c.problem_reason,
    facts.c.body,
)
_RECORDS = select(*_RECORD).where(facts.c.company == _COMPANY)
_IS_INVOICE = facts.c.kind == Kind.INVOICE.value
_CLOSED = (facts.c.open.is_(False), facts.c.gone.is_(False))

CUSTOMERS = _RECORDS.where(facts.c.kind == Kind.CUSTOMER.value, facts.c.ref.in_(_REFS))

PAID_FOR = _RECORDS.where(facts.c.paid_by.in_(_REFS)).order_by(facts.c.ref)

OPEN_RECORDS = _RECORDS.where(
    facts.c.customer_ref.in_(_REFS), facts.c.open.is_(True), facts.c.kind != Kind.CUSTOMER.value
)

#: ``refs`` of invoices.
CLOSED_INVOICES = _RECORDS.where(_IS_INVOICE, facts.c.ref.in_(_REFS), *_CLOSED)

#: The same, with ``since``: the first day on which one may have been closed.
LATELY_CLOSED = CLOSED_INVOICES.where(facts.c.closed_on >= bindparam("since"))

#: Closed invoices on which money came on the day ``since`` or later.
PAID_INVOICES = _RECORDS.where(
    facts.c.customer_ref.in_(_REFS), facts.c.allocated_on >= bindparam("since"), _IS_INVOICE, *_CLOSED
)

#: ``refs`` are the ids of plans.
PLAN_INVOICES = (
    select(plan_invoices.c.plan_id, plan_invoices.c.invoice_ref)
    .where(plan_invoices.c.company == _COMPANY, plan_invoices.c.plan_id.in_(_REFS))
    .order_by(plan_invoices.c.plan_id, plan_invoices.c.rank)
)

FOLLOW_UPS = select(follow_ups).where(follow_ups.c.company == _COMPANY, follow_ups.c.customer_ref.in_(_REFS))

#: Up to when a person has read what each customer wrote, where one has.
READ = select(accounts.c.customer_ref, accounts.c.read_at).where(
    accounts.c.company == _COMPANY, accounts.c.customer_ref.in_(_REFS), accounts.c.read_at.is_not(None)
)

#: Takes ``company`` alone.
SYNCED_AT = select(states.c.synced_at).where(states.c.company == _COMPANY)


def _newest_inbound() -> Select[Any]:
    newest = (facts.c.received_at.desc(), facts.c.ref.desc())
    rank = func.row_number().over(partition_by=facts.c.customer_ref, order_by=newest).label("rank")
    found = (
        select(*_RECORD, rank)
        .where(facts.c.company == _COMPANY, facts.c.customer_ref.in_(_REFS))
        .where(facts.c.received_at.is_not(None), facts.c.gone.is_(False), facts.c.body.is_not(None))
        .subquery()
    )
    return select(found).where(found.c.rank <= INBOUND)


def _about_his(table: Table) -> CompoundSelect[Any]:
    """Rows of these customers, and rows on an invoice that is theirs, each with its ``holder``; some come
    twice. Each half has its index; with OR, SQLite would use none."""
    ours = table.c.company == _COMPANY
    return union_all(
        select(table, table.c.customer_ref.label("holder")).where(ours, table.c.customer_ref.in_(_REFS)),
        select(table, table.c.moved_to.label("holder")).where(ours, table.c.moved_to.in_(_REFS)),
    )


def _plans() -> CompoundSelect[Any]:
    """Plans made with these customers, and plans with an invoice that is theirs, each with its ``holder``."""
    made = select(payment_plans, payment_plans.c.customer_ref.label("holder")).where(
        payment_plans.c.company == _COMPANY, payment_plans.c.customer_ref.in_(_REFS)
    )
    moved = (
        select(payment_plans, plan_invoices.c.moved_to.label("holder"))
        .select_from(plan_invoices.join(payment_plans, payment_plans.c.id == plan_invoices.c.plan_id))
        .where(plan_invoices.c.company == _COMPANY, plan_invoices.c.moved_to.in_(_REFS))
    )
    return union_all(made, moved)


NEWEST_INBOUND = _newest_inbound()
REMINDERS = _about_his(reminders)
PROMISES = _about_his(promises)
HOLDS = _about_his(holds)
DISPUTES = _about_his(disputes)
MARKS = _about_his(marks)
PLANS = _plans()
