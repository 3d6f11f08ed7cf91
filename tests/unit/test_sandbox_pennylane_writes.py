"""What may be written to the Pennylane sandbox, and what it refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.sandbox.nouns import Document, Party
from connector.sandbox.pennylane.invoice_acts import is_imported
from tests.contract.pennylane_client import Played, played


@pytest.fixture
def host() -> Played:
    return played(12, 30)


@pytest.fixture
def party(host: Played) -> Party:
    return next(one for one in host.ledger.customers() if one.is_company and one.email)


@pytest.fixture
def invoice(host: Played, party: Party) -> Document:
    return host.ledger.invoice(party, Decimal("120.00"))


def at(host: Played, invoice: Document, part: str = "") -> str:
    return f"customer_invoices/{host.id_of(invoice)}{part}"


# -------------------------------------------------------------------- customers


def test_notes_are_read_and_written_whole(host: Played, party: Party) -> None:
    path = f"company_customers/{host.id_of(party)}"
    host.ledger.note_customer(party, "Ne pas appeler le lundi")
    read = host.get(path)
    told = host.call("PUT", path, {"notes": f"{read['notes']}\nRelance 1 envoyée"}).json()
    assert party.notes == told["notes"] == "Ne pas appeler le lundi\nRelance 1 envoyée"
    assert told["updated_at"] > read["updated_at"]
    assert {**told, "notes": 0, "updated_at": 0} == {**read, "notes": 0, "updated_at": 0}
    assert host.call("PUT", path, {"notes": None}).json()["notes"] is None


@pytest.mark.parametrize("language", ["fr_FR", "en_GB", "de_DE", "es_ES"])
def test_a_language_that_was_set_is_the_one_that_is_told(host: Played, party: Party, language: str) -> None:
    path = f"company_customers/{host.id_of(party)}"
    assert host.call("PUT", path, {"billing_language": language}).json()["billing_language"] == language


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"comment": "?"}, "NotExistPropertyDefinition"),
        ({"billing_address": {"street": "?"}}, "NotExistPropertyDefinition"),
        ({"name": None}, "NotNullError"),
        ({"name": 12}, "ValidateError"),
        ({"payment_conditions": "90_days"}, "NotEnumInclude"),
        ({"emails": "a@exemple.example"}, "ValidateError"),
        ([], "ValidateError"),
    ],
)
def test_a_body_of_another_shape_is_refused_and_changes_nothing(
    host: Played, party: Party, body: Any, code: str
) -> None:
    path = f"company_customers/{host.id_of(party)}"
    before = host.get(path)
    reply = host.call("PUT", path, body)
    assert (reply.status, reply.json()["code"]) == (400, code)
    assert host.get(path) == before


def test_a_company_is_not_changed_as_an_individual_nor_patched(host: Played, party: Party) -> None:
    number = host.id_of(party)
    assert host.call("PUT", f"individual_customers/{number}", {"notes": "?"}).status == 404
    assert host.call("PATCH", f"company_customers/{number}", {"notes": "?"}).status == 404
    assert host.call("PUT", f"customers/{number}", {"notes": "?"}).status == 404
    assert host.call("PUT", f"company_customers/{number}", raw=b"notes=?", kind="text/plain").status == 400


def test_an_external_reference_is_taken_once(host: Played, party: Party) -> None:
    other = next(one for one in host.ledger.customers() if one.is_company and one is not party)
    body = {"external_reference": "C-1"}
    assert host.call("PUT", f"company_customers/{host.id_of(party)}", body).status == 200
    reply = host.call("PUT", f"company_customers/{host.id_of(other)}", body)
    assert (reply.status, reply.json()["error"]) == (422, "External reference has already been taken")


def test_contacts_are_made_changed_and_deleted(host: Played, party: Party) -> None:
    path = f"customers/{host.id_of(party)}/contacts"
    given = {"first_name": "Jeanne Marie", "last_name": "de l’Exemple", "email": "j@exemple.example"}
    made = host.call("POST", path, {**given, "role": "comptable"}).json()
    assert {**made, **given} == made
    assert host.get(path)["items"][0] == made
    assert host.call("PUT", f"{path}/{made['id']}", {"role": ""}).json()["role"] == ""
    assert host.call("POST", path, {"first_name": "Jeanne"}).json()["code"] == "NotExistRequiredKey"
    assert host.call("POST", path, {**given, "email": "personne"}).json()["code"] == "InvalidEmailFormat"
    assert host.call("DELETE", f"{path}/{made['id']}").status == 204
    assert host.call("GET", f"{path}/{made['id']}").status == 404


# -------------------------------------------------------------------- comments and papers


def test_a_comment_stands_under_the_invoice_as_often_as_it_was_sent(host: Played, invoice: Document) -> None:
    for _ in range(2):
        assert (
            host.call("POST", at(host, invoice, "/comments"), {"content": "Relance 1 <b>&</b>"}).status == 201
        )
    assert host.app.people.comments(invoice) == ["Relance 1 <b>&</b>"] * 2
    assert host.call("GET", at(host, invoice, "/comments")).status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [({"content": "  \u00a0\n"}, 422), ({"content": "a\0b"}, 422), ({"content": "x" * 10_001}, 400),
     ({"body": "Relance"}, 400), ({}, 400), ({"content": 1}, 400), (None, 400)],
)  # fmt: skip
def test_a_comment_that_says_nothing_is_refused(
    host: Played, invoice: Document, body: Any, status: int
) -> None:
    assert host.call("POST", at(host, invoice, "/comments"), body).status == status
    assert host.app.people.comments(invoice) == []


def test_a_token_of_nobody_may_not_comment(host: Played, invoice: Document) -> None:
    host.token = "firm-sandbox-key"
    assert host.get("me")["user"] is None
    assert host.call("POST", at(host, invoice, "/comments"), {"content": "Relance"}).status == 403


def test_the_endpoint_of_comments_may_be_missing_or_named_otherwise() -> None:
    older, other = played(4, 6, comments=False), played(4, 6, comment_key="body")
    path = f"customer_invoices/{older.get('customer_invoices')['items'][0]['id']}/comments"
    assert older.call("POST", path, {"content": "Relance"}).status == 404
    assert other.call("POST", path, {"content": "Relance"}).status == 400
    assert other.call("POST", path, {"body": "Relance"}).status == 201


def test_an_appendix_is_a_pdf_or_an_image(host: Played, invoice: Document) -> None:
    path = at(host, invoice, "/appendices")
    assert host.upload(path, "journal.pdf", b"%PDF-1.4 journal").status == 201
    assert host.upload(path, "journal.txt", b"journal", "text/plain").status == 422
    assert host.call("POST", path, {"file": "journal"}).json()["code"] == "NotAMultipartFile"
    assert [one["filename"] for one in host.get(path)["items"]] == ["journal.pdf"]
    assert [one.content for one in host.app.people.appendices(invoice)] == [b"%PDF-1.4 journal"]


# -------------------------------------------------------------------- invoices


def test_a_finalized_invoice_takes_its_label_alone(host: Played, invoice: Document) -> None:
    assert (
        host.call("PUT", at(host, invoice), {"label": "Facture d’essai"}).json()["label"] == "Facture d’essai"
    )
    assert host.call("PUT", at(host, invoice), {"deadline": "2027-01-01"}).status == 422
    assert (
        host.call("PUT", at(host, invoice), {"draft": False}).json()["code"] == "NotExistPropertyDefinition"
    )
    assert host.call("DELETE", at(host, invoice)).status == 422


def test_an_imported_invoice_takes_another_deadline(host: Played, party: Party) -> None:
    made = [host.ledger.invoice(party, Decimal("10.00")) for _ in range(18)]
    imported = next(one for one in made if is_imported(one))
    written = next(one for one in made if not is_imported(one))
    body = {"deadline": "2027-01-31"}
    assert host.call("PUT", at(host, imported, "/update_imported"), body).json()["deadline"] == "2027-01-31"
    assert host.call("PUT", at(host, written, "/update_imported"), body).status == 422


def test_marked_as_paid_there_is_neither_a_payment_nor_a_transaction(host: Played, invoice: Document) -> None:
    assert host.call("PUT", at(host, invoice, "/mark_as_paid")).status == 204
    told = host.get(at(host, invoice))
    assert (told["status"], told["paid"], told["remaining_amount_with_tax"]) == ("paid", True, "0.0")
    assert host.get(at(host, invoice, "/matched_transactions"))["items"] == []
    assert host.get(at(host, invoice, "/payments"))["items"] == []
    assert told["id"] not in {one["id"] for one in host.all("transactions", limit=100)}


def test_money_goes_to_the_oldest_matched_invoice_and_comes_back_from_all(host: Played, party: Party) -> None:
    old, new = (host.ledger.invoice(party, Decimal("100.00")) for _ in range(2))
    money = host.ledger.receive(party, Decimal("120.00"))
    number = host.id_of(money)
    for one in (new, old):
        assert (
            host.call("POST", at(host, one, "/matched_transactions"), {"transaction_id": number}).status
            == 204
        )
    assert (old.open_amount, new.open_amount) == (0, Decimal("80.00"))
    found = host.get(f"transactions/{number}/matched_invoices")["items"]
    assert {one["id"] for one in found} == {host.id_of(old), host.id_of(new)}
    assert host.call("DELETE", at(host, old, f"/matched_transactions/{number}")).status == 204
    assert (old.open_amount, new.open_amount, money.open_amount) == (100, 100, 120)


def test_a_draft_is_matched_with_nothing(host: Played, party: Party) -> None:
    draft = host.ledger.invoice(party, Decimal("100.00"), post=False)
    money = host.id_of(host.ledger.receive(party, Decimal("100.00")))
    reply = host.call("POST", at(host, draft, "/matched_transactions"), {"transaction_id": money})
    assert (reply.status, reply.json()["error"]) == (
        422,
        "This endpoint is not applicable for draft invoices",
    )
    assert host.call("PUT", at(host, draft, "/categories"), []).status == 422


def test_an_invoice_is_sent_to_the_customer_once_its_pdf_is_there(
    host: Played, party: Party, invoice: Document
) -> None:
    host.app.people.hold_pdf(invoice)
    assert host.get(at(host, invoice))["public_file_url"] is None
    assert host.call("POST", at(host, invoice, "/send_by_email")).status == 409
    host.app.people.hold_pdf(invoice, held=False)
    assert host.call("POST", at(host, invoice, "/send_by_email")).status == 204
    assert host.ledger.mails[-1].to == (party.email,)
    host.ledger.change_email(party, "")
    assert host.call("POST", at(host, invoice, "/send_by_email")).status == 422


def test_a_credit_note_is_linked_and_the_invoice_comes_back(
    host: Played, party: Party, invoice: Document
) -> None:
    note = host.ledger.credit_customer(party, Decimal("20.00"))
    told = host.call(
        "POST", at(host, invoice, "/link_credit_note"), {"credit_note_id": host.id_of(note)}
    ).json()
    assert (told["id"], told["status"]) == (host.id_of(invoice), "partially_cancelled")
    assert told["remaining_amount_with_tax"] == "100.0"
    assert host.get(at(host, note))["credited_invoice"]["id"] == told["id"]


def test_the_weights_of_a_group_make_one(host: Played, invoice: Document) -> None:
    one, two = (each["id"] for each in host.get("categories")["items"][:2])
    reply = host.call("PUT", at(host, invoice, "/categories"), [{"id": one, "weight": "0.5"}])
    assert reply.status == 422
    halves = [{"id": one, "weight": "0.5"}, {"id": two, "weight": "0.5"}]
    assert host.call("PUT", at(host, invoice, "/categories"), halves).status == 200
    found = host.get("customer_invoices", filter=[{"field": "category_id", "operator": "in", "value": [one]}])
    assert [each["id"] for each in found["items"]] == [host.id_of(invoice)]


def test_money_made_through_the_api_is_nobodys_until_somebody_says_so(host: Played, party: Party) -> None:
    account = host.get("bank_accounts")["items"][0]["id"]
    body = {"bank_account_id": account, "label": "Virement", "date": "2026-11-20", "amount": "75.50"}
    made = host.call("POST", "transactions", body).json()
    assert (made["customer"], made["outstanding_balance"]) == (None, "-75.5")
    path = f"transactions/{made['id']}"
    told = host.call("PUT", path, {"customer_id": host.id_of(party)}).json()
    assert told["customer"]["id"] == host.id_of(party)
    assert host.call("PUT", path, {"customer_id": 1, "label": "?"}).status == 400
    assert host.call("POST", "transactions", {**body, "amount": 75.5}).json()["code"] == "ValidateError"


@pytest.mark.parametrize("path", ["customer_invoices/1", "customers/1", "transactions/1", "categories/1",
                                  "bank_accounts/1", "customer_invoices/many", "reminders"])  # fmt: skip
def test_what_is_not_there_is_not_found(host: Played, path: str) -> None:
    reply = host.call("GET", path)
    assert reply.status == 404
    assert set(reply.json()) == {"status", "error"}
