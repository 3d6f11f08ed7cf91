"""A person gave a task of ours another day."""

from __future__ import annotations

import re

from connector import orders
from connector.dunning.promises import last_day
from connector.model import Promise, PromiseState
from connector.orders import OrderError
from connector.pipeline.obeying import words
from connector.pipeline.obeying.hearing import Hearing
from connector.ports import MoveTask, Note
from connector.store.ports import HostTask


def task_moved(hearing: Hearing, task: HostTask) -> None:
    """A promise goes with its task. A plan's dates are agreed, so its task is put back; when any other task
    is done is its person's own business."""
    promise = re.fullmatch(r"promise/(\d+)", task.key)
    if promise:
        _promise_moved(hearing, task, int(promise[1]))
    elif re.fullmatch(r"plan/\d+", task.key):
        hearing.tell("task", "plan_not_moved", due_on=task.due_on)
        _put_back(hearing, task)
    else:
        _accept(hearing, task)


def _accept(hearing: Hearing, task: HostTask) -> None:
    hearing.unit.keep_deadline(task.key, task.seen_on or task.due_on)


def _put_back(hearing: Hearing, task: HostTask) -> None:
    hearing.queue(MoveTask(f"{task.key}/back/{hearing.stamp()}", task.key, task.due_on))


def _promise_moved(hearing: Hearing, task: HostTask, promise_id: int) -> None:
    open_ = [p for p in hearing.unit.promises(PromiseState.OPEN) if p.id == promise_id]
    if not open_ or task.seen_on is None:
        _accept(hearing, task)
        return
    try:
        orders.move_promise_in(hearing.company, hearing.unit, open_[0], task.seen_on, hearing.said)
    except OrderError as error:
        hearing.refuse(error)
        hearing.tell("task", "not_moved", due_on=task.due_on)
        _put_back(hearing, task)
        return
    _accept(hearing, task)
    hearing.obeyed()
    _tell(hearing, task, open_[0])


def _tell(hearing: Hearing, task: HostTask, before: Promise) -> None:
    company, on = hearing.company, task.seen_on
    if on is not None:
        until_on = last_day(on, company.policy)
        figures = {"from_on": before.promised_on, "promised_on": on, "until_on": until_on}
        said = words.line(company.language, "done", "moved", by=hearing.said.by, **figures)
        hearing.queue(Note(f"{task.key}/moved/{hearing.stamp()}", hearing.on, words.html([said])))
