"""From Pennylane's objects to records that can be mapped alone. Pure.

What Pennylane does oddly is put right here: neither ``paid`` nor the remaining amount says alone whether an
invoice is open, credit notes count below zero, and no amount stands beside a matched transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from connector.hosts.figures import number, text
from connector.hosts.pennylane.standing import (
    CENT,
    NOTHING,
    ZERO,
    Details,
    contested_or_transferred,
    id_of,
    is_credit_note,
    matched_amount,
    payment_version,
    residual,
    situation,
    total_of,
    unapplied,
    version,
)
from connector.hosts.titles import roles_of
from connector.model import Kind, Ref
from connector.ports import Record

Row = dict[str, Any]

#: A payment made through Pennylane counts when it is in one of these states, or on its way after them.
_RECEIVED = ("found", "confirmed", "paid_out", "emitted", "submitted", "sent")
_NONE: Mapping[str, object] = MappingProxyType({})
#: Never in a record: another one at each reading.
_NEVER_THE_SAME = frozenset({"public_file_url", "filename", "updated_at", "notes"})


def record(
    kind: Kind, row: Row, mapping_version: str, customer: object = None, *, also: Mapping[str, object] = _NONE
) -> Record:
    """Return the record of a joined row; ``also`` are fields that a company's own mapping asks for. The
    digest leaves out the version, and changes with the mapping, so that a changed one reads all again."""
    data = {**{name: value for name, value in also.items() if name not in _NEVER_THE_SAME}, **row}
    told = {name: value for name, value in sorted(data.items()) if name != "version"}
    digest = hashlib.blake2b(f"{mapping_version}{told!r}".encode(), digest_size=16).hexdigest()
    return Record(Ref(kind, str(row["id"])), data, digest, str(customer) if customer else None)


def wanted(row: Row, names: Collection[str]) -> Row:
    """The fields of ``row`` that are asked for by name."""
    return {name: row[name] for name in names if name in row}


# customers ---------------------------------------------------------------------------------------------
def customer(row: Row, contacts: Sequence[Row]) -> Row:
    """A customer of either kind with his contacts. The first of his addresses is his own; the others receive
    invoices too, so they are contacts in accounting."""
    emails = [email for email in row.get("emails") or () if isinstance(email, str) and email.strip()]
    people = [_contact(each) for each in contacts]
    known = {person["email"] for person in people}
    desks = [_desk(row["id"], rank, email) for rank, email in enumerate(emails[1:], 2) if email not in known]
    individual = row.get("customer_type") == "individual"
    return {
        "id": row["id"],
        "name": row.get("name"),
        "email": emails[0] if emails else None,
        "phone": row.get("phone"),
        "billing_language": row.get("billing_language"),
        "country": (row.get("billing_address") or {}).get("country_alpha2"),
        "vat_number": row.get("vat_number"),
        "reg_no": row.get("reg_no"),
        "is_company": not individual,
        "segment": "consumer" if individual else None,
        "contacts": [*people, *desks],
        "version": row.get("updated_at"),
    }


def _contact(row: Row) -> Row:
    names = (str(row.get(name) or "").strip() for name in ("first_name", "last_name"))
    return {
        "id": row["id"],
        "name": " ".join(filter(None, names)),
        "email": row.get("email"),
        "phone": row.get("telephone_number") or row.get("mobile_number"),
        "roles": roles_of(row.get("role")),
    }


def _desk(customer_id: object, rank: int, email: str) -> Row:
    return {
        "id": f"{customer_id}/email/{rank}",
        "name": "",
        "email": email,
        "phone": None,
        "roles": ["accounting"],
    }


# invoices ----------------------------------------------------------------------------------------------


def invoice(row: Row, details: Details = NOTHING) -> Row:
    """Join an invoice or credit note with its details."""
    credit = is_credit_note(row)
    state, whole = situation(row), total_of(row)
    left = residual(row, details)
    settled = state in ("paid", "cancel") or (state == "draft" and left is None)
    shown = ZERO if settled else left
    taken = whole - (shown if shown is not None else whole)
    found = [] if credit or state == "draft" else allocations(row, taken, details)
    return {
        "id": row["id"],
        "invoice_number": row.get("invoice_number") or (row.get("label") if state == "draft" else None),
        "customer_id": id_of(row, "customer"),
        "date": row.get("date"),
        "currency": row.get("currency"),
        "total": text(whole),
        "residual": None if shown is None else text(shown),
        "document": "credit_note" if credit else "invoice",
        "situation": state,
        "installments": installments(row, whole, shown or ZERO, details.parts),
        "allocations": found,
        "purchase_order_reference": row.get("purchase_order_reference"),
        "no_reminders": contested_or_transferred(row),
        "version": version(row),
    }


def allocations(row: Row, taken: Decimal, details: Details) -> list[Row]:
    """Who took off what: ``taken`` in all, in the invoice's currency. Money that the bank shows comes first;
    payments through Pennylane are counted only for what it leaves unexplained, since their pay-outs are bank
    money too; the rest is a credit note, or nobody knows."""
    found: list[Row] = []
    left = taken
    for each in sorted(details.matched, key=lambda one: (str(one.get("date")), one["id"])):
        amount = min(left, matched_amount(row, each))
        if amount > 0:
            found.append(_allocation(f"transaction/{each['id']}", "payment", amount, each.get("date"), each))
            left -= amount
    for each in sorted(details.payments, key=lambda one: int(one["id"])):
        amount = min(left, abs(number(each.get("currency_amount")) or ZERO))
        if amount > 0 and each.get("status") in _RECEIVED:
            on = str(each.get("updated_at"))[:10]
            found.append(_allocation(f"payment/{each['id']}", "payment", amount, on, each))
            left -= amount
    if left > 0 and (details is not NOTHING):
        found.append(_allocation("rest", _rest(row, found), left, str(row.get("updated_at"))[:10], {}))
    return found


def _rest(row: Row, found: Sequence[Row]) -> str:
    if row.get("status") in ("cancelled", "partially_cancelled"):
        return "credit_note"
    return "other" if found or row.get("status") != "paid" else "payment"  # marked as paid by hand


def _allocation(ref: str, source: str, amount: Decimal, on: object, of: Row) -> Row:
    return {"id": ref, "source": source, "amount": text(amount), "date": on, "label": of.get("label") or ""}


def installments(row: Row, whole: Decimal, left: Decimal, parts: Sequence[Row]) -> list[Row]:
    """The due dates. Without a schedule, or with one that does not add up, there is one. What was paid went
    to the earliest, unless the schedule says of a part that it is paid."""
    due = row.get("deadline") or row.get("date")
    rows = [(str(p.get("deadline") or ""), number(p.get("amount")), p) for p in parts]
    if len(rows) < 2 or any(not on or amount is None for on, amount, _ in rows):
        return [{"position": 0, "due": due, "amount": text(whole), "residual": text(left)}]
    ranked = sorted(rows, key=lambda one: (one[0], str(one[2].get("id"))))
    amounts = [abs(amount or ZERO) for _, amount, _ in ranked]
    if abs(sum(amounts, ZERO) - whole) > CENT:
        return [{"position": 0, "due": due, "amount": text(whole), "residual": text(left)}]
    shares = _shares(amounts, left, [_is_settled(part) for *_, part in ranked])
    return [
        {"position": rank, "due": on, "amount": text(amounts[rank]), "residual": text(shares[rank])}
        for rank, (on, *_) in enumerate(ranked)
    ]


def _is_settled(part: Row) -> bool:
    return bool(part.get("paid")) or part.get("status") in ("paid", "cancelled")


def _shares(amounts: Sequence[Decimal], left: Decimal, settled: Sequence[bool]) -> list[Decimal]:
    """What is left of each part: the latest keep theirs; what fits in no unpaid part goes to the others."""
    shares = [ZERO] * len(amounts)
    latest = sorted(range(len(amounts)), key=lambda rank: (settled[rank], -rank))
    for rank in latest:
        shares[rank] = min(amounts[rank], left)
        left -= shares[rank]
    if left > 0:
        shares[-1] += left  # a cent of rounding
    return shares


# the rest ----------------------------------------------------------------------------------------------


def payment(row: Row) -> Row:
    """Money at the bank; its outstanding balance is what nobody matched, below zero."""
    return {
        "id": row["id"],
        "customer_id": id_of(row, "customer"),
        "date": row.get("date"),
        "currency": row.get("currency") or "EUR",
        "amount": text(abs(number(row.get("currency_amount")) or number(row.get("amount")) or ZERO)),
        "unapplied": text(unapplied(row)),
        "label": row.get("label") or "",
        "version": payment_version(row),
    }
