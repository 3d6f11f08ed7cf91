"""The tables. Every key begins with the company: a store may hold hundreds of them.

A change here, in ``people_tables``, ``heard_tables`` or ``schema`` needs a migration in
``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from connector.store.columns import ExactDecimal, HostText, UtcDateTime
from connector.store.heard_tables import remarks, tasks
from connector.store.people_tables import (
    disputes,
    follow_ups,
    holds,
    marks,
    payment_plans,
    plan_invoices,
    promises,
)
from connector.store.schema import (
    VERSION_TABLE,
    company_column,
    id_column,
    metadata,
    moved_to_column,
    sparse_index,
)

__all__ = [
    "ABOUT_AN_INVOICE",
    "VERSION_TABLE",
    "accounts",
    "disputes",
    "events",
    "facts",
    "follow_ups",
    "holds",
    "marks",
    "memo",
    "metadata",
    "outbox",
    "payment_plans",
    "plan_invoices",
    "promises",
    "remarks",
    "reminders",
    "states",
    "tasks",
]


#: What the host handed over, one row a record. ``open`` is true while the record matters to an account:
#: an open invoice or credit note, a payment with something unapplied, and any record set aside (what could
#: not be read is presumed open). ``body`` is the fact, ``raw`` the record that could not become one.
facts = Table(
    "facts",
    metadata,
    company_column(),
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
    sparse_index("ix_facts_payer_ref", "payer_ref"),
    sparse_index("ix_facts_paid_by", "paid_by"),
    sparse_index("ix_facts_invoice_ref", "invoice_ref"),
    # records set aside, in the order in which they are shown
    Index(
        "ix_facts_set_aside",
        "company",
        "kind",
        "ref",
        sqlite_where=text("problem_reason IS NOT NULL"),
        postgresql_where=text("problem_reason IS NOT NULL"),
    ),
    # messages from outside, by customer and age
    Index(
        "ix_facts_received",
        "company",
        "customer_ref",
        "received_at",
        sqlite_where=text("received_at IS NOT NULL"),
        postgresql_where=text("received_at IS NOT NULL"),
    ),
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
    company_column(),
    Column("customer_ref", HostText, nullable=False),
    Column("dirty", Boolean, nullable=False),
    Column("wake_on", Date),
    Column("summary", Text, nullable=False),
    Column("read_at", UtcDateTime),  # a person has read what the customer wrote up to then
    PrimaryKeyConstraint("company", "customer_ref"),
    Index(None, "company", "dirty"),
    Index(None, "company", "wake_on"),
    Index(None, "company", "summary"),  # equal ones are counted, not read one by one
)

reminders = Table(
    "reminders",
    metadata,
    company_column(),
    Column("invoice_ref", HostText, nullable=False),
    Column("position", Integer, nullable=False),
    Column("step", HostText, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("customer_ref", HostText, nullable=False),
    moved_to_column(),
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
    sparse_index("ix_reminders_moved_to", "moved_to"),
)

#: What is to be done outside. ``id`` gives the order; ``item`` is the message or entry, by ``item_kind``.
outbox = Table(
    "outbox",
    metadata,
    id_column(),
    company_column(),
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

#: The history: rows are added, never changed nor removed.
events = Table(
    "events",
    metadata,
    id_column(),
    company_column(),
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
    company_column(),
    Column("cursor", HostText),
    Column("synced_at", UtcDateTime),
    Column("started_on", Date),
    Column("bank_entry_on", Date),
    Column("heard_since", UtcDateTime),  # when people's remarks began to be answered
    Column("paused", Boolean, nullable=False),
    PrimaryKeyConstraint("company"),
)

#: What a host's adapter wants to keep, and what a pass leaves for the next.
memo = Table(
    "memo",
    metadata,
    company_column(),
    Column("key", HostText, nullable=False),
    Column("value", HostText, nullable=False),
    PrimaryKeyConstraint("company", "key"),
)

#: What was done or said about an invoice, and goes with it when the host moves it to another customer.
ABOUT_AN_INVOICE = (reminders, promises, holds, disputes, plan_invoices, marks)
