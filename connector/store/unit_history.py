"""The append-only history of what we did and saw."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert, select

from connector.store import codec
from connector.store.ports import Event
from connector.store.scope import Row, Scope
from connector.store.tables import events


class HistoryPart(Scope):
    """The history of one company."""

    def record(self, events_: Iterable[Event]) -> None:
        lines: list[Row] = [
            {
                "company": self._company,
                "at": event.at,
                "name": event.name,
                "customer_ref": event.customer_ref,
                "invoice_ref": event.invoice_ref,
                "data": codec.dump_data(event.data),
            }
            for event in events_
        ]
        if lines:
            self._connection.execute(insert(events), lines)

    def events(
        self, *, customer_ref: str | None = None, invoice_ref: str | None = None, limit: int | None = None
    ) -> list[Event]:
        """Oldest first, those of customers whom this one pays for among his; with ``limit`` only the newest
        so many. What JSON does not know (decimals, days) comes back as text."""
        query = select(events).where(self._ours(events))
        if customer_ref is not None:
            query = query.where(events.c.customer_ref.in_(self._he_and_his(customer_ref)))
        if invoice_ref is not None:
            query = query.where(events.c.invoice_ref == invoice_ref)
        found = self._connection.execute(query.order_by(events.c.id.desc()).limit(limit)).mappings().all()
        return [
            Event(
                row["at"], row["name"], row["customer_ref"], row["invoice_ref"], codec.load_data(row["data"])
            )
            for row in reversed(found)
        ]
