"""A person's list as a message, in the frame of the reminders.

It goes to our own people, never to a customer: it has no ``customer_ref``, no invoice and no note, and takes
a way of its own (``pipeline.worklist``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from markupsafe import Markup

from connector.escape import one_line
from connector.message import CompanyText, Templates
from connector.message.layout import inline_css
from connector.model import Message, Party
from connector.worklist.company import CompanyStop
from connector.worklist.items import WorkItem
from connector.worklist.notices import CompanyNotice
from connector.worklist.words import Words

#: The channel that work lists go through, and no other: they hold what the customer must not see.
CHANNEL = "email"
#: Rows in one mail; a longer list says how many more there are.
MOST = 40

#: It must never change: the same person and day have the same key after an upgrade.
_NAMESPACE = UUID("0c5c2b56-5f0a-5d59-8f0e-7d1a1b8f4c02")


@dataclass(frozen=True, slots=True)
class Desk:
    """Who reads a list: a person with an address, or the company's own desk (``key`` empty) for what is
    nobody's or whose person has no address."""

    key: str
    name: str
    address: str
    items: tuple[WorkItem, ...]
    note: str = ""  # a word on why it comes here
    stops: tuple[CompanyStop, ...] = ()  # told before all else
    notices: tuple[CompanyNotice, ...] = ()  # and these after them


@dataclass(frozen=True, slots=True)
class _Row:
    customer: str
    jobs: tuple[dict[str, str], ...]
    call: str
    lines: tuple[str, ...]
    overdue: tuple[str, ...]  # by currency
    late: str


def mail_key(company: str, reader: str, today: date) -> str:
    """One key for each company, reader and day: the store holds it once, so nobody gets a list twice."""
    return uuid5(_NAMESPACE, json.dumps([company, reader, today.isoformat()])).hex


def write_mail(desk: Desk, company: CompanyText, templates: Templates, today: date) -> Message:
    """Return the mail of a desk's list for a day, in the company's language. Raises TemplateError."""
    words = Words(company.language)
    clients = words.counted("clients", len(desk.items))
    about = _about(desk)
    subject = words.line(
        f"subject{about}", company=company.name, clients=clients if desk.items else None, day=today
    )
    left = len(desk.items) - MOST
    content: dict[str, object] = {
        "greeting": words.line("greeting", name=desk.name),
        "stopped": words.line("stopped", company=company.name) if desk.stops else "",
        "stops": [{"do": do, "why": why} for do, why in map(words.stop, desk.stops)],
        "noticed": words.line("noticed", company=company.name) if desk.notices else "",
        "notices": [{"do": do, "why": why} for do, why in map(words.notice, desk.notices)],
        "intro": (desk.note or words.line("intro")) if desk.items else "",
        "rows": [_row(item, words) for item in desk.items[:MOST]],
        "more": words.line("more", clients=words.counted("clients", left)) if left > 0 else "",
        "footnote": words.line(f"footnote{'' if desk.items else about}", company=company.name),
    }
    key = mail_key(company.id, desk.key, today)
    return Message(
        key=key,
        message_id=f"<relance.{key}@{company.sender.email.rpartition('@')[2]}>",
        company=company.id,
        customer_ref="",
        channel=CHANNEL,
        sender=Party(one_line(company.sender.name), one_line(company.sender.email)),
        recipient=Party(one_line(desk.name), one_line(desk.address)),
        language=words.language,
        subject=subject,
        text=_text(content, content["rows"]),  # type: ignore[arg-type]
        html=_html(content, subject, company, templates),
        note_html="",
    )


def _about(desk: Desk) -> str:
    """What the mail is about before all else, as the names of its words end."""
    if desk.stops:
        return "_stopped"
    return "_notice" if desk.notices and not desk.items else ""


def _row(item: WorkItem, words: Words) -> _Row:
    late = words.counted("late", item.days_late) if item.days_late else ""
    known = item.payer_type is not None or item.suggestion.payer_type is not None
    payer = words.payer(item) if known else ""
    lines = (words.products(item), words.promises(item), payer, words.priority(item.priority))
    jobs = (words.job(job) for job in item.jobs)
    return _Row(
        customer=one_line(item.customer),
        jobs=tuple({"do": do, "why": why} for do, why in jobs),
        call=words.callee(item),
        lines=tuple(line for line in lines if line),
        overdue=tuple(words.each_amount(item.overdue)) or (words.line("not_due"),),
        late=late,
    )


def _html(content: dict[str, object], subject: str, company: CompanyText, templates: Templates) -> str:
    body = Markup(templates.frame("worklist.html.j2", content))  # noqa: S704 - escaped by the frame
    frame = {"language": company.language, "subject": subject, "company": company, "content": body}
    css = templates.css() + templates.sources["worklist.css"].text
    return inline_css(templates.frame("layout.html.j2", frame), css)


def _text(content: dict[str, object], rows: Sequence[_Row]) -> str:
    lines = [str(content["greeting"]), ""]
    for heading, told in (("stopped", "stops"), ("noticed", "notices")):
        lines += [str(content[heading]), ""] if content[told] else []
        for one in content[told]:  # type: ignore[attr-defined]
            lines += [f"! {one['do']}", f"  {one['why']}", ""]
    lines += [str(content["intro"]), ""] if content["intro"] else []
    for rank, row in enumerate(rows, 1):
        late = f" ({row.late})" if row.late else ""
        lines += [f"{rank}. {row.customer} – {' + '.join(row.overdue)}{late}", f"   {row.call}"]
        for job in row.jobs:
            lines += [f"   > {job['do']}", f"     {job['why']}"]
        lines += [*(f"   {line}" for line in row.lines), ""]
    lines += [str(content["more"]), ""] if content["more"] else []
    return "\n".join([*lines, str(content["footnote"])]) + "\n"
