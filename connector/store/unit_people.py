"""What people said: promises, holds, and the follow-ups that we asked of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote

from sqlalchemy import ColumnElement, insert, or_, select, update

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
        *,
        owed: Decimal | None = None,
        now: datetime | None = None,
    ) -> Promise:
        open_, said = PromiseState.OPEN, (promised_on, made_on, amount, currency)
        promise = Promise(0, customer_ref, invoice_ref, *said, open_, note, owed, now)
        row: Row = self._about(customer_ref, invoice_ref) | {
            "promised_on": promised_on,
            "made_on": made_on,
            "amount": amount,
            "currency": currency,
            "state": promise.state.value,
            "note": note,
            "owed": owed,
            "recorded_at": now,
        }
        self._mark_dirty([customer_ref, row["moved_to"]])
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
        holders = self._holders_of_promise(promise_id)
        self._connection.execute(update(promises).where(*ours).values(state=state.value))
        self._mark_dirty(holders)

    def add_hold(
        self,
        customer_ref: str,
        invoice_ref: str | None,
        since_on: date,
        until_on: date | None,
        reason: str,
        *,
        now: datetime | None = None,
    ) -> Hold:
        row: Row = self._about(customer_ref, invoice_ref) | {
            "since_on": since_on,
            "until_on": until_on,
            "reason": reason,
            "recorded_at": now,
        }
        self._mark_dirty([customer_ref, row["moved_to"]])
        id_ = self._insert(insert(holds).values(**row))
        return Hold(id_, customer_ref, invoice_ref, since_on, until_on, reason, recorded_at=now)

    def release_holds(self, customer_ref: str, invoice_ref: str | None, now: datetime) -> int:
        """Release the holds of the invoice, or (None) those of the whole customer, and return how many
        there were. A hold of one invoice outlives a release of its customer."""
        he = self._he_and_his(customer_ref)
        his: ColumnElement[bool] = holds.c.customer_ref.in_(he)
        if invoice_ref is not None:  # it may have become his since, or have been held by his payer
            his = or_(his, holds.c.moved_to.in_(he))
        # `= NULL` would match nothing: SQLAlchemy writes IS NULL for None
        asked = (self._ours(holds), his, holds.c.invoice_ref == invoice_ref, holds.c.released_at.is_(None))
        found = self._connection.execute(select(holds.c.customer_ref, holds.c.moved_to).where(*asked)).all()
        self._connection.execute(update(holds).where(*asked).values(released_at=now))
        self._mark_dirty({ref for row in found for ref in row})
        return len(found)

    def open_follow_up(self, customer_ref: str, reason: str, on: date) -> FollowUp | None:
        """One that was opened for a customer whom he pays for counts as his. One that a person closed rests
        until its day."""
        query = select(follow_ups.c.customer_ref, follow_ups.c.closed_on, follow_ups.c.again_on).where(
            self._ours(follow_ups),
            follow_ups.c.customer_ref.in_(self._he_and_his(customer_ref)),
            follow_ups.c.reason == reason,
        )
        found = self._connection.execute(query).all()
        if any(row.closed_on is None or (row.again_on is not None and row.again_on > on) for row in found):
            return None
        episodes = sum(row.customer_ref == customer_ref for row in found)
        key = f"follow_up/{quote(customer_ref, safe='')}/{reason}/{episodes + 1}"
        follow_up = FollowUp(0, customer_ref, reason, key, on)
        row: Row = {"customer_ref": customer_ref, "reason": reason, "key": key, "opened_on": on}
        id_ = self._insert(insert(follow_ups).values(company=self._company, **row))
        return replace(follow_up, id=id_)

    def close_follow_ups(self, customer_ref: str, reasons: Collection[str], on: date) -> list[FollowUp]:
        """Close what is open of these reasons and return it, closed."""
        open_ = (
            self._ours(follow_ups),
            follow_ups.c.customer_ref.in_(self._he_and_his(customer_ref)),
            follow_ups.c.reason.in_(list(reasons)),
            follow_ups.c.closed_on.is_(None),
        )
        query = select(follow_ups).where(*open_).order_by(follow_ups.c.id)
        found = [rows.follow_up_of(row) for row in self._connection.execute(query).mappings()]
        if found:
            self._connection.execute(update(follow_ups).where(*open_).values(closed_on=on))
        return [replace(follow_up, closed_on=on) for follow_up in found]

    def rest_follow_up(self, key: str, on: date, again_on: date | None) -> FollowUp | None:
        ours = (self._ours(follow_ups), follow_ups.c.key == key, follow_ups.c.closed_on.is_(None))
        row = self._connection.execute(select(follow_ups).where(*ours)).mappings().one_or_none()
        if row is None:
            return None
        changed = update(follow_ups).where(*ours).values(closed_on=on, again_on=again_on)
        self._connection.execute(changed)
        self._mark_dirty([row["customer_ref"]])
        return replace(rows.follow_up_of(row), closed_on=on, again_on=again_on)

    def wake_follow_ups(self, customer_ref: str, reasons: Collection[str]) -> None:
        resting = (
            self._ours(follow_ups),
            follow_ups.c.customer_ref.in_(self._he_and_his(customer_ref)),
            follow_ups.c.reason.in_(list(reasons)),
        )
        self._connection.execute(update(follow_ups).where(*resting).values(again_on=None))

    def move_promise(self, promise_id: int, promised_on: date, owed: Decimal | None) -> None:
        """Raises StoreError when the company has no such promise."""
        ours = (self._ours(promises), promises.c.id == promise_id)
        holders = self._holders_of_promise(promise_id)
        values = {"promised_on": promised_on, "owed": owed}
        self._connection.execute(update(promises).where(*ours).values(**values))
        self._mark_dirty(holders)

    def _holders_of_promise(self, promise_id: int) -> tuple[str | None, ...]:
        ours = (self._ours(promises), promises.c.id == promise_id)
        query = select(promises.c.customer_ref, promises.c.moved_to).where(*ours)
        holders = self._connection.execute(query).one_or_none()
        if holders is None:
            raise StoreError(f"{self._company} has no promise {promise_id}. See `relance show NUMBER`.")
        return tuple(holders)
