"""What people do in an Odoo, over its own API, for the contract tests against a sandbox or a real server.

JSON-RPC, which every version up to now has, and where a person's password will do.
"""

from __future__ import annotations

import base64
import json
import urllib.request
from datetime import date
from html import escape
from typing import Any

from connector.hosts.odoo.settings import OdooSettings
from connector.model import Kind, Ref
from connector.sandbox.paper import pdf

MODELS = {Kind.INVOICE: "account.move", Kind.CUSTOMER: "res.partner"}


class OdooError(Exception):
    """What Odoo said when it refused."""


class OdooActs:
    """Acts as the person ``login`` in the company ``company_id``; in French, unless told otherwise."""

    def __init__(
        self, settings: OdooSettings, company_id: int, login: str, password: str, language: str = "fr_FR"
    ) -> None:
        self._url, self._database, self._password = settings.url, settings.database, password
        self._company = company_id
        self._context: dict[str, Any] = {"allowed_company_ids": [company_id], "lang": language}
        self._uid = self._send("common", "login", self._database, login, password)

    # the ledger ----------------------------------------------------------------------------------------
    def pay(self, invoice_ref: str) -> None:
        on = {**self._context, "active_model": "account.move", "active_ids": [int(invoice_ref)]}
        made = self.call("account.payment.register", "create", [{}], context=on)
        self.call("account.payment.register", "action_create_payments", made, context=on)

    def unreconcile(self, invoice_ref: str) -> None:
        domain = [["move_id", "=", int(invoice_ref)], ["account_type", "=", "asset_receivable"]]
        lines = self.call("account.move.line", "search", domain)
        self.call("account.move.line", "remove_move_reconcile", lines)

    def withdraw(self, invoice_ref: str) -> None:
        for method in ("button_draft", "button_cancel"):
            self.call("account.move", method, [int(invoice_ref)])

    def print(self, invoice_ref: str) -> None:
        """What printing leaves behind, without the printing, which takes a program that a server may lack."""
        (invoice,) = self.call("account.move", "read", [int(invoice_ref)], ["name"])
        values = {
            "name": f"{invoice['name'].replace('/', '_')}.pdf",
            "datas": base64.b64encode(pdf(invoice["name"])).decode(),
            "res_model": "account.move",
            "res_id": int(invoice_ref),
        }
        held = {"res_field": "invoice_pdf_report_file"} if self.major > 16 else {}
        self.call("ir.attachment", "create", [values | held])

    # the journal ---------------------------------------------------------------------------------------
    def say(self, on: Ref, text: str) -> str:
        body = escape(text, quote=False) if self.major == 16 else text  # 16 takes it for HTML
        named = {"body": body, "message_type": "comment", "subtype_xmlid": "mail.mt_note"}
        posted = self.call(MODELS[on.kind], "message_post", [int(on.id)], **named)
        return str(posted[0] if isinstance(posted, list) else posted)

    def say_again(self, ref: str, text: str) -> None:
        self.call("mail.message", "write", [int(ref)], {"body": f"<p>{escape(text, quote=False)}</p>"})

    def answer(self, on: Ref, text: str) -> str:
        (record,) = self.call(MODELS[on.kind], "read", [int(on.id)], ["commercial_partner_id"])
        customer = record["commercial_partner_id"][0]
        values = {
            "model": MODELS[on.kind],
            "res_id": int(on.id),
            "body": f"<p>{escape(text, quote=False)}</p>",
        }
        values |= {"message_type": "email", "author_id": customer, "email_from": "lea@exemple.example"}
        (made,) = self.call("mail.message", "create", [values])
        return str(made)

    # tasks ---------------------------------------------------------------------------------------------
    def mark_done(self, task_key: str, feedback: str = "") -> None:
        ids = self.task(task_key)
        if feedback:
            self.call("mail.activity", "action_feedback", ids, feedback=feedback)
        else:
            self.call("mail.activity", "action_done", ids)

    def move_task(self, task_key: str, due_on: date) -> None:
        self.call("mail.activity", "write", self.task(task_key), {"date_deadline": due_on.isoformat()})

    def delete_task(self, task_key: str) -> None:
        self.call("mail.activity", "unlink", self.task(task_key))

    def task(self, task_key: str) -> list[int]:
        """Return the id of the open task of that key, in a list."""
        found: list[int] = self.call(
            "mail.activity", "search", [["note", "like", f"relance:{self._company}:{task_key}"]]
        )
        assert len(found) == 1, f"{len(found)} tasks of the key {task_key}"
        return found

    @property
    def major(self) -> int:
        return int(self._send("common", "version")["server_version_info"][0])

    # the wire ------------------------------------------------------------------------------------------
    def call(self, model: str, method: str, *args: Any, **named: Any) -> Any:
        named = {"context": self._context, **named}
        secret = (self._database, self._uid, self._password)
        return self._send("object", "execute_kw", *secret, model, method, args, named)

    def _send(self, service: str, method: str, *args: Any) -> Any:
        body = {"jsonrpc": "2.0", "method": "call", "id": 1}
        params = {"service": service, "method": method, "args": args}
        request = urllib.request.Request(  # noqa: S310 - the address of the test's own server
            f"{self._url}/jsonrpc",
            json.dumps(body | {"params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            reply = json.load(answer)
        if "error" in reply:
            data = reply["error"]["data"]
            raise OdooError(f"{data['name']}: {data['message']}")
        return reply.get("result")
