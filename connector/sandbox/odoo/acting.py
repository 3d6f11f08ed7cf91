"""What people click in Odoo, for tests that act through the API as on a real server. A connector calls none
of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from connector.sandbox.nouns import Document, Payment
from connector.sandbox.odoo import errors
from connector.sandbox.odoo.calls import Call, offer
from connector.sandbox.odoo.records import MODELS


def documents(call: Call, serials: Any) -> list[Document]:
    """Raises AccessError, MissingError; UserError for an entry that is no invoice or credit note."""
    found = [call.records.one(MODELS["account.move"], serial) for serial in serials]
    for entry in found:
        if not isinstance(entry, Document):
            raise errors.not_offered(f"this on the entry {entry.number}")
    return found


@offer("account.payment.register", "model", name="create")
def fill_payment_form(call: Call, vals_list: Any) -> Any:
    values: Mapping[str, Any] = vals_list if isinstance(vals_list, Mapping) else vals_list[0]
    forms = call.view.ledger.forms
    serial = len(forms) + 1
    forms[serial] = (documents(call, call.context.get("active_ids") or ()), values)
    return serial if isinstance(vals_list, Mapping) and not call.json2 else [serial]


@offer("account.payment.register", "records")
def action_create_payments(call: Call) -> dict[str, Any]:
    payments: list[Payment] = []
    for form in call.ids:
        invoices, values = call.view.ledger.forms[form]
        amount = Decimal(repr(values["amount"])) if values.get("amount") else None
        on = date.fromisoformat(values["payment_date"]) if values.get("payment_date") else None
        payments += [call.view.ledger.pay(invoice, amount, on) for invoice in invoices]
    serials = [payment.payment_serial for payment in payments]
    shown: dict[str, Any] = {"name": "Payments", "type": "ir.actions.act_window",
                             "res_model": "account.payment",
                             "context": {"create": False}}  # fmt: skip
    if len(serials) == 1:
        return {**shown, "view_mode": "form", "res_id": serials[0]}
    return {**shown, "view_mode": "list,form", "domain": [["id", "in", serials]]}


@offer("account.move.line", "records")
def remove_move_reconcile(call: Call) -> bool:
    lines = call.records.find(call.model, call.ids, "write")
    for entry in dict.fromkeys(line.entry for line in lines):
        call.view.ledger.unreconcile(entry)
    return True


@offer("account.move", "records")
def button_draft(call: Call) -> None:
    for document in documents(call, call.ids):
        call.view.ledger.reset_to_draft(document)


@offer("account.move", "records")
def button_cancel(call: Call) -> None:
    for document in documents(call, call.ids):
        call.view.ledger.cancel(document)


@offer("account.move", "records")
def action_post(call: Call) -> None:
    for document in documents(call, call.ids):
        call.view.ledger.post(document)
