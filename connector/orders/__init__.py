"""What a person orders: a promise, a hold, a dispute, a payment plan, a word on a message that waits.

The command line gives these orders today; a note or an activity in the host gives the same ones.
"""

from connector.orders.agreements import close_dispute, dispute, mark, payment_plan, withdraw_plan
from connector.orders.find import OrderError, find_one
from connector.orders.holds import hold, resume
from connector.orders.outbox import approve, cancel, retry, settle_unknown, waiting
from connector.orders.promises import promise

__all__ = [
    "OrderError",
    "approve",
    "cancel",
    "close_dispute",
    "dispute",
    "find_one",
    "hold",
    "mark",
    "payment_plan",
    "promise",
    "resume",
    "retry",
    "settle_unknown",
    "waiting",
    "withdraw_plan",
]
