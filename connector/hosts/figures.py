"""Amounts as hosts write them, and as a record holds them. Pure."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation


def number(raw: object) -> Decimal | None:
    """An amount, written as a number or a text; None where it is missing or no figure, so that the record is
    set aside."""
    if raw is None or raw == "" or isinstance(raw, bool):
        return None
    try:
        found = Decimal(str(raw))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def text(amount: Decimal) -> str:
    """An amount as a record holds it: the same text for the same amount, however many zeros came with it."""
    return f"{amount.normalize():f}" if amount else "0"
