"""What invoices and credit notes have in common: lines, custom fields, amounts, what is linked to them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from connector.sandbox.nouns import ZERO, Document, Line
from connector.sandbox.quickbooks.customers import bill_address, display_name, email
from connector.sandbox.quickbooks.entities import Shown
from connector.sandbox.quickbooks.items import item_named
from connector.sandbox.quickbooks.stage import Realm
from connector.sandbox.quickbooks.values import filled, moment, number, reference
from connector.sandbox.quickbooks.watch import kind_of

RATE = Decimal("0.000001")


def id_of(document: Document) -> str:
    return str(document.serial)


def updated_at(realm: Realm, document: Document) -> datetime:
    return realm.watch.stamp(kind_of(document), id_of(document)).updated_at


def total(document: Document) -> Decimal:
    return ZERO if document.state == "cancelled" else document.total


def balance(document: Document) -> Decimal:
    return ZERO if document.state == "cancelled" else document.open_amount


def rate(document: Document) -> Decimal:
    """Units of the home currency for one of the document's."""
    return (Decimal(1) / document.currency.per_euro).quantize(RATE)


def bill_email(realm: Realm, document: Document) -> str:
    """As typed; a person who wrote the invoice took the customer's first address over."""
    typed = realm.stage.typed(document)
    if "BillEmail" in typed:
        return str((typed["BillEmail"] or {}).get("Address", ""))
    first = email(realm, document.customer) or email(realm, document.customer.payer)
    return first.partition(",")[0]


def show(realm: Realm, document: Document) -> Shown:
    """What both kinds show alike."""
    kind = kind_of(document)
    stamp, typed = realm.watch.stamp(kind, id_of(document)), realm.stage.typed(document)
    address = bill_email(realm, document)
    home = document.currency is realm.company.currency
    return filled({
        **{key: value for key, value in typed.items() if value is not None},
        "domain": "QBO",
        "sparse": False,
        "Id": id_of(document),
        "SyncToken": str(stamp.token),
        "MetaData": {"CreateTime": moment(stamp.created_at), "LastUpdatedTime": moment(stamp.updated_at)},
        "CustomField": custom_fields(realm, document),
        "DocNumber": document.number[:21],
        "TxnDate": document.on.isoformat(),
        "CurrencyRef": reference(document.currency.code, document.currency.name),
        "ExchangeRate": number(rate(document)) if not home else None,
        "Line": lines(realm, document),
        "TxnTaxDetail": {"TotalTax": 0},
        "CustomerRef": reference(document.customer.serial, display_name(document.customer)),
        "BillAddr": typed.get("BillAddr") or bill_address(document.customer),
        "TotalAmt": number(total(document)),
        "HomeTotalAmt": number(document.currency.in_euros(total(document))),
        "ApplyTaxAfterDiscount": False,
        "PrintStatus": typed.get("PrintStatus", "NotSet"),
        "EmailStatus": typed.get("EmailStatus", "EmailSent" if document.sent else "NotSet"),
        "BillEmail": {"Address": address} if address else None,
        "Balance": number(balance(document)),
        "HomeBalance": number(document.currency.in_euros(balance(document))),
    })  # fmt: skip


def linked(realm: Realm, document: Document) -> list[dict[str, str]]:
    """The payments that have a part in it, the newest first."""
    found: dict[str, datetime] = {}
    for one in document.allocations:
        other = one.credit.entry if one.debit.entry is document else one.debit.entry
        if not isinstance(other, Document):
            key = str(other.serial)
            found[key] = max(one.created_at, found.get(key, one.created_at))
    for application in realm.watch.applications(document):
        found[application.number] = realm.watch.stamp("Payment", application.number).created_at
    newest = sorted(found, key=lambda key: (found[key], int(key)), reverse=True)
    return [{"TxnId": key, "TxnType": "Payment"} for key in newest]


# ---------------------------------------------------------------------- custom fields


def custom_fields(realm: Realm, document: Document) -> list[dict[str, str]]:
    """One entry for each slot that is on; without ``StringValue`` while it is empty."""
    values, shown = realm.extras.custom[id_of(document)], []
    order = document.kind == "invoice"  # the first slot is for the customer's own order number
    for slot, name in enumerate(realm.options.slots, 1):
        if name:
            value = values.get(str(slot), document.reference[:31] if order and slot == 1 else "")
            shown.append(filled({"DefinitionId": str(slot), "Name": name, "Type": "StringType",
                                 "StringValue": value}))  # fmt: skip
    return shown


# ---------------------------------------------------------------------- lines


def lines(realm: Realm, document: Document) -> list[dict[str, Any]]:
    """The lines and their sum; of nothing when it was voided."""
    void = document.state == "cancelled"
    typed = realm.extras.lines.get(id_of(document))
    shown = [_voided(one) if void else one for one in typed] if typed is not None else [
        _line(realm, one, place, void=void)
        for place, one in enumerate((one for one in document.lines if one.role == "item"), 1)
    ]  # fmt: skip
    sum_ = number(total(document))
    return [*shown, {"Amount": sum_, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}]


def _line(realm: Realm, line: Line, place: int, *, void: bool) -> dict[str, Any]:
    amount = ZERO if void else abs(line.amount)
    item = item_named(realm.stage, line.label)
    return {
        "Id": str(place),
        "LineNum": place,
        "Description": line.label,
        "Amount": number(amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {
            "ItemRef": reference(item.number, item.name),
            "UnitPrice": number(amount),
            "Qty": 0 if void else number(line.quantity),
            "TaxCodeRef": {"value": "NON"},
        },
    }


def _voided(line: dict[str, Any]) -> dict[str, Any]:
    detail = line.get("SalesItemLineDetail")
    gone = {"Amount": 0} if "Amount" in line else {}
    if isinstance(detail, dict):
        return {**line, **gone, "SalesItemLineDetail": {**detail, "Qty": 0, "UnitPrice": 0}}
    return {**line, **gone}
