"""Everything that is known of customers, read from all tables and put together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property

from sqlalchemy import ColumnElement, RowMapping, Table, func, select, union_all

from connector.model import Account, Kind
from connector.store import rows
from connector.store.parts import INBOUND, Parts
from connector.store.scope import Scope, in_chunks
from connector.store.tables import (
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

#: For so long after an invoice was closed its payment can still be thanked for.
THANKS_FOR = timedelta(days=60)

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
_OF_PLAN = (plan_invoices.c.plan_id, plan_invoices.c.invoice_ref)


class Gathering(Scope):
    """Reads the accounts of one company."""

    def accounts(self, customers: Sequence[str]) -> list[Account]:
        """The accounts of these customers (at most one chunk of them), in the order given."""
        found = {ref: Parts(ref) for ref in customers}
        holders = self._add_customers(found)
        for refs in in_chunks(holders):
            self._add_records(refs, holders)
            self._add_chase(refs, holders)
            self._add_plans(refs, holders)
        self._add_closed(found, holders)
        return [parts.account() for parts in found.values()]

    def _add_customers(self, found: dict[str, Parts]) -> dict[str, Parts]:
        """Add the customers themselves and whom they pay for; return who has what is whose, by customer.
        One who is paid for by another has nothing."""
        holders: dict[str, Parts] = {}
        himself = {row["ref"]: row for row in self._customers(facts.c.ref.in_(list(found)))}
        for ref, parts in found.items():
            row = himself.get(ref)
            if row is not None:  # gone or not: his name is still of use
                parts.add_customer(row)
            if row is None or row["paid_by"] is None:
                holders[ref] = parts
        paid_for = select(*_RECORD).where(self._ours(facts), facts.c.paid_by.in_(list(found)))
        for row in self._connection.execute(paid_for.order_by(facts.c.ref)).mappings().all():
            found[row["paid_by"]].add_paid_for(row)
            holders[row["ref"]] = found[row["paid_by"]]
        return holders

    def _add_records(self, refs: list[str], holders: dict[str, Parts]) -> None:
        his = (facts.c.customer_ref.in_(refs), facts.c.kind != Kind.CUSTOMER.value)
        for row in self._records(*his, facts.c.open.is_(True)):
            holders[row["customer_ref"]].add(row)
        for row in self._newest_inbound(refs):
            holders[row["customer_ref"]].add_inbound(row)

    def _add_chase(self, refs: list[str], holders: dict[str, Parts]) -> None:
        for parts, row in self._about_his(reminders, refs, holders):
            parts.add_reminder(rows.reminder_of(row))
        for parts, row in self._about_his(promises, refs, holders):
            parts.promises[row["id"]] = rows.promise_of(row)
        for parts, row in self._about_his(holds, refs, holders):
            parts.holds[row["id"]] = rows.hold_of(row)
        for parts, row in self._about_his(disputes, refs, holders):
            parts.disputes[row["id"]] = rows.dispute_of(row)
        for parts, row in self._about_his(marks, refs, holders):
            parts.marks[row["id"]] = rows.mark_of(row)
        asked_of_us = select(follow_ups).where(self._ours(follow_ups), follow_ups.c.customer_ref.in_(refs))
        for row in self._connection.execute(asked_of_us).mappings().all():
            holders[row["customer_ref"]].follow_ups[row["id"]] = rows.follow_up_of(row)

    def _add_plans(self, refs: list[str], holders: dict[str, Parts]) -> None:
        """Plans made with them, and plans with an invoice that has become theirs."""
        ours, holder = self._ours(payment_plans), plan_invoices.c.moved_to.label("holder")
        of_plan = payment_plans.join(plan_invoices, plan_invoices.c.plan_id == payment_plans.c.id)
        made = select(payment_plans, payment_plans.c.customer_ref.label("holder"))
        moved = select(payment_plans, holder).select_from(of_plan).where(self._ours(plan_invoices))
        both = union_all(
            made.where(ours, payment_plans.c.customer_ref.in_(refs)), moved.where(holder.in_(refs))
        )
        found = self._connection.execute(both).mappings().all()
        invoices = self._invoices_of([row["id"] for row in found])
        for row in found:
            holders[row["holder"]].plans[row["id"]] = rows.plan_of(row, invoices.get(row["id"], ()))

    def _add_closed(self, found: dict[str, Parts], holders: dict[str, Parts]) -> None:
        """Closed invoices that still have something to say."""
        agreed = {ref for parts in found.values() for ref in parts.agreed_on()}
        unthanked = {ref for parts in found.values() for ref in parts.unthanked()} - agreed
        closed = [*self._closed(agreed), *self._closed(unthanked, *self._recently)]
        for row in [*closed, *self._paid_under_a_promise(found.values(), holders)]:
            if row["customer_ref"] in holders:
                holders[row["customer_ref"]].add(row)

    # -----------------------------------------------------------------------------------------------------
    @cached_property
    def _recently(self) -> tuple[ColumnElement[bool], ...]:
        query = select(states.c.synced_at).where(self._ours(states))
        synced_at = self._connection.execute(query).scalar()
        return () if synced_at is None else (facts.c.closed_on >= synced_at.date() - THANKS_FOR,)

    def _customers(self, *conditions: ColumnElement[bool]) -> Sequence[RowMapping]:
        return self._records(facts.c.kind == Kind.CUSTOMER.value, *conditions)

    def _records(self, *conditions: ColumnElement[bool]) -> Sequence[RowMapping]:
        query = select(*_RECORD).where(self._ours(facts), *conditions)
        return self._connection.execute(query).mappings().all()

    def _newest_inbound(self, refs: list[str]) -> Sequence[RowMapping]:
        newest = (facts.c.received_at.desc(), facts.c.ref.desc())
        rank = func.row_number().over(partition_by=facts.c.customer_ref, order_by=newest).label("rank")
        found = (
            select(*_RECORD, rank)
            .where(self._ours(facts), facts.c.customer_ref.in_(refs), facts.c.received_at.is_not(None))
            .where(facts.c.gone.is_(False), facts.c.body.is_not(None))
            .subquery()
        )
        return self._connection.execute(select(found).where(found.c.rank <= INBOUND)).mappings().all()

    def _closed(self, invoices: Collection[str], *conditions: ColumnElement[bool]) -> Iterator[RowMapping]:
        still_there = (facts.c.open.is_(False), facts.c.gone.is_(False))
        for refs in in_chunks(sorted(invoices)):
            invoice = (facts.c.kind == Kind.INVOICE.value, facts.c.ref.in_(refs))
            yield from self._records(*invoice, *still_there, *conditions)

    def _paid_under_a_promise(
        self, found: Iterable[Parts], holders: dict[str, Parts]
    ) -> Iterator[RowMapping]:
        """Closed invoices on which money came since their customer made a promise for his whole account."""
        since: dict[Parts, date] = {p: made_on for p in found if (made_on := p.promised_since()) is not None}
        if not since:
            return
        promising = [ref for ref, parts in holders.items() if parts in since]
        closed = (facts.c.open.is_(False), facts.c.gone.is_(False), facts.c.kind == Kind.INVOICE.value)
        paid = facts.c.allocated_on >= min(since.values())
        for refs in in_chunks(promising):
            for row in self._records(facts.c.customer_ref.in_(refs), paid, *closed):
                if row["allocated_on"] >= since[holders[row["customer_ref"]]]:
                    yield row

    def _about_his(
        self, table: Table, refs: list[str], holders: dict[str, Parts]
    ) -> Iterator[tuple[Parts, RowMapping]]:
        """Rows of these customers, and rows on an invoice that is theirs; some come twice."""
        ours = self._ours(table)
        both = union_all(  # each has its index; with OR, none would be used
            select(table, table.c.customer_ref.label("holder")).where(ours, table.c.customer_ref.in_(refs)),
            select(table, table.c.moved_to.label("holder")).where(ours, table.c.moved_to.in_(refs)),
        )
        for row in self._connection.execute(both).mappings().all():
            yield holders[row["holder"]], row

    def _invoices_of(self, plans: list[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        if plans:
            query = select(*_OF_PLAN).where(plan_invoices.c.plan_id.in_(plans))
            for plan_id, ref in self._connection.execute(query.order_by(*plan_invoices.primary_key)):
                found.setdefault(plan_id, []).append(ref)
        return found
