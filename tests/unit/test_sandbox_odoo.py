"""The played Odoo beyond the recordings: rights, companies, versions, messages, acts seen over the API."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.sandbox.generate import ledger as generated
from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import Document
from connector.sandbox.odoo import OdooApp
from connector.sandbox.server import SandboxOptions, build

TODAY = date(2026, 11, 21)
VERSIONS = (16, 17, 18, 19)


class Caller:
    """Calls the application in this process, over JSON-RPC (which every version has)."""

    def __init__(self, version: int = 18, login: str = "relance") -> None:
        self.ledger: Ledger = generated(today=TODAY, customers=20, documents=60)
        self.app = OdooApp(self.ledger, version=version)
        self.user = self.ledger.user(login)

    def __call__(self, model: str, method: str, *args: Any, **named: Any) -> Any:
        params = ["sandbox", self.user.serial, self.user.key, model, method, list(args), named]
        sent = {"service": "object", "method": "execute_kw", "args": params}
        reply = json.loads(self.http("POST", "/jsonrpc", {"jsonrpc": "2.0", "id": 1, "params": sent})[1])
        return reply["error"]["data"] if "error" in reply else reply.get("result")

    def http(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[str, bytes, dict[str, str]]:
        raw = json.dumps(body).encode() if body is not None else b""
        seen: list[Any] = []
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "CONTENT_LENGTH": str(len(raw)),
                   "CONTENT_TYPE": "application/json" if raw else "", "wsgi.input": io.BytesIO(raw),
                   "wsgi.url_scheme": "http", "SERVER_NAME": "odoo.example", "SERVER_PORT": "80",
                   **headers}  # fmt: skip
        parts = b"".join(self.app(environ, lambda *head: seen.extend(head)))
        return seen[0], parts, dict(seen[1])

    def invoice(self, **facts: Any) -> Document:
        return self.ledger.invoice(self.ledger.customers()[6], Decimal("120.00"), **facts)


@pytest.fixture
def call() -> Caller:
    return Caller()


def state(call: Caller, invoice: Document) -> str:
    rows = call("account.move", "read", [invoice.serial], ["payment_state"])
    return str(rows[0]["payment_state"])


@pytest.mark.parametrize("version", VERSIONS)
def test_acts_of_people_are_seen_over_the_api(version: int) -> None:
    call = Caller(version)
    invoice, seen = call.invoice(), []
    seen.append(state(call, invoice))
    call.ledger.pay(invoice, Decimal("20.00"))
    seen.append(state(call, invoice))
    call.ledger.pay(invoice)
    seen.append(state(call, invoice))
    call.ledger.unreconcile(invoice)
    call.ledger.credit(invoice)
    seen.append(state(call, invoice))
    assert seen == ["not_paid", "partial", "paid", "reversed"]


@pytest.mark.parametrize(("version", "open_state", "paid_state"), [
    (16, "not_paid", "paid"), (17, "not_paid", "paid"), (18, "blocked", "paid"), (19, "blocked", "blocked"),
])  # fmt: skip
def test_a_blocked_invoice_shows_as_its_version_does(version: int, open_state: str, paid_state: str) -> None:
    call = Caller(version)
    invoice = call.invoice()
    call.ledger.block(invoice)
    assert state(call, invoice) == open_state
    call.ledger.pay(invoice)
    assert state(call, invoice) == paid_state


def test_a_reader_without_accounting_rights_sees_customers_and_no_invoices() -> None:
    call = Caller(login="reader")
    assert call("res.partner", "search_count", [])
    assert call("account.move", "search", [])["name"] == "odoo.exceptions.AccessError"
    assert call("account.move", "has_access", [], "read") is False
    assert "credit" not in call("res.partner", "fields_get")
    assert call("mail.message", "create", {"model": "account.move", "res_id": 1})["name"].endswith(
        "AccessError"
    )


def test_the_context_narrows_the_companies(call: Caller) -> None:
    everything = call("account.move", "search_count", [])
    one = call("account.move", "search_count", [], context={"allowed_company_ids": [1]})
    two = call("account.move", "search_count", [], context={"allowed_company_ids": [2]})
    assert two
    assert one + two == everything
    theirs = call("account.move", "search", [], limit=1, context={"allowed_company_ids": [2]})
    refused = call("account.move", "read", theirs, ["name"], context={"allowed_company_ids": [1]})
    assert refused["name"] == "odoo.exceptions.AccessError"


@pytest.mark.parametrize(("version", "body"), [
    (16, "<p>a <b>x</b> &amp; y</p>"), (17, "<p>a &lt;b&gt;x&lt;/b&gt; &amp; y</p>"),
])  # fmt: skip
def test_a_plain_body_is_html_on_16_and_escaped_since(version: int, body: str) -> None:
    call = Caller(version)
    invoice = call.invoice()
    serial = call("account.move", "message_post", [invoice.serial], body="a <b>x</b> & y")
    assert call("mail.message", "read", [serial], ["body"])[0]["body"] == body


def test_scripts_data_attributes_and_comments_are_taken_out_of_html(call: Caller) -> None:
    body = (
        '<p data-x="1" style="color:red">a<!-- c --><script>alert(1)</script><a href="javascript:x">b</a></p>'
    )
    serial = call("mail.message", "create", {"model": "account.move", "res_id": 1, "body": body})
    kept = call("mail.message", "read", [serial], ["body"])[0]["body"]
    assert kept == '<p style="color:red">a<a>b</a></p>'


def test_the_same_message_id_twice_is_two_messages(call: Caller) -> None:
    values = {
        "model": "account.move",
        "res_id": 1,
        "body": "<p>x</p>",
        "message_id": "<relance.1@connector.example>",
    }
    made = call("mail.message", "create", [values, values])
    assert call("mail.message", "search", [["message_id", "=", values["message_id"]]], order="id") == made


def test_a_create_with_one_bad_record_makes_none(call: Caller) -> None:
    before = len(call.ledger.notes)
    good = {"model": "account.move", "res_id": 1, "body": "x"}
    refused = call("mail.message", "create", [good, {**good, "res_id": 99_999_999}])
    assert refused["name"] == "odoo.exceptions.MissingError"
    assert len(call.ledger.notes) == before


def test_posting_to_a_customer_is_remembered_as_an_email_sent(call: Caller) -> None:
    invoice = call.invoice()
    party = next(one for one in call.ledger.parties if one.is_customer and one.email)
    serial = call("account.move", "message_post", [invoice.serial], body="<p>x</p>", body_is_html=True,
                  subject="Relance", partner_ids=[party.serial], message_type="comment",
                  subtype_xmlid="mail.mt_comment")  # fmt: skip
    mail = call.ledger.mails[-1]
    assert (mail.to, mail.subject, mail.number) == ((party.email,), "Relance", invoice.number)
    rows = call(
        "mail.notification", "search_read", [["mail_message_id", "=", serial]], ["notification_status"]
    )
    assert [row["notification_status"] for row in rows] == ["sent"]


def test_a_post_moves_the_write_date_only_with_a_pdf(call: Caller) -> None:
    invoice = call.invoice()
    before = invoice.written_at
    call("account.move", "message_post", [invoice.serial], body="x")
    assert invoice.written_at == before
    files = [["rappel.pdf", "%PDF-\u00e9", {"encoding": "latin-1"}]]
    call("account.move", "message_post", [invoice.serial], body="x", attachments=files)
    assert invoice.written_at > before
    assert next(iter(call.ledger.attachments)).content == "%PDF-\u00e9".encode("latin-1")


def test_the_portal_link_writes_on_the_invoice_once(call: Caller) -> None:
    invoice = call.invoice()
    before = invoice.written_at
    links = [call("account.move", "get_portal_url", [invoice.serial]) for _ in range(2)]
    after = invoice.written_at
    assert links[0] == links[1]
    assert after > before
    assert call("account.move", "get_base_url", [invoice.serial]) == "http://odoo.example:80"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_done_activity_is_gone_up_to_18_and_archived_on_19(version: int) -> None:
    call = Caller(version)
    context = {"default_res_model": "account.move"}
    made = call("mail.activity", "create", [{"res_id": 1, "summary": "x", "user_id": 6}], context=context)
    assert call("mail.activity", "action_feedback", made, feedback="fait")
    left = call("mail.activity", "search", [["id", "in", made]], context={"active_test": False})
    assert left == (made if version == 19 else [])
    again = call("mail.activity", "unlink", [99_999])
    assert again["name"] == "odoo.exceptions.MissingError"


def test_an_activity_without_a_model_is_refused(call: Caller) -> None:
    refused = call("mail.activity", "create", {"res_id": 1, "res_model": "account.move"})
    assert refused["name"] == "odoo.exceptions.ValidationError"


@pytest.mark.parametrize(("model", "method"), [
    ("account.move", "unlink"), ("res.partner", "write"), ("account.move", "read_group"),
    ("mail.template", "search"), ("account.move", "write"),
])  # fmt: skip
def test_what_a_connector_should_not_use_is_refused_clearly(call: Caller, model: str, method: str) -> None:
    refused = call(model, method, [1], {})
    assert refused["name"] == "odoo.exceptions.UserError"
    assert "sandbox does not offer" in refused["message"]


def test_an_invoicing_user_may_not_read_technical_models(call: Caller) -> None:
    assert call("ir.model", "search_read", [])["name"] == "odoo.exceptions.AccessError"


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_shows_on_its_probes(version: int) -> None:
    call = Caller(version)
    status, body, _ = call.http("GET", "/web/version")
    assert status.startswith("200" if version == 19 else "404")
    assert (b'"19.0"' in body) == (version == 19)
    info = {"jsonrpc": "2.0", "params": {"service": "common", "method": "version", "args": []}}
    assert json.loads(call.http("POST", "/jsonrpc", info)[1])["result"]["server_version"] == f"{version}.0"


def test_json_2_on_18_leads_to_a_login_page(call: Caller) -> None:
    status, _, headers = call.http("POST", "/json/2/account.move/search", {})
    assert status.startswith("303")
    status, page, _ = call.http("GET", headers["Location"].partition("?")[0])
    assert status.startswith("200")
    assert page.startswith(b"<!DOCTYPE html>")


def test_the_answer_carries_the_sandboxs_time_and_not_the_walls(call: Caller) -> None:
    call.ledger.advance(date(2030, 1, 15))
    assert "15 Jan 2030" in call.http("GET", "/web/version")[2]["Date"]


def test_json_2_takes_the_key_only_and_json_rpc_the_password_too() -> None:
    call = Caller(19)
    for secret, status in ((call.user.key, "200"), (call.user.password, "401")):
        answer = call.http("POST", "/json/2/res.users/context_get", {}, HTTP_AUTHORIZATION=f"Bearer {secret}")
        assert answer[0].startswith(status)
    login = {
        "params": {"service": "common", "method": "login", "args": ["sandbox", "relance", call.user.password]}
    }
    assert json.loads(call.http("POST", "/jsonrpc", login)[1])["result"] == call.user.serial


@pytest.mark.parametrize(("version", "present", "absent"), [
    (16, {"blocked"}, {"no_followup", "payment_date"}), (17, {"blocked", "payment_date"}, {"no_followup"}),
    (18, {"payment_date"}, {"blocked", "no_followup"}), (19, {"no_followup"}, {"blocked"}),
])  # fmt: skip
def test_lines_have_the_follow_up_flag_of_their_version(
    version: int, present: set[str], absent: set[str]
) -> None:
    fields = set(Caller(version)("account.move.line", "fields_get", [], ["type"]))
    assert present <= fields
    assert not absent & fields


def test_a_clipped_relation_shows_only_the_ids_of_the_rest(call: Caller) -> None:
    specification = {"line_ids": {"fields": {"balance": {}}, "limit": 1}, "partner_id": {"fields": {}}}
    lines = call("account.move", "web_read", [1], specification)[0]["line_ids"]
    assert [set(line) for line in lines[:2]] == [{"id", "balance"}, {"id"}]


def test_no_key_shows_in_the_repr_of_what_a_log_might_hold() -> None:
    sandbox = build(SandboxOptions(today=TODAY, customers=3, documents=3))
    address = sandbox.address("http://127.0.0.1:1")
    assert address.key
    assert address.key not in repr(address) + repr(sandbox.ledger.user("relance"))
