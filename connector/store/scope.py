"""What the parts of a unit share: the connection, the company, and how rows are written in bulk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Table, func
from sqlalchemy.dialects import postgresql, sqlite

from connector.store.tables import accounts

#: Most values in one IN list.
CHUNK = 500

Row = dict[str, Any]


def in_chunks(values: Collection[str]) -> Iterator[list[str]]:
    """Yield the distinct values in order, at most CHUNK at a time."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    *,
    only: Collection[str] | None = None,
    keep_if_null: Collection[str] = (),
) -> None:
    """Insert rows, or change those whose primary key is there: all other columns, or ``only`` these. A
    column in ``keep_if_null`` keeps its old value when the new one is NULL."""
    if rows:
        changed = None if only is None else tuple(only)
        statement = _upsert(connection.dialect.name, table, changed, tuple(keep_if_null))
        connection.execute(statement, rows)


@cache
def _upsert(
    dialect: str, table: Table, only: tuple[str, ...] | None, keep_if_null: tuple[str, ...]
) -> Executable:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed = [c.name for c in table.columns if c.name not in keys] if only is None else only
    values: dict[str, ColumnElement[Any]] = {name: statement.excluded[name] for name in changed}
    for name in keep_if_null:
        values[name] = func.coalesce(statement.excluded[name], table.c[name])
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

    def _mark(self, customers: Iterable[str | None]) -> None:
        """These customers are to be decided again."""
        rows: list[Row] = [
            {"company": self._company, "customer_ref": ref, "dirty": True, "summary": "{}"}
            for ref in sorted({ref for ref in customers if ref})
        ]
        upsert(self._connection, accounts, rows, only=("dirty",))
