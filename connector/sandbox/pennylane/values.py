"""Amounts, moments and ids as Pennylane writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from connector.sandbox.nouns import CENT, ZERO


def amount(value: Decimal) -> str:
    """A JSON string with one decimal at least: ``600.0``, ``12.34``, ``0.0``."""
    text = f"{value.normalize() + 0:f}"
    return text if "." in text else f"{text}.0"


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def before_tax(total: Decimal, *, taxed: bool) -> Decimal:
    """What is left of ``total`` without the French rate of 20 %; all of it when nothing was taxed."""
    return (total / Decimal("1.2")).quantize(CENT) if taxed else total + ZERO


class Numbers(NamedTuple):
    """Large, sparse ids as the real ones are, and the ledger's serial behind each."""

    base: int
    step: int = 4096

    def of(self, serial: int) -> int:
        return self.base + serial * self.step

    def serial(self, number: object) -> int:
        """0 when no record of that kind can have this id."""
        if not isinstance(number, int):
            return 0
        serial, rest = divmod(number - self.base, self.step)
        return serial if serial > 0 and rest == 0 else 0


CUSTOMERS = Numbers(1_338_000_000_000)
CONTACTS = Numbers(211_000_000_000)
ENTRIES = Numbers(25_460_000_000_000)  # invoices, credit notes and transactions share one sequence
LINES = Numbers(3_327_000_000_000)
PAYMENTS = Numbers(902_000_000_000)
APPENDICES = Numbers(78_000_000_000)
COMMENTS = Numbers(5_100_000_000)
INSTALLMENTS = Numbers(640_000_000_000)
CATEGORIES = Numbers(239_000_000_000)
BANK_ACCOUNTS = Numbers(14_569_000_000)
JOURNALS = Numbers(91_387_000_000)
LEDGER_ACCOUNTS = Numbers(14_057_000_000_000)
USERS = Numbers(1_403_000, 1)
COMPANIES = Numbers(23_509_000, 1)
