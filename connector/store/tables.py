"""The tables. Every key begins with the company: a store may hold hundreds of them.

A change here needs a migration in ``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from connector.store.columns import ExactDecimal, HostText, UtcDateTime

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


def _company() -> Column[str]:
    return Column("company", HostText, nullable=False)


def _moved_to() -> Column[str]:
    # whose the invoice is, when that is not ``customer_ref``: the host has moved it since, or it was
    # another's from the start, who is paid for by that customer
    return Column("moved_to", HostText)


def _sparse_index(name: str, column: str) -> Index:
    """An index of the few rows that have a value there."""
    known = text(f"{column} IS NOT NULL")
    return Index(name, "company", column, sqlite_where=known, postgresql_where=known)


def _id() -> Column[int]:
    # SQLite counts by itself only in a column of type INTEGER
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


#: What the host handed over, one row a record. ``open`` is true while the record matters to an account:
#: an open invoice or credit note, a payment with something unapplied, and any record set aside (what could
#: not be read is presumed open). ``body`` is the fact, ``raw`` the record that could not become one.
facts = Table(
    "facts",
    metadata,
    _company(),
    Column("kind", HostText, nullable=False),
    Column("ref", HostText, nullable=False),
    Column("customer_ref", HostText),
    Column("open", Boolean, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("version", HostText, nullable=False),
    Column("digest", HostText, nullable=False),
    Column("number", HostText),
    Column("name", HostText),
    Column("name_key", HostText),  # the name as it is searched: no accents, no case
    Column("payer_ref", HostText),
    Column("paid_by", HostText),  # a customer: who pays for him in the end, when it is another
    Column("debtor_key", HostText),  # a customer: who he is, whatever company he owes
    Column("invoice_ref", HostText),  # an activity or a message from outside: the invoice it stands on
    Column("received_at", UtcDateTime),  # a message from outside
    Column("closed_on", Date),  # an invoice: the day on which it was first saved as closed
    Column("allocated_on", Date),  # an invoice: the day of its last allocation
    Column("problem_field", HostText),
    Column("problem_reason", HostText),
    Column("saved_at", UtcDateTime, nullable=False),
    Column("body", Text),
    Column("raw", Text),
    PrimaryKeyConstraint("company", "kind", "ref"),
    Index(None, "company", "customer_ref", "open"),
    Index(None, "company", "open", "kind"),
    Index(None, "company", "number"),
    _sparse_index("ix_facts_payer_ref", "payer_ref"),
    _sparse_index("ix_facts_paid_by", "paid_by"),
    _sparse_index("ix_facts_invoice_ref", "invoice_ref"),
    # the one question that is asked of all companies: where else is this debtor known
    Index(
        "ix_facts_debtor_key",
        "debtor_key",
        sqlite_where=text("debtor_key IS NOT NULL"),
        postgresql_where=text("debtor_key IS NOT NULL"),
    ),
)

#: When a customer is to be decided again, and the counts of the last decision.
accounts = Table(
    "accounts",
    metadata,
    _company(),
    Column("customer_ref", HostText, nullable=False),
    Column("dirty", Boolean, nullable=False),
    Column("wake_on", Date),
    Column("summary", Text, nullable=False),
    PrimaryKeyConstraint("company", "customer_ref"),
    Index(None, "company", "dirty"),
    Index(None, "company", "wake_on"),
    Index(None, "company", "summary"),  # equal ones are counted, not read one by one
)

reminders = Table(
    "reminders",
    metadata,
    _company(),
    Column("invoice_ref", HostText, nullable=False),
    Column("position", Integer, nullable=False),
    Column("step", HostText, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("customer_ref", HostText, nullable=False),
    _moved_to(),
    Column("scenario", HostText, nullable=False),
    Column("scenario_version", HostText, nullable=False),
    Column("day", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("channel", HostText, nullable=False),
    Column("recipient", HostText, nullable=False),
    Column("currency", HostText, nullable=False),
    Column("residual", ExactDecimal, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("message_key", HostText, nullable=False),
    Column("state", HostText, nullable=False),
    Column("queued_on", Date, nullable=False),
    Column("completed_on", Date),
    # never the same step twice: this key is the last guard
    PrimaryKeyConstraint("company", "invoice_ref", "position", "step", "occurrence"),
    ForeignKeyConstraint(["company", "message_key"], ["outbox.company", "outbox.key"]),
    Index(None, "company", "customer_ref"),
    Index(None, "company", "message_key"),
    _sparse_index("ix_reminders_moved_to", "moved_to"),
)

#: What is to be done outside. ``id`` gives the order; ``item`` is the message or entry, by ``item_kind``.
outbox = Table(
    "outbox",
    metadata,
    _id(),
    _company(),
    Column("key", HostText, nullable=False),
    Column("item_kind", HostText, nullable=False),
    Column("state", HostText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("attempted_at", UtcDateTime),
    Column("not_before", UtcDateTime),
    Column("ref", HostText),
    Column("detail", HostText, nullable=False),
    Column("approved_by", HostText, nullable=False),
    Column("item", Text, nullable=False),
    UniqueConstraint("company", "key"),
    Index(None, "company", "state"),
)

promises = Table(
    "promises",
    metadata,
    _id(),
    _company(),
    Column("customer_ref", HostText, nullable=False),
    _moved_to(),
    Column("invoice_ref", HostText),
    Column("promised_on", Date, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("amount", ExactDecimal),
    Column("currency", HostText),
    Column("state", HostText, nullable=False),
    Column("note", HostText, nullable=False),
    Index(None, "company", "customer_ref"),
    Index(None, "company", "invoice_ref"),
    Index(None, "company", "state"),
    _sparse_index("ix_promises_moved_to", "moved_to"),
)

holds = Table(
    "holds",
    metadata,
    _id(),
    _company(),
    Column("customer_ref", HostText, nullable=False),
    _moved_to(),
    Column("invoice_ref", HostText),
    Column("since_on", Date, nullable=False),
    Column("until_on", Date),
    Column("reason", HostText, nullable=False),
    Column("released_at", UtcDateTime),
    Index(None, "company", "customer_ref"),
    Index(None, "company", "invoice_ref"),
    _sparse_index("ix_holds_moved_to", "moved_to"),
)

follow_ups = Table(
    "follow_ups",
    metadata,
    _id(),
    _company(),
    Column("customer_ref", HostText, nullable=False),
    Column("reason", HostText, nullable=False),
    Column("key", HostText, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("closed_on", Date),
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
    _id(),
    _company(),
    Column("customer_ref", HostText, nullable=False),
    _moved_to(),
    Column("invoice_ref", HostText, nullable=False),
    Column("reason", HostText, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("closed_on", Date),
    Column("note", HostText, nullable=False),
    Index(None, "company", "customer_ref"),
    Index(None, "company", "invoice_ref"),
    _sparse_index("ix_disputes_moved_to", "moved_to"),
)

#: ``parts`` are the dates and amounts, as JSON; the invoices are in ``plan_invoices``.
payment_plans = Table(
    "payment_plans",
    metadata,
    _id(),
    _company(),
    Column("customer_ref", HostText, nullable=False),
    Column("currency", HostText, nullable=False),
    Column("parts", Text, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("state", HostText, nullable=False),
    Column("note", HostText, nullable=False),
    Index(None, "company", "customer_ref"),
)

#: The invoices of a plan, in the order in which they were named (``rank``).
plan_invoices = Table(
    "plan_invoices",
    metadata,
    Column("plan_id", ForeignKey("payment_plans.id"), nullable=False),
    Column("rank", Integer, nullable=False),
    _company(),
    Column("customer_ref", HostText, nullable=False),
    _moved_to(),
    Column("invoice_ref", HostText, nullable=False),
    PrimaryKeyConstraint("plan_id", "rank"),
    Index(None, "company", "invoice_ref"),
    _sparse_index("ix_plan_invoices_moved_to", "moved_to"),
)

#: A person's word on a customer (``invoice_ref`` NULL) or on an invoice: one of each name.
marks = Table(
    "marks",
    metadata,
    _id(),
    _company(),
    Column("customer_ref", HostText, nullable=False),
    _moved_to(),
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
    _sparse_index("ix_marks_moved_to", "moved_to"),
)

#: What was done or said about an invoice, and goes with it when the host moves it to another customer.
ABOUT_AN_INVOICE = (reminders, promises, holds, disputes, plan_invoices, marks)

#: The history: rows are added, never changed nor removed.
events = Table(
    "events",
    metadata,
    _id(),
    _company(),
    Column("at", UtcDateTime, nullable=False),
    Column("name", HostText, nullable=False),
    Column("customer_ref", HostText),
    Column("invoice_ref", HostText),
    Column("data", Text, nullable=False),
    Index(None, "company", "customer_ref"),
    Index(None, "company", "invoice_ref"),
)

#: What is known of a company as a whole.
states = Table(
    "states",
    metadata,
    _company(),
    Column("cursor", HostText),
    Column("synced_at", UtcDateTime),
    Column("started_on", Date),
    Column("bank_entry_on", Date),
    Column("paused", Boolean, nullable=False),
    PrimaryKeyConstraint("company"),
)

#: What a host's adapter wants to keep.
memo = Table(
    "memo",
    metadata,
    _company(),
    Column("key", HostText, nullable=False),
    Column("value", HostText, nullable=False),
    PrimaryKeyConstraint("company", "key"),
)
