"""Late-payment interest and fixed indemnity by country law: dated facts, small pure functions.

``compute(rule("fr_b2b"), Claim(...), to)`` gives a ``Calculation``: segments day by day, what payments
settled, the indemnity with its legal basis, the total, how it was counted, and what a reader must know.
``annex`` turns it into plain data to print or to keep. Nothing is ever booked, and no rate is guessed.
"""

from connector.interest.annex import annex
from connector.interest.calculation import (
    Calculation,
    Caution,
    CautionCode,
    IndemnityDue,
    RateBasis,
    Segment,
    SegmentState,
    Settlement,
    Source,
    Stated,
)
from connector.interest.claim import (
    BelowFloor,
    Claim,
    Counting,
    CreditEffect,
    DayCount,
    Movement,
    Options,
    Rounding,
    Suspension,
)
from connector.interest.compute import compute
from connector.interest.law import Imputation, RateMode, Rule, Scale, all_rules, rule, scale
from connector.interest.plan import PlanInterest, Share, plan_interest
from connector.interest.rates import Rates, Status, rates_with, shipped_rates
from connector.interest.words import caution_sentence, label

__all__ = [
    "BelowFloor",
    "Calculation",
    "Caution",
    "CautionCode",
    "Claim",
    "Counting",
    "CreditEffect",
    "DayCount",
    "Imputation",
    "IndemnityDue",
    "Movement",
    "Options",
    "PlanInterest",
    "RateBasis",
    "RateMode",
    "Rates",
    "Rounding",
    "Rule",
    "Scale",
    "Segment",
    "SegmentState",
    "Settlement",
    "Share",
    "Source",
    "Stated",
    "Status",
    "Suspension",
    "all_rules",
    "annex",
    "caution_sentence",
    "compute",
    "label",
    "plan_interest",
    "rates_with",
    "rule",
    "scale",
    "shipped_rates",
]
