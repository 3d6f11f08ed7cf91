"""The tables of what people said and agreed: promises, holds, disputes, payment plans, marks, tasks."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from connector.store.columns import ExactDecimal, HostText, UtcDateTime
from connector.store.schema import company_column, id_column, metadata, moved_to_column, sparse_index

promises = Table(
    "promises",
    metadata,
    id_column(),
    company_column(),
    Column("customer_ref", HostText, nullable=False),
    moved_to_column(),
    Column("invoice_ref", HostText),
    Column("promised_on", Date, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("amount", ExactDecimal),
    Column("currency", HostText),
    Column("state", HostText, nullable=False),
    Column("note", HostText, nullable=False),
    Column("owed", ExactDecimal),
    Column("recorded_at", UtcDateTime),
    Index(None, "company", "customer_ref"),
    Index(None, "company", "invoice_ref"),
    Index(None, "company", "state"),
    sparse_index("ix_promises_moved_to", "moved_to"),
)

holds = Table(
    "holds",
    metadata,
    id_column(),
    company_column(),
    Column("customer_ref", HostText, nullable=False),
    moved_to_column(),
    Column("invoice_ref", HostText),
    Column("since_on", Date, nullable=False),
    Column("until_on", Date),
    Column("reason", HostText, nullable=False),
    Column("released_at", UtcDateTime),
    Column("recorded_at", UtcDateTime),
    Index(None, "company", "customer_ref"),
    Index(None, "company", "invoice_ref"),
    sparse_index("ix_holds_moved_to", "moved_to"),
)

follow_ups = Table(
    "follow_ups",
    metadata,
    id_column(),
    company_column(),
    Column("customer_ref", HostText, nullable=False),
    Column("reason", HostText, nullable=False),
    Column("key", HostText, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("closed_on", Date),
    Column("again_on", Date),  # closed by a person: not to be opened again before
    UniqueConstraint("company", "key"),
    Index(
        "uq_follow_ups_open",
        "company",
        "customer_ref",
        "reason",
        unique=True,
        sqlite_where=text("closed_on IS NULL"),
        postgresql_where=text("closed_on IS NULL"),
    ),
    Index(None, "company", "customer_ref"),
)

disputes = Table(
    "disputes",
    metadata,
    id_column(),
    company_column(),
    Column("customer_ref", HostText, nullable=False),
    moved_to_column(),
    Column("invoice_ref", HostText, nullable=False),
    Column("reason", HostText, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("closed_on", Date),
    Column("note", HostText, nullable=False),
    Column("recorded_at", UtcDateTime),
    Index(None, "company", "customer_ref"),
    Index(None, "company", "invoice_ref"),
    sparse_index("ix_disputes_moved_to", "moved_to"),
)

#: ``parts`` are the dates and amounts, as JSON; the invoices are in ``plan_invoices``.
payment_plans = Table(
    "payment_plans",
    metadata,
    id_column(),
    company_column(),
    Column("customer_ref", HostText, nullable=False),
    Column("currency", HostText, nullable=False),
    Column("parts", Text, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("state", HostText, nullable=False),
    Column("note", HostText, nullable=False),
    Column("recorded_at", UtcDateTime),
    Index(None, "company", "customer_ref"),
)

#: The invoices of a plan, in the order in which they were named (``rank``).
plan_invoices = Table(
    "plan_invoices",
    metadata,
    Column("plan_id", ForeignKey("payment_plans.id"), nullable=False),
    Column("rank", Integer, nullable=False),
    company_column(),
    Column("customer_ref", HostText, nullable=False),
    moved_to_column(),
    Column("invoice_ref", HostText, nullable=False),
    PrimaryKeyConstraint("plan_id", "rank"),
    Index(None, "company", "invoice_ref"),
    sparse_index("ix_plan_invoices_moved_to", "moved_to"),
)

#: A person's word on a customer (``invoice_ref`` NULL) or on an invoice: one of each name.
marks = Table(
    "marks",
    metadata,
    id_column(),
    company_column(),
    Column("customer_ref", HostText, nullable=False),
    moved_to_column(),
    Column("invoice_ref", HostText),
    Column("name", HostText, nullable=False),
    Column("value", HostText, nullable=False),
    Index(
        "uq_marks_customer",
        "company",
        "customer_ref",
        "name",
        unique=True,
        sqlite_where=text("invoice_ref IS NULL"),
        postgresql_where=text("invoice_ref IS NULL"),
    ),
    Index(
        "uq_marks_invoice",
        "company",
        "invoice_ref",
        "name",
        unique=True,
        sqlite_where=text("invoice_ref IS NOT NULL"),
        postgresql_where=text("invoice_ref IS NOT NULL"),
    ),
    Index(None, "company", "customer_ref"),
    sparse_index("ix_marks_moved_to", "moved_to"),
)
