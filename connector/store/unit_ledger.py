"""The past of the ledger: invoices on which nothing is owed any more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from connector.model import Invoice, Kind
from connector.store import codec
from connector.store.scope import Scope, in_chunks
from connector.store.tables import facts


class LedgerPart(Scope):
    """The past of one company's ledger."""

    def settled_invoices(self, customers: Collection[str], since: date) -> dict[str, list[Invoice]]:
        found: dict[str, list[Invoice]] = {}
        columns = (facts.c.customer_ref, facts.c.ref, facts.c.body)
        for some in in_chunks(customers):
            query = select(*columns).where(
                self._ours(facts),
                facts.c.kind == Kind.INVOICE.value,
                facts.c.customer_ref.in_(some),
                facts.c.open.is_(False),
                facts.c.gone.is_(False),
                facts.c.problem_reason.is_(None),
            )
            for customer_ref, ref, body in self._connection.execute(query.order_by(facts.c.ref)):
                invoice = codec.load_fact(Kind.INVOICE, ref, body)
                if isinstance(invoice, Invoice) and invoice.issued_on >= since:
                    found.setdefault(customer_ref, []).append(invoice)
        return found
