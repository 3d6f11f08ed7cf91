"""The first tables.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite counts by itself only in a column of type INTEGER
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create all tables."""
    _create_facts()
    _create_accounts()
    _create_outbox()
    _create_reminders()
    _create_promises()
    _create_holds()
    _create_follow_ups()
    _create_events()
    _create_states()
    _create_memo()


def _create_facts() -> None:
    op.create_table(
        "facts",
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("customer_ref", sa.Text()),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("name", sa.Text()),
        sa.Column("name_key", sa.Text()),
        sa.Column("payer_ref", sa.Text()),
        sa.Column("problem_field", sa.Text()),
        sa.Column("problem_reason", sa.Text()),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text()),
        sa.Column("raw", sa.Text()),
        sa.PrimaryKeyConstraint("company", "kind", "ref", name=op.f("pk_facts")),
    )
    op.create_index(op.f("ix_facts_company_customer_ref_open"), "facts", ["company", "customer_ref", "open"])
    op.create_index(op.f("ix_facts_company_number"), "facts", ["company", "number"])
    op.create_index(op.f("ix_facts_company_open_kind"), "facts", ["company", "open", "kind"])
    op.create_index(
        "ix_facts_payer_ref",
        "facts",
        ["company", "payer_ref"],
        sqlite_where=sa.text("payer_ref IS NOT NULL"),
        postgresql_where=sa.text("payer_ref IS NOT NULL"),
    )


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("customer_ref", sa.Text(), nullable=False),
        sa.Column("dirty", sa.Boolean(), nullable=False),
        sa.Column("wake_on", sa.Date()),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("company", "customer_ref", name=op.f("pk_accounts")),
    )
    op.create_index(op.f("ix_accounts_company_dirty"), "accounts", ["company", "dirty"])
    op.create_index(op.f("ix_accounts_company_wake_on"), "accounts", ["company", "wake_on"])


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True)),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.Column("ref", sa.Text()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("company", "key", name=op.f("uq_outbox_company_key")),
    )
    op.create_index(op.f("ix_outbox_company_state"), "outbox", ["company", "state"])


def _create_reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("invoice_ref", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("customer_ref", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text()),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("scenario_version", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("residual", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("message_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("queued_on", sa.Date(), nullable=False),
        sa.Column("completed_on", sa.Date()),
        sa.ForeignKeyConstraint(
            ["company", "message_key"],
            ["outbox.company", "outbox.key"],
            name=op.f("fk_reminders_company_message_key"),
        ),
        sa.PrimaryKeyConstraint(
            "company", "invoice_ref", "position", "step", "occurrence", name=op.f("pk_reminders")
        ),
    )
    op.create_index(op.f("ix_reminders_company_customer_ref"), "reminders", ["company", "customer_ref"])
    op.create_index(op.f("ix_reminders_company_message_key"), "reminders", ["company", "message_key"])
    op.create_index(
        "ix_reminders_moved_to",
        "reminders",
        ["company", "moved_to"],
        sqlite_where=sa.text("moved_to IS NOT NULL"),
        postgresql_where=sa.text("moved_to IS NOT NULL"),
    )


def _create_promises() -> None:
    op.create_table(
        "promises",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("customer_ref", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text()),
        sa.Column("invoice_ref", sa.Text()),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Text()),
        sa.Column("currency", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index(op.f("ix_promises_company_customer_ref"), "promises", ["company", "customer_ref"])
    op.create_index(op.f("ix_promises_company_invoice_ref"), "promises", ["company", "invoice_ref"])
    op.create_index(op.f("ix_promises_company_state"), "promises", ["company", "state"])
    op.create_index(
        "ix_promises_moved_to",
        "promises",
        ["company", "moved_to"],
        sqlite_where=sa.text("moved_to IS NOT NULL"),
        postgresql_where=sa.text("moved_to IS NOT NULL"),
    )


def _create_holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("customer_ref", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text()),
        sa.Column("invoice_ref", sa.Text()),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_company_customer_ref"), "holds", ["company", "customer_ref"])
    op.create_index(op.f("ix_holds_company_invoice_ref"), "holds", ["company", "invoice_ref"])
    op.create_index(
        "ix_holds_moved_to",
        "holds",
        ["company", "moved_to"],
        sqlite_where=sa.text("moved_to IS NOT NULL"),
        postgresql_where=sa.text("moved_to IS NOT NULL"),
    )


def _create_follow_ups() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("customer_ref", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("company", "key", name=op.f("uq_follow_ups_company_key")),
    )
    op.create_index(op.f("ix_follow_ups_company_customer_ref"), "follow_ups", ["company", "customer_ref"])
    op.create_index(
        "uq_follow_ups_open",
        "follow_ups",
        ["company", "customer_ref", "reason"],
        unique=True,
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customer_ref", sa.Text()),
        sa.Column("invoice_ref", sa.Text()),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_company_customer_ref"), "events", ["company", "customer_ref"])
    op.create_index(op.f("ix_events_company_invoice_ref"), "events", ["company", "invoice_ref"])


def _create_states() -> None:
    op.create_table(
        "states",
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text()),
        sa.Column("synced_at", sa.DateTime(timezone=True)),
        sa.Column("started_on", sa.Date()),
        sa.Column("bank_entry_on", sa.Date()),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("company", name=op.f("pk_states")),
    )


def _create_memo() -> None:
    op.create_table(
        "memo",
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("company", "key", name=op.f("pk_memo")),
    )
