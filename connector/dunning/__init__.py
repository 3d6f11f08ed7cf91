"""Decide: for every installment, what happens today and why. Pure: no clock, no database, no randomness."""

from connector.dunning.coverage import Coverage, cover, spare
from connector.dunning.decide import CONSENTED, decide
from connector.dunning.endings import Endings, apply_endings, endings
from connector.dunning.grouping import plan_messages
from connector.dunning.policy import Policy

__all__ = [
    "CONSENTED",
    "Coverage",
    "Endings",
    "Policy",
    "apply_endings",
    "cover",
    "decide",
    "endings",
    "plan_messages",
    "spare",
]
