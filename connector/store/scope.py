"""What the parts of a unit share: the connection, the company, and how rows are written in bulk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Executable,
    Insert,
    Table,
    Text,
    bindparam,
    case,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from connector.model import Kind, Ref
from connector.store.tables import accounts, facts

#: Most values in one IN list.
CHUNK = 500

Row = dict[str, Any]

# questions that are asked again and again: built once, since building costs more than asking
_OURS = facts.c.company == bindparam("company")
_REFS: BindParameter[Any] = bindparam("refs", expanding=True)
_ANY_PAYER = select(facts.c.ref).where(_OURS, facts.c.paid_by.is_not(None)).limit(1)
_PAYERS = select(facts.c.ref, facts.c.paid_by).where(
    _OURS, facts.c.kind == Kind.CUSTOMER.value, facts.c.ref.in_(_REFS), facts.c.paid_by.is_not(None)
)
_HOLDERS = select(facts.c.ref, facts.c.customer_ref).where(
    _OURS, facts.c.kind == Kind.INVOICE.value, facts.c.ref.in_(_REFS)
)


V = TypeVar("V", str, int)


def in_chunks(values: Collection[V]) -> Iterator[list[V]]:
    """Yield the distinct values in order, at most CHUNK at a time."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]


def by_kind(refs: Iterable[Ref]) -> Iterator[tuple[Kind, list[str]]]:
    """Yield the distinct ids of each kind, at most CHUNK at a time."""
    ids: dict[Kind, list[str]] = {}
    for ref in refs:
        ids.setdefault(ref.kind, []).append(ref.id)
    for kind, of_kind in ids.items():
        for chunk in in_chunks(of_kind):
            yield kind, chunk


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    *,
    only: Collection[str] | None = None,
    keep_if_null: Collection[str] = (),
    keep_first: Collection[str] = (),
) -> None:
    """Insert rows, or change those whose primary key is there: all other columns, or ``only`` these. A
    column in ``keep_if_null`` keeps its old value when the new one is NULL; one in ``keep_first`` keeps its
    old value until the new one is NULL."""
    if rows:
        changed = None if only is None else tuple(only)
        kept = (tuple(keep_if_null), tuple(keep_first))
        statement = _upsert(connection.dialect.name, table, changed, *kept)
        connection.execute(statement, rows)


@cache
def _upsert(
    dialect: str,
    table: Table,
    only: tuple[str, ...] | None,
    keep_if_null: tuple[str, ...],
    keep_first: tuple[str, ...],
) -> Executable:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed = [c.name for c in table.columns if c.name not in keys] if only is None else only
    values: dict[str, ColumnElement[Any]] = {name: statement.excluded[name] for name in changed}
    for name in keep_if_null:
        values[name] = func.coalesce(statement.excluded[name], table.c[name])
    for name in keep_first:
        new = statement.excluded[name]
        values[name] = case((new.is_(None), None), else_=func.coalesce(table.c[name], new))
    return statement.on_conflict_do_update(index_elements=keys, set_=values)


class Scope:
    """One transaction of one company."""

    def __init__(self, connection: Connection, company: str) -> None:
        self._connection = connection
        self._company = company

    def _ours(self, table: Table) -> ColumnElement[bool]:
        """The condition that rows are this company's."""
        ours: ColumnElement[bool] = table.c.company == self._company
        return ours

    def _he_and_his(self, customer_ref: str) -> CompoundSelect[Any]:
        """The refs of this customer and of those whom he pays for, as a subquery."""
        paid_for = select(facts.c.ref).where(self._ours(facts), facts.c.paid_by == customer_ref)
        return select(literal(customer_ref, Text)).union_all(paid_for)

    def _mark_dirty(self, customers: Iterable[str | None]) -> None:
        """These customers are to be decided again; instead of one who is paid for, his payer."""
        refs = {ref for ref in customers if ref}
        payers = self._payers_of(refs)
        rows: list[Row] = [
            {"company": self._company, "customer_ref": ref, "dirty": True, "summary": "{}"}
            for ref in sorted({payers.get(ref, ref) for ref in refs})
        ]
        upsert(self._connection, accounts, rows, only=("dirty",))

    def _payers_of(self, customers: Collection[str]) -> dict[str, str]:
        """The last payer of each of these customers who is paid for by another."""
        found: dict[str, str] = {}
        if not customers:
            return found
        if not self._connection.execute(_ANY_PAYER, {"company": self._company}).first():
            return found
        for refs in in_chunks(customers):
            asked = {"company": self._company, "refs": refs}
            found |= {row.ref: row.paid_by for row in self._connection.execute(_PAYERS, asked)}
        return found

    def _holders_of(self, invoices: Collection[str]) -> dict[str, str]:
        """Whose these invoices are, where it is known."""
        found: dict[str, str] = {}
        for refs in in_chunks(invoices):
            asked = {"company": self._company, "refs": refs}
            rows = self._connection.execute(_HOLDERS, asked)
            found |= {row.ref: row.customer_ref for row in rows if row.customer_ref}
        return found

    def _about(self, customer_ref: str, invoice_ref: str | None) -> Row:
        """The columns that say whose a new row is: it goes with its invoice (see ``moved_to``)."""
        holder = self._holders_of([invoice_ref]).get(invoice_ref) if invoice_ref else None
        away = holder if holder != customer_ref else None
        place = {"company": self._company, "customer_ref": customer_ref, "invoice_ref": invoice_ref}
        return place | {"moved_to": away}

    def _insert(self, statement: Insert) -> int:
        """Insert one row and return the id it was given."""
        key = self._connection.execute(statement).inserted_primary_key
        assert key is not None  # noqa: S101 - one row was inserted
        return int(key[0])
