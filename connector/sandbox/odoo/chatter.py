"""mail.* and ir.*: messages, activities, notifications, attachments, installed modules, external ids."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from connector.sandbox.books import Table
from connector.sandbox.ledger import ACTIVITY_KINDS, Ledger
from connector.sandbox.nouns import Activity, Entry, Note, Party
from connector.sandbox.odoo.moves import move_display
from connector.sandbox.odoo.people import partner_display
from connector.sandbox.odoo.schema import Field, Model, Named, View, fixed

COMMENT, NOTE, ACTIVITIES = Named(1, "Discussions"), Named(2, "Note"), Named(3, "Activities")
SUBTYPES = {"note": NOTE, "comment": COMMENT, "email": COMMENT, "activity": ACTIVITIES}
EXTERNAL_IDS: dict[tuple[str, str], tuple[str, int]] = {
    ("mail", "mt_comment"): ("mail.message.subtype", 1),
    ("mail", "mt_note"): ("mail.message.subtype", 2),
    ("mail", "mt_activities"): ("mail.message.subtype", 3),
    ("mail", "mail_activity_data_email"): ("mail.activity.type", 1),
    ("mail", "mail_activity_data_call"): ("mail.activity.type", 2),
    ("mail", "mail_activity_data_meeting"): ("mail.activity.type", 3),
    ("mail", "mail_activity_data_todo"): ("mail.activity.type", 4),
    ("mail", "mail_activity_data_upload_document"): ("mail.activity.type", 5),
    ("base", "main_company"): ("res.company", 1),
    ("base", "user_admin"): ("res.users", 2),
    ("base", "EUR"): ("res.currency", 125),
    ("base", "fr"): ("res.country", 75),
}
MODEL_IDS = {"account.move": 438, "res.partner": 84}
MESSAGE_TYPES = ("email", "comment", "notification", "user_notification")
MESSAGE_TYPES_17 = ("email", "comment", "email_outgoing", "notification", "auto_comment", "user_notification")
ICONS = {1: "fa-envelope", 2: "fa-phone", 3: "fa-users", 4: "fa-check", 5: "fa-upload"}
CATEGORIES = {2: "phonecall", 5: "upload_file"}
MODULES = ("base", "web", "mail", "portal", "account", "account_payment", "l10n_fr")


def kind_of(subject: Entry | Party) -> Named:
    return Named(MODEL_IDS[model_of(subject)], "Journal Entry" if isinstance(subject, Entry) else "Contact")


def model_of(subject: Entry | Party) -> str:
    return "account.move" if isinstance(subject, Entry) else "res.partner"


def name_of(subject: Entry | Party, view: View) -> str:
    return move_display(subject, view) if isinstance(subject, Entry) else partner_display(subject, view)


def activity_type(serial: int) -> Named | None:
    return Named(serial, ACTIVITY_KINDS[serial]) if serial in ACTIVITY_KINDS else None


def sender(note: Note, _view: View) -> str:
    if note.sender:
        return note.sender
    return f'"{note.author.name}" <{note.author.email}>' if note.author and note.author.email else ""


MESSAGE_FIELDS = (
    Field("subject", "char", lambda m, v: m.title),
    Field("body", "html", lambda m, v: m.body),
    Field("date", "datetime", lambda m, v: m.at),
    Field(
        "message_type",
        "selection",
        lambda m, v: m.message_type,
        choices=MESSAGE_TYPES,
        required=True,
        until=16,
    ),
    Field(
        "message_type",
        "selection",
        lambda m, v: m.message_type,
        choices=MESSAGE_TYPES_17,
        required=True,
        since=17,
    ),
    Field("subtype_id", "many2one", lambda m, v: SUBTYPES[m.kind], "mail.message.subtype"),
    Field("message_id", "char", lambda m, v: m.token, readonly=True),
    Field("model", "char", lambda m, v: model_of(m.subject)),
    Field("res_id", "many2one_reference", lambda m, v: m.subject.serial),
    Field("record_name", "char", lambda m, v: name_of(m.subject, v), until=18),
    Field("record_name", "char", lambda m, v: name_of(m.subject, v), store=False, since=19),
    Field("author_id", "many2one", lambda m, v: m.author, "res.partner"),
    Field("email_from", "char", sender),
    Field("partner_ids", "many2many", lambda m, v: m.recipients, "res.partner"),
    Field("notified_partner_ids", "many2many", lambda m, v: m.recipients, "res.partner"),
    Field("notification_ids", "one2many", lambda m, v: notifications_of(m), "mail.notification"),
    Field("attachment_ids", "many2many", lambda m, v: m.attachments, "ir.attachment"),
    Field("parent_id", "many2one", relation="mail.message"),
    Field("is_internal", "boolean", lambda m, v: False),
    Field(
        "mail_activity_type_id", "many2one", lambda m, v: activity_type(m.activity_kind), "mail.activity.type"
    ),
    Field("create_uid", "many2one", lambda m, v: m.user, "res.users", readonly=True),
    Field("create_date", "datetime", lambda m, v: m.at, readonly=True),
    Field("write_date", "datetime", lambda m, v: m.written_at, readonly=True),
)


def activity_state(activity: Activity, view: View) -> str:
    if not activity.active:
        return "done"
    today = view.ledger.clock.today
    if activity.due_on == today:
        return "today"
    return "overdue" if activity.due_on < today else "planned"


ACTIVITY_FIELDS = (
    Field("res_model_id", "many2one", lambda a, v: kind_of(a.subject), "ir.model", required=True, until=18),
    Field("res_model_id", "many2one", lambda a, v: kind_of(a.subject), "ir.model", since=19),
    Field("res_model", "char", lambda a, v: model_of(a.subject), readonly=True),
    Field("res_id", "many2one_reference", lambda a, v: a.subject.serial),
    Field("res_name", "char", lambda a, v: name_of(a.subject, v), readonly=True),
    Field("activity_type_id", "many2one", lambda a, v: activity_type(a.kind), "mail.activity.type"),
    Field("summary", "char", lambda a, v: a.summary),
    Field("note", "html", lambda a, v: a.note),
    Field("date_deadline", "date", lambda a, v: a.due_on, required=True),
    Field("user_id", "many2one", lambda a, v: a.user, "res.users", required=True, until=18),
    Field("user_id", "many2one", lambda a, v: a.user, "res.users", since=19),
    Field("state", "selection", activity_state, choices=("overdue", "today", "planned"), store=False,
          readonly=True,
          until=16),
    Field("state", "selection", activity_state, choices=("overdue", "today", "planned", "done"), store=False,
          readonly=True, since=17, until=18),
    Field("state", "selection", activity_state, choices=("overdue", "today", "planned", "done"), store=False,
          readonly=True, searchable=False, since=19),
    Field("active", "boolean", lambda a, v: a.active, since=17),
    Field("date_done", "date", lambda a, v: a.done_on, readonly=True, since=17),
    Field("feedback", "text", lambda a, v: a.feedback, since=19),
    Field("automated", "boolean", lambda a, v: False, readonly=True),
    Field("create_uid", "many2one", lambda a, v: a.author, "res.users", readonly=True),
    Field("create_date", "datetime", lambda a, v: a.created_at, readonly=True),
    Field("write_date", "datetime", lambda a, v: a.written_at, readonly=True),
)  # fmt: skip


class Notification(NamedTuple):
    serial: int
    note: Note
    party: Party
    name: str = ""


def notifications_of(note: Note) -> list[Notification]:
    """One per recipient; the ids leave room for a hundred recipients a message."""
    return [
        Notification(note.serial * 100 + place, note, party) for place, party in enumerate(note.recipients)
    ]


def all_notifications(ledger: Ledger) -> Table[Notification]:
    table: Table[Notification] = Table()
    for note in ledger.notes:
        for one in notifications_of(note):
            table.add(one.serial, one)
    return table


def by_token(ledger: Ledger, tokens: Iterable[Any]) -> list[Note]:
    return [note for token in tokens for note in ledger.notes_by_token.get(token, ())]


def subjects(ledger: Ledger, serials: Iterable[Any]) -> list[Entry | Party]:
    found: list[Entry | Party] = []
    for serial in serials:
        for table in (ledger.entries, ledger.parties):
            if (record := table.get(serial)) is not None:
                found.append(record)
    return found


def notes_on(ledger: Ledger, serials: Iterable[Any]) -> list[Note]:
    return [note for one in subjects(ledger, serials) for note in ledger.notes_by_subject.get(id(one), ())]


def activities_on(ledger: Ledger, serials: Iterable[Any]) -> list[Activity]:
    return [
        found for one in subjects(ledger, serials) for found in ledger.activities_by_subject.get(id(one), ())
    ]


SPANS: tuple[dict[str, Any], ...] = ({"until": 17, "readonly": True}, {"since": 18})

MODELS = (
    Model("mail.message", "Message", lambda b: b.notes, MESSAGE_FIELDS, lambda m, v: name_of(m.subject, v),
          order="id desc", index={"message_id": by_token, "res_id": notes_on}),
    Model("mail.activity", "Activity", lambda b: b.activities, ACTIVITY_FIELDS,
          lambda a, v: a.summary or ACTIVITY_KINDS.get(a.kind, ""), order="date_deadline, id",
          active=lambda a: bool(a.active), index={"res_id": activities_on}),
    Model("mail.activity.type", "Activity Type", fixed(Named(*row) for row in ACTIVITY_KINDS.items()), (
        Field("name", "char", lambda t, v: t.name, required=True),
        Field("category", "selection", lambda t, v: CATEGORIES.get(t.serial, "default"),
              choices=("default", "upload_file", "phonecall")),
        Field("res_model", "selection", choices=("account.move", "res.partner")),
        Field("delay_count", "integer", lambda t, v: 5 if t.serial > 3 else 0),
        Field("keep_done", "boolean", lambda t, v: False, since=17, until=18),
        Field("icon", "char", lambda t, v: ICONS[t.serial]),
        Field("active", "boolean", lambda t, v: True),
    )),
    Model("mail.message.subtype", "Message subtypes", fixed((COMMENT, NOTE, ACTIVITIES)), (
        Field("name", "char", lambda s, v: s.name, required=True),
        Field("internal", "boolean", lambda s, v: s is not COMMENT),
    )),
    Model("mail.notification", "Message Notifications", all_notifications, (
        Field("mail_message_id", "many2one", lambda n, v: n.note, "mail.message", required=True),
        Field("res_partner_id", "many2one", lambda n, v: n.party, "res.partner"),
        Field("notification_type", "selection", lambda n, v: "email", choices=("inbox", "email"),
              required=True),
        Field("notification_status", "selection", lambda n, v: "sent" if n.party.email else "exception",
              choices=("ready", "process", "pending", "sent", "bounce", "exception", "canceled")),
        Field("failure_type", "selection", lambda n, v: "" if n.party.email else "mail_email_missing",
              choices=("mail_email_missing", "mail_bounce")),
    ), lambda n, v: partner_display(n.party, v)),
    Model("ir.attachment", "Attachment", lambda b: b.attachments, (
        Field("name", "char", lambda a, v: a.name, required=True),
        Field("mimetype", "char", lambda a, v: a.media_type, readonly=True),
        *(Field("res_model", "char", lambda a, v: model_of(a.subject) if a.subject else "",
                **span) for span in SPANS),
        *(Field("res_id", "many2one_reference", lambda a, v: a.subject.serial if a.subject else 0, **span)
          for span in SPANS),
        Field("res_field", "char", lambda a, v: a.held_by, readonly=True, until=17),
        Field("res_field", "char", lambda a, v: a.held_by, since=18),
        Field("checksum", "char", lambda a, v: hashlib.sha1(a.content, usedforsecurity=False).hexdigest(),
              readonly=True),
        Field("datas", "binary", lambda a, v: base64.b64encode(a.content).decode(), store=False),
        Field("file_size", "integer", lambda a, v: len(a.content), readonly=True),
        Field("create_date", "datetime", lambda a, v: a.created_at, readonly=True),
    ), order="id desc", held=lambda a: bool(a.held_by)),
    Model("ir.module.module", "Module", fixed(Named(place, name) for place, name in enumerate(MODULES, 1)), (
        Field("name", "char", lambda m, v: m.name, required=True),
        Field("state", "selection", lambda m, v: "installed", choices=("installed", "uninstalled")),
        Field("installed_version", "char", lambda m, v: f"{v.version}.0.1.0", store=False),
    ), order="name"),
)  # fmt: skip
