"""What hangs on an invoice: lines, payments, matched transactions, appendices, comments, categories."""

from __future__ import annotations

import html
from typing import Any

from connector.sandbox.nouns import Attachment, Document, Note
from connector.sandbox.pennylane import schemas
from connector.sandbox.pennylane.bodies import shape, text
from connector.sandbox.pennylane.calls import Call, route
from connector.sandbox.pennylane.categories import set_weights, shown_weights
from connector.sandbox.pennylane.errors import forbidden, malformed, no_route, refused
from connector.sandbox.pennylane.invoices import document
from connector.sandbox.pennylane.lines import installments, invoice_lines
from connector.sandbox.pennylane.paging import page
from connector.sandbox.pennylane.transactions import invoices_of, show_matched, transaction
from connector.sandbox.pennylane.values import APPENDICES, COMMENTS, PAYMENTS, amount, moment

RESOURCE = "customer_invoices"
FILE_TYPES = ("png", "jpeg", "jpg", "tiff", "bmp", "gif", "pdf")
BY_ID = {"id": lambda one: (one["id"],)}
NOT_FOR_DRAFTS = "This endpoint is not applicable for draft invoices"
ONLINE = 7  # one payment in so many was made through Pennylane, and is a bank transaction as well


def _listed(call: Call, found: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    return page(call, found, lambda one: one, sorts=options.pop("sorts", BY_ID), **options)


@route("GET", "customer_invoices/{id}/invoice_lines", RESOURCE)
def list_lines(call: Call) -> dict[str, Any]:
    sorts = {**BY_ID, "rank": lambda one: (one["section_rank"], one["id"])}
    return _listed(call, invoice_lines(document(call, call.args[0])), sorts=sorts)


@route("GET", "customer_invoices/{id}/invoice_line_sections", RESOURCE)
@route("GET", "customer_invoices/{id}/custom_header_fields", RESOURCE)
def list_nothing(call: Call) -> dict[str, Any]:
    document(call, call.args[0])
    return _listed(call, [])


@route("GET", "customer_invoices/{id}/installments", RESOURCE)
def list_installments(call: Call) -> dict[str, Any]:
    if not call.stage.options.installments:
        raise no_route()
    found = installments(document(call, call.args[0]))
    sorts = {"deadline": lambda one: (one["deadline"], one["id"])}
    return _listed(call, found, sorts=sorts, default="deadline")


# ---------------------------------------------------------------------- money


@route("GET", "customer_invoices/{id}/payments", RESOURCE)
def list_payments(call: Call) -> dict[str, Any]:
    """Those made through Pennylane; the bank shows them too. No date, no link to the bank's line."""
    found = document(call, call.args[0])
    paid = [one for one in call.stage.transactions_of(found) if one.payment_serial % ONLINE == 0]
    shown = [
        {"id": PAYMENTS.of(one.payment_serial), "label": f"Paiement en ligne {found.number}",
         "currency": one.currency.code, "currency_amount": amount(call.stage.allocated(one, found)),
         "status": "paid_out", "created_at": moment(one.created_at), "updated_at": moment(one.written_at)}
        for one in paid if found.kind == "invoice"
    ]  # fmt: skip
    return _listed(call, shown)


@route("GET", "customer_invoices/{id}/matched_transactions", RESOURCE)
def list_transactions(call: Call) -> dict[str, Any]:
    found = document(call, call.args[0])
    hidden = found.state == "draft" or found.serial in call.stage.extras.archived
    matched = [] if hidden else call.stage.transactions_of(found)
    return _listed(call, [show_matched(call, one) for one in matched])


@route("POST", "customer_invoices/{id}/matched_transactions", RESOURCE, body=schemas.MATCH, status=204)
def match(call: Call) -> None:
    """The money goes to the matched invoices in the order of their creation, not of the matching."""
    found, payment = document(call, call.args[0]), transaction(call, call.body["transaction_id"])
    if found.state == "draft":
        raise refused(NOT_FOR_DRAFTS)
    matched = invoices_of(payment)
    ledger = call.stage.ledger
    ledger.unreconcile(payment)
    call.stage.assign(payment, found.customer.payer)
    for one in sorted({*matched, found}, key=lambda one: one.serial):
        if one.state == "posted":
            ledger.apply(payment, one)


@route("DELETE", "customer_invoices/{id}/matched_transactions/{id}", RESOURCE, status=204)
def unmatch(call: Call) -> None:
    """All the matches of the transaction go, whichever invoice was named."""
    found, payment = document(call, call.args[0]), transaction(call, call.args[1])
    if found not in invoices_of(payment):
        raise refused("Transaction is not matched to this invoice")
    call.stage.ledger.unreconcile(payment)


# ---------------------------------------------------------------------- papers and words


def _appendices(call: Call, found: Document) -> list[dict[str, Any]]:
    return [_appendix(call, one) for one in call.stage.ledger.attachments if one.subject is found]


def _appendix(call: Call, one: Attachment) -> dict[str, Any]:
    at, number = moment(one.created_at), APPENDICES.of(one.serial)
    return {"id": number, "url": f"{call.base_url}/public/appendices/{number}", "filename": one.name,
            "created_at": at, "updated_at": at}  # fmt: skip


@route("GET", "customer_invoices/{id}/appendices", RESOURCE)
def list_appendices(call: Call) -> dict[str, Any]:
    return _listed(call, _appendices(call, document(call, call.args[0])))


@route("POST", "customer_invoices/{id}/appendices", RESOURCE, status=201, upload=True)
def add_appendix(call: Call) -> dict[str, Any]:
    found, upload = document(call, call.args[0]), call.upload
    if upload is None:
        raise malformed("NotAMultipartFile", "file is not a multipart file")
    if upload.name.rpartition(".")[2].lower() not in FILE_TYPES:
        raise refused(f"File type is not supported. Supported types: {', '.join(FILE_TYPES)}")
    made = call.stage.ledger.attach(found, upload.name, upload.content, upload.media_type)
    if call.stage.options.echo:
        call.stage.write(found)
    return _appendix(call, made)


@route("POST", "customer_invoices/{id}/comments", RESOURCE, status=201)
def comment(call: Call) -> dict[str, Any]:
    """Under the name of the token's user. Sent twice, it stands there twice. Nothing lists them."""
    options, body = call.stage.options, call.body
    if not options.comments:
        raise no_route()
    key = options.comment_key
    shape({key: text(most=10_000)}, required=(key,))(body, "#/paths/comments/post/requestBody")
    if call.token.user is None:
        raise forbidden("This endpoint requires a token issued to a user")
    found, said = document(call, call.args[0]), body[key]
    if "\0" in said or not said.strip():
        raise refused("Content can't be blank")
    note = call.stage.ledger.write_note(
        found, f"<p>{html.escape(said, quote=False)}</p>", user=call.token.user, kind="comment"
    )
    if options.echo:
        call.stage.write(found)
    return _comment(note, key, said)


def _comment(note: Note, key: str, said: str) -> dict[str, Any]:
    at = moment(note.at)
    return {"id": COMMENTS.of(note.serial), key: said, "created_at": at, "updated_at": at}


# ---------------------------------------------------------------------- categories


@route("GET", "customer_invoices/{id}/categories", RESOURCE)
def list_categories(call: Call) -> dict[str, Any]:
    return _listed(call, shown_weights(call, "invoice", document(call, call.args[0]).serial))


@route("PUT", "customer_invoices/{id}/categories", RESOURCE, body=schemas.WEIGHTS)
def set_categories(call: Call) -> list[dict[str, Any]]:
    found = document(call, call.args[0])
    if found.state == "draft":
        raise refused(NOT_FOR_DRAFTS)
    return set_weights(call, "invoice", found.serial)


@route("GET", "transactions/{id}/categories", "transactions")
def list_transaction_categories(call: Call) -> dict[str, Any]:
    return _listed(call, shown_weights(call, "transaction", transaction(call, call.args[0]).serial))


@route("PUT", "transactions/{id}/categories", "transactions", body=schemas.WEIGHTS)
def set_transaction_categories(call: Call) -> list[dict[str, Any]]:
    return set_weights(call, "transaction", transaction(call, call.args[0]).serial)
