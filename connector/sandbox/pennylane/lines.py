"""The lines of an invoice, and its installments where the account has them."""

from __future__ import annotations

from typing import Any

from connector.sandbox.nouns import Document, Line
from connector.sandbox.pennylane.statuses import is_taxed
from connector.sandbox.pennylane.values import INSTALLMENTS, LINES, amount, before_tax, moment


def invoice_lines(document: Document) -> list[dict[str, Any]]:
    return [_line(document, one, rank) for rank, one in enumerate(_items(document))]


def _items(document: Document) -> list[Line]:
    return [one for one in document.lines if one.role == "item"]


def _line(document: Document, line: Line, rank: int) -> dict[str, Any]:
    taxed = is_taxed(document)
    total = -line.amount
    euros = document.currency.in_euros(total)
    net, net_euros = before_tax(total, taxed=taxed), before_tax(euros, taxed=taxed)
    return {
        "id": LINES.of(line.serial),
        "label": line.label,
        "unit": "piece",
        "quantity": amount(line.quantity),
        "amount": amount(euros),
        "currency_amount": amount(total),
        "vat_rate": "FR_200" if taxed else "exempt",
        "tax": amount(euros - net_euros),
        "currency_tax": amount(total - net),
        "raw_currency_unit_price": amount(net),
        "created_at": moment(line.created_at),
        "updated_at": moment(line.written_at),
        "description": "",
        "currency_amount_before_tax": amount(net),
        "section_rank": rank,
        "discount": {"type": "relative", "value": "0.0"},
        "product": None,
        "imputation_dates": None,
        "substance": "services",
    }


def installments(document: Document) -> list[dict[str, Any]]:
    """Shape not documented: what is asked when one is made, an id, and a status."""
    return [
        {
            "id": INSTALLMENTS.of(line.serial),
            "deadline": (line.due_on or document.on).isoformat(),
            "amount": amount(abs(line.amount)),
            "remaining_amount": amount(abs(line.residual)),
            "status": "paid" if line.settled else "pending",
            "payment_methods": ["transfer"],
            "created_at": moment(line.created_at),
            "updated_at": moment(line.written_at),
        }
        for line in sorted(document.due_lines, key=lambda one: one.due_on or document.on)
    ]
