"""What a forecast says: messages, tasks for people, and what comes to an end, each on its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from connector.model import Action, InstallmentKey, Reason


@dataclass(frozen=True, slots=True)
class ComingMessage:
    """A message that leaves on a day. ``amount`` is what the listed installments owe, in ``currency``."""

    on: date
    customer_ref: str
    customer_name: str
    action: Action  # REMIND or THANK
    step: str
    scenario: str
    level: int
    channel: str
    recipient: str
    language: str
    invoices: tuple[str, ...]  # their numbers, the leader's first
    installments: tuple[InstallmentKey, ...]
    amount: Decimal
    currency: str
    approval: int = 0  # how many people must agree before it leaves
    waits: bool = False  # nobody agrees in this forecast: it stays where it is
    written: bool = False  # it lies in the outbox already


@dataclass(frozen=True, slots=True)
class ComingTask:
    """A person is asked to act; once for each customer and reason, as long as the reason lasts."""

    on: date
    customer_ref: str
    customer_name: str
    reason: Reason
    invoices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComingEnding:
    """A promise, a payment plan or a dispute comes to its end. ``outcome`` is its last state."""

    on: date
    customer_ref: str
    customer_name: str
    what: str  # "promise", "plan" or "dispute"
    outcome: str
    invoice_refs: tuple[str, ...]  # empty: the whole account


ForecastEvent: TypeAlias = ComingMessage | ComingTask | ComingEnding
