"""Payments: money received, and the payments of nothing by which credit notes are set against invoices."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from connector.sandbox.nouns import ZERO, Document, Entry, Party, Payment
from connector.sandbox.quickbooks import sales
from connector.sandbox.quickbooks.customers import display_name
from connector.sandbox.quickbooks.entities import Entity, Field, Shown, offer, stamped
from connector.sandbox.quickbooks.stage import Realm
from connector.sandbox.quickbooks.values import filled, moment, number, reference
from connector.sandbox.quickbooks.watch import CREDIT, INVOICE, PAYMENT, Application

Paid = Payment | Application
SPACE = "{http://schema.intuit.com/finance/v3}NameValue"


def id_of(payment: Paid) -> str:
    return payment.number if isinstance(payment, Application) else str(payment.serial)


def find(realm: Realm, wanted: str) -> Paid | None:
    return realm.payments().get(wanted)


def everything(realm: Realm) -> list[Paid]:
    return list(realm.payments().values())


def updated_at(realm: Realm, payment: Paid) -> datetime:
    return realm.watch.stamp(PAYMENT, id_of(payment)).updated_at


def customer_of(payment: Paid) -> Party:
    return payment.credit.customer if isinstance(payment, Application) else payment.customer


def total(payment: Paid) -> Decimal:
    if isinstance(payment, Application) or payment.state == "cancelled":
        return ZERO
    return payment.total


def shares(payment: Payment) -> dict[Entry, Decimal]:
    """How much of it went to which invoice, in the order in which it did."""
    found: dict[Entry, Decimal] = {}
    for one in sorted(payment.allocations, key=lambda one: (one.created_at, one.serial)):
        found[one.debit.entry] = found.get(one.debit.entry, ZERO) + one.amount
    return found


def show(realm: Realm, payment: Paid) -> Shown:
    stamp, typed = realm.watch.stamp(PAYMENT, id_of(payment)), realm.stage.typed(payment)
    entry = payment.credit if isinstance(payment, Application) else payment
    party = customer_of(payment)
    void = isinstance(payment, Payment) and payment.state == "cancelled"
    left = ZERO if isinstance(payment, Application) or void else payment.open_amount
    home = entry.currency is realm.company.currency
    shown = filled({
        **typed,
        "CustomerRef": reference(party.serial, display_name(party)),
        "DepositToAccountRef": typed.get("DepositToAccountRef") or reference("4"),
        "PaymentRefNum": typed.get("PaymentRefNum") or _memo(payment),
        "TotalAmt": number(total(payment)),
        "UnappliedAmt": number(left),
        "ProcessPayment": False,
        "domain": "QBO",
        "sparse": False,
        "Id": id_of(payment),
        "SyncToken": str(stamp.token),
        "MetaData": {"CreateTime": moment(stamp.created_at), "LastUpdatedTime": moment(stamp.updated_at)},
        "TxnDate": payment.on.isoformat(),
        "CurrencyRef": reference(entry.currency.code, entry.currency.name),
        "ExchangeRate": None if home or not isinstance(entry, Document) else number(sales.rate(entry)),
        "LinkedTxn": _deposit(realm, payment),
    })  # fmt: skip
    shown["Line"] = [] if void else _lines(payment)
    return shown


def _memo(payment: Paid) -> str:
    return "" if isinstance(payment, Application) else payment.memo[:21]


def _deposit(realm: Realm, payment: Paid) -> list[dict[str, str]] | None:
    number_ = realm.extras.deposits.get(payment.serial) if isinstance(payment, Payment) else None
    return [{"TxnId": number_, "TxnType": "Deposit"}] if number_ else None


def _lines(payment: Paid) -> list[dict[str, Any]]:
    if isinstance(payment, Application):
        return [
            _line(payment.invoice, payment.amount, INVOICE),
            _line(payment.credit, payment.amount, CREDIT),
        ]
    return [
        _line(one, amount, INVOICE) for one, amount in shares(payment).items() if isinstance(one, Document)
    ]


def _line(document: Document, amount: Decimal, kind: str) -> dict[str, Any]:
    facts = (
        ("txnId", str(document.serial)),
        ("txnOpenBalance", f"{document.open_amount + amount:.2f}"),
        ("txnReferenceNumber", document.number[:21]),
    )
    return {
        "Amount": number(amount),
        "LinkedTxn": [{"TxnId": str(document.serial), "TxnType": kind}],
        "LineEx": {"any": [_name_value(name, value) for name, value in facts]},
    }


def _name_value(name: str, value: str) -> dict[str, Any]:
    return {"name": SPACE, "declaredType": "com.intuit.schema.finance.v3.NameValue",
            "scope": "javax.xml.bind.JAXBElement$GlobalScope", "value": {"Name": name, "Value": value},
            "nil": False, "globalScope": True, "typeSubstituted": False}  # fmt: skip


def offer_payments(writing: Any) -> Entity:
    hidden = Field("text", lambda _realm, _one: "", filters=False, sorts=False)
    fields = {
        **stamped(PAYMENT, id_of),
        "txndate": Field("day", lambda _realm, one: one.on),
        "totalamt": Field("number", lambda _realm, one: total(one)),
        "customerref": Field("ref", lambda _realm, one: str(customer_of(one).serial), sorts=False),
        "projectref": Field("ref", lambda _realm, _one: "", sorts=False),
        "paymentrefnum": Field("text", lambda _realm, one: _memo(one)),
        **dict.fromkeys(("unappliedamt", "privatenote", "linkedtxn"), hidden),
    }
    return offer(Entity(PAYMENT, everything, find, show, id_of, updated_at, fields, writing))
