"""What every pass asks finds its few rows among a million: records set aside, our open tasks.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Both indexes hold the rows in the order in which they are asked for; without it SQLite takes the
    primary key, and reads all that was ever there."""
    _partial("ix_facts_set_aside", "facts", ["company", "kind", "ref"], "problem_reason IS NOT NULL")
    op.drop_index("ix_tasks_open", "tasks")
    _partial("ix_tasks_open", "tasks", ["company", "key"], "ended_at IS NULL")


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
