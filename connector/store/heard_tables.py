"""The tables of what people write and do in the host: remarks that were taken, our tasks as they stand."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, PrimaryKeyConstraint, Table, text

from connector.store.columns import HostText, UtcDateTime
from connector.store.schema import company_column, metadata

#: Each text of a remark that was ever read, and when it was taken: an edited remark is another text. The
#: remark itself is a fact.
remarks = Table(
    "remarks",
    metadata,
    company_column(),
    Column("ref", HostText, nullable=False),
    Column("digest", HostText, nullable=False),
    Column("taken_at", UtcDateTime),
    PrimaryKeyConstraint("company", "ref", "digest"),
    Index(
        "ix_remarks_new",
        "company",
        sqlite_where=text("taken_at IS NULL"),
        postgresql_where=text("taken_at IS NULL"),
    ),
)

#: Each task that we wrote, or are about to write, into the host. ``due_on`` is the day that we stand for,
#: ``seen_on`` the one that the host has as far as we know; ``moved`` is set when a person gave it another.
tasks = Table(
    "tasks",
    metadata,
    company_column(),
    Column("key", HostText, nullable=False),
    Column("kind", HostText, nullable=False),
    Column("on_kind", HostText, nullable=False),
    Column("on_ref", HostText, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("ref", HostText),  # the host's own id of it, once written
    Column("seen_on", Date),
    Column("seen", Boolean, nullable=False),  # a pull has shown it
    Column("moved", Boolean, nullable=False),
    Column("gone_at", UtcDateTime),  # the host shows it no more
    Column("ended_at", UtcDateTime),  # it was closed by us, or what was done with it was obeyed
    PrimaryKeyConstraint("company", "key"),
    Index(
        "ix_tasks_open",
        "company",
        "key",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)
