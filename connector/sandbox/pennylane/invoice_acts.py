"""What may be done to an invoice through the API, from making it to deleting it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from connector.sandbox.nouns import CENT, Document, Mail
from connector.sandbox.pennylane import schemas
from connector.sandbox.pennylane.calls import Call, route
from connector.sandbox.pennylane.customers import customer, emails
from connector.sandbox.pennylane.errors import conflict, refused
from connector.sandbox.pennylane.invoice_parts import NOT_FOR_DRAFTS, RESOURCE
from connector.sandbox.pennylane.invoices import document, external_reference, show
from connector.sandbox.pennylane.values import moment

KEPT = ("label", "external_reference", "special_mention", "pdf_invoice_free_text", "pdf_invoice_subject",
        "pdf_description", "discount", "transaction_reference")  # fmt: skip
PRODUCT_PRICE = Decimal("100.00")  # the ledger has no products: each costs the same, before tax
IMPORTED_EVERY = 9  # one invoice in so many came in as a file


def is_imported(found: Document) -> bool:
    return found.state == "posted" and found.serial % IMPORTED_EVERY == 0


@route("POST", "customer_invoices", RESOURCE, body=schemas.INVOICE_NEW, status=201)
def make(call: Call) -> dict[str, Any]:
    body = call.body
    party = customer(call, body["customer_id"])
    _demand_free_reference(call, None)
    rate = Decimal("1.2") if party.country is None or party.country.code == "FR" else Decimal(1)
    net = sum((_price(one) for one in body["invoice_lines"]), Decimal(0))
    if net <= 0:
        raise refused("The sandbox makes invoices above zero: its ledger writes credit notes itself")
    made = call.stage.ledger.invoice(
        party, (net * rate).quantize(CENT), on=date.fromisoformat(body["date"]), company=call.token.company,
        currency=_currency(call, body.get("currency", "EUR")),
        label=body["invoice_lines"][0].get("label", "Produit d’exemple"), post=not body.get("draft", False),
    )  # fmt: skip
    _change(call, made)
    return show(call, made)


def _price(line: dict[str, Any]) -> Decimal:
    unit = Decimal(line.get("raw_currency_unit_price") or PRODUCT_PRICE)
    return unit * Decimal(str(line["quantity"]))


def _currency(call: Call, code: str) -> str:
    if code not in call.stage.ledger.currencies:
        raise refused(f"The sandbox has no rate for {code}")
    return code


@route("PUT", "customer_invoices/{id}", RESOURCE, body=schemas.INVOICE_UPDATE)
def change(call: Call) -> dict[str, Any]:
    found = document(call, call.args[0])
    not_for_it = sorted(set(call.body) - schemas.FINALIZED_KEYS)
    if found.state != "draft" and not_for_it:
        raise refused(f"These attributes cannot be updated on a finalized invoice: {', '.join(not_for_it)}")
    _demand_free_reference(call, found)
    _change(call, found)
    return show(call, found)


@route("PUT", "customer_invoices/{id}/update_imported", RESOURCE, body=schemas.IMPORTED_UPDATE)
def change_imported(call: Call) -> dict[str, Any]:
    found = document(call, call.args[0])
    if not is_imported(found):
        raise refused("Only imported and finalized invoices can be updated with this endpoint")
    _demand_free_reference(call, found)
    _change(call, found)
    return show(call, found)


def _change(call: Call, found: Document) -> None:
    """Partial. Lines and amounts are the ledger's own: the sandbox keeps them."""
    body = call.body
    for key in KEPT:
        if key in body:
            call.stage.extras.document[found.serial][key] = body[key]
    if "date" in body:
        found.on = date.fromisoformat(body["date"])
    if "deadline" in body:
        last = max(found.due_lines, key=lambda one: one.due_on or found.on)
        last.due_on = date.fromisoformat(body["deadline"])
    if "customer_id" in body:
        call.stage.move(found, customer(call, body["customer_id"]))
    call.stage.write(found)


def _demand_free_reference(call: Call, found: Document | None) -> None:
    wanted = call.body.get("external_reference")
    for other in call.stage.documents(call.token.company) if wanted is not None else ():
        if other is not found and external_reference(call.stage, other) == wanted:
            raise refused("External reference has already been taken")


@route("DELETE", "customer_invoices/{id}", RESOURCE, status=204)
def delete(call: Call) -> None:
    found = document(call, call.args[0])
    if found.state != "draft":
        raise refused("Only draft invoices can be deleted")
    call.stage.ledger.delete(found)


@route("PUT", "customer_invoices/{id}/finalize", RESOURCE)
def finalize(call: Call) -> dict[str, Any]:
    found = document(call, call.args[0])
    if found.state != "draft":
        raise refused("Invoice is already finalized")
    call.stage.ledger.post(found)
    return show(call, found)


@route("PUT", "customer_invoices/{id}/mark_as_paid", RESOURCE, status=204)
def mark_as_paid(call: Call) -> None:
    """Money that the bank will never show, neither as a payment nor as a transaction."""
    found = document(call, call.args[0])
    if found.state != "posted":
        raise refused(NOT_FOR_DRAFTS)
    if found.kind == "invoice" and found.open_amount:
        payment = call.stage.ledger.pay(found)
        call.stage.extras.by_hand.add(payment.payment_serial)


@route("POST", "customer_invoices/{id}/send_by_email", RESOURCE, body=schemas.RECIPIENTS, required=False,
       status=204)  # fmt: skip
def send_by_email(call: Call) -> None:
    found = document(call, call.args[0])
    if found.state == "draft":
        raise refused(NOT_FOR_DRAFTS)
    if found.serial in call.stage.extras.pdf_held:
        raise conflict("The PDF of the invoice is not generated yet. Please retry in a few minutes.")
    to = tuple((call.body or {}).get("recipients") or emails(call.stage, found.customer.payer))
    if not to:
        raise refused("The customer has no email address")
    ledger = call.stage.ledger
    at = ledger.clock.tick()
    token = f"<{found.serial}.{moment(at)}@pennylane.example>"
    ledger.mails.append(Mail(to, f"Facture {found.number}", "", token, at, found.number))


@route("POST", "customer_invoices/{id}/link_credit_note", RESOURCE, body=schemas.CREDIT_NOTE_LINK)
def link_credit_note(call: Call) -> dict[str, Any]:
    """Gives the invoice back, as recorded, although the specification says the credit note."""
    found, note = document(call, call.args[0]), document(call, call.body["credit_note_id"])
    if found.kind != "invoice" or note.kind != "credit_note" or note.corrects not in (None, found):
        raise refused("Credit note cannot be linked to this invoice")
    if note.corrects is None:
        note.corrects = found
        found.corrections.append(note)
        call.stage.write(note)
        call.stage.write(found)
    if found.state == note.state == "posted":
        call.stage.ledger.apply(note, found)
    return show(call, found)
