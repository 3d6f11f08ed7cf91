"""A message as e-mail: text and HTML, the headers that make it answerable, found again, and not answered
by machines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from connector.errors import Undeliverable
from connector.model import Message, Party

_ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\\\"\x00-\x1f\x7f]+@[^@\s,;:<>()\[\]\\\"\x00-\x1f\x7f]+")
_MESSAGE_ID = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")
_SMTP = policy.SMTP.clone(cte_type="7bit")
_SMTP_UTF8 = policy.SMTPUTF8.clone(cte_type="7bit")


def address_of(party: Party) -> str:
    """Return the address as it goes over the wire: its domain in ASCII. Raises Undeliverable."""
    text = party.email.strip()
    if not _ADDRESS.fullmatch(text):
        raise Undeliverable(f"{text[:80]!r} is not an e-mail address")
    local, _, domain = text.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise Undeliverable(f"{text[:80]!r} is not an e-mail address") from None


def needs_utf8(message: Message) -> bool:
    """True when an address has letters before its @ that only a modern mail server takes (SMTPUTF8)."""
    parties = (message.sender, message.recipient, message.reply_to)
    return any(party and not party.email.rpartition("@")[0].isascii() for party in parties)


def to_mime(message: Message, now: datetime) -> EmailMessage:
    """Return the message as MIME; ``now`` (aware) becomes its Date. Raises Undeliverable when a header
    cannot be written as it is: then nothing of it may leave."""
    mime = EmailMessage(policy=_SMTP_UTF8 if needs_utf8(message) else _SMTP)
    if not _MESSAGE_ID.fullmatch(message.message_id):
        raise Undeliverable("its Message-ID is not well formed")
    try:
        for name, value in _headers(message, now):
            mime[name] = value
        mime.set_content(message.text)
        mime.add_alternative(message.html, subtype="html")
        for attachment in message.attachments:
            main, _, sub = attachment.media_type.partition("/")
            mime.add_attachment(
                attachment.content, maintype=main, subtype=sub or "octet-stream", filename=attachment.name
            )
    except (ValueError, LookupError, MessageError) as error:  # a line break in a header, above all
        raise Undeliverable(f"it cannot be written as e-mail: {error}") from None
    return mime


def _headers(message: Message, now: datetime) -> Iterator[tuple[str, str | Address]]:
    parties = {"From": message.sender, "To": message.recipient, "Reply-To": message.reply_to}
    yield from ((header, _header_address(header, party)) for header, party in parties.items() if party)
    yield "Subject", message.subject
    yield "Date", format_datetime(now)
    yield "Message-ID", message.message_id
    yield "Auto-Submitted", "auto-generated"  # RFC 3834: no automatic answers, please
    yield "Content-Language", message.language


def _header_address(header: str, party: Party) -> Address:
    """Name and address; the address alone when the name would not survive the way (folding, which depends on
    how long the header's own name is, breaks some long names with accents)."""
    spec = address_of(party)
    username, _, domain = spec.rpartition("@")
    named = Address(party.name, username, domain)
    probe = EmailMessage(policy=_SMTP_UTF8 if not spec.isascii() else _SMTP)
    probe[header] = named
    read = message_from_bytes(probe.as_bytes(), policy=policy.default)[header].addresses
    faithful = len(read) == 1 and read[0].display_name == party.name and read[0].addr_spec == spec
    return named if faithful else Address("", username, domain)
