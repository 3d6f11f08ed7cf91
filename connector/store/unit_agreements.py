"""What was agreed or disagreed with a customer: disputes, payment plans; and people's marks on him."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, delete, insert, select, update

from connector.errors import StoreError
from connector.model import Dispute, DisputeReason, MarkName, PaymentPlan, PlanPart, PlanState
from connector.store import codec, rows
from connector.store.scope import Row, Scope
from connector.store.tables import disputes, marks, payment_plans, plan_invoices


class AgreementsPart(Scope):
    """Disputes, payment plans and marks of one company. One that comes or ends is a change of facts: its
    customer (his payer, if another pays for him) is to be looked at again."""

    def add_dispute(
        self,
        customer_ref: str,
        invoice_ref: str,
        reason: DisputeReason,
        opened_on: date,
        note: str,
        *,
        now: datetime | None = None,
    ) -> Dispute:
        row = self._about(customer_ref, invoice_ref)
        self._mark_dirty([customer_ref, row["moved_to"]])
        row |= {"reason": reason.value, "opened_on": opened_on, "note": note, "recorded_at": now}
        id_ = self._insert(insert(disputes).values(**row))
        return Dispute(id_, customer_ref, invoice_ref, reason, opened_on, None, note, now)

    def close_disputes(self, invoice_ref: str, on: date) -> list[Dispute]:
        """Close the open disputes of an invoice, whoever has it now, and return them, closed."""
        open_ = (
            self._ours(disputes),
            disputes.c.invoice_ref == invoice_ref,
            disputes.c.closed_on.is_(None),
        )
        query = select(disputes).where(*open_).order_by(disputes.c.id)
        found = self._connection.execute(query).mappings().all()
        self._connection.execute(update(disputes).where(*open_).values(closed_on=on))
        self._mark_dirty({row[name] for row in found for name in ("customer_ref", "moved_to")})
        return [replace(rows.dispute_of(row), closed_on=on) for row in found]

    def add_plan(
        self,
        customer_ref: str,
        invoice_refs: Sequence[str],
        currency: str,
        parts: Sequence[PlanPart],
        made_on: date,
        note: str,
        *,
        now: datetime | None = None,
    ) -> PaymentPlan:
        row: Row = {
            "company": self._company,
            "customer_ref": customer_ref,
            "currency": currency,
            "parts": codec.dump_parts(parts),
            "made_on": made_on,
            "state": PlanState.OPEN.value,
            "note": note,
            "recorded_at": now,
        }
        id_ = self._insert(insert(payment_plans).values(**row))
        refs = tuple(dict.fromkeys(invoice_refs))
        covered = [self._about(customer_ref, ref) | {"plan_id": id_, "rank": n} for n, ref in enumerate(refs)]
        if covered:
            self._connection.execute(insert(plan_invoices), covered)
        self._mark_dirty({customer_ref, *(of_invoice["moved_to"] for of_invoice in covered)})
        plan = PaymentPlan(id_, customer_ref, refs, currency, tuple(parts), made_on)
        return replace(plan, note=note, recorded_at=now)

    def settle_plan(self, plan_id: int, state: PlanState) -> None:
        """Raises StoreError when the company has no such plan."""
        ours = (self._ours(payment_plans), payment_plans.c.id == plan_id)
        changed = self._connection.execute(update(payment_plans).where(*ours).values(state=state.value))
        if not changed.rowcount:
            raise StoreError(f"{self._company} has no payment plan {plan_id}. See `relance show NUMBER`.")
        self._mark_dirty(self._holders(payment_plans, *ours))
        self._mark_dirty(self._holders(plan_invoices, plan_invoices.c.plan_id == plan_id))

    def set_mark(self, customer_ref: str, invoice_ref: str | None, name: MarkName, value: str | None) -> None:
        """The newest word of a name counts: on an invoice, whoever said it of which of its customers."""
        earlier = [self._ours(marks), marks.c.name == name.value, marks.c.invoice_ref == invoice_ref]
        if invoice_ref is None:
            earlier.append(marks.c.customer_ref == customer_ref)
        row = self._about(customer_ref, invoice_ref)
        touched = {customer_ref, row["moved_to"], *self._holders(marks, *earlier)}
        self._connection.execute(delete(marks).where(*earlier))
        if value is not None:
            self._insert(insert(marks).values(**row, name=name.value, value=value))
        self._mark_dirty(touched)

    # -----------------------------------------------------------------------------------------------------
    def _holders(self, table: Table, *conditions: Any) -> set[str | None]:
        """Whose the rows are, and whose their invoices have become."""
        names: Iterable[str] = ("customer_ref", "moved_to")
        columns = [table.c[name] for name in names if name in table.c]
        return {ref for row in self._connection.execute(select(*columns).where(*conditions)) for ref in row}
