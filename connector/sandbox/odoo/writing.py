"""The writing methods that a connector may call: messages, tags, attachments, portal links."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from connector.sandbox.nouns import Attachment, Document, Entry, NoteKind, Party
from connector.sandbox.odoo import errors
from connector.sandbox.odoo.calls import Call, offer
from connector.sandbox.odoo.chatter import EXTERNAL_IDS, MODEL_IDS
from connector.sandbox.odoo.records import MODELS
from connector.sandbox.odoo.sanitize import html_body, plain_body

SUBTYPE_KINDS: dict[int, NoteKind] = {1: "comment", 2: "note", 3: "activity"}
POST_KWARGS = {
    "message_id", "email_layout_xmlid", "reply_to", "is_internal", "mail_server_id", "date", "record_name",
    "email_add_signature", "mail_activity_type_id", "force_send", "mail_auto_delete", "scheduled_date",
    "notify_author", "model_description", "skip_existing", "subtitles", "force_email_lang", "subtype_id",
    "parent_id",
}  # fmt: skip
LOCKED_FIELDS = ("invoice_date", "date", "currency_id", "partner_id", "journal_id", "invoice_payment_term_id")
OTHER_OFFICE = uuid.UUID("6d1f8a52-0000-4000-8000-000000000000")
Values = Mapping[str, Any]


def subject_of(call: Call, model: object, serial: object) -> Entry | Party:
    """The move or partner of that id. Raises MissingError, AccessError; refuses other models."""
    if model not in MODEL_IDS:
        raise errors.not_offered(f"messages and activities on {model}")
    found: Entry | Party = call.records.one(MODELS[str(model)], int(str(serial or 0)))
    return found


def known_fields(call: Call, values: Values) -> None:
    for name in values:
        if name not in call.records.schema.fields[call.model.name]:
            if call.version >= 19:
                raise errors.value(f"Invalid field '{name}' in '{call.model.name}'")
            raise errors.unknown_field(call.version, call.model.name, name)


def create_each(call: Call, vals_list: Any, make: Callable[[Call, Values], int]) -> Any:
    """Check all, then make all: a create is one transaction. An id for a dict, ids for a list; JSON-2 always
    ids.
    """
    several: list[Values] = [vals_list] if isinstance(vals_list, Mapping) else list(vals_list)
    for values in several:
        known_fields(call, values)
    made = [make(call, values) for values in several]
    return made[0] if isinstance(vals_list, Mapping) and not call.json2 else made


# ---------------------------------------------------------------------- messages


@offer("mail.message", "model", name="create")
def create_messages(call: Call, vals_list: Any) -> Any:
    several = [vals_list] if isinstance(vals_list, Mapping) else vals_list
    for values in several:
        subject_of(call, values.get("model"), values.get("res_id"))
    return create_each(call, vals_list, _message)


def _message(call: Call, values: Values) -> int:
    ledger, user = call.view.ledger, call.view.user
    note = ledger.write_note(
        subject_of(call, values["model"], values["res_id"]),
        html_body(str(values.get("body") or "")),
        user=user,
        author=ledger.parties.get(values.get("author_id")) or user.party,
        kind=SUBTYPE_KINDS.get(values.get("subtype_id") or 2, "note"),
        message_type=values.get("message_type") or "comment",
        token=values.get("message_id") or "",
        title=values.get("subject") or "",
        sender=values.get("email_from") or "",
    )
    return note.serial


@offer("account.move", "records")
@offer("res.partner", "records")
def message_post(
    call: Call, *, body: str = "", subject: str = "", message_type: str = "notification",
    subtype_xmlid: str = "",
    partner_ids: list[int] | None = None, attachments: list[list[Any]] | None = None,
    attachment_ids: list[int] | None = None, body_is_html: bool = False, email_from: str = "",
    author_id: int | None = None, **options: Any,
) -> Any:  # fmt: skip
    if len(call.ids) != 1:
        raise errors.value(f"Expected singleton: {call.model.name}({', '.join(map(str, call.ids))})")
    for name in options:
        if name not in POST_KWARGS and call.version >= 17:
            raise errors.value(f"Those values are not supported when posting or notifying: {name}")
    target: Entry | Party = call.records.one(call.model, call.ids[0])
    ledger, user = call.view.ledger, call.view.user
    raw = body_is_html or call.version == 16
    files = [_file(call, target, *one) for one in attachments or ()]
    files += [file for one in attachment_ids or () if (file := ledger.attachments.get(one))]
    note = ledger.write_note(
        target,
        html_body(body) if raw else plain_body(body),
        user=user,
        author=ledger.parties.get(author_id) or user.party,
        kind=_subtype(subtype_xmlid),
        message_type=message_type,
        token=options.get("message_id") or "",
        title=subject or "",
        sender=email_from or "",
        recipients=tuple(party for one in partner_ids or () if (party := ledger.parties.get(one))),
        attachments=tuple(files),
    )
    if isinstance(target, Entry) and any(file.media_type == "application/pdf" for file in files):
        target.written_at = note.at  # a PDF becomes the main attachment, which is stored on the move
    return [note.serial] if call.json2 else note.serial


def _subtype(external_id: str) -> NoteKind:
    if not external_id:
        return "note"
    module, _, name = external_id.partition(".")
    model, serial = EXTERNAL_IDS.get((module, name), ("", 0))
    if model != "mail.message.subtype":
        raise errors.value(f"External ID not found in the system: {external_id}")
    return SUBTYPE_KINDS[serial]


def _file(
    call: Call, target: Entry | Party, name: str, content: str, info: Values | None = None
) -> Attachment:
    encoding = (info or {}).get("encoding", "utf-8")
    return call.view.ledger.attach(target, name, content.encode(encoding), _type(name))


def _type(name: str) -> str:
    return "application/pdf" if name.lower().endswith(".pdf") else "application/octet-stream"


@offer("ir.attachment", "model", name="create")
def create_attachments(call: Call, vals_list: Any) -> Any:
    return create_each(call, vals_list, _attachment)


def _attachment(call: Call, values: Values) -> int:
    target = subject_of(call, values["res_model"], values["res_id"]) if values.get("res_id") else None
    content = base64.b64decode(values.get("datas") or "")
    name = str(values.get("name") or "")
    made = call.view.ledger.attach(target, name, content, values.get("mimetype") or _type(name))
    made.held_by = str(values.get("res_field") or "")
    return made.serial


@offer("mail.message", "records", name="write")
def write_messages(call: Call, vals: Values) -> bool:
    """One's own, and those on what one may write on."""
    known_fields(call, vals)
    if set(vals) - {"body"}:
        raise errors.not_offered("mail.message.write of anything but the body")
    notes = [call.records.one(call.model, serial) for serial in call.ids]
    user = call.view.user
    if not all(user.may_invoice or note.author is user.party for note in notes):
        raise errors.access(
            "The requested operation cannot be completed due to security restrictions. Please contact your "
            f"system administrator.\n\n(Document type: Message, Operation: write)\n\n"
            f"Records: {list(call.ids)}, User: {user.serial}"
        )
    for note in notes:
        call.view.ledger.rewrite_note(note, html_body(str(vals.get("body") or "")))
    return True


# ---------------------------------------------------------------------- the rest


@offer("res.partner.category", "model", name="create")
def create_tags(call: Call, vals_list: Any) -> Any:
    if not call.view.user.may_invoice:
        raise errors.access("You are not allowed to create 'Partner Tags' (res.partner.category) records.")
    return create_each(
        call, vals_list, lambda asked, values: asked.view.ledger.tag(str(values.get("name") or "")).serial
    )


@offer("account.move", "records", name="write")
def write_moves(call: Call, vals: Values) -> bool:
    """Never: what Odoo refuses is refused in its words from 18 on, the rest is not for a connector."""
    found = call.records.find(call.model, call.ids, "write")
    locked = ", ".join(name for name in LOCKED_FIELDS if name in vals)
    if locked and call.version >= 18 and any(entry.state == "posted" for entry in found):
        raise errors.user(f"You cannot modify the following readonly fields on a posted move: {locked}")
    raise errors.not_offered("account.move.write")


@offer("account.move", "records")
def get_portal_url(
    call: Call, suffix: str | None = None, report_type: str | None = None, download: Any = None,
    query_string: str | None = None, anchor: str | None = None,
) -> str:  # fmt: skip
    """The first call makes the token, which writes on the move."""
    if len(call.ids) != 1:
        raise errors.value(f"Expected singleton: account.move({', '.join(map(str, call.ids))})")
    entry = call.records.one(call.model, call.ids[0])
    if isinstance(entry, Document) and not entry.portal_token:
        entry.portal_token = str(uuid.uuid5(OTHER_OFFICE, str(entry.serial)))
        entry.written_at = call.view.ledger.clock.tick()
    token = entry.portal_token if isinstance(entry, Document) else ""
    options = f"&report_type={report_type}" * bool(report_type) + "&download=true" * bool(download)
    return f"/my/invoices/{entry.serial}{suffix or ''}?access_token={token}{options}{query_string or ''}" + (
        f"#{anchor}" if anchor else ""
    )


@offer("*", "records")
def get_base_url(call: Call) -> str:
    return call.base_url
