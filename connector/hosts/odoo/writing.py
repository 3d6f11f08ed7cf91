"""Writes notes and tasks, many in one call, each under a key by which it is found again.

A note is a ``mail.message`` created with a ``message_id`` of ours (an internal note: nobody is e-mailed). A
task is a ``mail.activity`` with our marker in its note.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from connector.errors import Refused
from connector.hosts.odoo.batches import at_both_ends, halved, rounds
from connector.hosts.odoo.client import OdooClient
from connector.hosts.odoo.join import marker
from connector.hosts.odoo.journal import OURS
from connector.hosts.odoo.knowledge import Knowledge
from connector.hosts.odoo.reading import MODELS
from connector.hosts.odoo.settings import OdooSettings
from connector.hosts.odoo.tasks import Tasks
from connector.model import Attachment, Kind, Ref
from connector.ports import CloseTask, Entry, MoveTask, Note, Task, TaskKind, Written

Row = dict[str, Any]

BATCH = 500
#: External ids of activity types, the best first: our own are made once by an administrator (``setup``).
_TYPES: Mapping[TaskKind, tuple[str, ...]] = {
    TaskKind.CALL: ("relance.activity_type_call", "mail.mail_activity_data_call"),
    TaskKind.PROMISE: ("relance.activity_type_promise",),
    TaskKind.DISPUTE: ("relance.activity_type_dispute", "mail.mail_activity_data_warning"),
    TaskKind.APPROVE: ("relance.activity_type_approve",),
    TaskKind.MATCH_PAYMENT: ("relance.activity_type_match_payment",),
    TaskKind.FIX_CONTACT: ("relance.activity_type_fix_contact",),
}
_TODO = "mail.mail_activity_data_todo"
#: No e-mail "assigned to you", and our user does not become a follower of what it writes on.
_QUIET = {"mail_activity_quick_update": True, "mail_create_nosubscribe": True}
#: A file that we post is kept, not read into the invoice: up to 18, from 19 on.
_ONLY_KEEP = {"no_new_invoice": True, "disable_attachment_import": True}


@dataclass(frozen=True, slots=True)
class Writer:
    client: OdooClient
    known: Knowledge
    settings: OdooSettings

    def write(self, entries: Sequence[Entry], again: Collection[str]) -> Iterator[Written]:
        """See ``Host.write``."""
        notes = [entry for entry in entries if isinstance(entry, Note)]
        tasks = [entry for entry in entries if isinstance(entry, Task)]
        moves = [entry for entry in entries if isinstance(entry, MoveTask)]
        closes = [entry for entry in entries if isinstance(entry, CloseTask)]
        for start in range(0, len(notes), BATCH):
            yield from self._notes(notes[start : start + BATCH], again)
        for start in range(0, len(tasks), BATCH):
            yield from self._tasks(tasks[start : start + BATCH], again)
        if moves or closes:
            yield from Tasks(self.client, self.known).change(moves, closes)

    # notes ---------------------------------------------------------------------------------------------
    def message_id(self, key: str) -> str:
        """Return the Message-Id of the note of ``key``: the same for ever, another in every company."""
        place = f"{self.settings.database}\n{self.known.company_id}\n{key}"
        return f"{OURS}{hashlib.sha256(place.encode()).hexdigest()[:32]}@{self.settings.message_domain}>"

    def find_messages(self, message_ids: Collection[str]) -> dict[str, int]:
        """Return which of these Message-Ids exist, with the id of their message."""
        if not message_ids:
            return {}
        rows = self.client.call(
            "mail.message",
            "search_read",
            [["message_id", "in", sorted(message_ids)]],
            fields=["message_id"],
            order="id desc",
            context=self.known.context,
        )
        return {row["message_id"]: row["id"] for row in rows}

    def _notes(self, notes: Sequence[Note], again: Collection[str]) -> Iterator[Written]:
        there = self.find_messages({self.message_id(note.key) for note in notes if note.key in again})
        missing = []
        for note in notes:
            ref = there.get(self.message_id(note.key))
            if ref is None:
                missing.append(note)
            else:
                yield Written(note.key, str(ref))
        plain = [note for note in missing if not note.attachments]
        yield from halved([n for n in plain if n.on.kind is not Kind.CUSTOMER], self._create_notes)
        # a right that an invoice does not ask for: without it, all of them are refused
        yield from at_both_ends([n for n in plain if n.on.kind is Kind.CUSTOMER], self._create_notes)
        for note in missing:
            if note.attachments:
                yield from halved([note], self._post_note)

    def _create_notes(self, notes: Sequence[Note]) -> list[int]:
        subtype = self.known.type_id("mail.mt_note")
        values = [
            {
                "model": _document(note.on),
                "res_id": int(note.on.id),
                "body": note.html,
                "message_type": "comment",
                "subtype_id": subtype,
                "message_id": self.message_id(note.key),
            }
            for note in notes
        ]
        return self._create("mail.message", values, {})

    def _post_note(self, notes: Sequence[Note]) -> list[int]:
        """Attachments go through ``message_post``, one note a call: it makes them with the rights that our
        user lacks."""
        (note,) = notes
        return [
            self.post(
                note.on,
                body=note.html,
                subtype_xmlid="mail.mt_note",
                message_id=self.message_id(note.key),
                attachments=attachments(note.attachments),
            )
        ]

    def post(self, on: Ref, **named: Any) -> int:
        """Post on a record's journal, the body being HTML; return the message's id. Raises HostError."""
        context = {**self.known.context, **_QUIET, **_ONLY_KEEP, "mail_post_autofollow_author_skip": True}
        named |= {"message_type": "comment", "context": context, **self.client.version.html_flag}
        posted = self.client.call(_document(on), "message_post", [int(on.id)], **named)
        return int(posted[0] if isinstance(posted, list) else posted)  # 19 answers with a list

    # tasks ---------------------------------------------------------------------------------------------
    def _tasks(self, tasks: Sequence[Task], again: Collection[str]) -> Iterator[Written]:
        there = Tasks(self.client, self.known).find([task.key for task in tasks if task.key in again])
        missing = []
        for task in tasks:
            if task.key in there:
                yield Written(task.key, str(there[task.key]["id"]))
            else:
                missing.append(task)
        for kind in (Kind.INVOICE, Kind.CUSTOMER):
            for part in rounds([task for task in missing if task.on.kind is kind]):
                yield from halved(part, self._create_tasks)
        for task in missing:
            if task.on.kind not in {Kind.INVOICE, Kind.CUSTOMER}:
                yield Written(task.key, error=Refused(f"a task on a {task.on.kind} has no place in Odoo"))

    def _create_tasks(self, tasks: Sequence[Task]) -> list[int]:
        values = [
            {
                "res_id": int(task.on.id),
                "activity_type_id": self._type(task.task),
                "summary": task.summary,
                "note": f"{task.note_html}{self._mark(task.key)}",
                "date_deadline": task.due_on.isoformat(),
                "user_id": self._person(task.person_ref),
            }
            for task in tasks
        ]
        # the model goes by the context: our user may not read ir.model to name it
        context = {"default_res_model": _document(tasks[0].on), **_QUIET}
        return self._create("mail.activity", values, context)

    def _mark(self, key: str) -> str:
        text = escape(marker(key, self.known.company_id))
        return f'<p style="color:#999999;font-size:10px">{text}</p>'

    def _type(self, kind: TaskKind) -> int | None:
        for xml_id in (*_TYPES.get(kind, ()), _TODO):
            found = self.known.type_id(xml_id)
            if found:
                return found
        return None

    def _person(self, ref: str | None) -> int:
        """The user of that id or (a step may name it) login, else the fallback person, else our own user."""
        if ref is not None and ref.isdigit():
            return int(ref)
        users = self.known.users_by_login() if ref or self.settings.fallback_login else {}
        return users.get(ref or "") or users.get(self.settings.fallback_login or "") or self.client.uid

    # batches -------------------------------------------------------------------------------------------
    def _create(self, model: str, values: list[Row], context: Row) -> list[int]:
        context = {**self.known.context, **context}
        made: list[int] = self.client.call(model, "create", values, context=context)
        return made


def attachments(files: Sequence[Attachment]) -> list[list[Any]]:
    """Files as ``message_post`` takes them over JSON: bytes as Latin-1 text, and a word that they are."""
    return [[file.name, file.content.decode("latin-1"), {"encoding": "latin-1"}] for file in files]


def _document(on: Ref) -> str:
    """The model on whose journal we write. Raises Refused for what has no journal."""
    if on.kind not in {Kind.INVOICE, Kind.CUSTOMER}:
        raise Refused(f"a {on.kind} has no journal in Odoo")
    return MODELS[on.kind]
