"""account.move.line (among them the installments) and account.partial.reconcile (the allocations)."""

from __future__ import annotations

from typing import Any

from connector.sandbox.nouns import Document, Line, Payment
from connector.sandbox.odoo.moves import MOVE_TYPES, STATES, move_display, move_name, move_type
from connector.sandbox.odoo.schema import Field, Named, View

RECEIVABLE, BANK, INCOME = (
    Named(41, "411100 Clients"),
    Named(51, "511300 Banque"),
    Named(70, "706000 Prestations"),
)
ACCOUNTS = {"due": RECEIVABLE, "bank": BANK, "item": INCOME}
ACCOUNT_TYPES = {"due": "asset_receivable", "bank": "asset_current", "item": "income"}


def line_display(line: Line, view: View) -> str:
    label = line_label(line, view)
    shown = move_display(line.entry, view)
    return f"{shown} {label}" if label else shown


def line_label(line: Line, view: View) -> str:
    if not line.label and line.role == "due" and view.version < 18:
        return line.entry.number
    return line.label


def euros(line: Line, residual: bool = False) -> Any:
    return line.entry.currency.in_euros(line.residual if residual else line.amount)


def matching(line: Line, _view: View) -> str:
    if not line.allocations:
        return ""
    first = min(one.serial for one in line.allocations)
    return str(first) if line.settled else f"P{first}"


def full_reconcile(line: Line) -> Named | None:
    if not line.settled or not line.allocations:
        return None
    first = min(one.serial for one in line.allocations)
    return Named(first, str(first))


def display_type(line: Line, _view: View) -> str:
    return "payment_term" if line.role == "due" and isinstance(line.entry, Document) else "product"


def matures(line: Line, _view: View) -> Any:
    return line.due_on or (line.entry.on if isinstance(line.entry, Payment) else None)


LINE_FIELDS = (
    Field("name", "char", line_label),
    Field("move_id", "many2one", lambda n, v: n.entry, "account.move", required=True, readonly=True),
    Field("move_name", "char", lambda n, v: move_name(n.entry, v), readonly=True),
    Field("move_type", "selection", lambda n, v: move_type(n.entry), choices=MOVE_TYPES, store=False,
          readonly=True),
    Field("parent_state", "selection", lambda n, v: STATES[n.entry.state],
          choices=("draft", "posted", "cancel"),
          readonly=True),
    Field("partner_id", "many2one", lambda n, v: n.entry.customer.payer, "res.partner"),
    Field("company_id", "many2one", lambda n, v: n.entry.company, "res.company", readonly=True),
    Field("currency_id", "many2one", lambda n, v: n.entry.currency, "res.currency", required=True),
    Field("company_currency_id", "many2one", lambda n, v: n.entry.company.currency, "res.currency",
          readonly=True),
    Field("journal_id", "many2one", lambda n, v: n.entry.journal, "account.journal", readonly=True),
    Field("date", "date", lambda n, v: n.entry.on, readonly=True),
    Field("invoice_date", "date", lambda n, v: n.entry.on if isinstance(n.entry, Document) else None,
          since=17,
          readonly=True),
    Field("date_maturity", "date", matures),
    Field("payment_date", "date", matures, store=False, readonly=True, since=17),
    Field("discount_date", "date"),
    Field("discount_amount_currency", "monetary", lambda n, v: 0),
    Field("debit", "monetary", lambda n, v: max(euros(n), 0)),
    Field("credit", "monetary", lambda n, v: max(-euros(n), 0)),
    Field("balance", "monetary", lambda n, v: euros(n)),
    Field("amount_currency", "monetary", lambda n, v: n.amount),
    Field("amount_residual", "monetary", lambda n, v: euros(n, residual=True), readonly=True),
    Field("amount_residual_currency", "monetary", lambda n, v: n.residual, readonly=True),
    Field("reconciled", "boolean", lambda n, v: n.settled, readonly=True),
    Field("matching_number", "char", matching, until=16, readonly=True),
    Field("matching_number", "char", matching, since=17),
    Field("full_reconcile_id", "many2one", lambda n, v: full_reconcile(n), "account.full.reconcile",
          readonly=True),
    Field("matched_credit_ids", "one2many", lambda n, v: [a for a in n.allocations if a.debit is n],
          "account.partial.reconcile", readonly=True),
    Field("matched_debit_ids", "one2many", lambda n, v: [a for a in n.allocations if a.credit is n],
          "account.partial.reconcile", readonly=True),
    Field("account_id", "many2one", lambda n, v: ACCOUNTS[n.role], "account.account"),
    Field("account_type", "selection", lambda n, v: ACCOUNT_TYPES[n.role],
          choices=("asset_receivable", "asset_current", "income"), store=False, readonly=True),
    Field("display_type", "selection", display_type, choices=("product", "payment_term"), required=True),
    Field("quantity", "float", lambda n, v: n.quantity if n.role == "item" else 0),
    Field("price_unit", "float", lambda n, v: abs(n.amount) / n.quantity if n.role == "item" else 0),
    Field("price_subtotal", "monetary", lambda n, v: abs(n.amount) if n.role == "item" else 0, readonly=True),
    Field("price_total", "monetary", lambda n, v: abs(n.amount) if n.role == "item" else 0, readonly=True),
    Field("product_id", "many2one", relation="product.product"),
    Field("payment_id", "many2one", lambda n, v: n.entry if isinstance(n.entry, Payment) else None,
          "account.payment",
          readonly=True),
    Field("statement_line_id", "many2one", relation="account.bank.statement.line", readonly=True),
    Field("ref", "char", lambda n, v: n.entry.reference, readonly=True),
    Field("blocked", "boolean", lambda n, v: n.withheld, until=17),
    Field("no_followup", "boolean", lambda n, v: n.withheld, since=19),
    Field("create_date", "datetime", lambda n, v: n.created_at, readonly=True),
    Field("write_date", "datetime", lambda n, v: n.written_at, readonly=True),
)  # fmt: skip

PARTIAL_FIELDS = (
    Field("debit_move_id", "many2one", lambda a, v: a.debit, "account.move.line", required=True),
    Field("credit_move_id", "many2one", lambda a, v: a.credit, "account.move.line", required=True),
    Field("full_reconcile_id", "many2one", lambda a, v: full_reconcile(a.debit), "account.full.reconcile"),
    Field("exchange_move_id", "many2one", relation="account.move"),
    Field("company_id", "many2one", lambda a, v: a.debit.entry.company, "res.company"),
    Field("company_currency_id", "many2one", lambda a, v: a.debit.entry.company.currency, "res.currency",
          store=False,
          readonly=True),
    Field("debit_currency_id", "many2one", lambda a, v: a.debit.entry.currency, "res.currency",
          readonly=True),
    Field("credit_currency_id", "many2one", lambda a, v: a.credit.entry.currency, "res.currency",
          readonly=True),
    Field("amount", "monetary", lambda a, v: a.debit.entry.currency.in_euros(a.amount)),
    Field("debit_amount_currency", "monetary", lambda a, v: a.amount),
    Field("credit_amount_currency", "monetary", lambda a, v: a.amount),
    Field("max_date", "date", lambda a, v: a.on, readonly=True),
    Field("create_date", "datetime", lambda a, v: a.created_at, readonly=True),
    Field("write_date", "datetime", lambda a, v: a.written_at, readonly=True),
)  # fmt: skip
