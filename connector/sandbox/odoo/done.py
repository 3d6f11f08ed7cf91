"""What Odoo posts when a task is marked done, as each version builds it, in the person's language.

Seen on real servers of 16 to 19. Up to 17 the feedback comes first, later last and under a title; 19 wraps it
all in one element more.
"""

from __future__ import annotations

import html
from typing import NamedTuple

from connector.sandbox.ledger import ACTIVITY_KINDS, CALL, TO_DO
from connector.sandbox.nouns import Activity, User

ICON = {CALL: "fa-phone", TO_DO: "fa-check"}


class Words(NamedTuple):
    done: str
    assigned: str
    note: str
    feedback: str


ENGLISH = Words("done", "(originally assigned to", "Original note:", "Feedback:")
FRENCH = Words("terminée", "(initialement attribué à ", "Note originale :", "Feedback :")
FRENCH_KINDS = {
    "Email": "E-mail",
    "Call": "Appeler",
    "Meeting": "Réunion",
    "To-Do": "À faire",
    "Upload Document": "Charger un document",
}


def done_body(activity: Activity, feedback: str, user: User, version: int, language: str) -> str:
    """HTML as Odoo stores it. ``language`` is that of the context, as ``fr_FR``."""
    words = FRENCH if language.startswith("fr") else ENGLISH
    label = ACTIVITY_KINDS.get(activity.kind, "Activity")
    if words is FRENCH:
        label = FRENCH_KINDS.get(label, label)
    head = _head(activity, label, user, words)
    note, said = _note(activity, words, version), _feedback(feedback, words, version)
    inner = head + (said + note if version <= 17 else note + said)
    return f"<div>{inner}</div>" if version >= 19 else inner


def _head(activity: Activity, label: str, user: User, words: Words) -> str:
    icon = ICON.get(activity.kind, "fa-tasks")
    other = activity.user is not None and activity.user is not user
    name = html.escape(activity.user.party.name) if activity.user else ""
    assigned = f"\n         {words.assigned} <span>{name}</span>)" if other else ""
    summary = f"\n        <span>: </span><span>{html.escape(activity.summary)}</span>"
    return (
        f'\n    <p>\n        <span class="fa {icon} fa-fw"></span><span>{label}</span> {words.done}{assigned}'
        f"{summary if activity.summary else ''}\n    </p>\n    "
    )


def _note(activity: Activity, words: Words, version: int) -> str:
    if not activity.note:
        return ""
    bold = "" if version <= 17 else " fw-bold"
    title = f"<strong>{words.note}</strong>" if version <= 17 else words.note
    return (
        f'\n        <div class="o_mail_note_title{bold}">{title}</div>'
        f"\n        <div>{activity.note}</div>\n    "
    )


def _feedback(feedback: str, words: Words, version: int) -> str:
    if not feedback:
        return ""
    title = f'\n        <div class="fw-bold">{words.feedback}</div>' if version >= 18 else ""
    lines = "\n            <br>".join(
        f"\n            {html.escape(line, quote=False)}" for line in feedback.split("\n")
    )
    return f"<div>{title}{lines}\n    </div>\n"
