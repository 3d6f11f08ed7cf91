"""A word on a message that waits: approve, cancel, retry, settle."""

from __future__ import annotations

from datetime import date

from connector import tasks
from connector.model import Message
from connector.orders.find import OrderError
from connector.pipeline.company import Company
from connector.store.ports import Effect, EffectState, Event, Unit


def approve(company: Company, key: str, by: str, today: date) -> Effect:
    """Agree that a waiting message may leave; it does when as many people agreed as its step asks for."""
    with company.store.begin(company.id) as unit:
        effect = waiting(unit, key, (EffectState.APPROVAL,))
        effect = unit.approve(effect.key, by)
        unit.record(_about(effect, "reminder_approved", company, by))
        if len(effect.approved_by) >= _approvals_wanted(company, unit, effect):
            unit.settle(effect.key, EffectState.READY, company.clock(), today=today)
        return unit.effects(keys=[effect.key])[0]


def _approvals_wanted(company: Company, unit: Unit, effect: Effect) -> int:
    """The most that any step in the message asks for; one when its scenario is gone."""
    steps = {reminder.step for reminder in unit.reminders(message_key=effect.key)}
    wanted = [s.approval for scenario in company.policy.scenarios for s in scenario.steps if s.name in steps]
    return max(wanted, default=1)


def cancel(company: Company, key: str, today: date) -> Effect:
    """Take back an effect that has not been carried out; its step counts as done with."""
    states = (EffectState.READY, EffectState.APPROVAL, EffectState.FAILED)
    return _settle(company, key, states, EffectState.CANCELLED, "reminder_cancelled", today)


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
        unit.settle(effect.key, to, company.clock(), today=today, detail="by a person")
        unit.record(_about(effect, event, company))
        if isinstance(effect.item, Message):
            unit.look_again([effect.item.customer_ref])
            if to is EffectState.DONE:
                unit.queue_entries(tasks.reminder_notes(effect.item), company.clock())
        return unit.effects(keys=[effect.key])[0]


def _about(effect: Effect, name: str, company: Company, by: str = "") -> list[Event]:
    message = effect.item
    if not isinstance(message, Message):
        return []
    data = {"message_key": message.key, "recipient": message.recipient.email, "by": by}
    refs = message.invoice_refs or (None,)
    return [Event(company.clock(), name, message.customer_ref, ref, data) for ref in refs]
