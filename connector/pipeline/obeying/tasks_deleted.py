"""A task of ours vanished from the host without a word: somebody deleted it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from connector.errors import SafetyStop
from connector.model import PromiseState
from connector.pipeline.obeying import approvals
from connector.pipeline.obeying.hearing import Hearing
from connector.pipeline.obeying.tasks_done import end_follow_up, rest_until, withdraw
from connector.store.ports import HostTask
from connector.tasks import promise_outcome

#: So many, and more than half of those that stood there, are no person's doing.
_MANY = 10


def check_deleted(company: str, deleted: Sequence[HostTask], open_: int) -> None:
    """Raise SafetyStop when a large part of our tasks vanished at once: a lost access right, or somebody
    clearing a list, looks the same as people's decisions."""
    if len(deleted) > _MANY and len(deleted) * 2 > open_:
        raise SafetyStop(
            f"{len(deleted)} of our {open_} tasks for {company} vanished from the host without a word.",
            remedy="To delete one is an order: it withdraws a promise, cancels a message, closes a "
            "follow-up. If people meant it, run once with --accept; if not, look at our user's rights there.",
        )


def task_deleted(hearing: Hearing, task: HostTask) -> None:
    """Deleting the task of a promise withdraws it, that of a message cancels it; what asks for no decision is
    as good as done. What was agreed with the customer is not undone by the way.

    A deleted task leaves no trace in the host: what followed from it is told there."""
    hearing.unit.end_task(task.key, hearing.company.clock())
    if approvals.is_approval(task.key):
        approvals.deleted(hearing, task.key)
        return
    hearing.record("task_deleted", {"task": task.key})
    promise = re.fullmatch(r"promise/(\d+)", task.key)
    if promise:
        if withdraw(hearing, int(promise[1])):
            hearing.lines.append(promise_outcome(hearing.company.language, PromiseState.WITHDRAWN))
    elif re.fullmatch(r"plan/\d+", task.key):
        hearing.tell("task", "plan_stays")
    elif re.fullmatch(r"dispute/\d+", task.key):
        hearing.tell("task", "dispute_stays")
    else:
        end_follow_up(hearing, task.key, rest_until(hearing))
