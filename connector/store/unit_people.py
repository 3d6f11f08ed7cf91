"""What people said: promises, holds, and the follow-ups that we asked of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote

from sqlalchemy import Insert, func, insert, select, update

from connector.errors import StoreError
from connector.model import FollowUp, Hold, Promise, PromiseState
from connector.store import rows
from connector.store.scope import Row, Scope
from connector.store.tables import follow_ups, holds, promises


class PeoplePart(Scope):
    """Promises, holds and follow-ups of one company. A promise or hold that comes or ends is a change of
    facts: its customer is to be looked at again."""

    def add_promise(
        self,
        customer_ref: str,
        invoice_ref: str | None,
        promised_on: date,
        made_on: date,
        amount: Decimal | None,
        currency: str | None,
        note: str,
    ) -> Promise:
        promise = Promise(
            0, customer_ref, invoice_ref, promised_on, made_on, amount, currency, PromiseState.OPEN, note
        )
        row: Row = {
            "company": self._company,
            "customer_ref": customer_ref,
            "invoice_ref": invoice_ref,
            "promised_on": promised_on,
            "made_on": made_on,
            "amount": amount,
            "currency": currency,
            "state": promise.state.value,
            "note": note,
        }
        self._mark([customer_ref])
        return replace(promise, id=self._insert(insert(promises).values(**row)))

    def promises(self, state: PromiseState | None = None) -> list[Promise]:
        """Oldest first; None: in whatever state."""
        query = select(promises).where(self._ours(promises)).order_by(promises.c.id)
        if state is not None:
            query = query.where(promises.c.state == state.value)
        return [rows.promise_of(row) for row in self._connection.execute(query).mappings()]

    def settle_promise(self, promise_id: int, state: PromiseState) -> None:
        """Raises StoreError when the company has no such promise."""
        ours = (self._ours(promises), promises.c.id == promise_id)
        customer = self._connection.execute(select(promises.c.customer_ref).where(*ours)).scalar_one_or_none()
        if customer is None:
            raise StoreError(f"{self._company} has no promise {promise_id}. See `relance show NUMBER`.")
        self._connection.execute(update(promises).where(*ours).values(state=state.value))
        self._mark([customer])

    def add_hold(
        self, customer_ref: str, invoice_ref: str | None, since_on: date, until_on: date | None, reason: str
    ) -> Hold:
        row: Row = {
            "company": self._company,
            "customer_ref": customer_ref,
            "invoice_ref": invoice_ref,
            "since_on": since_on,
            "until_on": until_on,
            "reason": reason,
        }
        self._mark([customer_ref])
        id_ = self._insert(insert(holds).values(**row))
        return Hold(id_, customer_ref, invoice_ref, since_on, until_on, reason)

    def release_holds(self, customer_ref: str, invoice_ref: str | None, now: datetime) -> int:
        """Release the holds of the invoice, or (None) those of the whole customer, and return how many
        there were. A hold of one invoice outlives a release of its customer."""
        query = update(holds).where(
            self._ours(holds), holds.c.customer_ref == customer_ref, holds.c.released_at.is_(None)
        )
        # `= NULL` would match nothing: SQLAlchemy writes IS NULL for None
        query = query.where(holds.c.invoice_ref == invoice_ref).values(released_at=now)
        released = self._connection.execute(query).rowcount
        self._mark([customer_ref] if released else [])
        return released

    def open_follow_up(self, customer_ref: str, reason: str, on: date) -> FollowUp | None:
        same = (
            self._ours(follow_ups),
            follow_ups.c.customer_ref == customer_ref,
            follow_ups.c.reason == reason,
        )
        query = select(func.count(), func.count(follow_ups.c.closed_on)).where(*same)
        episodes, closed = self._connection.execute(query).one()
        if episodes > closed:
            return None
        key = f"follow_up/{quote(customer_ref, safe='')}/{reason}/{episodes + 1}"
        follow_up = FollowUp(0, customer_ref, reason, key, on)
        row: Row = {"customer_ref": customer_ref, "reason": reason, "key": key, "opened_on": on}
        id_ = self._insert(insert(follow_ups).values(company=self._company, **row))
        return replace(follow_up, id=id_)

    def close_follow_ups(self, customer_ref: str, reasons: Collection[str], on: date) -> list[FollowUp]:
        """Close what is open of these reasons and return it, closed."""
        open_ = (
            self._ours(follow_ups),
            follow_ups.c.customer_ref == customer_ref,
            follow_ups.c.reason.in_(list(reasons)),
            follow_ups.c.closed_on.is_(None),
        )
        query = select(follow_ups).where(*open_).order_by(follow_ups.c.id)
        found = [rows.follow_up_of(row) for row in self._connection.execute(query).mappings()]
        self._connection.execute(update(follow_ups).where(*open_).values(closed_on=on))
        return [replace(follow_up, closed_on=on) for follow_up in found]

    def _insert(self, statement: Insert) -> int:
        """Insert one row and return the id it was given."""
        key = self._connection.execute(statement).inserted_primary_key
        assert key is not None  # noqa: S101 - one row was inserted
        return int(key[0])
