"""Customer invoices and credit notes, drafts included: how they are shown, found and listed."""

from __future__ import annotations

import base64
import hashlib
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from connector.sandbox.nouns import Document
from connector.sandbox.pennylane.calls import Call, route
from connector.sandbox.pennylane.customers import LANGUAGES
from connector.sandbox.pennylane.errors import bad_request, missing
from connector.sandbox.pennylane.filters import RANGE, SET, Field, Fields, day, flag, whole, words
from connector.sandbox.pennylane.lines import invoice_lines
from connector.sandbox.pennylane.paging import page
from connector.sandbox.pennylane.stage import Stage
from connector.sandbox.pennylane.statuses import is_paid, is_taxed, remaining, signed, status
from connector.sandbox.pennylane.values import CATEGORIES, CUSTOMERS, ENTRIES, amount, before_tax, moment

LINKS = ("invoice_line_sections", "invoice_lines", "custom_header_fields", "categories", "payments",
         "matched_transactions", "appendices")  # fmt: skip
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def document(call: Call, number: int) -> Document:
    """Raises ApiError (404), for an invoice of another company too."""
    found = call.stage.ledger.entries.get(ENTRIES.serial(number))
    if not isinstance(found, Document) or found.company is not call.token.company:
        raise missing("CustomerInvoice", number)
    return found


def external_reference(stage: Stage, found: Document) -> str:
    """Ten letters and figures, unless somebody gave another one."""
    typed = stage.extras.document[found.serial].get("external_reference")
    if typed is not None:
        return str(typed)
    digest = hashlib.sha256(f"invoice {found.serial}".encode()).digest()
    return "".join(LETTERS[one % len(LETTERS)] for one in digest[:10])


def show(call: Call, found: Document) -> dict[str, Any]:
    typed = call.stage.extras.document[found.serial]
    number = ENTRIES.of(found.serial)
    archived = call.stage.extras.archived.get(found.serial)
    shown = {
        "id": number,
        "label": typed.get("label") or _label(found),
        "invoice_number": found.number if found.state != "draft" else "",
        **_amounts(call.stage, found),
        "draft": found.state == "draft",
        "language": _language(found),
        "paid": is_paid(found),
        "status": status(call.stage, found),
        "filename": f"{_kind(found)}-{found.customer.payer.name}-{found.company.name}.pdf",
        "date": found.on.isoformat(),
        "deadline": found.due_on.isoformat(),
        "special_mention": typed.get("special_mention"),
        "created_at": moment(found.created_at),
        "updated_at": moment(found.written_at),
        "archived_at": moment(archived) if archived else None,
        "pdf_invoice_free_text": typed.get("pdf_invoice_free_text") or "",
        "pdf_description": typed.get("pdf_description"),
        "pdf_invoice_subject": typed.get("pdf_invoice_subject") or "",
        "public_file_url": pdf_link(call, found),
        **_relations(call, found),
        **{name: {"url": call.link(f"customer_invoices/{number}/{name}")} for name in LINKS},
        "external_reference": external_reference(call.stage, found),
        "e_invoicing": None,
        "factur_x": False,
        "schematron_validation_status": None,
    }
    return {**shown, **_newest(call, found)} if call.stage.options.newest else shown


def _amounts(stage: Stage, found: Document) -> dict[str, Any]:
    taxed, rate = is_taxed(found), found.currency.per_euro
    total = signed(found, found.total)
    euros = found.currency.in_euros(total)
    net, net_euros = before_tax(total, taxed=taxed), before_tax(euros, taxed=taxed)
    return {
        "currency": found.currency.code,
        "amount": amount(euros),
        "currency_amount": amount(total),
        "currency_amount_before_tax": amount(net),
        "tax": amount(euros - net_euros),
        "currency_tax": amount(total - net),
        "remaining_amount_with_tax": _remaining(stage, found, with_tax=True),
        "remaining_amount_without_tax": _remaining(stage, found, with_tax=False),
        "exchange_rate": amount((Decimal(1) / rate).quantize(Decimal("0.000001"))),
    }


def _remaining(stage: Stage, found: Document, *, with_tax: bool) -> str | None:
    left = remaining(stage, found, with_tax=with_tax)
    return None if left is None else amount(left)


def _relations(call: Call, found: Document) -> dict[str, Any]:
    credited = found.corrects
    return {
        "discount": call.stage.extras.document[found.serial].get(
            "discount", {"type": "relative", "value": "0.0"}
        ),
        "ledger_entry": {"id": ENTRIES.of(found.serial)},
        "customer_invoice_template": None,
        "transaction_reference": call.stage.extras.document[found.serial].get("transaction_reference"),
        "customer": call.reference("customers", CUSTOMERS.of(found.customer.payer.serial)),
        "billing_subscription": None,
        "credited_invoice": call.reference("customer_invoices", ENTRIES.of(credited.serial))
        if credited
        else None,
        "quote": None,
    }


def _newest(call: Call, found: Document) -> dict[str, Any]:
    """The fields that came after July 2026."""
    number, order = ENTRIES.of(found.serial), found.reference if found.reference.startswith("PO") else None
    planned = call.stage.options.installments and len(found.due_lines) > 1
    link = {"url": call.link(f"customer_invoices/{number}/installments")}
    return {"payment_method_ledger_account": None, "purchase_order_reference": order,
            "sales_order_reference": None, "installments": link if planned else None}  # fmt: skip


def _kind(found: Document) -> str:
    return "Facture" if found.kind == "invoice" else "Avoir"


def _label(found: Document) -> str:
    number = f" - {found.number}" if found.number and found.state != "draft" else ""
    return f"{_kind(found)} {found.customer.payer.name}{number} (label généré)"


def _language(found: Document) -> str:
    spoken = found.customer.payer.language
    return LANGUAGES[spoken.code] if spoken else "fr_FR"


def pdf_link(call: Call, found: Document) -> str | None:
    """Another one at each reading; it opens the PDF for half an hour. None while there is no PDF."""
    if found.serial in call.stage.extras.pdf_held:
        return None
    at, nonce = call.stage.ledger.clock.now.isoformat(), next(call.stage.readings)
    made = base64.b64encode(f"{found.serial} {at} {nonce}".encode()).decode()
    return f"{call.base_url}/public/invoice/pdf?encrypted_id={quote(made, safe='')}"


def fields_of(stage: Stage) -> Fields:
    """What ``filter`` may ask. Neither status nor deadline nor paid: they are not declared over there."""

    def categories(one: Document) -> list[int]:
        return [CATEGORIES.of(serial) for serial, _ in stage.extras.weights.get(("invoice", one.serial), ())]

    return {
        "id": Field(lambda one: ENTRIES.of(one.serial), RANGE, whole),
        "date": Field(lambda one: one.on, RANGE, day),
        "customer_id": Field(lambda one: CUSTOMERS.of(one.customer.payer.serial), RANGE, whole),
        "billing_subscription_id": Field(lambda one: None, RANGE, whole),
        "quote_id": Field(lambda one: None, RANGE, whole),
        "invoice_number": Field(lambda one: one.number if one.state != "draft" else "", SET, words),
        "draft": Field(lambda one: one.state == "draft", ("eq",), flag),
        "credit_note": Field(lambda one: one.kind == "credit_note", ("eq",), flag),
        "external_reference": Field(lambda one: external_reference(stage, one), ("eq",), words),
        "flow_id": Field(lambda one: None, SET, words),
        "category_id": Field(categories, ("in",), whole),
    }


SORTS = {
    "id": lambda one: (ENTRIES.of(one.serial),),
    "date": lambda one: (one.on.isoformat(), ENTRIES.of(one.serial)),
}


@route("GET", "customer_invoices", "customer_invoices")
def list_invoices(call: Call) -> dict[str, Any]:
    asked = call.query.get("include", "")
    if asked not in ("", "invoice_lines"):
        raise bad_request(f"Invalid include: {asked}. Available includes: invoice_lines")
    candidates = call.stage.documents(call.token.company)
    found: list[Document] = []

    def shown(one: Document) -> dict[str, Any]:
        found.append(one)
        return show(call, one)

    answer = page(call, candidates, shown, sorts=SORTS, fields=fields_of(call.stage))
    if asked:
        answer["included"] = {"invoice_lines": {str(ENTRIES.of(one.serial)): _included(one) for one in found}}
    return answer


def _included(found: Document) -> dict[str, Any]:
    return {"items": invoice_lines(found), "has_more": False, "next_url": None}


@route("GET", "customer_invoices/{id}", "customer_invoices")
def read_invoice(call: Call) -> dict[str, Any]:
    return show(call, document(call, call.args[0]))
