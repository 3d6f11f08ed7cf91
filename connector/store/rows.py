"""Rows of what we add to the ledger, to values of the model and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from connector.model import (
    Dispute,
    DisputeReason,
    FollowUp,
    Hold,
    InstallmentKey,
    Mark,
    MarkName,
    PaymentPlan,
    PlanState,
    Promise,
    PromiseState,
    Reminder,
    ReminderState,
)
from connector.store import codec

_REMINDER_COLUMNS = tuple(
    field.name for field in fields(Reminder) if field.name not in ("installment", "state")
)


def reminder_row(company: str, reminder: Reminder, holders: Mapping[str, str]) -> dict[str, Any]:
    """``holders`` says whose each invoice is, by ref."""
    row = {name: getattr(reminder, name) for name in _REMINDER_COLUMNS}
    invoice_ref, position = reminder.installment
    holder = holders.get(invoice_ref)
    away = holder if holder != reminder.customer_ref else None
    place = {"company": company, "invoice_ref": invoice_ref, "position": position, "moved_to": away}
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
        owed=row["owed"],
        recorded_at=row["recorded_at"],
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
        recorded_at=row["recorded_at"],
    )


def follow_up_of(row: Mapping[Any, Any]) -> FollowUp:
    return FollowUp(
        id=row["id"],
        customer_ref=row["customer_ref"],
        reason=row["reason"],
        key=row["key"],
        opened_on=row["opened_on"],
        closed_on=row["closed_on"],
        again_on=row["again_on"],
    )


def dispute_of(row: Mapping[Any, Any]) -> Dispute:
    return Dispute(
        id=row["id"],
        customer_ref=row["customer_ref"],
        invoice_ref=row["invoice_ref"],
        reason=DisputeReason(row["reason"]),
        opened_on=row["opened_on"],
        closed_on=row["closed_on"],
        note=row["note"],
        recorded_at=row["recorded_at"],
    )


def plan_of(row: Mapping[Any, Any], invoice_refs: Sequence[str]) -> PaymentPlan:
    return PaymentPlan(
        id=row["id"],
        customer_ref=row["customer_ref"],
        invoice_refs=tuple(invoice_refs),
        currency=row["currency"],
        parts=codec.load_parts(row["parts"]),
        made_on=row["made_on"],
        state=PlanState(row["state"]),
        note=row["note"],
        recorded_at=row["recorded_at"],
    )


def mark_of(row: Mapping[Any, Any]) -> Mark:
    return Mark(
        customer_ref=row["customer_ref"],
        invoice_ref=row["invoice_ref"],
        name=MarkName(row["name"]),
        value=row["value"],
    )
