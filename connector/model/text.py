"""What a person will read: a message ready to be delivered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Party:
    """A name and an e-mail address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message in its final words. ``key`` is stable: the same step for the same installments has the
    same key, so a channel that has seen it can say so. ``note_html`` is what the host's journal will show.
    """

    key: str
    message_id: str  # RFC 5322, derived from the key, with angle brackets
    company: str
    customer_ref: str
    channel: str
    sender: Party
    recipient: Party
    language: str
    subject: str
    text: str
    html: str
    note_html: str
    reply_to: Party | None = None
    contact_ref: str | None = None
    invoice_refs: tuple[str, ...] = ()
    #: digest of the facts it states; when they no longer give the same, the message must not leave
    fingerprint: str = ""
    attachments: tuple[Attachment, ...] = ()

    @property
    def for_customer(self) -> bool:
        """False for what goes to our own people: that is no reminder, and none of its checks apply."""
        return bool(self.customer_ref)
