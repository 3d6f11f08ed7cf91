"""Decide: for every installment, what happens today and why. Pure: no clock, no database, no randomness."""

from connector.dunning.coverage import Coverage, cover, spare
from connector.dunning.decide import decide
from connector.dunning.grouping import plan_messages
from connector.dunning.policy import Policy
from connector.dunning.promises import settle_promises

__all__ = ["Coverage", "Policy", "cover", "decide", "plan_messages", "settle_promises", "spare"]
