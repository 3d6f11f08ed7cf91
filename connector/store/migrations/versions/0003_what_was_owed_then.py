"""What was owed when a promise was made; the moment at which a person wrote something down.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. Of what is there nobody knows: it stays NULL, and is judged by days as before."""
    op.add_column("promises", sa.Column("owed", sa.Text()))
    for table in ("promises", "holds", "disputes", "payment_plans"):
        op.add_column(table, sa.Column("recorded_at", sa.DateTime(timezone=True)))
