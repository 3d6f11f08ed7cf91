"""Remarks that were taken, our tasks as they stand in the host, follow-ups that rest, answers that were read.

Revision ID: 0004
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_NAMES = ("company", "key", "kind", "on_kind", "on_ref", "ref")
_tasks = sa.table(
    "tasks",
    *(sa.column(name, sa.Text()) for name in _NAMES),
    *(sa.column(name, sa.Date()) for name in ("due_on", "seen_on")),
    *(sa.column(name, sa.Boolean()) for name in ("seen", "moved")),
)
_outbox = sa.table(
    "outbox",
    *(sa.column(name, sa.Text()) for name in ("company", "key", "item_kind", "state", "ref", "item")),
)
_facts = sa.table(
    "facts",
    *(sa.column(name, sa.Text()) for name in ("company", "kind", "ref", "body")),
    sa.column("gone", sa.Boolean()),
)


def upgrade() -> None:
    """Make the tables and columns, and find the tasks that stand in the host now."""
    _create_remarks()
    _create_tasks()
    op.add_column("follow_ups", sa.Column("again_on", sa.Date()))
    op.add_column("accounts", sa.Column("read_at", _MOMENT))
    op.add_column("states", sa.Column("heard_since", _MOMENT))
    connection = op.get_bind()
    found = list(_standing(connection))
    if found:
        connection.execute(sa.insert(_tasks), found)


def _create_remarks() -> None:
    op.create_table(
        "remarks",
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("taken_at", _MOMENT),
        sa.PrimaryKeyConstraint("company", "ref", "digest", name=op.f("pk_remarks")),
    )
    _partial("ix_remarks_new", "remarks", "taken_at IS NULL")


def _create_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("on_kind", sa.Text(), nullable=False),
        sa.Column("on_ref", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ref", sa.Text()),
        sa.Column("seen_on", sa.Date()),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("gone_at", _MOMENT),
        sa.Column("ended_at", _MOMENT),
        sa.PrimaryKeyConstraint("company", "key", name=op.f("pk_tasks")),
    )
    _partial("ix_tasks_open", "tasks", "ended_at IS NULL")


def _partial(name: str, table: str, where: str) -> None:
    only = sa.text(where)
    op.create_index(name, table, ["company"], sqlite_where=only, postgresql_where=only)


def _standing(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    """Yield a row for each task that waits to be written, or that the last pull showed as open. What a person
    did with the others before the program listened is past: they have no row, and nothing follows."""
    closed = _closed(connection)
    shown = _shown(connection)
    columns = (_outbox.c.company, _outbox.c.key, _outbox.c.state, _outbox.c.ref, _outbox.c.item)
    query = sa.select(*columns).where(
        _outbox.c.item_kind == "task", _outbox.c.state.in_(["ready", "attempted", "done"])
    )
    for row in connection.execute(query).mappings():
        seen_on = shown.get((row["company"], row["ref"]))
        if (row["company"], row["key"]) in closed or (row["state"] == "done" and seen_on is None):
            continue
        item = json.loads(row["item"])[0]
        yield {
            "company": row["company"],
            "key": row["key"],
            "kind": item["task"],
            "on_kind": item["on"][0],
            "on_ref": item["on"][1],
            "due_on": seen_on or date.fromisoformat(item["due_on"]),
            "ref": row["ref"],
            "seen_on": seen_on,
            "seen": seen_on is not None,
            "moved": False,
        }


def _closed(connection: sa.Connection) -> set[tuple[str, str]]:
    """The tasks that we closed, or are about to."""
    query = sa.select(_outbox.c.company, _outbox.c.item).where(_outbox.c.item_kind == "close_task")
    return {(company, json.loads(item)[0]["task_key"]) for company, item in connection.execute(query)}


def _shown(connection: sa.Connection) -> dict[tuple[str, str], date]:
    """The day of each task that the host showed as open."""
    query = sa.select(_facts.c.company, _facts.c.ref, _facts.c.body).where(
        _facts.c.kind == "activity", _facts.c.gone.is_(False), _facts.c.body.is_not(None)
    )
    rows = connection.execute(query)
    return {(company, ref): date.fromisoformat(json.loads(body)[0]["due_on"]) for company, ref, body in rows}
