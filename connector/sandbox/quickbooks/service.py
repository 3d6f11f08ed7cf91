"""The endpoints below ``/v3/company/{realm}/``."""

from __future__ import annotations

import json
from typing import Any

from connector.sandbox.nouns import Document, Mail
from connector.sandbox.quickbooks import (
    attachables,
    batch,
    changes,
    company,
    customer_writing,
    files,
    invoices,
    items,
    payment_writing,
    query,
    sales,
    sales_writing,
    terms,
    writing,
)
from connector.sandbox.quickbooks.entities import ENTITIES, Entity
from connector.sandbox.quickbooks.errors import ApiError, missing, over_rate
from connector.sandbox.quickbooks.requests import Answer, Request, json_answer, timed
from connector.sandbox.quickbooks.stage import Realm
from connector.sandbox.quickbooks.values import moment

SERVING = (attachables, company, customer_writing, items, payment_writing, sales_writing, terms)


def serve(realm: Realm, request: Request, path: str) -> Answer:
    """Raises ApiError."""
    first, *rest = path.split("/")
    first = first.lower()
    if request.method == "GET":
        return _read(realm, request, first, rest)
    if request.method != "POST":
        return json_answer({"status": 405, "error": "Method Not Allowed"}, 405)
    return _post(realm, request, first, rest)


# ---------------------------------------------------------------------- out


def _read(realm: Realm, request: Request, first: str, rest: list[str]) -> Answer:
    asked = request.query
    if first == "query":
        return _query(realm, asked.get("query", ""))
    if first == "cdc":
        found = changes.since(realm, asked.get("entities", ""), asked.get("changedSince", ""))
        return timed(found, realm.now)
    if first == "download":
        return _download(realm, rest)
    entity = _entity(first)
    number = rest[0] if rest else ""
    if entity.name == company.INFO and rest and number != request.path.split("/")[3]:
        raise writing.gone(realm, entity, number)
    record = entity.find(realm, number) if rest or entity.name == company.PREFERENCES else None
    if record is None:
        raise writing.gone(realm, entity, number)
    if rest[1:] == ["pdf"] and isinstance(record, Document):
        return files.printed(record)
    if rest[1:]:
        raise _unknown("/".join((first, *rest)))
    shown = entity.show(realm, record)
    if "invoicelink" in asked.get("include", "").lower() and entity.name == "Invoice":
        link = invoices.invoice_link(realm, record)
        shown = {**shown, "InvoiceLink": link} if link else shown
    return timed({entity.name: shown}, realm.now)


def _query(realm: Realm, text: str) -> Answer:
    return timed({"QueryResponse": query.run(realm, text)}, realm.now)


def _download(realm: Realm, rest: list[str]) -> Answer:
    found = attachables.find(realm, rest[0]) if rest else None
    if found is None or found.content is None:
        raise writing.gone(realm, ENTITIES["attachable"], rest[0] if rest else "")
    return Answer(200, "text/plain", attachables.download_link(realm, found).encode())


# ---------------------------------------------------------------------- in


def _post(realm: Realm, request: Request, first: str, rest: list[str]) -> Answer:
    if first == "query":
        return _query(realm, request.body.decode("utf-8", "replace"))
    if first == "upload":
        return timed(files.upload(realm, request), realm.now)
    if first == "batch":
        return timed(batch.run(realm, _json(request), request.query.get("requestid", "")), realm.now)
    entity = _entity(first)
    if rest[1:] == ["send"] and entity.name == "Invoice":
        return _send(realm, entity, rest[0], request.query.get("sendTo", ""))
    if rest:
        raise _unknown("/".join((first, *rest)))
    asked = request.query
    done = writing.write(realm, entity, _json(request), asked.get("operation", ""), asked.get("include", ""))
    return timed(done, realm.now)


def _json(request: Request) -> Any:
    """Raises ApiError: 500 for bytes that are no UTF-8, 2010 for what is no JSON."""
    try:
        return json.loads(request.body.decode("utf-8"))
    except UnicodeDecodeError:
        detail = "Operation is not supported: Invalid byte 1 of 1-byte UTF-8 sequence"
        raise ApiError("500", "Unsupported Operation", detail) from None
    except ValueError:
        raise ApiError("2010", "Request has invalid or unsupported property", "No valid JSON") from None


def _send(realm: Realm, entity: Entity, number: str, to: str) -> Answer:
    """The invoice leaves by mail; the address is kept with it. So many a day and realm."""
    writing.demand_subscription(realm)
    found = entity.find(realm, number)
    if found is None:
        raise writing.gone(realm, entity, number)
    address = to or sales.bill_email(realm, found)
    if not address:
        raise missing("BillEmail")
    key = (realm.company.serial, realm.ledger.clock.today)
    if realm.extras.sends[key] >= realm.options.sends:
        return Answer(429, "application/xml;charset=UTF-8", over_rate(realm.now))
    realm.extras.sends[key] += 1
    typed = realm.stage.typed(found)
    typed.update(BillEmail={"Address": address}, EmailStatus="EmailSent")
    typed["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": moment(realm.now)}
    realm.stage.write(found)
    realm.watch.announce(realm.company.serial, "Invoice", number, "Emailed")
    subject = f"Invoice {found.number} from {realm.company.name}"
    realm.ledger.mails.append(
        Mail((address,), subject, "", f"<{number}@sandbox.invalid>", realm.now, found.number)
    )
    return timed({entity.name: entity.show(realm, found)}, realm.now)


def _entity(name: str) -> Entity:
    found = ENTITIES.get(name)
    if found is None:
        raise _unknown(name)
    return found


def _unknown(path: str) -> ApiError:
    return ApiError("500", "Unsupported Operation", f"Operation {path} is not supported")
