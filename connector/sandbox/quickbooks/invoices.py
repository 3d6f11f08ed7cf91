"""Invoices as they are shown and asked for. A draft of the ledger is nowhere; a cancelled one is void."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from connector.sandbox.nouns import Document
from connector.sandbox.quickbooks import sales
from connector.sandbox.quickbooks.entities import Entity, Field, Shown, offer, stamped
from connector.sandbox.quickbooks.sales import id_of, updated_at
from connector.sandbox.quickbooks.stage import Realm
from connector.sandbox.quickbooks.values import reference
from connector.sandbox.quickbooks.watch import CREDIT, INVOICE


def all_of(entity: str) -> Any:
    return lambda realm: list(realm.documents(entity).values())


def find_in(entity: str) -> Any:
    return lambda realm, wanted: realm.documents(entity).get(wanted)


def show(realm: Realm, document: Document) -> Shown:
    online, terms = _online(realm, document), _terms(realm, document)
    shown = {
        "AllowIPNPayment": False,
        "AllowOnlinePayment": False,
        "AllowOnlineCreditCardPayment": online,
        "AllowOnlineACHPayment": online,
        **sales.show(realm, document),
        "LinkedTxn": sales.linked(realm, document),
        "DueDate": document.due_on.isoformat(),
    }
    if terms:
        shown["SalesTermRef"] = terms
    return shown


def show_credit(realm: Realm, document: Document) -> Shown:
    left = sales.show(realm, document)
    return {**left, "RemainingCredit": left["Balance"], "LinkedTxn": sales.linked(realm, document)}


def _terms(realm: Realm, document: Document) -> dict[str, Any] | None:
    typed = realm.stage.typed(document)
    if "SalesTermRef" in typed:
        given = typed["SalesTermRef"]
        return dict(given) if given else None
    if document.terms is None:
        return None
    return reference(document.terms.serial, document.terms.name[:31])


def _online(realm: Realm, document: Document) -> bool:
    typed = realm.stage.typed(document)
    known = realm.extras.online.get(id_of(document), realm.options.online_payments)
    return bool(typed.get("AllowOnlineCreditCardPayment") or typed.get("AllowOnlineACHPayment", known))


def invoice_link(realm: Realm, document: Document) -> str:
    """Where the customer can pay; "" unless it can be paid online and has an address."""
    if not _online(realm, document) or not sales.bill_email(realm, document):
        return ""
    mark = hashlib.sha256(f"invoice {document.serial}".encode()).hexdigest()[:40]
    return f"{realm.base_url}/t/scs-v1-{mark}?locale=fr_FR"


# ---------------------------------------------------------------------- asking


def _customer(_realm: Realm, document: Document) -> str:
    return str(document.customer.serial)


def _fields(entity: str) -> dict[str, Field]:
    hidden = Field("text", lambda _realm, _one: "", filters=False, sorts=False)
    return {
        **stamped(entity, id_of),
        "docnumber": Field("text", lambda _realm, one: one.number[:21]),
        "txndate": Field("day", lambda _realm, one: one.on),
        "totalamt": Field("number", lambda _realm, one: sales.total(one)),
        "balance": Field("number", lambda _realm, one: sales.balance(one)),
        "customerref": Field("ref", _customer, sorts=False),
        "salestermref": Field("ref", lambda realm, one: (_terms(realm, one) or {}).get("value"), sorts=False),
        "projectref": Field("ref", lambda _realm, _one: "", sorts=False),
        **dict.fromkeys(
            ("emailstatus", "privatenote", "customfield", "linkedtxn", "billemail", "currencyref",
             "remainingcredit"), hidden
        ),
    }  # fmt: skip


def narrow(entity: str) -> Any:
    """By customer: the ledger has an index for it."""

    def narrowed(realm: Realm, asked: Mapping[str, list[str]]) -> Iterable[Document] | None:
        if "customerref" not in asked:
            return None
        listed, found = realm.documents(entity), []
        for number in dict.fromkeys(asked["customerref"]):
            party = realm.customers().get(number)
            entries = realm.ledger.entries_by_payer[party.payer.serial] if party else []
            found += [listed[str(one.serial)] for one in entries if str(one.serial) in listed]
        return {id(one): one for one in found}.values()

    return narrowed


def offer_invoices(writing: Any) -> Entity:
    fields = {**_fields(INVOICE), "duedate": Field("day", lambda _realm, one: one.due_on)}
    del fields["remainingcredit"]
    return offer(
        Entity(INVOICE, all_of(INVOICE), find_in(INVOICE), show, id_of, updated_at, fields, writing,
               counts=True, narrow=narrow(INVOICE))
    )  # fmt: skip


def offer_credit_memos(writing: Any) -> Entity:
    return offer(
        Entity(CREDIT, all_of(CREDIT), find_in(CREDIT), show_credit, id_of, updated_at, _fields(CREDIT),
               writing, narrow=narrow(CREDIT))
    )  # fmt: skip
