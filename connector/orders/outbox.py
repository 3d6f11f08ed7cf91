"""A word on a message that waits: approve, cancel, retry, settle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from connector.company import Company
from connector.model import Message
from connector.orders.find import OrderError
from connector.orders.sent_notes import sent_notes
from connector.store.ports import Effect, EffectState, Event, Unit


def approve(company: Company, key: str, by: str, today: date) -> Effect:
    """Agree that a waiting message may leave; it does when as many people agreed as its step asks for."""
    with company.store.begin(company.id) as unit:
        effect = waiting(unit, key, (EffectState.APPROVAL,))
        return approve_in(company, unit, effect, by, today)


def approve_in(
    company: Company, unit: Unit, effect: Effect, by: str, today: date, by_ref: str = ""
) -> Effect:
    """The same inside a transaction. ``by_ref`` is the host's own name for who agrees, where it was said
    there."""
    effect = unit.approve(effect.key, by)
    unit.record(_about(effect, "reminder_approved", company, {"by": by, "by_ref": by_ref}))
    if len(effect.approved_by) >= approvals_wanted(company, unit, effect):
        unit.settle(effect.key, EffectState.READY, company.clock(), today=today)
    return unit.effects(keys=[effect.key])[0]


def approvals_wanted(company: Company, unit: Unit, effect: Effect) -> int:
    """The most that any step in the message asks for in its own scenario; one when that is gone."""
    taken = {(r.scenario, r.step) for r in unit.reminders(message_key=effect.key)}
    steps = ((scenario.name, step) for scenario in company.policy.scenarios for step in scenario.steps)
    return max((step.approval for name, step in steps if (name, step.name) in taken), default=1)


def cancel(company: Company, key: str, today: date) -> Effect:
    """Take back an effect that has not been carried out; its step counts as done with."""
    states = (EffectState.READY, EffectState.APPROVAL, EffectState.FAILED)
    return _settle(company, key, states, EffectState.CANCELLED, "reminder_cancelled", today)


def cancel_in(company: Company, unit: Unit, effect: Effect, by: str, why: str, today: date) -> None:
    """The same inside a transaction, with the reason that a person gave."""
    now = company.clock()
    unit.settle(effect.key, EffectState.CANCELLED, now, today=today, detail=why or "by a person")
    unit.record(_about(effect, "reminder_cancelled", company, {"by": by, "reason_text": why}))
    if isinstance(effect.item, Message):
        unit.look_again([effect.item.customer_ref])


def drop_in(company: Company, unit: Unit, effect: Effect, by: str, why: str, today: date) -> None:
    """Take a message back since something else was said: its step is not taken, and may come again."""
    unit.settle(effect.key, EffectState.DROPPED, company.clock(), today=today, detail=why)
    unit.record(_about(effect, "reminder_dropped", company, {"by": by, "reason_text": why}))
    if isinstance(effect.item, Message):
        unit.look_again([effect.item.customer_ref])


def retry(company: Company, key: str, today: date) -> Effect:
    """Try again what was given up or refused."""
    states = (EffectState.FAILED, EffectState.REFUSED, EffectState.READY)
    return _settle(company, key, states, EffectState.READY, "reminder_retried", today)


def settle_unknown(company: Company, key: str, *, sent: bool, today: date) -> Effect:
    """A person's word on an effect whose outcome is unknown: it was carried out, or it was not."""
    state = EffectState.DONE if sent else EffectState.DROPPED
    event = "reminder_sent" if sent else "reminder_dropped"
    return _settle(company, key, (EffectState.UNKNOWN,), state, event, today)


def waiting(unit: Unit, key: str, states: tuple[EffectState, ...]) -> Effect:
    """Return the effect whose key begins with ``key`` and which is in one of these states."""
    found = unit.effects(keys=[key]) or [e for e in unit.effects() if e.key.startswith(key)]
    messages = [effect for effect in found if isinstance(effect.item, Message)]
    found = messages if len(messages) == 1 else found  # its notes and tasks have keys that begin with its own
    if len(found) != 1:
        problem = "there is no such entry" if not found else f"{len(found)} entries begin with that"
        raise OrderError(key, problem, "see `relance outbox list`")
    effect = found[0]
    if effect.state not in states:
        allowed = ", ".join(states)
        raise OrderError(key, f"is {effect.state}", f"this can be done with what is: {allowed}")
    return effect


def _settle(
    company: Company,
    key: str,
    states: tuple[EffectState, ...],
    to: EffectState,
    event: str,
    today: date,
) -> Effect:
    with company.store.begin(company.id) as unit:
        effect = waiting(unit, key, states)
        message = effect.item if isinstance(effect.item, Message) else None
        proof = message if to is EffectState.DONE else None
        notes = sent_notes(company, unit, proof, today) if proof else []
        unit.settle(effect.key, to, company.clock(), today=today, detail="by a person")
        if message is None or message.for_customer:  # a work list that was mailed is no reminder
            unit.record(_about(effect, event, company))
        unit.queue_entries(notes, company.clock())
        if message:
            unit.look_again([message.customer_ref])
        return unit.effects(keys=[effect.key])[0]


def _about(effect: Effect, name: str, company: Company, said: Mapping[str, str] | None = None) -> list[Event]:
    message = effect.item
    if not isinstance(message, Message):
        return []
    data = {"message_key": message.key, "recipient": message.recipient.email, "by": "", **(said or {})}
    refs = message.invoice_refs or (None,)
    return [Event(company.clock(), name, message.customer_ref, ref, data) for ref in refs]
