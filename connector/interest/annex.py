"""The calculation annex as plain data: what a page or a file needs to show how a sum came about."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from connector.interest.balance import rounded
from connector.interest.calculation import Calculation, RateBasis, Segment, Settlement
from connector.interest.words import caution_sentence, show_plain
from connector.model import Money, quantize

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"


def annex(calculation: Calculation, language: str = "en") -> dict[str, Plain]:
    """Return a calculation as text, whole numbers, lists and tables: JSON writes it as it is.

    Amounts are text in the claim's currency (``currency``), rates text in percent a year, days ISO dates.
    The indemnity names its own currency. Only the cautions' sentences depend on ``language``.
    """
    claim = calculation.claim
    return {
        "rule": calculation.rule.name,
        "basis": calculation.rule.basis,
        "currency": claim.principal.currency,
        "principal": str(quantize(claim.principal.amount, claim.principal.currency)),
        "due_on": claim.due_on.isoformat(),
        "to_on": calculation.to_on.isoformat(),
        "first_on": calculation.first_on.isoformat() if calculation.first_on else None,
        "segments": [_segment(segment) for segment in calculation.segments],
        "settlements": [_settlement(settlement) for settlement in calculation.settlements],
        "interest": _amount(calculation.interest),
        "interest_settled": _amount(calculation.interest_settled),
        "interest_left": _amount(calculation.interest_left),
        "principal_left": _amount(calculation.principal_left),
        "indemnity": _indemnity(calculation),
        "total": _amount(calculation.total),
        "surplus": _amount(calculation.surplus),
        "complete": calculation.is_complete,
        "cautions": _cautions(calculation, language),
        "stated": _stated(calculation),
    }


def _segment(segment: Segment) -> dict[str, Plain]:
    return {
        "first_on": segment.first_on.isoformat(),
        "last_on": segment.last_on.isoformat(),
        "days": segment.days,
        "base": _amount(segment.base),
        "state": segment.state.value,
        "rate": None if segment.rate is None else str(segment.rate),
        "rate_basis": _basis(segment.basis) if segment.basis else None,
        "year_days": segment.year_days,
        "exact": six_decimals(segment.exact),
        "amount": _amount(segment.amount),
    }


def six_decimals(exact: Fraction) -> str:
    """Print an unrounded amount to the millionth, for checking by hand."""
    return f"{rounded(exact * 1_000_000, 'JPY') / 1_000_000:.6f}"


def _basis(basis: RateBasis) -> dict[str, Plain]:
    return {
        "series": basis.series,
        "half_year": basis.half_year or None,
        "reference": _text(basis.reference),
        "reference_on": basis.reference_on.isoformat() if basis.reference_on else None,
        "margin": str(basis.margin),
        "status": basis.status.value,
        "source": basis.source,
    }


def _settlement(settlement: Settlement) -> dict[str, Plain]:
    return {
        "on": settlement.on.isoformat(),
        "source": settlement.source.value,
        "amount": _amount(settlement.amount),
        "to_interest": _amount(settlement.to_interest),
        "to_principal": _amount(settlement.to_principal),
        "to_indemnity": _amount(settlement.to_indemnity),
        "surplus": _amount(settlement.surplus),
        "principal_left": _amount(settlement.principal_left),
    }


def _indemnity(calculation: Calculation) -> dict[str, Plain]:
    due = calculation.indemnity
    return {
        "amount": _amount(due.amount),
        "settled": _amount(due.settled),
        "left": _amount(due.left),
        "currency": due.amount.currency,
        "invoices": due.invoices,
        "basis": due.basis or None,
    }


def _cautions(calculation: Calculation, language: str) -> list[Plain]:
    return [
        {
            "code": caution.code.value,
            "seen": {name: show_plain(value) for name, value in caution.seen.items()},
            "sentence": caution_sentence(caution, language),
        }
        for caution in calculation.cautions
    ]


def _stated(calculation: Calculation) -> dict[str, Plain]:
    stated = calculation.stated
    return {
        "rate_mode": stated.mode.value,
        "day_count": stated.day_count.value,
        "rounding": stated.rounding.value,
        "imputation": stated.imputation.value,
        "imputation_basis": stated.imputation_basis or None,
        "counting": stated.counting.value,
        "credit_effect": stated.credit_effect.value,
    }


def _amount(money: Money) -> str:
    return str(money.amount)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
