"""What the store knows at the end of a story."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import sqlalchemy as sa

from connector.model import Message
from connector.model.chase import THANK_YOU
from connector.store.codec import load_item
from connector.store.tables import events, facts, outbox, reminders


def known(connection: sa.Connection, *, contacts: bool) -> dict[str, Any]:
    """What it knows of the ledger, and of what was sent; of customers without their ``contacts`` where those
    are only read while something is owed."""
    rows = connection.execute(
        sa.select(facts.c.kind, facts.c.ref, facts.c.body, facts.c.gone).where(
            facts.c.kind.in_(["customer", "invoice", "payment"])
        )
    )
    ledger = {(kind, ref): (_unversioned(body, contacts), gone) for kind, ref, body, gone in rows}
    sent = Counter(
        connection.execute(
            sa.select(reminders.c.invoice_ref, reminders.c.position, reminders.c.step).where(
                reminders.c.state == "sent"
            )
        ).all()
    )
    said = connection.execute(sa.select(sa.func.count()).where(events.c.name == "reminder_sent")).scalar_one()
    return {"ledger": ledger, "sent": sent, "events": said}


def messages_done(connection: sa.Connection) -> int:
    """How many mails it takes for sent, those to our own desk too."""
    done = (outbox.c.item_kind == "message", outbox.c.state == "done")
    return connection.execute(sa.select(sa.func.count()).where(*done)).scalar_one()


def asking(connection: sa.Connection) -> dict[str, tuple[str, ...]]:
    """The refs of the invoices that each message asks for, by Message-ID; thanks ask for nothing."""
    thanks = sa.select(reminders.c.message_key).where(reminders.c.step == THANK_YOU)
    thanked = set(connection.execute(thanks).scalars())
    rows = connection.execute(
        sa.select(outbox.c.key, outbox.c.item).where(outbox.c.item_kind == "message")
    ).all()
    items = [load_item("message", key, item) for key, item in rows if key not in thanked]
    return {item.message_id: item.invoice_refs for item in items if isinstance(item, Message)}


def waiting(connection: sa.Connection) -> set[str]:
    """The refs of the invoices of which a message is ready to leave."""
    ready = sa.select(outbox.c.key).where(outbox.c.item_kind == "message", outbox.c.state == "ready")
    keys = list(connection.execute(ready).scalars())
    refs = sa.select(reminders.c.invoice_ref).where(reminders.c.message_key.in_(keys))
    return set(connection.execute(refs).scalars())


def _unversioned(body: str | None, contacts: bool) -> str:
    """Versions are moments of the host's clock, which each of our calls moves on."""
    text = re.sub(r'"version":"[^"]*"', "", body or "")
    return text if contacts else re.sub(r'"contacts":\[.*\]\}', "", text)
