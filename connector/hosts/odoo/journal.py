"""What stands in Odoo's journals (the chatter), told apart: a message from outside, what a colleague wrote,
what Odoo posts when a task is marked done, and our own writes. Pure.

Our own notes and mails are known by their Message-Id, never by their author: a small firm may run us under a
person's login. A task that we close ourselves leaves a message on which no Message-Id can be put, so a mark
stands in its feedback.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from connector.hosts.odoo.join import marker_in, plain
from connector.model import Kind

Row = dict[str, Any]

#: How the Message-Ids begin of all that we write and send through Odoo.
OURS = "<relance."
#: What makes a colleague's note worth reading: orders to us begin with it.
SIGN = "#"
#: Odoo's own user, under which it does what nobody does.
_ODOO_BOT = 1
_CLOSED = "closed"


def closing(feedback: str, company_id: int) -> str:
    """The feedback of a task that we close: the words, and the mark by which it is known for ours."""
    return f"{feedback}\nrelance:{company_id}:{_CLOSED}"


def sort(row: Row, colleagues: Collection[int]) -> Kind | None:
    """Return what a message is to us: from outside, a remark (if ``remark`` finds something in it), or
    nothing. A mail is never a remark, whoever its sender claims to be."""
    from_colleague = row["author_id"] in colleagues
    if row["message_type"] == "email":
        return None if from_colleague else Kind.INBOUND
    if str(row["message_id"] or "").startswith(OURS):
        return None
    if from_colleague:
        return Kind.REMARK
    # a customer writes on the portal
    return Kind.INBOUND if row["message_type"] == "comment" and row["author_id"] else None


# what Odoo posts when a task is done ------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Done:
    """``head`` says type and summary of the task in the words of the person's language."""

    head: str
    note: str  # plain text of the task's note, empty when it had none
    feedback: str
    readable: bool = True  # False: built in a way that we do not know, nothing in it can be told apart


def done(body: object) -> Done:
    """Take apart the message of a done task. Up to 17 the feedback stands before the note, later after it;
    the titles are translated, their classes are not (seen on 16 to 19)."""
    blocks = _blocks(str(body or ""))
    if not blocks:
        return Done("", "", "", readable=False)
    head, *rest = blocks
    at = next((n for n, block in enumerate(rest) if "o_mail_note_title" in block.get("class", "")), None)
    note = rest[at + 1 : at + 2] if at is not None else []
    others = [b for n, b in enumerate(rest) if at is None or n not in {at, at + 1}]
    feedback = "\n".join(filter(None, map(_without_title, others)))
    return Done(_text(head), "\n".join(map(_text, note)), feedback)


def _blocks(body: str) -> list[Any]:
    """The outermost elements; 19 wraps them all in one."""
    try:
        root = html.fragment_fromstring(body, create_parent="div")
    except (etree.LxmlError, ValueError):
        return []
    blocks = list(root)
    while len(blocks) == 1 and blocks[0].tag == "div":
        blocks = list(blocks[0])
    return blocks


def _without_title(block: Any) -> str:
    """The text of the feedback: escaped text and line breaks; its title is an element of its own."""
    for title in block.findall("div"):
        title.drop_tree()
    return "\n".join(line.strip() for line in _text(block).splitlines())


def _text(block: Any) -> str:
    return plain(html.tostring(block, encoding="unicode", with_tail=False))


# our open tasks ---------------------------------------------------------------------------------------
@dataclass(slots=True)
class OurTasks:
    """Our open tasks as pulls saw them, by id, each ``[key, model, res_id, type, summary, marked]``: a person
    may have written over the note that our mark stood in."""

    company_id: int
    by_id: dict[str, list[Any]]
    open_: Collection[str] = ()  # ids of the tasks that are open now

    def saw(self, rows: Sequence[Row]) -> dict[int, str]:
        """Remember our tasks among ``rows``; return their keys by id."""
        keys: dict[int, str] = {}
        for row in rows:
            there, known = marker_in(row["note"], self.company_id), self.by_id.get(str(row["id"]))
            key = there or (known[0] if known else None)
            if key:
                keys[row["id"]] = key
                place = [row["res_model"], row["res_id"], row["activity_type_id"]]
                self.by_id[str(row["id"])] = [key, *place, _flat(row["summary"]), bool(there)]
        return keys

    def key_of(self, row: Row, message: Done) -> str | None:
        """Return which of our tasks a message without our mark says is done: on the same record, of the same
        type and summary, and gone (or without its mark when we last saw it). None unless there is just one.
        """
        place = [row["model"], row["res_id"], row["mail_activity_type_id"]]
        found = {
            key
            for ref, (key, *on, summary, marked) in self.by_id.items()
            if on == place and _flat(message.head).endswith(summary) and (ref not in self.open_ or not marked)
        }
        return found.pop() if len(found) == 1 else None


def _flat(text: object) -> str:
    return " ".join(str(text or "").split())


# remarks ----------------------------------------------------------------------------------------------
def remark(row: Row, author: Mapping[str, object], company_id: int, ours: OurTasks) -> Row | None:
    """Return the row of a remark, None when the message says nothing to us: no order in it, or the task that
    was done is none of ours, or we closed it ourselves."""
    task, text = None, plain(row["body"])
    if row["mail_activity_type_id"]:
        message = done(row["body"])
        if marker_in(message.feedback, company_id) == _CLOSED:
            return None
        task, text = _done_task(row, message, company_id, ours)
    if task is None and SIGN not in text:
        return None
    kept = {name: row[name] for name in ("id", "model", "res_id", "date", "write_date")}
    return {**kept, "author": dict(author), "text": text, "task": task, "version": row["write_date"]}


def _done_task(row: Row, message: Done, company_id: int, ours: OurTasks) -> tuple[str | None, str]:
    """Whose task it was, and what was said. A mark where only the feedback should stand means that the
    message is built otherwise than we know: the key is right, but the words may be those of the note."""
    task = marker_in(message.note, company_id)
    if task:
        return task, message.feedback
    if not message.readable or marker_in(message.feedback, company_id):
        return marker_in(plain(row["body"]), company_id), ""
    return ours.key_of(row, message), message.feedback


def author(row: Row, users: Mapping[int, Row]) -> Row:
    """Return who wrote a message, as a person: the user who made it, else the one behind its author. The
    author alone is what the writer says he is."""
    user = users.get(row["create_uid"])
    if user is None or user["share"] or user["id"] == _ODOO_BOT:
        behind = (u for u in users.values() if u["partner_id"] == row["author_id"] and not u["share"])
        user = next(behind, None)
    if user is None:
        return {"id": f"partner/{row['author_id']}", "name": "", "email": False}
    return {"id": user["id"], "name": user["name"], "email": user["email"]}
