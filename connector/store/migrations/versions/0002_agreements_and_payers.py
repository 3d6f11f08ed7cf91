"""Disputes, payment plans, marks; who pays for whom; who a customer is; when an invoice was closed.

Revision ID: 0002
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from connector.store.debtor import debtor_key
from connector.store.payers import last_payers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite counts by itself only in a column of type INTEGER
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)

#: Records read at a time.
_PAGE = 1000

_facts = sa.table(
    "facts",
    *(sa.column(name, sa.Text()) for name in ("company", "kind", "ref", "customer_ref", "payer_ref", "body")),
    *(sa.column(name, sa.Text()) for name in ("paid_by", "debtor_key", "invoice_ref")),
    *(sa.column(name, sa.Boolean()) for name in ("open", "gone")),
    *(sa.column(name, _MOMENT) for name in ("saved_at", "received_at")),
    *(sa.column(name, sa.Date()) for name in ("closed_on", "allocated_on")),
)
_accounts = sa.table(
    "accounts",
    *(sa.column(name, sa.Text()) for name in ("company", "customer_ref", "summary")),
    sa.column("dirty", sa.Boolean()),
)


def upgrade() -> None:
    """Make the new tables and columns, and fill the columns of what is there from its bodies."""
    _create_disputes()
    _create_payment_plans()
    _create_marks()
    _add_columns()
    connection = op.get_bind()
    _fill(connection)
    _fill_payers(connection)
    _create_indexes()


def _create_disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("customer_ref", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text()),
        sa.Column("invoice_ref", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
    )
    op.create_index(op.f("ix_disputes_company_customer_ref"), "disputes", ["company", "customer_ref"])
    op.create_index(op.f("ix_disputes_company_invoice_ref"), "disputes", ["company", "invoice_ref"])
    _sparse_index("disputes", "moved_to")


def _create_payment_plans() -> None:
    op.create_table(
        "payment_plans",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("customer_ref", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_plans")),
    )
    op.create_index(
        op.f("ix_payment_plans_company_customer_ref"), "payment_plans", ["company", "customer_ref"]
    )
    op.create_table(
        "plan_invoices",
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("customer_ref", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text()),
        sa.Column("invoice_ref", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["payment_plans.id"], name=op.f("fk_plan_invoices_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "rank", name=op.f("pk_plan_invoices")),
    )
    op.create_index(op.f("ix_plan_invoices_company_invoice_ref"), "plan_invoices", ["company", "invoice_ref"])
    _sparse_index("plan_invoices", "moved_to")


def _create_marks() -> None:
    op.create_table(
        "marks",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("customer_ref", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text()),
        sa.Column("invoice_ref", sa.Text()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
    )
    op.create_index(op.f("ix_marks_company_customer_ref"), "marks", ["company", "customer_ref"])
    _partial("uq_marks_customer", "marks", ["company", "customer_ref", "name"], "invoice_ref IS NULL", True)
    _partial("uq_marks_invoice", "marks", ["company", "invoice_ref", "name"], "invoice_ref IS NOT NULL", True)
    _sparse_index("marks", "moved_to")


def _add_columns() -> None:
    for name in ("paid_by", "debtor_key", "invoice_ref"):
        op.add_column("facts", sa.Column(name, sa.Text()))
    op.add_column("facts", sa.Column("received_at", _MOMENT))
    for name in ("closed_on", "allocated_on"):
        op.add_column("facts", sa.Column(name, sa.Date()))


def _create_indexes() -> None:
    for column in ("paid_by", "invoice_ref"):
        _sparse_index("facts", column)
    _partial(
        "ix_facts_received", "facts", ["company", "customer_ref", "received_at"], "received_at IS NOT NULL"
    )
    _partial("ix_facts_debtor_key", "facts", ["debtor_key"], "debtor_key IS NOT NULL")
    op.create_index(op.f("ix_accounts_company_summary"), "accounts", ["company", "summary"])


def _sparse_index(table: str, column: str) -> None:
    _partial(f"ix_{table}_{column}", table, ["company", column], f"{column} IS NOT NULL")


def _partial(name: str, table: str, columns: list[str], where: str, unique: bool = False) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)


# what the bodies say ---------------------------------------------------------------------------------------
def _fill(connection: sa.Connection) -> None:
    key = ("company", "kind", "ref")
    columns = ("debtor_key", "invoice_ref", "received_at", "closed_on", "allocated_on")
    statement = (
        sa.update(_facts)
        .where(*(_facts.c[name] == sa.bindparam(f"of_{name}") for name in key))
        .values({name: sa.bindparam(f"to_{name}") for name in columns})
    )
    for rows in _pages(connection):
        changes = []
        for row in rows:
            values = _values(row, json.loads(row["body"])[0])
            if any(values.values()):
                changes.append(
                    {f"of_{name}": row[name] for name in key}
                    | {f"to_{name}": values.get(name) for name in columns}
                )
        if changes:
            connection.execute(statement, changes)


def _pages(connection: sa.Connection) -> Iterator[list[Any]]:
    """Yield all facts that have a body, by pages in the order of their key."""
    place = sa.tuple_(_facts.c.company, _facts.c.kind, _facts.c.ref)
    order = (_facts.c.company, _facts.c.kind, _facts.c.ref)
    columns = (*order, _facts.c.open, _facts.c.saved_at, _facts.c.body)
    query = sa.select(*columns).where(_facts.c.body.is_not(None)).order_by(*order).limit(_PAGE)
    rows = list(connection.execute(query).mappings())
    while rows:
        yield rows
        last = sa.tuple_(*(sa.literal(rows[-1][name], sa.Text()) for name in ("company", "kind", "ref")))
        rows = list(connection.execute(query.where(place > last)).mappings())


def _values(row: Any, body: dict[str, Any]) -> dict[str, Any]:
    match row["kind"]:
        case "customer":
            return {"debtor_key": debtor_key(body.get("registry"), body.get("vat"), body.get("country"))}
        case "invoice":
            days = [date.fromisoformat(allocation["on"]) for allocation in body.get("allocations", ())]
            closed_on = None if row["open"] else row["saved_at"].date()
            return {"closed_on": closed_on, "allocated_on": max(days, default=None)}
        case "inbound":
            received_at = datetime.fromisoformat(body["received_at"]).astimezone(UTC)
            return {"invoice_ref": _invoice_of(body), "received_at": received_at}
        case "activity":
            return {"invoice_ref": _invoice_of(body)}
        case _:
            return {}


def _invoice_of(body: dict[str, Any]) -> str | None:
    kind, ref = body["on"]
    return str(ref) if kind == "invoice" else None


# who pays for whom -----------------------------------------------------------------------------------------
def _fill_payers(connection: sa.Connection) -> None:
    """Who is paid for has no account of his own any more; his payer is to be looked at."""
    customer = _facts.c.kind == "customer"
    linked = sa.select(_facts.c.company, _facts.c.ref, _facts.c.payer_ref)
    companies: dict[str, dict[str, str | None]] = {}
    for company, ref, payer in connection.execute(linked.where(customer, _facts.c.payer_ref.is_not(None))):
        companies.setdefault(company, {})[ref] = payer
    for company, links in companies.items():
        present = sa.select(_facts.c.ref).where(customer, _facts.c.company == company)
        known = set(connection.execute(present.where(_facts.c.gone.is_(False))).scalars())
        for ref, payer in last_payers(links, known).items():
            if payer is not None:
                _link(connection, company, ref, payer)


def _link(connection: sa.Connection, company: str, ref: str, payer: str) -> None:
    himself = (_facts.c.company == company, _facts.c.kind == "customer", _facts.c.ref == ref)
    connection.execute(sa.update(_facts).where(*himself).values(paid_by=payer))
    ours = _accounts.c.company == company
    connection.execute(sa.delete(_accounts).where(ours, _accounts.c.customer_ref == ref))
    his_payer = sa.update(_accounts).where(ours, _accounts.c.customer_ref == payer)
    if not connection.execute(his_payer.values(dirty=True)).rowcount:
        new = {"company": company, "customer_ref": payer, "dirty": True, "summary": "{}"}
        connection.execute(sa.insert(_accounts).values(new))
