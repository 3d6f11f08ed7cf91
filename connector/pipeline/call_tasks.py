"""The tasks of calls, kept true: a wrong one is not written, a needless one is closed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from connector import tasks
from connector.company import Company
from connector.dunning import CONSENTED, apply_endings, decide, endings, plan_messages
from connector.model import PromiseState, Reason
from connector.pipeline.calls import call_key
from connector.pipeline.decide import judge, load
from connector.ports import CloseTask, Task, TaskKind
from connector.store.ports import EffectState, HostTask, Unit

_PROMISE = re.compile(r"promise/(\d+)/")
_STEP = re.compile(r"(.+/call)(?:/again/\d+)?")


def keep_calls(company: Company, today: date) -> None:
    """Take back calls that wait to be written and have become wrong; close those about what is paid."""
    with company.store.begin(company.id) as unit:
        for effect in unit.effects([EffectState.READY]):
            item = effect.item
            is_call = isinstance(item, Task) and effect.key.endswith("/call")
            reminders = unit.reminders(message_key=effect.key) if is_call else []
            if reminders and not _is_right(company, unit, effect.key, reminders[0].customer_ref, today):
                detail = "the facts had changed"
                unit.settle(effect.key, EffectState.DROPPED, company.clock(), today=today, detail=detail)
                unit.look_again([reminders[0].customer_ref])
        for task in unit.idle_tasks(TaskKind.CALL):
            if not _still_owed(unit, task):
                feedback = tasks.no_longer_needed(company.language)
                unit.queue_entries([CloseTask(f"{task.key}/close", task.key, feedback)], company.clock())


def _is_right(company: Company, unit: Unit, key: str, customer: str, today: date) -> bool:
    """Decide again as if the call had not been queued: it is right when the same one would be."""
    account = load(company, unit, [customer], today)[0]
    account = replace(account, reminders=tuple(r for r in account.reminders if r.message_key != key))
    account = apply_endings(account, endings(account, today, company.policy), today)
    standing = judge(company, unit.standing())
    waived = CONSENTED | {Reason.CLOSED_DAY}
    decisions = decide(account, standing, company.policy, today, waived=waived)
    plans = plan_messages(account, decisions, company.policy, today)
    return any(plan.leader.is_call and call_key(company, plan) == key for plan in plans)


def _still_owed(unit: Unit, task: HostTask) -> bool:
    """Whether something else that the call is about is open: it stands on the first of several invoices, or
    is about a promise for a whole account. What is asked by its reason is closed with it."""
    found = unit.found(task.on)
    if task.key.startswith("follow_up/") or found is None:
        return True
    open_ = {i.ref for i in unit.accounts([found.customer_ref])[0].invoices if i.is_open}
    promise = _PROMISE.match(task.key)
    if promise:
        made = [p for p in unit.promises() if p.id == int(promise[1])]
        whole = any(p.invoice_ref is None and p.state is not PromiseState.WITHDRAWN for p in made)
        return bool(open_) if whole else False
    step = _STEP.fullmatch(task.key)
    listed = unit.reminders(message_key=step[1]) if step else []
    return any(r.installment.invoice_ref in open_ for r in listed)
