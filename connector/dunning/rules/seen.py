"""The figures a rule looked at when it did not apply: what ``explain`` shows beside its tick."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from connector.dunning.case import Case
from connector.model import Reason


def seen(reason: Reason, case: Case) -> Mapping[str, object]:
    """Return the figures of a rule that did not apply, by name; empty where there are none to show."""
    look = _FIGURES.get(reason)
    return look(case) if look else {}


def _scenario(case: Case) -> Mapping[str, object]:
    scenario = case.choice.scenario
    name = scenario.name if scenario else None
    return {"scenario": name, "by": case.choice.by, "matching": case.choice.matching}


def _recipient(case: Case) -> Mapping[str, object]:
    found = case.chase.recipient_for(case.invoice)
    return {"recipient": found.address, "language": found.language} if found else {}


def _minimum(case: Case) -> Mapping[str, object]:
    scenario, currency = case.choice.scenario, case.invoice.currency
    amount = max(case.chase.chaseable.get(currency, Decimal(0)), case.installment.residual)
    return {"amount": amount, "minimum": scenario.minimum if scenario else None, "currency": currency}


_FIGURES: Mapping[Reason, Callable[[Case], Mapping[str, object]]] = {
    Reason.STALE_SYNC: lambda case: {"synced_at": case.chase.standing.synced_at},
    Reason.STALE_BANK: lambda case: {"bank_entry_on": case.chase.standing.bank_entry_on},
    Reason.NO_SCENARIO: _scenario,
    Reason.SETTLED: lambda case: {"residual": case.installment.residual, "currency": case.invoice.currency},
    Reason.COVERED: lambda case: {
        "available": case.chase.coverage.available.get(case.invoice.currency, Decimal(0)),
        "currency": case.invoice.currency,
    },
    Reason.BELOW_MINIMUM: _minimum,
    Reason.SPACING: lambda case: {
        "last_sent_on": case.chase.last_contact.get(case.invoice.currency),
        "spacing": case.choice.scenario.spacing if case.choice.scenario else None,
    },
    Reason.NO_CONTACT: _recipient,
}
