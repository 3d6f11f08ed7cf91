"""Every answer of the Pennylane sandbox against the published specification, whose schemas are closed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30ReadValidator

from tests.contract.pennylane_client import Played, Reply, played

SPECIFICATION = Path(__file__).parents[3] / "shared/reference/pennylane/openapi-2026-07.json"
NEWER = {"payment_method_ledger_account", "purchase_order_reference", "sales_order_reference", "installments"}
NOT_YET_PUBLISHED = ("/comments", "/installments", r"/contacts/\d+")
INVOICE_PARTS = ("invoice_lines", "invoice_line_sections", "custom_header_fields", "payments",
                 "matched_transactions", "appendices", "categories")  # fmt: skip

pytestmark = pytest.mark.skipif(
    not SPECIFICATION.exists(), reason="the specification is not beside this checkout"
)


@cache
def specification() -> dict[str, Any]:
    return dict(json.loads(SPECIFICATION.read_text(), object_hook=_nullable_enum))


def _nullable_enum(schema: dict[str, Any]) -> dict[str, Any]:
    """``nullable`` beside an ``enum`` without null: the letter of OpenAPI forbids what is plainly meant."""
    if schema.get("nullable") is True and None not in schema.get("enum", (None,)):
        return {**schema, "enum": [*schema["enum"], None]}
    return schema


@cache
def validator(template: str, method: str, status: int) -> OAS30ReadValidator | None:
    """None for an answer without a body. Raises KeyError for a status that is not declared."""
    answer = specification()["paths"][template][method.lower()]["responses"][str(status)]
    if "content" not in answer:
        return None
    schema = answer["content"]["application/json"]["schema"]
    return OAS30ReadValidator({**schema, "components": specification()["components"]})


def template_of(path: str) -> str:
    known = sorted(specification()["paths"], key=lambda one: one.count("{"))
    return next(one for one in known if re.fullmatch(re.sub(r"\{\w+\}", r"[^/]+", one), path))


def is_published(method: str, path: str) -> bool:
    contacts = method == "POST" and path.endswith("/contacts")
    return not contacts and not any(re.search(f"{one}$", path) for one in NOT_YET_PUBLISHED)


def assert_conforms(method: str, path: str, reply: Reply) -> None:
    schema = validator(template_of(path), method, reply.status)
    if schema is None:
        assert reply.body == b""
        return
    found = list(schema.iter_errors(reply.json()))
    assert not found, (
        f"{method} {path} {reply.status}: {list(found[0].absolute_path)} {found[0].message[-300:]}"
    )


def assert_all_conform(host: Played) -> None:
    assert host.seen
    for method, path, reply in host.seen:
        if is_published(method, path):
            assert_conforms(method, path, reply)


@pytest.fixture
def host() -> Iterator[Played]:
    made = played(newest=False)
    yield made
    assert_all_conform(made)


def test_a_wrong_answer_would_be_noticed() -> None:
    host = played(4, 6)
    assert set(host.get("customer_invoices")["items"][0]) > NEWER
    with pytest.raises(AssertionError, match="payment_method_ledger_account"):
        assert_all_conform(host)


def test_every_list_and_every_record_conforms(host: Played) -> None:
    for one in host.all("customers", limit=100):
        typed = "company" if one["customer_type"] == "company" else "individual"
        for path in (f"customers/{one['id']}", f"{typed}_customers/{one['id']}",
                     f"customers/{one['id']}/contacts", f"customers/{one['id']}/categories"):  # fmt: skip
            host.get(path)
    for one in host.all("customer_invoices", limit=7):
        host.get(f"customer_invoices/{one['id']}")
        for part in INVOICE_PARTS:
            host.get(f"customer_invoices/{one['id']}/{part}")
    for one in host.all("transactions"):
        for part in ("", "/matched_invoices", "/categories"):
            host.get(f"transactions/{one['id']}{part}")
    for path in ("bank_accounts", "categories"):
        for one in host.all(path):
            host.get(f"{path}/{one['id']}")
    host.get("me")


def test_the_included_lines_conform(host: Played) -> None:
    included = host.get("customer_invoices", include="invoice_lines", limit=3)["included"]["invoice_lines"]
    assert len(included) == 3


def test_every_status_is_seen_and_conforms(host: Played) -> None:
    ledger, people = host.ledger, host.app.people
    company, party = next(iter(ledger.companies)), ledger.customers()[0]
    made = [ledger.invoice(party, Decimal("120.00"), company=company) for _ in range(6)]
    ledger.invoice(party, Decimal("120.00"), company=company, post=False)
    ledger.pay(made[0], Decimal("20.00"))
    ledger.credit(made[1], Decimal("20.00"))
    ledger.credit(made[2])
    people.archive(made[3])
    people.leave_incomplete(made[4])
    ledger.pay(made[4])
    ledger.reset_to_draft(ledger.credit(made[5], Decimal("10.00"), apply=False))
    assert {one["status"] for one in host.all("customer_invoices", limit=100)} == {
        "archived", "incomplete", "cancelled", "paid", "partially_paid", "partially_cancelled", "upcoming",
        "late", "draft", "credit_note",
    }  # fmt: skip


def test_every_changelog_conforms(host: Played) -> None:
    ledger = host.ledger
    ledger.rename_customer(ledger.customers()[0], "Exemple Renommé SARL")
    kinds = [one.rsplit("/", 1)[-1] for one in specification()["paths"] if "/changelogs/" in one]
    told = {kind: len(list(host.all(f"changelogs/{kind}", limit=3))) for kind in kinds}
    assert min(told["customers"], told["customer_invoices"], told["transactions"]) > 0
    assert len(kinds) == 10


def test_what_is_written_conforms(host: Played) -> None:
    address = {"address": "1 rue de l’Essai", "postal_code": "75011", "city": "Paris", "country_alpha2": "FR"}
    company = host.call(
        "POST", "company_customers", {"name": "Exemple SARL", "billing_address": address}
    ).json()
    person = {"first_name": "Jeanne", "last_name": "Exemple", "billing_address": address}
    person = host.call("POST", "individual_customers", person).json()
    host.call(
        "PUT", f"company_customers/{company['id']}", {"notes": "Appeler", "emails": ["a@exemple.example"]}
    )
    host.call("PUT", f"individual_customers/{person['id']}", {"last_name": "Modèle"})
    host.call("PUT", f"customers/{company['id']}/categories", weights(host))
    line = {"label": "Conseil", "quantity": 2, "raw_currency_unit_price": "50.00", "unit": "piece",
            "vat_rate": "FR_200"}  # fmt: skip
    invoice = {"customer_id": company["id"], "date": "2026-11-01", "deadline": "2026-12-01", "draft": True,
               "invoice_lines": [line]}  # fmt: skip
    draft, gone = (host.call("POST", "customer_invoices", invoice).json()["id"] for _ in range(2))
    host.call("DELETE", f"customer_invoices/{gone}")
    host.call("PUT", f"customer_invoices/{draft}", {"deadline": "2026-12-15", "pdf_invoice_subject": "Objet"})
    host.call("PUT", f"customer_invoices/{draft}/finalize")
    at = f"customer_invoices/{draft}"
    host.call("PUT", f"{at}/categories", weights(host))
    host.upload(f"{at}/appendices", "journal.pdf", b"%PDF-1.4")
    host.call("POST", f"{at}/send_by_email")
    account = host.get("bank_accounts")["items"][0]["id"]
    money = {"bank_account_id": account, "label": "Virement", "date": "2026-11-20", "amount": "120.00"}
    money = host.call("POST", "transactions", money).json()
    host.call("PUT", f"transactions/{money['id']}", {"customer_id": company["id"]})
    host.call("PUT", f"transactions/{money['id']}/categories", weights(host))
    host.call("POST", f"{at}/matched_transactions", {"transaction_id": money["id"]})
    host.call("DELETE", f"{at}/matched_transactions/{money['id']}")
    host.call("PUT", f"{at}/mark_as_paid")
    host.call("POST", "bank_accounts", {"name": "Autre compte"})
    host.call("POST", "categories", {"label": "Relancé niveau 3", "category_group_id": group(host)})
    assert {reply.status for _, _, reply in host.seen} == {200, 201, 204}


def test_what_is_refused_conforms(host: Played) -> None:
    customer = host.get(
        "customers", filter=[{"field": "customer_type", "operator": "eq", "value": "company"}]
    )
    at = f"company_customers/{customer['items'][0]['id']}"
    invoice = host.get("customer_invoices")["items"][0]["id"]
    refused = [
        host.call("GET", "customers", limit=101), host.call("GET", "customers", cursor="???"),
        host.call("GET", "customers", filter="{"), host.call("GET", "customers", sort="name"),
        host.call("GET", "changelogs/customers", start_date="2026-11-19T00:00:00Z", cursor="x"),
        host.call("GET", "changelogs/customers", start_date="2026-01-01T00:00:00Z"),
        host.call("GET", "customer_invoices/1"), host.call("PUT", at, {"surname": "?"}),
        host.call("PUT", at, {"emails": "a@exemple.example"}), host.call("PUT", at, raw=b"{"),
        host.call("DELETE", f"customer_invoices/{invoice}"),
    ]  # fmt: skip
    host.token = "nobody"
    refused.append(host.call("GET", "me"))
    host.token = host.app.tokens.issue(scopes=["transactions:readonly"]).value
    refused.append(host.call("GET", "customers"))
    assert {one.status for one in refused} == {400, 401, 403, 404, 422}


def test_the_newest_fields_are_four_and_no_other() -> None:
    host = played(4, 12, installments=True)
    shown = [one for path in ("customer_invoices",) for one in host.all(path)]
    older = {one["id"]: one for one in played(4, 12, newest=False).all("customer_invoices")}
    assert all(set(one) - set(older[one["id"]]) == NEWER for one in shown)
    planned = [one for one in shown if one["installments"]]
    assert planned
    parts = host.get(f"customer_invoices/{planned[0]['id']}/installments")["items"]
    assert sum(Decimal(one["amount"]) for one in parts) == abs(Decimal(planned[0]["currency_amount"]))


def weights(host: Played) -> list[dict[str, Any]]:
    return [{"id": host.get("categories")["items"][0]["id"], "weight": "1"}]


def group(host: Played) -> int:
    return int(host.get("categories")["items"][0]["category_group"]["id"])
