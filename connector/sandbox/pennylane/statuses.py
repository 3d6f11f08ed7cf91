"""What Pennylane says of a document: its status, whether it is paid, what remains.

``late`` comes with the date alone. A credit note over the whole of an invoice leaves it ``cancelled`` and
*paid*, and an incomplete import may be paid with money remaining: neither word can be trusted by itself.
"""

from __future__ import annotations

from decimal import Decimal

from connector.sandbox.nouns import ZERO, Document
from connector.sandbox.pennylane.stage import Stage
from connector.sandbox.pennylane.values import before_tax


def signed(document: Document, amount: Decimal) -> Decimal:
    """Credit notes count below zero."""
    return amount if document.kind == "invoice" else ZERO - amount


def is_taxed(document: Document) -> bool:
    """The French rate for French customers, none for the others."""
    country = document.customer.payer.country
    return country is None or country.code == "FR"


def status(stage: Stage, document: Document) -> str:
    if document.serial in stage.extras.archived:
        return "archived"
    if document.kind == "credit_note":
        return "credit_note"
    if document.state == "draft":
        return "draft"
    if document.serial in stage.extras.incomplete:
        return "incomplete"
    return "cancelled" if document.state == "cancelled" else _posted(stage, document)


def _posted(stage: Stage, document: Document) -> str:
    by_credit = [isinstance(one.credit.entry, Document) for one in document.allocations]
    if not document.open_amount:
        return "cancelled" if by_credit and all(by_credit) else "paid"
    if by_credit:
        return "partially_cancelled" if all(by_credit) else "partially_paid"
    return "late" if document.due_on < stage.ledger.clock.today else "upcoming"


def is_paid(document: Document) -> bool:
    return document.state == "cancelled" or (document.state == "posted" and not document.open_amount)


def remaining(stage: Stage, document: Document, *, with_tax: bool) -> Decimal | None:
    """None while draft. In euros, unless the option says the invoice's currency."""
    if document.state == "draft":
        return None
    left = ZERO if document.state == "cancelled" else document.open_amount
    if document.serial in stage.extras.incomplete:
        left = document.total  # as recorded: nobody brought it down
    if stage.options.remaining_in == "euros":
        left = document.currency.in_euros(left)
    return signed(document, left if with_tax else before_tax(left, taxed=is_taxed(document)))
