"""Rows of what we add to the ledger, to values of the model and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from connector.model import FollowUp, Hold, InstallmentKey, Promise, PromiseState, Reminder, ReminderState
from connector.store.tables import facts, follow_ups, holds, promises, reminders

_REMINDER_COLUMNS = tuple(
    field.name for field in fields(Reminder) if field.name not in ("installment", "state")
)

#: The order in which rows of a customer are handed over.
ORDER: Mapping[str, tuple[Any, ...]] = {
    reminders.name: tuple(
        reminders.c[name] for name in ("queued_on", "invoice_ref", "position", "level", "step", "occurrence")
    ),
    promises.name: (promises.c.id,),
    holds.name: (holds.c.id,),
    follow_ups.name: (follow_ups.c.id,),
    facts.name: (facts.c.ref,),
}


def reminder_row(company: str, reminder: Reminder) -> dict[str, Any]:
    row = {name: getattr(reminder, name) for name in _REMINDER_COLUMNS}
    invoice_ref, position = reminder.installment
    place = {"company": company, "invoice_ref": invoice_ref, "position": position}
    return row | place | {"state": reminder.state.value}


def reminder_of(row: Mapping[Any, Any]) -> Reminder:
    installment = InstallmentKey(row["invoice_ref"], row["position"])
    rest = {name: row[name] for name in _REMINDER_COLUMNS}
    return Reminder(installment=installment, state=ReminderState(row["state"]), **rest)


def promise_of(row: Mapping[Any, Any]) -> Promise:
    return Promise(
        id=row["id"],
        customer_ref=row["customer_ref"],
        invoice_ref=row["invoice_ref"],
        promised_on=row["promised_on"],
        made_on=row["made_on"],
        amount=row["amount"],
        currency=row["currency"],
        state=PromiseState(row["state"]),
        note=row["note"],
    )


def hold_of(row: Mapping[Any, Any]) -> Hold:
    return Hold(
        id=row["id"],
        customer_ref=row["customer_ref"],
        invoice_ref=row["invoice_ref"],
        since_on=row["since_on"],
        until_on=row["until_on"],
        reason=row["reason"],
        released_at=row["released_at"],
    )


def follow_up_of(row: Mapping[Any, Any]) -> FollowUp:
    return FollowUp(
        id=row["id"],
        customer_ref=row["customer_ref"],
        reason=row["reason"],
        key=row["key"],
        opened_on=row["opened_on"],
        closed_on=row["closed_on"],
    )
