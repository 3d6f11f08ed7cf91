"""A channel that does what it is told, and knows what really left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from connector.model import InstallmentKey, Message
from connector.model.chase import THANK_YOU
from connector.ports import Receipt, ReceiptStatus
from tests.system.machine.mortal import Death


@dataclass(frozen=True)
class Step:
    """One step for one installment, as a message carries it out."""

    installment: InstallmentKey
    name: str
    level: int


@dataclass
class Accepted:
    """A message that really went to the customer. ``disowned``: a person then said that it had not."""

    message: Message
    steps: tuple[Step, ...]
    on: date
    currency: str = ""
    disowned: bool = False

    @property
    def thanks(self) -> bool:
        return any(step.name == THANK_YOU for step in self.steps)


@dataclass
class ChosenChannel:
    """A channel that does what it is told: ``outcomes`` in turn, then ``sent``.

    ``sent``; ``failed``, ``rejected``: it did not leave and says so; ``unknown_gone``, ``unknown_lost``: it
    cannot say; ``dies_after``, ``dies_before``: the process ends after or before the message left.
    """

    look: Callable[[Message], Accepted]
    judge: Callable[[Accepted], None]
    name: str = "email"
    outcomes: list[str] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    can_tell: bool = False

    def send(self, message: Message) -> Receipt:
        outcome = self.outcomes.pop(0) if self.outcomes else "sent"
        if outcome == "dies_before":
            raise Death
        if outcome in ("sent", "unknown_gone", "dies_after"):
            taken = self.look(message)
            self.judge(taken)
            self.accepted.append(taken)
        if outcome == "dies_after":
            raise Death
        status = ReceiptStatus.UNKNOWN if outcome.startswith("unknown") else ReceiptStatus(outcome)
        return Receipt(status, message.message_id, outcome)

    def find(self, message: Message) -> Receipt:
        if not self.can_tell:
            return Receipt(ReceiptStatus.UNKNOWN, detail="cannot tell")
        there = any(a.message.key == message.key for a in self.accepted)
        return Receipt(ReceiptStatus.SENT if there else ReceiptStatus.FAILED)

    def close(self) -> None:
        """Nothing is held open."""
