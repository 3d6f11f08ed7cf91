"""The methods of tasks (mail.activity): those that a connector calls, and those behind a person's clicks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from connector.sandbox.ledger import TO_DO
from connector.sandbox.nouns import Activity
from connector.sandbox.odoo import errors
from connector.sandbox.odoo.calls import Call, offer
from connector.sandbox.odoo.chatter import MODEL_IDS
from connector.sandbox.odoo.done import done_body
from connector.sandbox.odoo.sanitize import html_body
from connector.sandbox.odoo.writing import Values, create_each, known_fields, subject_of


@offer("mail.activity", "model", name="create")
def create_activities(call: Call, vals_list: Any) -> Any:
    several = [vals_list] if isinstance(vals_list, Mapping) else vals_list
    for values in several:
        subject_of(call, _activity_model(call, values), values.get("res_id"))
    _follow(call, several)
    return create_each(call, vals_list, _activity)


def _follow(call: Call, several: Sequence[Values]) -> None:
    """Who gets a task follows its record. 18 stumbles over two tasks of a call that would both make him a
    follower of the same record (seen); 19 does not."""
    follows = call.view.ledger.followers
    new: set[tuple[int, str]] = set()
    for values in several:
        user = call.view.ledger.users.get(values.get("user_id")) or call.view.user
        subject = subject_of(call, _activity_model(call, values), values.get("res_id"))
        place = (id(subject), user.login)
        if call.version == 18 and place in new:
            raise errors.invalid(
                "The operation cannot be completed: Error, a partner cannot follow twice the same object."
            )
        new |= {place} - follows
    follows |= new


def _activity_model(call: Call, values: Values) -> str:
    """From the id of its ir.model or from the context; the plain name in the values fills nothing."""
    by_id = {serial: name for name, serial in MODEL_IDS.items()}
    found = by_id.get(values.get("res_model_id") or 0) or call.context.get("default_res_model")
    if found:
        return str(found)
    if call.version >= 19:
        raise errors.invalid(
            "The operation cannot be completed: "
            "Activities have to be linked to records with a not null res_id."
        )
    raise errors.invalid(
        "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n\n"
        "Model: Activity (mail.activity)\nField: Document Model (res_model_id)\n"
    )


def _activity(call: Call, values: Values) -> int:
    ledger = call.view.ledger
    user = ledger.users.get(values.get("user_id"))
    if user is None and call.version <= 18:
        user = call.view.user
    deadline = values.get("date_deadline")
    made = ledger.schedule_activity(
        subject_of(call, _activity_model(call, values), values.get("res_id")),
        date.fromisoformat(deadline) if deadline else ledger.clock.today,
        summary=values.get("summary") or "",
        note=html_body(values.get("note") or ""),
        kind=values.get("activity_type_id") or TO_DO,
        login=(user or call.view.user).login,
        author=call.view.user,
        unassigned=user is None,
    )
    return made.serial


def _activities(call: Call) -> list[Activity]:
    return [call.records.one(call.model, serial) for serial in call.ids]


@offer("mail.activity", "records", name="write")
def write_activities(call: Call, vals: Values) -> bool:
    known_fields(call, vals)
    found, ledger = _activities(call), call.view.ledger
    for activity in found:
        if "date_deadline" in vals:
            activity.due_on = date.fromisoformat(vals["date_deadline"])
        if "user_id" in vals:
            activity.user = ledger.users.get(vals["user_id"])
        if "activity_type_id" in vals:
            activity.kind = vals["activity_type_id"]
        activity.summary = vals.get("summary", activity.summary) or ""
        activity.note = html_body(vals["note"] or "") if "note" in vals else activity.note
        activity.written_at = ledger.clock.tick()
    return True


@offer("mail.activity", "records", name="unlink")
def unlink_activities(call: Call) -> bool:
    for activity in _activities(call):
        call.view.ledger.drop_activity(activity)
    return True


@offer("mail.activity", "records")
def action_feedback(
    call: Call, feedback: str | bool = False, attachment_ids: list[int] | None = None
) -> int | bool:
    """Up to 18 the task is deleted; 19 archives it with its feedback. Returns the id of the message."""
    said, user, language = str(feedback or ""), call.view.user, str(call.context.get("lang") or "")
    notes = [
        call.view.ledger.complete_activity(
            activity, said, user=user, keep=call.version >= 19,
            body=done_body(activity, said, user, call.version, language),
        )
        for activity in _activities(call)
    ]  # fmt: skip
    return notes[0].serial if notes else False


@offer("mail.activity", "records")
def action_done(call: Call) -> int | bool:
    return bool(action_feedback(call))


@offer("mail.activity", "records")
def action_feedback_schedule_next(
    call: Call, feedback: str | bool = False, attachment_ids: list[int] | None = None
) -> dict[str, Any]:
    """Returns the form for the next task, still empty."""
    action_feedback(call, feedback, attachment_ids)
    return {"type": "ir.actions.act_window", "res_model": "mail.activity", "view_mode": "form",
            "views": [[False, "form"]], "target": "new"}  # fmt: skip
