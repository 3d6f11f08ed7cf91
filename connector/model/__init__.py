"""The nouns of the program, as frozen values. Nothing here does input or output.

``ledger`` holds what the host knows (customers, invoices, payments); ``chase`` holds what we add to it
(scenarios, reminders, promises, holds); ``decision`` holds the answer for an installment and its reason;
``text`` holds what a person will read.
"""

from connector.model.chase import (
    FollowUp,
    Hold,
    Promise,
    PromiseState,
    Reminder,
    ReminderState,
    Scenario,
    Start,
    Step,
    When,
)
from connector.model.decision import Action, Check, Decision, MessagePlan, PlannedLine, Reason
from connector.model.ledger import (
    Account,
    Activity,
    Allocation,
    AllocationSource,
    Contact,
    Customer,
    Fact,
    Inbound,
    Installment,
    InstallmentKey,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Kind,
    Payment,
    Person,
    Ref,
    Role,
    SetAside,
    Standing,
)
from connector.model.money import Money, quantize
from connector.model.text import Attachment, Message, Party

__all__ = [
    "Account",
    "Action",
    "Activity",
    "Allocation",
    "AllocationSource",
    "Attachment",
    "Check",
    "Contact",
    "Customer",
    "Decision",
    "Fact",
    "FollowUp",
    "Hold",
    "Inbound",
    "Installment",
    "InstallmentKey",
    "Invoice",
    "InvoiceKind",
    "InvoiceState",
    "Kind",
    "Message",
    "MessagePlan",
    "Money",
    "Party",
    "Payment",
    "Person",
    "PlannedLine",
    "Promise",
    "PromiseState",
    "Reason",
    "Ref",
    "Reminder",
    "ReminderState",
    "Role",
    "Scenario",
    "SetAside",
    "Standing",
    "Start",
    "Step",
    "When",
    "quantize",
]
