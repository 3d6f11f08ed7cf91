"""What people do in an Odoo, over its own API, for the contract tests against a sandbox or a real server."""

from __future__ import annotations

from typing import Any

from connector.hosts.odoo.client import OdooClient
from connector.hosts.odoo.settings import OdooSettings
from connector.http import Http


class OdooActs:
    """Acts as a person of the company ``company_id``."""

    def __init__(self, settings: OdooSettings, company_id: int) -> None:
        self._client = OdooClient(settings, Http(), {})
        self._context = {"allowed_company_ids": [company_id]}

    def pay(self, invoice_ref: str) -> None:
        on = {**self._context, "active_model": "account.move", "active_ids": [int(invoice_ref)]}
        made = self._call("account.payment.register", "create", [{}], context=on)
        self._call("account.payment.register", "action_create_payments", made, context=on)

    def unreconcile(self, invoice_ref: str) -> None:
        self._call("account.move.line", "remove_move_reconcile", self._lines(invoice_ref))

    def withdraw(self, invoice_ref: str) -> None:
        for method in ("button_draft", "button_cancel"):
            self._call("account.move", method, [int(invoice_ref)])

    def _lines(self, invoice_ref: str) -> list[int]:
        domain = [["move_id", "=", int(invoice_ref)], ["account_type", "=", "asset_receivable"]]
        found: list[int] = self._call("account.move.line", "search", domain)
        return found

    def _call(self, model: str, method: str, *args: Any, **named: Any) -> Any:
        return self._client.call(model, method, *args, **{"context": self._context, **named})
