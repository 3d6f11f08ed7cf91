"""The facts of one account as days go by."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from connector.model import Account, Invoice, Payment


class Timeline(Protocol):
    """What is known of an account on each day of a walk."""

    account: Account  # all that does not change with the days

    def facts(self, day: date) -> tuple[tuple[Invoice, ...], tuple[Payment, ...]]:
        """The invoices (credit notes too) and payments known on that day."""
        ...

    def next_change(self, after: date) -> date | None:
        """The first day after that one on which they are others; None when there is none."""
        ...


class Still:
    """Nobody pays and nothing else changes: the facts of today stay."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def facts(self, day: date) -> tuple[tuple[Invoice, ...], tuple[Payment, ...]]:
        return self.account.invoices, self.account.payments

    def next_change(self, after: date) -> date | None:
        return None
