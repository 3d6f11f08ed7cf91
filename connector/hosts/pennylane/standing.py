"""How a document of Pennylane stands: whether it asks for money, of whom, and how much is left. Pure.

Neither ``paid`` nor the remaining amount says it alone: only where all fields agree is an invoice open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connector.hosts.figures import number

Row = dict[str, Any]

ZERO = Decimal(0)
CENT = Decimal("0.01")
#: Statuses of a document that asks for money and of which something may be left.
OPEN = ("upcoming", "late", "partially_paid", "partially_cancelled")
#: Documents that are no invoice at all, in the same list.
_OTHERS = ("proforma", "shipping_order", "purchasing_order")
_ESTIMATE = "estimate_"
#: Where an electronic invoice stands with its receiver, when he says that he will not pay it as it is.
_CONTESTED = ("in_dispute", "refused", "rejected")


@dataclass(frozen=True, slots=True)
class Details:
    """What stands behind the links of an invoice, as far as it was asked for."""

    matched: Sequence[Row] = ()  # bank transactions
    payments: Sequence[Row] = ()  # made through Pennylane
    parts: Sequence[Row] = ()  # of its payment schedule


NOTHING = Details()


def is_document(row: Row) -> bool:
    """True for invoices and credit notes that were issued; neither drafts nor what only looks like them."""
    status = str(row.get("status"))
    return not row.get("draft") and status not in _OTHERS and not status.startswith(_ESTIMATE)


def is_credit_note(row: Row) -> bool:
    return (
        row.get("status") == "credit_note" or bool(row.get("credited_invoice")) or total_of(row, sign=1) < 0
    )


def situation(row: Row) -> str:
    """Return open, in_payment, paid, draft or cancel. A status that nobody has told us of comes back as it
    is, so that the mapping sets the record aside.

    Whoever says that nothing is owed is believed: a cancelled invoice reads ``paid`` too, an incomplete one
    that was paid still shows what remained, and ``late`` comes with the date alone.
    """
    status = str(row.get("status"))
    if row.get("draft"):
        return "draft"
    if row.get("archived_at") or status in ("archived", "cancelled"):
        return "cancel"
    if is_credit_note(row):
        return "open" if _credit_left(row) else "paid"
    if status == "incomplete":  # something is missing on it: people have to complete it first
        return "paid" if row.get("paid") else "draft"
    return _of_open(row) if status in OPEN else status


def _of_open(row: Row) -> str:
    left = number(row.get("remaining_amount_with_tax"))
    if left is not None and left <= 0:
        return "paid"
    collected = (row.get("e_invoicing") or {}).get("status") == "collected"
    return "in_payment" if row.get("paid") or collected else "open"


def version(row: Row) -> str:
    """What makes a document worth reading again: what is owed, by whom, until when, and whether at all. The
    words late and upcoming are not in it: they change with the day."""
    contested = contested_or_transferred(row)
    parts = (
        situation(row),
        row.get("remaining_amount_with_tax"),
        id_of(row, "customer"),
        row.get("deadline"),
    )
    return "|".join([*(str(part if part is not None else "") for part in parts), "!" if contested else ""])


def contested_or_transferred(row: Row) -> bool:
    """The receiver refused the electronic invoice, or the claim was given to another account (a factor's)."""
    flow = row.get("e_invoicing") or {}
    return flow.get("status") in _CONTESTED or bool(row.get("payment_method_ledger_account"))


def total_of(row: Row, *, sign: int = 0) -> Decimal:
    """The total with tax in the document's currency; never negative unless ``sign`` is asked for."""
    found = number(row.get("currency_amount"))
    found = found if found is not None else number(row.get("amount")) or ZERO
    return found if sign else abs(found)


def taken_of(row: Row) -> bool:
    """True when something was already taken off an invoice (not a credit note)."""
    left, whole = number(row.get("remaining_amount_with_tax")), abs(number(row.get("amount")) or ZERO)
    return not is_credit_note(row) and (left is None or left not in (whole, total_of(row)))


def residual(row: Row, details: Details = NOTHING) -> Decimal | None:
    """What is left of a document, in its currency; None where the host does not say.

    Of one in another currency nobody has written down in which one the remaining amount is. Where the matched
    money tells, it decides; else the smaller of both counts, so that nobody is asked for too much.
    """
    if is_credit_note(row):
        return _credit_left(row)
    left, euros, whole = (
        number(row.get("remaining_amount_with_tax")),
        number(row.get("amount")),
        total_of(row),
    )
    if left is None:
        return None
    if row.get("currency") == "EUR" or not euros or abs(euros) == whole:
        return min(left, whole)
    readings = sorted({min(left, whole), min((left * whole / abs(euros)).quantize(CENT), whole)})
    if left in (abs(euros), whole):
        return whole
    matched = sum((matched_amount(row, each) for each in details.matched), ZERO)
    fitting = [each for each in readings if abs(whole - matched - each) <= CENT * 2]
    return fitting[0] if fitting else readings[0]


def _credit_left(row: Row) -> Decimal:
    """What a credit note may still take off; nothing once it was set against an invoice."""
    if row.get("credited_invoice") or row.get("paid") or row.get("archived_at"):
        return ZERO
    left = number(row.get("remaining_amount_with_tax"))
    return total_of(row) if left is None else min(abs(left), total_of(row))


def matched_amount(row: Row, transaction: Row) -> Decimal:
    """What a transaction brought, in the currency of the invoice."""
    if transaction.get("currency") in (None, row.get("currency")):
        return abs(number(transaction.get("currency_amount")) or ZERO)
    euros, whole = number(transaction.get("amount")) or ZERO, abs(number(row.get("amount")) or ZERO)
    return (abs(euros) * total_of(row) / whole).quantize(CENT) if whole else ZERO


def is_receipt(row: Row) -> bool:
    """True for a bank transaction that brings money of a known customer."""
    return bool(id_of(row, "customer")) and (number(row.get("amount")) or ZERO) > 0


def unapplied(row: Row) -> Decimal:
    """What is not matched, in the currency of the transaction (its balance is in euros)."""
    if row.get("archived_at"):
        return ZERO
    open_, euros = abs(number(row.get("outstanding_balance")) or ZERO), abs(number(row.get("amount")) or ZERO)
    own = abs(number(row.get("currency_amount")) or euros)
    if row.get("currency") in (None, "EUR") or not euros:
        return min(open_, own)
    return min((open_ * own / euros).quantize(CENT), own)


def payment_version(row: Row) -> str:
    """What makes a transaction worth reading again."""
    parts = (row.get("outstanding_balance"), id_of(row, "customer"), row.get("archived_at"))
    return "|".join(str(part or "") for part in parts)


def customer_of(row: Row) -> int | None:
    """The id of the customer of an invoice or a transaction."""
    return id_of(row, "customer")


def id_of(row: Row, name: str) -> int | None:
    """The id of what a field refers to."""
    found = row.get(name)
    return found.get("id") if isinstance(found, dict) else None
