"""Amounts with their currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

#: Currencies whose smallest unit is not the hundredth (ISO 4217 list one).
_MINOR_UNITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_UNITS = {currency: Decimal(1).scaleb(-digits) for currency, digits in _MINOR_UNITS.items()}
_HUNDREDTH = Decimal("0.01")


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Return ``amount`` rounded half-up to the smallest unit of ``currency`` (an ISO 4217 code)."""
    return amount.quantize(_UNITS.get(currency, _HUNDREDTH), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Adding two currencies is an error, never a guess."""

    amount: Decimal
    currency: str  # ISO 4217

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)
