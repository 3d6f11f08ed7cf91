"""From QuickBooks' objects to records that can be mapped alone. Pure.

Beside the fields made here a record has those that a company's own mapping names, as they come, and its
custom fields as ``CustomField.<name>``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from connector.hosts.figures import text
from connector.hosts.quickbooks import standing
from connector.hosts.quickbooks.countries import country_code
from connector.hosts.quickbooks.refs import CREDIT
from connector.hosts.quickbooks.standing import ZERO, number, ref, ref_name
from connector.model import Kind, Ref
from connector.ports import Record

Row = dict[str, Any]

#: Never in a record by their own name: they change with every save, our own too, or move with each balance.
_NEVER = frozenset({"SyncToken", "MetaData", "PrivateNote", "Notes", "Balance", "BalanceWithJobs", "sparse"})
#: What a line of a payment may be set against an invoice from, besides the money of the payment itself.
_CREDITS = frozenset({"CreditMemo", "JournalEntry"})


def record(kind: Kind, row: Row, mapping_version: str, customer: str | None) -> Record:
    """Return the record of a joined row. The digest leaves out the version, and changes with the mapping, so
    that a changed one reads all again."""
    told = {name: value for name, value in sorted(row.items()) if name != "version"}
    digest = hashlib.blake2b(f"{mapping_version}{told!r}".encode(), digest_size=16).hexdigest()
    return Record(Ref(kind, str(row["id"])), row, digest, customer or None)


def wanted(row: Row, names: Collection[str]) -> Row:
    """The fields of an object that a mapping names."""
    found = {name: row[name] for name in names if name in row and name not in _NEVER}
    fields = {f"CustomField.{name}": value for name, value in custom_fields(row).items()}
    return found | {name: value for name, value in fields.items() if name in names}


def custom_fields(row: Row) -> dict[str, str]:
    """The custom fields of a form that are filled in, by name."""
    found = {}
    for each in row.get("CustomField") or ():
        value = next((each[key] for key in ("StringValue", "NumberValue", "DateValue") if each.get(key)), "")
        if each.get("Name") and str(value).strip():
            found[str(each["Name"])] = str(value).strip()
    return found


# customers ---------------------------------------------------------------------------------------------
def customer(row: Row, billed_to: Sequence[str] = ()) -> Row:
    """A customer or a job. Its first address is its own. The others that it has, and those that stand on its
    open invoices (``billed_to``), are contacts without a role: they are written to where an invoice names
    them, and never else."""
    own = standing.addresses(row.get("PrimaryEmailAddr"))
    known = {address.lower() for address in own[:1]}
    others = list(dict.fromkeys([*(a.lower() for a in own[1:]), *billed_to]))
    person = not row.get("CompanyName") and bool(row.get("GivenName") or row.get("FamilyName"))
    return {
        "id": str(row["Id"]),
        "name": _name(row),
        "email": own[0] if own else None,
        "phone": _phone(row),
        "country": country_code((row.get("BillAddr") or {}).get("Country")),
        "is_company": not person,
        "active": row.get("Active", True),
        "tags": [name] if (name := ref_name(row, "CustomerTypeRef")) else [],
        "payer_id": standing.payer_of(row) or None,
        "payment_method": ref_name(row, "PaymentMethodRef"),
        "contacts": [_contact(row, address) for address in others if address not in known],
        "version": str(row.get("SyncToken") or ""),
    }


def _name(row: Row) -> str | None:
    """A job is called by its customer and itself: alone, its name says nothing to who reads it."""
    if row.get("Job") and ":" in str(row.get("FullyQualifiedName") or ""):
        return " – ".join(part.strip() for part in str(row["FullyQualifiedName"]).split(":"))
    return row.get("DisplayName") or row.get("CompanyName")


def _phone(row: Row) -> str | None:
    numbers = ((row.get(name) or {}).get("FreeFormNumber") for name in _PHONES)
    return next((each for each in numbers if each), None)


_PHONES = ("PrimaryPhone", "Mobile", "AlternatePhone")


def _contact(row: Row, address: str) -> Row:
    return {"id": contact_id(str(row["Id"]), address), "name": "", "email": address, "phone": None}


def contact_id(customer: str, address: str) -> str:
    return f"{customer}/{address}"


# invoices ----------------------------------------------------------------------------------------------
def invoice(
    row: Row,
    payments: Mapping[str, Row],
    terms: Mapping[str, Row],
    *,
    home_currency: str = "",
    order_number_field: str | None = None,
    link: str | None = None,
) -> Row:
    """An invoice, with its one due date and what the given ``payments`` set against it."""
    owner, whole, left = standing.customer_of(row), standing.amount(row, "TotalAmt"), standing.left(row)
    taken = ZERO if whole is None or left is None else whole - left
    state = standing.situation(row)
    due = standing.due_on(row, terms)
    to = standing.billed_to(row)
    return {
        "id": str(row["Id"]),
        "number": _number(row),
        "customer_id": owner,
        "date": row.get("TxnDate"),
        "currency": ref(row, "CurrencyRef") or home_currency,
        "total": _text(whole),
        "residual": _text(left),
        "document": "invoice",
        "situation": state,
        "installments": [{"position": 0, "due": due, "amount": _text(whole), "residual": _text(left)}],
        "allocations": allocations(row, taken, payments) if state != "cancel" else [],
        "reference": _custom(row, order_number_field),
        "contact_id": contact_id(owner, to) if to else None,
        "products": list(dict.fromkeys(name for line in row.get("Line") or () if (name := _product(line)))),
        "no_reminders": standing.is_contested(row),
        "link": link,
        "version": standing.version(row, terms),
    }


def credit_memo(row: Row, terms: Mapping[str, Row], *, home_currency: str = "") -> Row:
    whole, left = standing.amount(row, "TotalAmt"), standing.left(row)
    return {
        "id": f"{CREDIT}{row['Id']}",
        "number": _number(row),
        "customer_id": standing.customer_of(row),
        "date": row.get("TxnDate"),
        "currency": ref(row, "CurrencyRef") or home_currency,
        "total": _text(whole),
        "residual": _text(left),
        "document": "credit_note",
        "situation": standing.situation(row),
        "installments": [
            {"position": 0, "due": row.get("TxnDate"), "amount": _text(whole), "residual": _text(left)}
        ],
        "allocations": [],
        "version": standing.version(row, terms),
    }


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else text(figure)


def _number(row: Row) -> str:
    """What the customer reads; the id for a form that nobody gave a number."""
    return str(row.get("DocNumber") or "").strip() or str(row["Id"])


def _custom(row: Row, name: str | None) -> str | None:
    if not name:
        return None
    fields = {each.casefold(): value for each, value in custom_fields(row).items()}
    return fields.get(name.strip().casefold())


def _product(line: Row) -> str | None:
    return ref_name(line.get("SalesItemLineDetail") or {}, "ItemRef")


# allocations -------------------------------------------------------------------------------------------
def allocations(row: Row, taken: Decimal, payments: Mapping[str, Row]) -> list[Row]:
    """Who took off what: ``taken`` in all, in the invoice's currency. A payment names its invoices with the
    amounts, and the credit memos that it uses up for them; a deposit stands on the invoice itself; what
    nothing explains is ``other``."""
    found: list[Row] = []
    rest = taken
    for number_ in sorted(standing.payments_of(row), key=lambda each: (len(each), each)):
        payment = payments.get(number_)
        for source, amount in _shares(payment, str(row["Id"])) if payment else ():
            share = min(amount, rest)
            if payment and share > 0:
                found.append(_allocation(f"payment/{number_}/{source}", source, share, payment))
                rest -= share
    deposit = min(number(row.get("Deposit")), rest)
    if deposit > 0:
        found.append(_allocation("deposit", "payment", deposit, row))
        rest -= deposit
    if rest > 0:
        found.append(_allocation("rest", "other", rest, row))
    return found


def _shares(payment: Row, invoice: str) -> Iterable[tuple[str, Decimal]]:
    """What a payment sets against an invoice from credits, and what from its own money. Credits are used up
    in the order of the lines: which credit went to which invoice is not written down there."""
    lines = payment.get("Line") or ()
    credit = sum((number(line.get("Amount")) for line in lines if _types(line) & _CREDITS), ZERO)
    by_credit = by_money = ZERO
    for line in lines:
        if "Invoice" not in _types(line):
            continue
        amount = number(line.get("Amount"))
        used = min(amount, credit)
        credit -= used
        if any(str(each.get("TxnId")) == invoice for each in line["LinkedTxn"]):
            by_credit += used
            by_money += amount - used
    return [(name, each) for name, each in (("credit_note", by_credit), ("payment", by_money)) if each > 0]


def _types(line: Row) -> set[str]:
    return {str(each.get("TxnType")) for each in line.get("LinkedTxn") or ()}


def _allocation(ref_: str, source: str, amount: Decimal, of: Row) -> Row:
    label = str(of.get("PaymentRefNum") or "")
    return {"id": ref_, "source": source, "amount": text(amount), "date": of.get("TxnDate"), "label": label}


# payments ----------------------------------------------------------------------------------------------
def payment(row: Row, *, home_currency: str = "") -> Row:
    return {
        "id": str(row["Id"]),
        "customer_id": standing.customer_of(row),
        "date": row.get("TxnDate"),
        "currency": ref(row, "CurrencyRef") or home_currency,
        "amount": _text(standing.amount(row, "TotalAmt")),
        "unapplied": text(standing.unapplied(row)),
        "label": str(row.get("PaymentRefNum") or ""),
        "version": standing.payment_version(row),
    }
