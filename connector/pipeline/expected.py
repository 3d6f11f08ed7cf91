"""What a pass that ended well leaves for the next: when it ended, and how many messages were foreseen.

The forecast of a whole ledger is too dear for each pass. But every decision says by itself on which day it
can change and which step comes then: so each customer's summary, written when he is decided, says on which
day his next message is foreseen if nobody pays, and their sum is the forecast of the coming days, for
nothing. A customer counts once in each currency, whatever time passes: no outage brings two messages at once.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from connector.company import Company
from connector.model import Action, Decision, Reason

#: In a customer's summary: "next:2026-11-30:reminder_1".
_NEXT = "next:"
_MEMO = "last_pass"
#: Answers after which a message comes by itself. A follow-up waits for a person; a message that is written
#: has its own row in the outbox.
_BY_ITSELF = frozenset((Action.WAIT, Action.HOLD, Action.REMIND))
_WRITTEN = frozenset((Reason.QUEUED, Reason.APPROVAL))


@dataclass(frozen=True, slots=True)
class LastPass:
    """The last pass that ended well. ``foreseen`` counts the messages after it by day and step; those of its
    own day and before are what stood in the way of then (a pause, a closed day)."""

    at: datetime
    foreseen: Mapping[date, Mapping[str, int]]
    open_installments: int
    as_if: bool = False  # it was run as if it were another day

    def until(self, day: date) -> Counter[str]:
        """The messages foreseen up to that day, by step."""
        total: Counter[str] = Counter()
        for on, steps in self.foreseen.items():
            if on <= day:
                total.update(steps)
        return total


def coming(decisions: Iterable[Decision]) -> Counter[str]:
    """Return what a customer's summary says of his next messages: one for each currency."""
    first: dict[str, tuple[date, str]] = {}
    for decision in decisions:
        step, wake_on = decision.step, decision.wake_on
        if step is None or wake_on is None or step.approval:
            continue
        if decision.action not in _BY_ITSELF or decision.reason in _WRITTEN:
            continue
        found = (max(wake_on, decision.step_on or wake_on), step.name)
        first[decision.currency] = min(first.get(decision.currency, found), found)
    return Counter(f"{_NEXT}{on.isoformat()}:{step}" for on, step in first.values())


def standing_of(summary: Mapping[str, int]) -> dict[str, int]:
    """The counts by action and reason alone."""
    return {key: count for key, count in summary.items() if not key.startswith(_NEXT)}


def open_installments(summary: Mapping[str, int]) -> int:
    """How many installments are owed, of those that a pass has decided about."""
    paid = (f":{Reason.SETTLED}", f":{Reason.PAID_AFTER_REMINDER}")
    return sum(count for key, count in standing_of(summary).items() if not key.endswith(paid))


def remember(company: Company, summary: Mapping[str, int]) -> None:
    """Keep what the next pass will be held against. Not while a unit is open."""
    foreseen: dict[str, dict[str, int]] = {}
    for key, count in summary.items():
        if key.startswith(_NEXT):
            on, _, step = key.removeprefix(_NEXT).partition(":")
            foreseen.setdefault(on, {})[step] = count
    kept = {
        "at": company.clock().isoformat(),
        "open": open_installments(summary),
        "foreseen": foreseen,
        "as_if": company.as_if,
    }
    company.store.memo(company.id)[_MEMO] = json.dumps(kept, sort_keys=True)


def last_pass(company: Company) -> LastPass | None:
    """None before the first pass that ended well."""
    text = company.store.memo(company.id).get(_MEMO)
    if text is None:
        return None
    kept = json.loads(text)
    foreseen = {date.fromisoformat(on): steps for on, steps in kept["foreseen"].items()}
    return LastPass(datetime.fromisoformat(kept["at"]), foreseen, kept["open"], kept["as_if"])
