"""Invoices and credit notes that come in or change through the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from connector.sandbox.nouns import CENT, ZERO, Document, Party, Terms
from connector.sandbox.quickbooks import customers
from connector.sandbox.quickbooks.entities import Body, Writing
from connector.sandbox.quickbooks.errors import (
    business,
    invalid_choice,
    invalid_reference,
    missing,
    unsupported,
)
from connector.sandbox.quickbooks.invoices import offer_credit_memos, offer_invoices
from connector.sandbox.quickbooks.items import item_named
from connector.sandbox.quickbooks.sales import id_of
from connector.sandbox.quickbooks.stage import Realm
from connector.sandbox.quickbooks.values import number, parsed_day, reference

ECHOED = (
    "PrivateNote", "CustomerMemo", "BillEmail", "BillEmailCc", "BillEmailBcc", "EmailStatus", "PrintStatus",
    "BillAddr", "ShipAddr", "ShipFromAddr", "ShipDate", "ShipMethodRef", "TrackingNum", "DepartmentRef",
    "ClassRef", "ProjectRef", "GlobalTaxCalculation", "AllowOnlineACHPayment", "AllowOnlineCreditCardPayment",
    "SalesTermRef", "DepositToAccountRef", "Deposit", "TaxExemptionRef", "TransactionLocationType",
    "DeliveryInfo", "PaymentMethodRef",
)  # fmt: skip
READ_ONLY = (
    "TotalAmt", "Balance", "HomeTotalAmt", "HomeBalance", "LinkedTxn", "InvoiceLink", "TxnTaxDetail",
    "ApplyTaxAfterDiscount", "ExchangeRate", "RecurDataRef", "AllowIPNPayment", "AllowOnlinePayment",
    "RemainingCredit", "InvoiceRef", "TxnSource", "FreeFormAddress", "EInvoiceStatus",
)  # fmt: skip
TYPED = ("CustomerRef", "Line", "TxnDate", "DueDate", "DocNumber", "CurrencyRef", "CustomField")
LIMITS = {
    "PrivateNote": 4000, "CustomerMemo.value": 1000, "DocNumber": 21, "BillEmail.Address": 100,
    "BillEmailCc.Address": 200, "BillEmailBcc.Address": 200,
}  # fmt: skip
ENUMS = {
    "EmailStatus": ("NotSet", "NeedToSend", "EmailSent"),
    "PrintStatus": ("NotSet", "NeedToPrint", "PrintComplete"),
    "GlobalTaxCalculation": ("TaxExcluded", "TaxInclusive", "NotApplicable"),
}
DETAILS = ("SalesItemLineDetail", "SubTotalLineDetail", "DiscountLineDetail", "GroupLineDetail",
           "DescriptionOnly")  # fmt: skip
LONGEST_CUSTOM = 31


# ---------------------------------------------------------------------- acts


def _create(kind: str) -> Any:
    def create(realm: Realm, body: Body) -> Document:
        party, typed = _customer(realm, body), _lines(realm, body)
        _demand_enums(body)
        currency = _currency(realm, party, body)
        on = _day(body, "TxnDate") or realm.ledger.clock.today
        realm.stage.demand_open(realm.company, on)
        total, terms = _sum(typed), _terms(realm, party, body, on)
        if kind == "Invoice":
            made = realm.ledger.invoice(
                party, total, on=on, company=realm.company, currency=currency, terms=terms
            )
        else:
            made = realm.ledger.credit_customer(party, total, on=on, company=realm.company, currency=currency)
        made.sent = False
        realm.extras.lines[id_of(made)] = typed
        facts = {"SalesTermRef": None, "BillEmail": None, **body}
        _take(realm, made, {key: value for key, value in facts.items() if key not in ("Line", "TxnDate")})
        return made

    return create


def update(realm: Realm, document: Document, body: Body, sparse: bool) -> None:
    """A sparse one changes what it names; a full one sets what it does not name to nothing."""
    on = _day(body, "TxnDate") or document.on
    realm.stage.demand_open(realm.company, document.on, on)
    _demand_enums(body)
    if not sparse:
        _customer(realm, body)
        _lines(realm, body)
        body = {**dict.fromkeys((*ECHOED, "CustomField")), **body}
    if "CustomerRef" in body:
        _give(realm, document, _customer(realm, body))
    if "Line" in body:
        _rewrite(realm, document, _lines(realm, body))
    document.on = on
    _take(realm, document, body)
    realm.stage.write(document)


def delete(realm: Realm, document: Document, _body: Body) -> None:
    realm.stage.demand_open(realm.company, document.on)
    if document.allocations:
        raise business("This transaction is linked to others: unlink them before deleting it")
    realm.ledger.reset_to_draft(document)
    realm.ledger.delete(document)


def void(realm: Realm, document: Document, _body: Body) -> None:
    """Its payments stay, unapplied."""
    realm.stage.demand_open(realm.company, document.on)
    realm.ledger.cancel(document)


# ---------------------------------------------------------------------- what a body says


def _customer(realm: Realm, body: Body) -> Party:
    wanted = (body.get("CustomerRef") or {}).get("value")
    if not wanted:
        raise missing("CustomerRef")
    found = customers.find(realm, str(wanted))
    if found is None or not found.active:
        raise invalid_reference("CustomerRef", wanted)
    return found


def _currency(realm: Realm, party: Party, body: Body) -> str:
    """That of the customer; needed in the body when it is not the home currency."""
    mine = customers.currency(realm, party).code
    wanted = (body.get("CurrencyRef") or {}).get("value")
    if wanted is None and mine != realm.company.currency.code:
        raise missing("CurrencyRef")
    if wanted not in (None, mine):
        raise business(f"The customer's currency is {mine}, not {wanted}", "CurrencyRef")
    return mine


def _lines(realm: Realm, body: Body) -> list[dict[str, Any]]:
    """All lines but the sum, as they are kept. Raises ApiError."""
    given = body.get("Line")
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise missing("Line")
    wanted = [one for one in given if one.get("DetailType") != "SubTotalLineDetail"]
    if not wanted:
        raise missing("Line")
    return [_line(realm, one, place) for place, one in enumerate(wanted, 1)]


def _line(realm: Realm, given: Mapping[str, Any], place: int) -> dict[str, Any]:
    kind = given.get("DetailType")
    if kind not in DETAILS:
        raise invalid_choice("DetailType", kind)
    kept = {**given, "Id": str(given.get("Id") or place), "LineNum": place}
    if kind == "SalesItemLineDetail":
        if "Amount" not in given:
            raise missing("Amount")
        default = item_named(realm.stage, "")
        detail = {"ItemRef": reference(default.number, default.name), **(given.get(kind) or {})}
        kept = {**kept, "Amount": number(_amount(given, "Amount")), kind: detail}
    return kept


def _sum(typed: Sequence[Mapping[str, Any]]) -> Decimal:
    total = ZERO
    for one in typed:
        if one["DetailType"] in ("SalesItemLineDetail", "GroupLineDetail"):
            total += _amount(one, "Amount")
        elif one["DetailType"] == "DiscountLineDetail":
            total -= _amount(one, "Amount")
    return total


def _amount(given: Mapping[str, Any], name: str) -> Decimal:
    try:
        return Decimal(str(given.get(name, 0))).quantize(CENT)
    except InvalidOperation:
        raise unsupported(name) from None


def _day(body: Body, name: str) -> date | None:
    try:
        return parsed_day(body[name]) if body.get(name) else None
    except ValueError:
        raise unsupported(name) from None


def _terms(realm: Realm, party: Party, body: Body, on: date) -> Terms:
    """One day: the one given, else by the terms given, else by the customer's, else at once."""
    wanted = (body.get("SalesTermRef") or {}).get("value")
    due = _day(body, "DueDate")
    if due is not None:
        return Terms(0, "", ((100, (due - on).days),))
    term = realm.extras.terms.get(str(wanted)) if wanted else None
    if wanted and term is None:
        raise invalid_reference("SalesTermRef", wanted)
    days = int(term.facts.get("DueDays", 0)) if term else 0
    own = party.payer.terms
    if term is None and own is not None:
        days = max(days for _, days in own.parts)
    return Terms(0, "", ((100, days),))


def _demand_enums(body: Body) -> None:
    for name, choices in ENUMS.items():
        if body.get(name) is not None and body[name] not in choices:
            raise invalid_choice(name, body[name])


# ---------------------------------------------------------------------- taking it in


def _take(realm: Realm, document: Document, body: Body) -> None:
    typed = realm.stage.typed(document)
    for name in ECHOED:
        if name in body:
            typed[name] = body[name] or None
    if body.get("DocNumber"):
        _renumber(realm, document, str(body["DocNumber"]))
    due = _day(body, "DueDate")
    if due is not None:
        for line in document.due_lines:
            line.due_on = due
    if "CustomField" in body:
        _take_custom(realm, document, body["CustomField"] or [], whole=body["CustomField"] is None)


def _renumber(realm: Realm, document: Document, wanted: str) -> None:
    """Two may have one number, as over there; the ledger finds the first by it."""
    numbers = realm.ledger.entries_by_number
    if wanted != document.number:
        if numbers.get(document.number) is document:
            del numbers[document.number]
        document.number = wanted
        numbers.setdefault(wanted, document)


def _take_custom(realm: Realm, document: Document, given: Any, *, whole: bool) -> None:
    """Slots that are off take nothing, and nobody is told."""
    kept, slots = realm.extras.custom[id_of(document)], realm.options.slots
    if whole:
        kept.update({str(slot): "" for slot, name in enumerate(slots, 1) if name})
    for entry in given:
        slot, value = str(entry.get("DefinitionId", "")), str(entry.get("StringValue") or "")
        if len(value) > LONGEST_CUSTOM:
            raise business(f"The custom field takes {LONGEST_CUSTOM} characters", "CustomField")
        if slot.isdigit() and 1 <= int(slot) <= len(slots) and slots[int(slot) - 1]:
            kept[slot] = value


def _give(realm: Realm, document: Document, party: Party) -> None:
    if party is document.customer:
        return
    if document.allocations:
        raise business("The customer of a transaction that is linked to others cannot be changed")
    realm.stage.move(document, party)


def _rewrite(realm: Realm, document: Document, typed: list[dict[str, Any]]) -> None:
    """Other lines, perhaps another sum: the last due line takes the difference."""
    sign = 1 if document.kind == "invoice" else -1
    difference = _sum(typed) - document.total
    last = document.due_lines[-1]
    if difference and sign * last.residual + difference < 0:
        raise business("The amount is below what was applied to the transaction")
    item = next(one for one in document.lines if one.role == "item")
    item.amount -= sign * difference
    last.amount += sign * difference
    last.residual += sign * difference
    realm.extras.lines[id_of(document)] = typed


PROPERTIES = frozenset((*ECHOED, *READ_ONLY, *TYPED))
INVOICES = offer_invoices(Writing(PROPERTIES, LIMITS, _create("Invoice"), update, delete, void))
CREDIT_MEMOS = offer_credit_memos(Writing(PROPERTIES, LIMITS, _create("CreditMemo"), update, delete, void))
