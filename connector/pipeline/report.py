"""What a pass did, as figures: printed by ``run --once --json`` and read by whoever watches the job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from connector.model import Action

#: Called between two steps with what is being done, how much is done, how much there is (or None). It may
#: raise ``Interrupted``: everything is in order at these points.
Progress: TypeAlias = Callable[[str, int, int | None], None]


def silent(_what: str, _done: int, _total: int | None) -> None:
    """A progress that nobody watches."""


@dataclass(slots=True)
class PassReport:
    """Counts of one pass over one company. ``errors`` holds one sentence for each thing that failed."""

    company: str
    host: str
    today: date
    seconds: float = 0.0
    calls: int = 0
    bytes: int = 0
    billed: int = 0  # of the calls, those that the host bills
    #: the month's bill so far and as foreseen (``billing.Bill``), where the host bills; put there by whoever
    #: knows the schedule and the quota
    bill: dict[str, int | None] | None = None
    pulled: Counter[str] = field(default_factory=Counter)
    acted: Counter[str] = field(default_factory=Counter)  # remind, follow_up, thank: in this pass
    standing: Counter[str] = field(default_factory=Counter)  # "wait:not_due": all installments, afterwards
    delivered: Counter[str] = field(default_factory=Counter)
    written_back: Counter[str] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)  # orders, answered: what people said in the host
    wake_on: date | None = None
    claimed: bool = False  # the host has our claim: this pass may write
    errors: list[str] = field(default_factory=list)
    stopped: str | None = None  # why the pass stopped for safety
    #: why nothing leaves for any customer, as objects: reason, asks (somebody must act), since_on, do, why
    company_stops: list[dict[str, object]] = field(default_factory=list)
    #: what a person has to do for the company before something stops, as objects: notice, on, do, why
    company_notices: list[dict[str, object]] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """The shape promised for ``run --once --json``."""
        return {
            "company": self.company,
            "host": self.host,
            "today": self.today.isoformat(),
            "seconds": round(self.seconds, 3),
            "calls": self.calls,
            "bytes": self.bytes,
            **self._billed(),
            "pulled": {k: self.pulled[k] for k in ("customers", "invoices", "payments", "set_aside")},
            "decisions": {
                "remind": self.acted[Action.REMIND],
                "follow_up": self.acted[Action.FOLLOW_UP],
                "thank": self.acted[Action.THANK],
                "wait": self._reasons(Action.WAIT),
                "hold": self._reasons(Action.HOLD),
            },
            "delivered": {k: self.delivered[k] for k in ("sent", "failed", "unknown")},
            "written_back": {k: self.written_back[k] for k in ("notes", "activities")},
            "heard": {k: self.heard[k] for k in ("orders", "refused", "answered")},
            "wake_on": self.wake_on.isoformat() if self.wake_on else None,
            **({"stopped": self.stopped} if self.stopped else {}),
            **({"company_stops": self.company_stops} if self.company_stops else {}),
            **({"company_notices": self.company_notices} if self.company_notices else {}),
            **({"errors": self.errors} if self.errors else {}),
        }

    @property
    def asks(self) -> bool:
        """True when nothing leaves until somebody has looked."""
        return self.stopped is not None or any(stop["asks"] for stop in self.company_stops)

    def _billed(self) -> dict[str, object]:
        if self.bill is not None:
            return {"billed": self.bill}
        return {"billed": {"calls": self.billed}} if self.billed else {}

    def _reasons(self, action: Action) -> dict[str, int]:
        prefix = f"{action}:"
        return {
            key.removeprefix(prefix): count
            for key, count in sorted(self.standing.items())
            if key.startswith(prefix) and count
        }
