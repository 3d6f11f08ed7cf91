"""The ledger with its past: every account with what was owed since a day, paid or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from connector.model import Account, Customer, Invoice, Kind, Payment
from connector.store import codec
from connector.store.scope import Scope, in_chunks
from connector.store.tables import facts


class PastPart(Scope):
    """The past of one company's ledger."""

    def ledger(self, since: date) -> Iterator[Account]:
        """In the order of the customers' refs. Documents of one who is paid for by another are in the
        account of his payer."""
        refs = self._owing_since(since)
        payers = self._payers_of(refs)
        of_payer: dict[str, list[str]] = {}
        for ref in refs:
            of_payer.setdefault(payers.get(ref, ref), []).append(ref)
        for some in in_chunks(sorted(of_payer)):
            holders = {ref: payer for payer in some for ref in of_payer[payer]}
            invoices: dict[str, list[Invoice]] = {}
            payments: dict[str, list[Payment]] = {}
            for fact in self._documents_since(sorted(holders), since):
                lists: dict[str, Any] = invoices if isinstance(fact, Invoice) else payments
                lists.setdefault(holders[fact.customer_ref], []).append(fact)
            customers = self._readable_customers(some)
            for ref, his in sorted(invoices.items()):
                yield Account(customers[ref], tuple(his), tuple(payments.get(ref, ())))

    def _owing_since(self, since: date) -> list[str]:
        invoice = (facts.c.kind == Kind.INVOICE.value, facts.c.gone.is_(False))
        query = select(facts.c.customer_ref).where(self._ours(facts), *invoice, _owed_since(since))
        return sorted(ref for ref in self._connection.execute(query.distinct()).scalars() if ref)

    def _readable_customers(self, refs: Sequence[str]) -> dict[str, Customer]:
        """A customer who is gone or cannot be read is bare, with his last name."""
        query = select(facts.c.ref, facts.c.name, facts.c.gone, facts.c.problem_reason, facts.c.body).where(
            self._ours(facts), facts.c.kind == Kind.CUSTOMER.value, facts.c.ref.in_(refs)
        )
        found = {ref: Customer(ref, ref) for ref in refs}
        for ref, name, gone, problem, body in self._connection.execute(query):
            known = not gone and problem is None
            found[ref] = codec.load_fact(Kind.CUSTOMER, ref, body) if known else Customer(ref, name or ref)
        return found

    def _documents_since(self, customers: Sequence[str], since: date) -> Iterator[Invoice | Payment]:
        for refs in in_chunks(customers):
            query = select(facts.c.kind, facts.c.ref, facts.c.body).where(
                self._ours(facts),
                facts.c.customer_ref.in_(refs),
                facts.c.kind.in_((Kind.INVOICE.value, Kind.PAYMENT.value)),
                facts.c.gone.is_(False),
                facts.c.problem_reason.is_(None),
                _owed_since(since),
            )
            for kind, ref, body in self._connection.execute(query.order_by(facts.c.ref)):
                yield codec.load_fact(kind, ref, body)


def _owed_since(since: date) -> ColumnElement[bool]:
    """Open, or closed by an allocation of that day or a later one."""
    return or_(facts.c.open.is_(True), facts.c.allocated_on >= since)
