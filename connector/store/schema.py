"""What the tables share: their metadata, and columns that several have."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, text

from connector.store.columns import HostText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

#: Where Alembic notes the revision; a name of our own, since others may use Alembic in the same database.
VERSION_TABLE = "relance_version"


def company_column() -> Column[str]:
    return Column("company", HostText, nullable=False)


def moved_to_column() -> Column[str]:
    # whose the invoice is, when that is not ``customer_ref``: the host has moved it since, or it was
    # another's from the start, who is paid for by that customer
    return Column("moved_to", HostText)


def sparse_index(name: str, column: str) -> Index:
    """An index of the few rows that have a value there."""
    known = text(f"{column} IS NOT NULL")
    return Index(name, "company", column, sqlite_where=known, postgresql_where=known)


def id_column() -> Column[int]:
    # SQLite counts by itself only in a column of type INTEGER
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
