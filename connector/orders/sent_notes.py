"""The notes that prove a message which has left, whoever says that it has."""

from __future__ import annotations

from datetime import date

from connector import tasks
from connector.company import Company
from connector.model import Message
from connector.ports import Note
from connector.store.ports import Unit


def sent_notes(
    company: Company, unit: Unit, message: Message, today: date, attached: int | None = None
) -> list[Note]:
    """Return the notes of a message that left today, with so many invoices ``attached`` where that is known.
    Ask before its outcome is settled: what it thanks for is forgotten afterwards."""
    several = len(message.invoice_refs) > 1
    posted = _posted_on(company, message)
    sent = tasks.Sent(
        message,
        today,
        unit.reminders(message_key=message.key),
        company.policy,
        account=unit.accounts([message.customer_ref])[0] if several else None,
        posted=posted,
        attached=attached,
        mail=company.enclose(message, company.clock()) if company.enclose and posted is None else None,
    )
    return tasks.reminder_notes(company.language, sent)


def _posted_on(company: Company, message: Message) -> str | None:
    """The invoice in whose journal the message itself stands, when the host has sent it."""
    channel = company.channels.get(message.channel)
    through_host = channel is not None and channel.name == "host"
    return message.invoice_refs[0] if through_host and message.invoice_refs else None
