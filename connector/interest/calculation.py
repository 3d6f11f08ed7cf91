"""What a calculation gives: every line that is needed to print it and to check it by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from connector.interest.claim import Claim, Counting, CreditEffect, DayCount, Rounding
from connector.interest.law import Imputation, RateMode, Rule
from connector.interest.rates import Status
from connector.model import Money


@dataclass(frozen=True, slots=True)
class RateBasis:
    """Where a rate comes from. ``reference`` + ``margin`` give it, when it has a reference."""

    series: str  # of ``rates.toml``; "law" or "contract" for a rate that follows nothing
    half_year: str  # 2026-S2; empty for a rate that follows nothing
    reference: Decimal | None  # percent
    reference_on: date | None  # the day whose reference rate counts
    margin: Decimal
    status: Status
    source: str


class SegmentState(StrEnum):
    ACCRUING = "accruing"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"  # no rate is known for these days: nothing is counted


@dataclass(frozen=True, slots=True)
class Segment:
    """Days in a row with the same base and rate, both ends included."""

    first_on: date
    last_on: date
    base: Money
    state: SegmentState
    rate: Decimal | None  # percent a year
    basis: RateBasis | None
    year_days: int  # the divisor
    exact: Fraction  # unrounded, in the currency's main unit
    amount: Money  # rounded to the smallest unit; see ``Stated.rounding`` for which of the two is summed

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1


class Source(StrEnum):
    PAYMENT = "payment"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Settlement:
    """How one payment or credit note was set against the debt; ``principal_left`` is what it left of it."""

    on: date
    source: Source
    amount: Money
    to_interest: Money
    to_principal: Money
    to_indemnity: Money
    surplus: Money
    principal_left: Money


class CautionCode(StrEnum):
    """What a reader must know before relying on the figures. The sentences are in ``words.toml``."""

    RATE_UNKNOWN_AFTER = "rate_unknown_after"
    RATE_UNKNOWN_BETWEEN = "rate_unknown_between"
    RATE_DERIVED = "rate_derived"
    RATE_UNVERIFIED = "rate_unverified"
    IMPUTED_OVER_GAP = "imputed_over_gap"
    NOTICE_MISSING = "notice_missing"
    NOTICE_START_OPEN = "notice_start_open"
    DEFAULT_NOT_STARTED = "default_not_started"
    BELOW_FLOOR = "below_floor"
    RAISED_TO_FLOOR = "raised_to_floor"
    FLOOR_UNKNOWN = "floor_unknown"
    CONSUMER_CONTRACT_RATE = "consumer_contract_rate"
    MODE_CHOSEN = "mode_chosen"
    DAY_COUNT_360 = "day_count_360"
    SUSPENDED = "suspended"
    INSOLVENCY_STOPS = "insolvency_stops"
    INSOLVENCY_ELSEWHERE = "insolvency_elsewhere"
    INSOLVENCY_NO_INDEMNITY = "insolvency_no_indemnity"
    INDEMNITY_OTHER_CURRENCY = "indemnity_other_currency"
    INDEMNITY_SCALE_CURRENCY = "indemnity_scale_currency"
    INDEMNITY_VAT = "indemnity_vat"
    PAYMENT_AFTER = "payment_after"
    CREDIT_AFTER = "credit_after"
    CREDIT_BACKDATED = "credit_backdated"
    SURPLUS = "surplus"


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing to know, with its figures: dates, Decimals, Money, texts."""

    code: CautionCode
    seen: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndemnityDue:
    """The fixed sum, in the currency of the law that gives it. ``settled``: what payments covered of it."""

    amount: Money
    settled: Money
    invoices: int
    basis: str  # empty when no sum is due

    @property
    def left(self) -> Money:
        return Money(self.amount.amount - self.settled.amount, self.amount.currency)


@dataclass(frozen=True, slots=True)
class Stated:
    """How it was counted: to be printed with the figures."""

    mode: RateMode
    day_count: DayCount
    rounding: Rounding
    imputation: Imputation
    imputation_basis: str  # empty where the order is a setting and no text was read
    counting: Counting
    credit_effect: CreditEffect


@dataclass(frozen=True, slots=True)
class Calculation:
    """The whole result at a day, in the claim's currency but for ``indemnity``.

    ``total`` is what is owed: principal, interest and, when it is in the same currency, indemnity left.
    """

    rule: Rule
    claim: Claim
    to_on: date
    first_on: date | None  # the first day that can bear interest; None when none can yet
    segments: tuple[Segment, ...]
    settlements: tuple[Settlement, ...]
    interest: Money  # accrued, rounded as stated
    interest_settled: Money
    principal_left: Money
    indemnity: IndemnityDue
    total: Money
    surplus: Money
    cautions: tuple[Caution, ...]
    stated: Stated

    @property
    def interest_left(self) -> Money:
        return Money(self.interest.amount - self.interest_settled.amount, self.interest.currency)

    @property
    def is_complete(self) -> bool:
        """False when days had no known rate: the true interest is more."""
        return all(segment.state is not SegmentState.UNKNOWN for segment in self.segments)
