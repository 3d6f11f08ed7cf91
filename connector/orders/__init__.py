"""What a person orders: a promise, a hold, a dispute, a payment plan, a word on a message that waits.

The command line gives these orders, and a note or a task in the host gives the same ones: those whose names
end in ``_in`` work inside a transaction that is open, on what was found already.
"""

from connector.orders.agreements import (
    Rhythm,
    close_dispute,
    close_dispute_in,
    dispute,
    dispute_in,
    mark,
    mark_in,
    payment_plan,
    payment_plan_in,
    withdraw_plan,
)
from connector.orders.find import NeedsWord, OrderError, find_one, open_invoice, open_invoices
from connector.orders.holds import hold, hold_in, resume, resume_in
from connector.orders.outbox import (
    approvals_wanted,
    approve,
    approve_in,
    cancel,
    cancel_in,
    drop_in,
    retry,
    settle_unknown,
    waiting,
)
from connector.orders.plan_interest import annex_of
from connector.orders.promises import move_promise_in, promise, promise_in, withdraw_promise_in
from connector.orders.said import Said, event, said_now, show
from connector.orders.sent_notes import sent_notes

__all__ = [
    "NeedsWord",
    "OrderError",
    "Rhythm",
    "Said",
    "annex_of",
    "approvals_wanted",
    "approve",
    "approve_in",
    "cancel",
    "cancel_in",
    "close_dispute",
    "close_dispute_in",
    "dispute",
    "dispute_in",
    "drop_in",
    "event",
    "find_one",
    "hold",
    "hold_in",
    "mark",
    "mark_in",
    "move_promise_in",
    "open_invoice",
    "open_invoices",
    "payment_plan",
    "payment_plan_in",
    "promise",
    "promise_in",
    "resume",
    "resume_in",
    "retry",
    "said_now",
    "sent_notes",
    "settle_unknown",
    "show",
    "waiting",
    "withdraw_plan",
    "withdraw_promise_in",
]
