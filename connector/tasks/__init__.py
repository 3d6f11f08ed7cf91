"""What a person in the host is asked or told: tasks and notes. Pure but for reading its tables of words.

The words stand in ``templates/<language>/tasks.toml`` and ``notes.toml``; every value from the host is
escaped for HTML. ``sheet`` is the call sheet, ``people`` whom to call and whom to ask, ``reminders`` the
notes that prove a message.
"""

from connector.tasks.calls import broken_promise, call_sheet
from connector.tasks.disputes import dispute_note, dispute_over, dispute_task
from connector.tasks.exchanges import Call, calls_in
from connector.tasks.follow_ups import DELIVERIES, follow_up, no_longer_needed
from connector.tasks.people import person
from connector.tasks.plans import plan_entries, plan_outcome
from connector.tasks.promises import promise_entries, promise_outcome
from connector.tasks.reminders import Sent, reminder_notes

__all__ = [
    "DELIVERIES",
    "Call",
    "Sent",
    "broken_promise",
    "call_sheet",
    "calls_in",
    "dispute_note",
    "dispute_over",
    "dispute_task",
    "follow_up",
    "no_longer_needed",
    "person",
    "plan_entries",
    "plan_outcome",
    "promise_entries",
    "promise_outcome",
    "reminder_notes",
]
