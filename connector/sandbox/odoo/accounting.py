"""account.*: payments, journals, terms, and the table of all accounting models."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from connector.sandbox.books import TERMS
from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import Allocation, Entry, Line, Payment
from connector.sandbox.odoo.lines import LINE_FIELDS, PARTIAL_FIELDS, line_display
from connector.sandbox.odoo.moves import MOVE_FIELDS, STATES, move_display
from connector.sandbox.odoo.schema import Field, Model, View, fixed


def payment_status(payment: Payment, view: View) -> str:
    if view.version <= 17:
        return STATES[payment.state]
    if payment.state == "cancelled":
        return "canceled"
    return "paid" if payment.open_amount == 0 else "in_process"


def paid_invoices(payment: Payment, _view: View) -> list[Entry]:
    return list(dict.fromkeys(one.debit.entry for one in payment.allocations))


OWN: dict[str, Any] = {"since": 18}
BORROWED: dict[str, Any] = {"until": 17, "store": False}
PAYMENT_FIELDS = (
    *(Field("name", "char", lambda p, v: p.number, readonly=span is OWN, **span) for span in (OWN, BORROWED)),
    *(Field("date", "date", lambda p, v: p.on, required=True, **span) for span in (OWN, BORROWED)),
    *(Field("company_id", "many2one", lambda p, v: p.company, "res.company", required=span is OWN, **span)
      for span in (OWN, BORROWED)),
    *(Field("journal_id", "many2one", lambda p, v: p.journal, "account.journal", required=True, **span)
      for span in (OWN, BORROWED)),
    Field("state", "selection", payment_status, choices=("draft", "posted", "cancel"), required=True,
          readonly=True,
          until=17, store=False),
    Field("state", "selection", payment_status, required=True, since=18,
          choices=("draft", "in_process", "paid", "canceled", "rejected")),
    Field("memo", "char", lambda p, v: p.memo, since=18),
    Field("ref", "char", lambda p, v: p.memo, until=17, store=False),
    Field("payment_reference", "char"),
    Field("amount", "monetary", lambda p, v: p.total),
    Field("currency_id", "many2one", lambda p, v: p.currency, "res.currency"),
    Field("partner_id", "many2one", lambda p, v: p.customer, "res.partner"),
    Field("payment_type", "selection", lambda p, v: "inbound", choices=("outbound", "inbound"),
          required=True),
    Field("partner_type", "selection", lambda p, v: "customer", choices=("customer", "supplier"),
          required=True),
    Field("move_id", "many2one", lambda p, v: p, "account.move", required=True, readonly=True, until=17),
    Field("move_id", "many2one", lambda p, v: p, "account.move", since=18),
    Field("invoice_ids", "many2many", paid_invoices, "account.move", since=18),
    Field("reconciled_invoice_ids", "many2many", paid_invoices, "account.move", store=False, readonly=True),
    Field("is_reconciled", "boolean", lambda p, v: p.open_amount == 0, readonly=True),
    Field("is_matched", "boolean", lambda p, v: False, readonly=True),
    Field("create_date", "datetime", lambda p, v: p.created_at, readonly=True),
    Field("write_date", "datetime", lambda p, v: p.written_at, readonly=True),
)  # fmt: skip


def lines_of(ledger: Ledger, moves: Iterable[Any]) -> list[Line]:
    entries = [ledger.entries.get(serial) for serial in moves]
    return [line for entry in entries if entry for line in entry.lines]


def partials_of_moves(side: str) -> Callable[[Ledger, Iterable[Any]], list[Allocation]]:
    def found(ledger: Ledger, moves: Iterable[Any]) -> list[Allocation]:
        return [
            one for line in lines_of(ledger, moves) for one in line.allocations if getattr(one, side) is line
        ]  # fmt: skip

    return found


def partials_of_lines(side: str) -> Callable[[Ledger, Iterable[Any]], list[Allocation]]:
    def found(ledger: Ledger, serials: Iterable[Any]) -> list[Allocation]:
        lines = [ledger.lines.get(serial) for serial in serials]
        return [one for line in lines if line for one in line.allocations if getattr(one, side) is line]

    return found


MODELS = (
    Model("account.move", "Journal Entry", lambda b: b.entries, MOVE_FIELDS, move_display,
          order="date desc, name desc, invoice_date desc, id desc", company=lambda e: e.company,
          accounting=True),
    Model("account.move.line", "Journal Item", lambda b: b.lines, LINE_FIELDS, line_display, accounting=True,
          order="date desc, move_name desc, id", company=lambda n: n.entry.company,
          index={"move_id": lines_of}),
    Model("account.partial.reconcile", "Partial Reconcile", lambda b: b.allocations, PARTIAL_FIELDS,
          lambda a, v: f"account.partial.reconcile,{a.serial}", company=lambda a: a.debit.entry.company,
          accounting=True,
          index={"debit_move_id.move_id": partials_of_moves("debit"),
                 "debit_move_id": partials_of_lines("debit"),
                 "credit_move_id.move_id": partials_of_moves("credit"),
                 "credit_move_id": partials_of_lines("credit")}),
    Model("account.payment", "Payments", lambda b: b.payments, PAYMENT_FIELDS, lambda p, v: p.number,
          serial=lambda p: int(p.payment_serial), order="date desc, name desc", company=lambda p: p.company,
          accounting=True),
    Model("account.journal", "Journal", lambda b: b.journals, (
        Field("name", "char", lambda j, v: j.name, required=True),
        Field("code", "char", lambda j, v: j.code, required=True),
        Field("type", "selection", lambda j, v: j.kind, choices=("sale", "bank"), required=True),
        Field("company_id", "many2one", lambda j, v: j.company, "res.company", required=True),
        Field("currency_id", "many2one", relation="res.currency"),
        Field("active", "boolean", lambda j, v: True),
    ), company=lambda j: j.company, accounting=True),
    Model("account.payment.term", "Payment Terms", fixed(TERMS), (
        Field("name", "char", lambda t, v: t.name, required=True),
        Field("active", "boolean", lambda t, v: True),
        Field("note", "html"),
        Field("company_id", "many2one", relation="res.company"),
    )),
)  # fmt: skip
