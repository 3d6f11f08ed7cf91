"""A person marked a task of ours done, with a word on its outcome or without."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from connector import orders
from connector.dunning.calendar import add_working_days, next_working_day
from connector.grammar.sayings import (
    Saying,
    SaysCallAgain,
    SaysDispute,
    SaysNo,
    SaysNothing,
    SaysPaid,
    SaysPlan,
    SaysPromise,
    SaysSettled,
    SaysWait,
    SaysYes,
    Unclear,
)
from connector.model import FollowUp, PromiseState, Reason
from connector.pipeline.obeying import approvals, words
from connector.pipeline.obeying.hearing import Hearing
from connector.pipeline.obeying.sayings import carry_out
from connector.ports import Task, TaskKind
from connector.store.ports import Found, Unit

_PROMISE = re.compile(r"promise/(\d+)(?:/[^/]+)?")
_CALL = re.compile(r"(?P<message>[0-9a-f]{32}/call)(?:/again/\d+)?")
_AGAIN = re.compile(r"/again/(\d+)$")
_NOTHING_TO_DO = (SaysNothing, SaysYes, SaysNo, SaysCallAgain, Unclear)


def task_done(hearing: Hearing, key: str, text: str, sayings: Sequence[Saying]) -> None:
    """Carry out what was said of the task of that key. The task is at its end, whatever was said."""
    hearing.unit.end_task(key, hearing.company.clock())
    if approvals.is_approval(key):
        approvals.answered(hearing, key, text, sayings)
        return
    hearing.record("task_done", {"task": key, "reason_text": words.quoted(text)})
    about = concerned(hearing, key)
    for saying in sayings:
        _outcome(hearing, key, saying, about)
    if re.fullmatch(r"dispute/\d+", key) and all(isinstance(s, SaysNothing | SaysYes) for s in sayings):
        hearing.tell("task", "dispute_stays")
    end_follow_up(hearing, key, rest_until(hearing, sayings))


def _outcome(hearing: Hearing, key: str, saying: Saying, about: Found | None) -> None:
    own = re.fullmatch(r"promise/(\d+)", key)
    if own and isinstance(saying, SaysPaid):
        return  # it stays until its day: the money says how it ended
    if own and isinstance(saying, SaysNo):
        withdraw(hearing, int(own[1]))
        return
    if isinstance(saying, SaysCallAgain) and saying.on is not None:
        if not key.startswith("follow_up/"):  # that one is asked for again by its reason
            call_again(hearing, key, saying.on)
        hearing.confirm(saying)
        hearing.obeyed()
        return
    if isinstance(saying, Unclear) or not isinstance(saying, _NOTHING_TO_DO):
        carry_out(hearing, saying, about if isinstance(saying, _ABOUT_MONEY) else None)


_ABOUT_MONEY = (SaysPromise, SaysPaid, SaysDispute, SaysSettled, SaysWait, SaysPlan)


def concerned(hearing: Hearing, key: str) -> Found | None:
    """What a task is about, which may be more than the record it stands on: the promise's own invoice or
    whole account, the invoices of a call, for any other task all that the customer owes."""
    found = hearing.found
    if found is None:
        return None
    promise = _PROMISE.match(key)
    if promise:
        made = [p for p in hearing.unit.promises() if p.id == int(promise[1])]
        covers = made[0].invoice_ref if made else found.invoice_ref
        return _whole(found) if covers is None else hearing.unit.found(hearing.on)
    if key.startswith(("plan/", "dispute/")):
        return found
    call = _CALL.fullmatch(key)
    if call:
        refs = {r.installment.invoice_ref for r in hearing.unit.reminders(message_key=call["message"])}
        return found if refs == {found.invoice_ref} else _whole(found)
    owed = orders.open_invoices(hearing.unit.accounts([found.customer_ref])[0])
    return found if [i.ref for i in owed] == [found.invoice_ref] else _whole(found)


def _whole(found: Found) -> Found:
    return replace(found, invoice_ref=None, number=None)


def withdraw(hearing: Hearing, promise_id: int) -> bool:
    """Take a promise back; False when it has ended."""
    for promise in hearing.unit.promises(PromiseState.OPEN):
        if promise.id == promise_id:
            orders.withdraw_promise_in(hearing.company, hearing.unit, promise, hearing.said)
            hearing.counts["orders"] += 1
            return True
    return False


# tasks that come again --------------------------------------------------------------------------------
def rest_until(hearing: Hearing, sayings: Sequence[Saying] = ()) -> date:
    """Until when the same is not asked again although its reason stands."""
    for saying in sayings:
        if isinstance(saying, SaysCallAgain) and saying.on is not None:
            return saying.on
    policy = hearing.company.policy
    return add_working_days(hearing.said.on, policy.follow_up_again, policy.country)


def end_follow_up(hearing: Hearing, key: str, again_on: date) -> None:
    """Close the follow-up whose task that was. "Read the answer" ends by its having been read."""
    ended = _rest(hearing.unit, key, hearing.said.on, again_on)
    if ended is None:
        return
    if ended.reason == Reason.REPLIED:
        hearing.unit.mark_read(ended.customer_ref, hearing.said.at)
    hearing.record("follow_up_closed", {"reason": ended.reason})


def _rest(unit: Unit, key: str, on: date, again_on: date) -> FollowUp | None:
    if not key.startswith("follow_up/"):
        return None
    replied = key.rpartition("/")[0].endswith(f"/{Reason.REPLIED}")
    return unit.rest_follow_up(key, on, None if replied else again_on)


def call_again(hearing: Hearing, key: str, on: date) -> None:
    """The same task once more, as a call on another day."""
    found = hearing.unit.effects(keys=[key])
    if not found or not isinstance(found[0].item, Task):
        return
    made = _AGAIN.search(key)
    base, count = (key[: made.start()], int(made[1])) if made else (key, 0)
    due_on = next_working_day(max(on, hearing.today), hearing.company.policy.country)
    again = f"{base}/again/{count + 1}"
    hearing.queue(replace(found[0].item, key=again, task=TaskKind.CALL, due_on=due_on))
