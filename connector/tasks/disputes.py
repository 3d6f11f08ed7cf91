"""A dispute as it stands in the host: a note, a task to settle it, and its end."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from connector.model import Account, Dispute, Invoice, Kind, Ref
from connector.ports import CloseTask, Note, Task, TaskKind
from connector.tasks.html import listed, page, short
from connector.tasks.people import person
from connector.tasks.sheet import answers
from connector.tasks.words import money, words


def dispute_note(language: str, dispute: Dispute, reason: str) -> Note:
    """The note that a dispute was opened or closed; ``reason`` in words."""
    what = "closed" if dispute.closed_on else "opened"
    text = words(language)["dispute"][what].format(reason=reason)
    said = "" if dispute.closed_on else short(dispute.note, 300)
    return Note(f"dispute/{dispute.id}/{what}", Ref(Kind.INVOICE, dispute.invoice_ref), page(text, said))


def dispute_task(
    language: str, account: Account, invoice: Invoice, dispute: Dispute, reason: str, due_on: date
) -> Task:
    """The task to settle a dispute, by ``due_on``; ``reason`` in words."""
    text = words(language)
    values = {
        "customer": short(account.customer.name, 80),
        "number": invoice.number,
        "reason": reason,
        "amount": money(invoice.residual, invoice.currency, language),
    }
    rows = [
        Markup("<code>{}</code> – {}").format(written, meant)
        for written, meant in answers(language, TaskKind.DISPUTE, dispute.opened_on)
    ]
    return Task(
        key=f"dispute/{dispute.id}",
        on=Ref(Kind.INVOICE, invoice.ref),
        task=TaskKind.DISPUTE,
        summary=text["dispute"]["summary"].format(**values),
        note_html=page(
            text["dispute"]["task"].format(**values),
            short(dispute.note, 300),
            listed(text["answers"]["head"], rows),
        ),
        due_on=due_on,
        person_ref=person(account, invoice),
    )


def dispute_over(language: str, dispute: Dispute) -> CloseTask:
    """Its task closes with it."""
    key = f"dispute/{dispute.id}"
    return CloseTask(f"{key}/close", key, str(words(language)["dispute"]["closed"]))
