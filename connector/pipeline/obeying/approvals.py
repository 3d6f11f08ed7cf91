"""Messages that wait for people's consent: asked for by a task in the host, given by marking it done.

The tasks of one message are ``{message key}/approval/1``, ``/2`` … Two consents come from two people, whether
they give them in the host or at the command line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from connector import orders
from connector.company import Company
from connector.dunning.calendar import next_working_day
from connector.grammar.sayings import Saying, SaysNo, SaysNothing, SaysYes, Unclear
from connector.model import Account, Kind, Message, Person, Ref, Step
from connector.pipeline.calls import person_for
from connector.pipeline.deliver import Look, drop, look_again
from connector.pipeline.obeying import words
from connector.pipeline.obeying.hearing import Hearing
from connector.pipeline.obeying.sayings import carry_out
from connector.ports import Ability, CloseTask, Task, TaskKind
from connector.store.ports import Effect, EffectState, Unit

_KEY = re.compile(r"(?P<message>.+)/approval/(?P<n>\d+)")


def is_approval(key: str) -> bool:
    """True for the key of a task that asks for consent."""
    return _KEY.fullmatch(key) is not None


def keep(company: Company, unit: Unit, today: date) -> None:
    """Ask for consent to each message that waits for it and was never asked for; close the tasks of those
    that wait no more, whoever decided it and where."""
    if Ability.ACTIVITY not in company.host.supports:
        return
    waiting = {e.key: e for e in unit.effects([EffectState.APPROVAL]) if isinstance(e.item, Message)}
    asked = set()
    for task in unit.host_tasks(kind=TaskKind.APPROVE):
        match = _KEY.fullmatch(task.key)
        if match is None:
            continue
        asked.add(match["message"])
        if match["message"] not in waiting:
            feedback = words.line(company.language, "approval", "closed")
            unit.queue_entries([CloseTask(f"{task.key}/close", task.key, feedback)], company.clock())
    for key, effect in waiting.items():
        if key not in asked and not unit.host_tasks(prefix=f"{key}/approval/"):
            ask(company, unit, effect, today)


def reconsider(company: Company, today: date) -> None:
    """Take back what waits for consent and is no longer right, for the customers who are to be decided now:
    nobody is to be asked about a reminder of a paid invoice."""
    with company.store.begin(company.id) as unit:
        changed = set(unit.customers_to_look_at(today)) if unit.host_tasks(kind=TaskKind.APPROVE) else set()
        waiting = unit.effects([EffectState.APPROVAL]) if changed else []
        for effect in waiting:
            message = effect.item
            if not isinstance(message, Message) or message.customer_ref not in changed:
                continue
            # whoever consents sets aside the spacing and the budget: so they do not count now either
            consented = replace(effect, approved_by=effect.approved_by or ("",))
            if look_again(company, unit, consented, today) is Look.WRONG:
                drop(company, unit, message, today)


def ask(company: Company, unit: Unit, effect: Effect, today: date, *before: str) -> None:
    """Queue a task that asks for consent, with all that will be sent; ``before`` it, what was wrong with the
    last answer."""
    message = effect.item
    if not isinstance(message, Message):
        return
    language = company.language
    account = unit.accounts([message.customer_ref])[0]
    step = _step(company, unit, message)
    made = unit.host_tasks(prefix=f"{message.key}/approval/")
    figures = {"step": step.name if step else message.subject, "customer": account.customer.name}
    lines = [*before, words.line(language, "approval", "intro")]
    if effect.approved_by:
        names = ", ".join(effect.approved_by)
        lines.append(words.line(language, "approval", "second", names=names))
    task = Task(
        key=f"{message.key}/approval/{len(made) + 1}",
        on=_place(message),
        task=TaskKind.APPROVE,
        summary=words.line(language, "approval", "summary", **figures),
        note_html=words.html(lines) + message.note_html,
        due_on=next_working_day(today, company.policy.country),
        person_ref=_person(account, step, effect),
    )
    unit.queue_entries([task], company.clock())


def _place(message: Message) -> Ref:
    if message.invoice_refs:
        return Ref(Kind.INVOICE, message.invoice_refs[0])
    return Ref(Kind.CUSTOMER, message.customer_ref)


def _step(company: Company, unit: Unit, message: Message) -> Step | None:
    """The step of the message that asks for the most consent."""
    taken = {(r.scenario, r.step) for r in unit.reminders(message_key=message.key)}
    steps = [s for sc in company.policy.scenarios for s in sc.steps if (sc.name, s.name) in taken]
    return max(steps, key=lambda step: step.approval, default=None)


def _person(account: Account, step: Step | None, effect: Effect) -> str | None:
    """Whom the step names, else the salesperson; the second consent is the fallback person's to give."""
    asked = person_for(step, account) if step is not None else None
    salesperson = account.customer.salesperson
    if salesperson is not None and asked == salesperson.ref:
        return None if any(_names(salesperson, one) for one in effect.approved_by) else asked
    return asked


# answers ----------------------------------------------------------------------------------------------
def answered(hearing: Hearing, key: str, text: str, sayings: Sequence[Saying]) -> None:
    """Somebody marked the task done: consent, unless he said no; what is not clear is asked again, and
    meanwhile nothing leaves. Any other order is carried out, and stands in the place of the message."""
    effect = _waiting(hearing, key)
    if effect is None:
        return
    silent = not text.strip()
    for saying in sayings:
        match saying:
            case SaysNo():
                _cancel(hearing, effect, saying.why or text.strip())
            case SaysYes():
                _approve(hearing, effect)
            case SaysNothing() if silent:
                _approve(hearing, effect)
            case Unclear() | SaysNothing():
                _ask_again(hearing, effect, "unclear", written=words.quoted(text))
            case _ if carry_out(hearing, saying):
                by = hearing.said.by
                why = words.line(hearing.company.language, "approval", "answered", by=by)
                _drop(hearing, effect, why)
            case _:
                _ask_again(hearing, effect, "unclear", written=words.quoted(text))
        break  # the first word decides


def deleted(hearing: Hearing, key: str) -> None:
    """Somebody deleted the task: the message is cancelled, and a note says so, as nothing else does."""
    effect = _waiting(hearing, key)
    if effect is None or not isinstance(effect.item, Message):
        return
    _cancel(hearing, effect, words.line(hearing.company.language, "approval", "deleted"))
    step = _step(hearing.company, hearing.unit, effect.item)
    hearing.tell("approval", "cancelled", step=step.name if step else effect.item.subject)


def _waiting(hearing: Hearing, key: str) -> Effect | None:
    match = _KEY.fullmatch(key)
    found = hearing.unit.effects(keys=[match["message"]]) if match else []
    return found[0] if found and found[0].state is EffectState.APPROVAL else None


def _approve(hearing: Hearing, effect: Effect) -> None:
    person = hearing.person
    if person is None or _has_agreed(hearing, effect, person):
        _ask_again(hearing, effect, "same", by=hearing.said.by)
        return
    agreed = orders.approve_in(
        hearing.company, hearing.unit, effect, _unique(effect, person), hearing.today, person.ref
    )
    hearing.counts["orders"] += 1
    if agreed.state is EffectState.APPROVAL:
        ask(hearing.company, hearing.unit, agreed, hearing.today)


def _has_agreed(hearing: Hearing, effect: Effect, person: Person) -> bool:
    """By the host's own name for him where consent was given there, by any of his names where it was given at
    the command line."""
    events = hearing.unit.events(customer_ref=hearing.customer_ref)
    here = {
        (str(e.data.get("by")), str(e.data.get("by_ref")))
        for e in events
        if e.name == "reminder_approved" and e.data.get("message_key") == effect.key and e.data.get("by_ref")
    }
    if any(ref == person.ref for _, ref in here):
        return True
    in_host = {name for name, _ in here}
    return any(name not in in_host and _names(person, name) for name in effect.approved_by)


def _names(person: Person, name: str) -> bool:
    email = person.email or ""
    known = {person.name, person.ref, email, email.partition("@")[0]}
    return " ".join(name.split()).casefold() in {one.casefold() for one in known if one}


def _unique(effect: Effect, person: Person) -> str:
    """His name; with his ref where another of the same name has agreed."""
    taken = {name.casefold() for name in effect.approved_by}
    name = " ".join(person.name.split()) or person.ref
    return f"{name} ({person.ref})" if name.casefold() in taken else name


def _ask_again(hearing: Hearing, effect: Effect, why: str, **figures: object) -> None:
    said = words.line(hearing.company.language, "approval", why, **figures)
    hearing.lines.append(said)
    hearing.counts["refused"] += 1
    ask(hearing.company, hearing.unit, effect, hearing.today, said)


def _cancel(hearing: Hearing, effect: Effect, why: str) -> None:
    said = words.quoted(why, 200)
    orders.cancel_in(hearing.company, hearing.unit, effect, hearing.said.by, said, hearing.today)
    hearing.counts["orders"] += 1


def _drop(hearing: Hearing, effect: Effect, why: str) -> None:
    """Its step is not taken: it comes again when what was said instead is over."""
    orders.drop_in(hearing.company, hearing.unit, effect, hearing.said.by, why, hearing.today)
