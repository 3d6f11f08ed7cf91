"""How an invoice or a customer is found by what a person writes."""

from __future__ import annotations

from sqlalchemy import ColumnElement, RowMapping, and_, func, or_, select

from connector.model import Kind
from connector.store import codec
from connector.store.ports import Found
from connector.store.scope import Scope
from connector.store.tables import facts


class SearchPart(Scope):
    """Search in the facts of one company. A customer who is paid for by another is found as his payer, who
    is the one that is chased."""

    def search(self, text: str) -> list[Found]:
        """A whole name is an answer before a part of one. What is gone is found only when nothing else
        has that number or ref."""
        wanted = text.strip()
        key = codec.name_key(wanted)
        if not key:
            return []
        number = and_(facts.c.kind == Kind.INVOICE.value, facts.c.number == wanted)
        customer = and_(facts.c.kind == Kind.CUSTOMER.value, facts.c.ref == wanted)
        exact = self._find(or_(number, customer))
        if exact:
            return _told([row for row in exact if not row["gone"]] or exact)
        customer = and_(facts.c.kind == Kind.CUSTOMER.value, facts.c.gone.is_(False))
        named = self._find(and_(customer, facts.c.name_key.contains(key, autoescape=True)))
        return _told([row for row in named if row["name_key"] == key] or named)

    def _find(self, condition: ColumnElement[bool]) -> list[RowMapping]:
        holder, payer = facts.alias("holder"), facts.alias("payer")
        same = and_(
            holder.c.company == facts.c.company,
            holder.c.kind == Kind.CUSTOMER.value,
            holder.c.ref == facts.c.customer_ref,
        )
        paying = and_(
            payer.c.company == facts.c.company,
            payer.c.kind == Kind.CUSTOMER.value,
            payer.c.ref == holder.c.paid_by,
        )
        columns = (facts.c.kind, facts.c.ref, facts.c.number, facts.c.gone, facts.c.name_key)
        who = func.coalesce(holder.c.paid_by, facts.c.customer_ref).label("customer_ref")
        name = func.coalesce(payer.c.name, holder.c.name).label("name")
        query = (
            select(*columns, who, name)
            .select_from(facts.outerjoin(holder, same).outerjoin(payer, paying))
            .where(self._ours(facts), facts.c.customer_ref.is_not(None), condition)
            .order_by(holder.c.name_key, facts.c.number, facts.c.ref)
        )
        return list(self._connection.execute(query).mappings())


def _told(found: list[RowMapping]) -> list[Found]:
    """Each answer once: several customers may have the same payer."""
    answers = (
        Found(
            row["customer_ref"],
            row["name"] or row["customer_ref"],
            row["ref"] if row["kind"] == Kind.INVOICE else None,
            row["number"],
        )
        for row in found
    )
    return list(dict.fromkeys(answers))
