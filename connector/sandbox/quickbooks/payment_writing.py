"""Payments that come in or change through the API, and how they are set against invoices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from connector.sandbox.nouns import CENT, ZERO, Document, Line, Party, Payment
from connector.sandbox.quickbooks import customers
from connector.sandbox.quickbooks.entities import Body, Writing
from connector.sandbox.quickbooks.errors import (
    ApiError,
    business,
    invalid_choice,
    invalid_reference,
    missing,
    not_found,
    unsupported,
)
from connector.sandbox.quickbooks.payments import Paid, offer_payments
from connector.sandbox.quickbooks.stage import Realm
from connector.sandbox.quickbooks.values import parsed_day
from connector.sandbox.quickbooks.watch import CREDIT, INVOICE, Application

ECHOED = (
    "PrivateNote", "PaymentRefNum", "PaymentMethodRef", "DepositToAccountRef", "ProjectRef", "TxnSource",
    "TransactionLocationType", "CreditCardPayment", "ARAccountRef",
)  # fmt: skip
READ_ONLY = ("UnappliedAmt", "LinkedTxn", "ExchangeRate", "ProcessPayment", "HomeTotalAmt", "TaxExemptionRef")
TYPED = ("TotalAmt", "CustomerRef", "Line", "TxnDate", "CurrencyRef")
LIMITS = {"PrivateNote": 4000, "PaymentRefNum": 21}


class Share(NamedTuple):
    """Part of a payment for a document."""

    document: Document
    amount: Decimal


def create(realm: Realm, body: Body) -> Paid:
    party, total = _customer(realm, body), _total(body)
    on = _day(body) or realm.ledger.clock.today
    realm.stage.demand_open(realm.company, on)
    invoices, credits_ = _shares(realm, body, INVOICE), _shares(realm, body, CREDIT)
    if credits_:
        return _apply_credits(realm, total, invoices, credits_)
    _demand_fitting(total, invoices)
    if total <= 0:
        raise business("You must set a transaction amount.", "TotalAmt")
    currency = customers.currency(realm, party).code
    made = realm.ledger.receive(party, total, on=on, company=realm.company, currency=currency, memo="")
    if made.customer is not party:
        realm.stage.move(made, party)
    _set_against(realm, made.due_lines, invoices)
    _take(realm, made, body)
    return made


def update(realm: Realm, payment: Paid, body: Body, sparse: bool) -> None:
    """All or none of the lines; an empty list takes the payment off its invoices."""
    found = _money(realm, payment)
    if sparse and not realm.options.payment_sparse:
        raise missing("TotalAmt")
    if sparse:
        body = {"TotalAmt": found.total, "CustomerRef": {"value": str(found.customer.serial)}, **body}
    party, total = _customer(realm, body), _total(body)
    realm.stage.demand_open(realm.company, found.on, _day(body) or found.on)
    if "Line" in body or not sparse:
        shares = _shares(realm, body, INVOICE)
        _demand_fitting(total, shares)
        realm.ledger.unreconcile(found)
        _resize(found, total)
        _set_against(realm, found.due_lines, shares)
    if party is not found.customer:
        realm.stage.move(found, party)
    found.on = _day(body) or found.on
    _take(realm, found, body if sparse else {**dict.fromkeys(ECHOED), **body})
    realm.stage.write(found)


def delete(realm: Realm, payment: Paid, _body: Body) -> None:
    """What it had paid is open again."""
    if isinstance(payment, Application):
        _take_back(realm, payment)
        return
    found = _money(realm, payment)
    realm.stage.demand_open(realm.company, found.on)
    realm.ledger.unreconcile(found)
    realm.ledger.drop_entry(found)


def void(realm: Realm, payment: Paid, body: Body) -> None:
    """The full object is wanted, as for an update."""
    found = _money(realm, payment)
    if not realm.options.payment_sparse and not {"TotalAmt", "CustomerRef"} <= body.keys():
        raise missing("TotalAmt")
    realm.stage.demand_open(realm.company, found.on)
    realm.ledger.cancel_payment(found)


# ---------------------------------------------------------------------- what a body says


def _money(realm: Realm, payment: Paid) -> Payment:
    """Raises ApiError: 6000 for a payment of nothing, 6540 for one that lies in the bank."""
    if isinstance(payment, Application):
        raise business("A payment that sets a credit memo against an invoice can only be deleted here")
    if payment.serial in realm.extras.deposits:
        detail = (
            "This transaction has been deposited. If you want to change or delete it, you must edit the "
            "deposit it appears on and remove it first."
        )
        raise ApiError("6540", "Deposited Transaction cannot be changed", detail)
    return payment


def _customer(realm: Realm, body: Body) -> Party:
    wanted = (body.get("CustomerRef") or {}).get("value")
    if not wanted:
        raise missing("CustomerRef")
    found = customers.find(realm, str(wanted))
    if found is None:
        raise invalid_reference("CustomerRef", wanted)
    return found


def _total(body: Body) -> Decimal:
    if body.get("TotalAmt") is None:
        raise missing("TotalAmt")
    return _decimal(body["TotalAmt"], "TotalAmt")


def _decimal(value: Any, name: str) -> Decimal:
    try:
        return Decimal(str(value)).quantize(CENT)
    except InvalidOperation:
        raise unsupported(name) from None


def _day(body: Body) -> date | None:
    try:
        return parsed_day(body["TxnDate"]) if body.get("TxnDate") else None
    except ValueError:
        raise unsupported("TxnDate") from None


def _shares(realm: Realm, body: Body, kind: str) -> list[Share]:
    """The lines that name documents of that kind. Raises ApiError (610, 2170)."""
    found = []
    for line in body.get("Line") or ():
        for link in line.get("LinkedTxn") or ():
            if link.get("TxnType") not in (INVOICE, CREDIT):
                raise invalid_choice("TxnType", link.get("TxnType"))
            if link["TxnType"] == kind:
                found.append(_share(realm, kind, link, line))
    return found


def _share(realm: Realm, kind: str, link: Mapping[str, Any], line: Mapping[str, Any]) -> Share:
    document = realm.documents(kind).get(str(link.get("TxnId")))
    if document is None or document.state == "cancelled":
        raise not_found(deleted=str(link.get("TxnId")) in realm.watch.gone[realm.company.serial, kind])
    return Share(document, _decimal(line.get("Amount", 0), "Amount"))


def _demand_fitting(total: Decimal, shares: list[Share]) -> None:
    if sum((one.amount for one in shares), ZERO) > total:
        raise business("The lines of the payment are more than its amount", "Line")


# ---------------------------------------------------------------------- doing it


def _set_against(realm: Realm, credits_: list[Line], shares: list[Share]) -> None:
    """As much of each share as its invoice has open; the rest stays unapplied."""
    now = realm.ledger.clock.tick()
    for document, wanted in shares:
        left = wanted
        for debit in sorted(document.due_lines, key=lambda line: line.due_on or document.on):
            for credit in credits_:
                amount = min(left, debit.residual, -credit.residual)
                if amount > 0:
                    realm.ledger.allocate(debit, credit, amount, now)
                    left -= amount


def _apply_credits(realm: Realm, total: Decimal, invoices: list[Share], credits_: list[Share]) -> Application:
    """A payment of nothing, whose lines set credit memos against invoices."""
    given = sum((one.amount for one in credits_), ZERO)
    if total or sum((one.amount for one in invoices), ZERO) != given or not given:
        raise business("The sandbox sets credit memos against invoices in a payment of 0 alone", "TotalAmt")
    realm.stage.demand_open(realm.company, *(one.document.on for one in (*invoices, *credits_)))
    for memo, amount in credits_:
        left = amount
        for document, wanted in invoices:
            part = min(left, wanted)
            _set_against(realm, memo.due_lines, [Share(document, part)])
            left -= part
    realm.stage.refresh()
    return realm.watch.applications(credits_[0].document)[-1]


def _take_back(realm: Realm, application: Application) -> None:
    now = realm.ledger.clock.tick()
    for one in application.credit.allocations:
        if one.debit.entry is application.invoice:
            realm.ledger.deallocate(one, now)


def _resize(payment: Payment, total: Decimal) -> None:
    """All of it is unapplied at this moment."""
    for line in payment.lines:
        line.amount = total if line.role == "bank" else -total
        if line.role == "due":
            line.residual = -total


def _take(realm: Realm, payment: Payment, body: Body) -> None:
    typed = realm.stage.typed(payment)
    for name in ECHOED:
        if name in body:
            typed[name] = body[name] or None
    if body.get("PaymentRefNum"):
        payment.memo = str(body["PaymentRefNum"])


PAYMENTS = offer_payments(
    Writing(frozenset((*ECHOED, *READ_ONLY, *TYPED)), LIMITS, create, update, delete, void)
)
