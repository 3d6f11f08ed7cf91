"""What QuickBooks' objects mean: whether something is owed, how much, and who pays. Pure.

There is no field for paid, overdue or void: an invoice is open while its balance is above nothing, and void
when all its amounts are nothing and its private note begins with the word that QuickBooks puts there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from connector.hosts import figures
from connector.hosts.figures import text

Row = dict[str, Any]

ZERO = Decimal(0)
#: What QuickBooks puts before the private note of what was voided, in the languages it speaks.
VOIDED = re.compile(r"\s*(voided|annul[ée]e?s?|storniert|anulad[oa])\b", re.IGNORECASE)
#: Where an electronic invoice stands with its receiver, when he says that he will not pay it as it is.
_CONTESTED = frozenset({"disputed", "rejected"})
_BETWEEN = re.compile(r"[,;\s]+")


def amount(row: Row, name: str) -> Decimal | None:
    """An amount; None where it is missing or no figure, so that the record is set aside."""
    return figures.number(row.get(name))


def number(raw: object) -> Decimal:
    """A figure that may be left out, as QuickBooks leaves out what is empty: nothing then."""
    return figures.number(raw) or ZERO


def ref(row: Row, name: str) -> str:
    """The id that a reference holds; empty where there is none."""
    found = row.get(name)
    return str(found.get("value") or "") if isinstance(found, Mapping) else ""


def ref_name(row: Row, name: str) -> str | None:
    found = row.get(name)
    return str(found["name"]) if isinstance(found, Mapping) and found.get("name") else None


def customer_of(row: Row) -> str:
    return ref(row, "CustomerRef")


def is_deleted(row: Row) -> bool:
    """A stub of something deleted, as the change feed gives it."""
    return str(row.get("status") or "").lower() == "deleted"


def is_void(row: Row) -> bool:
    return (
        number(row.get("TotalAmt")) == 0
        and number(row.get("Balance")) == 0
        and bool(VOIDED.match(str(row.get("PrivateNote") or "")))
    )


def left(row: Row) -> Decimal | None:
    """What is owed on an invoice, or left on a credit memo, in its own currency, never below nothing; None
    where it does not say."""
    found = amount(row, "Balance") if "Balance" in row else amount(row, "RemainingCredit")
    return None if found is None else max(ZERO, found)


def situation(row: Row) -> str:
    """open, paid or cancel. What does not say counts as open: the record is set aside, its customer held."""
    if is_void(row):
        return "cancel"
    return "paid" if left(row) == 0 else "open"


def is_contested(row: Row) -> bool:
    """The receiver of an electronic invoice refuses it."""
    return str(row.get("EInvoiceStatus") or "").lower() in _CONTESTED


def due_on(row: Row, terms: Mapping[str, Row]) -> str | None:
    """The due date; where it is missing, what the terms of payment make of the date of the invoice."""
    issued = row.get("TxnDate")
    if row.get("DueDate") or not issued:
        return row.get("DueDate")
    term = terms.get(ref(row, "SalesTermRef"))
    return _by_term(date.fromisoformat(str(issued)[:10]), term).isoformat() if term else str(issued)


def _by_term(issued: date, term: Row) -> date:
    day = int(number(term.get("DayOfMonthDue")))
    if not day:
        return issued + timedelta(days=int(number(term.get("DueDays"))))
    near = timedelta(days=int(number(term.get("DueNextMonthDays"))))
    this, following = (issued + relativedelta(months=n, day=day) for n in (0, 1))
    due = this if this >= issued else following
    return due if due - issued >= near else due + relativedelta(months=1, day=day)


def version(row: Row, terms: Mapping[str, Row]) -> str:
    """What makes a document worth reading again. Neither its SyncToken nor when it was saved: they change
    with a word in a note too, our own among them."""
    due = due_on(row, terms) or ""
    contested = "!" if is_contested(row) else ""
    return "|".join((situation(row), text(left(row) or ZERO), customer_of(row), due, contested))


def unapplied(row: Row) -> Decimal:
    return max(ZERO, number(row.get("UnappliedAmt")))


def payment_version(row: Row) -> str:
    """What makes a payment worth reading again."""
    return f"{text(unapplied(row))}|{customer_of(row)}"


def payments_of(row: Row) -> list[str]:
    """The ids of the payments that are linked with an invoice, credits that were set against it too."""
    linked = row.get("LinkedTxn") or ()
    return [str(each["TxnId"]) for each in linked if str(each.get("TxnType")) == "Payment"]


def payer_of(row: Row) -> str:
    """Who pays for a customer: its parent where the bill goes there; empty for himself."""
    return ref(row, "ParentRef") if row.get("BillWithParent") else ""


def addresses(email: object) -> list[str]:
    """The e-mail addresses in a field that may hold several."""
    found = str((email or {}).get("Address") or "") if isinstance(email, Mapping) else ""
    return list(dict.fromkeys(part for part in _BETWEEN.split(found) if "@" in part))


def billed_to(row: Row) -> str:
    """The address that stands on an invoice, in small letters; empty for none."""
    return next(iter(addresses(row.get("BillEmail"))), "").lower()
