"""A message as a file, as mail programs open it: what people keep as proof of what was sent."""

from __future__ import annotations

import re
from datetime import datetime

from connector.channels.mime import to_mime
from connector.errors import Undeliverable
from connector.model import Attachment, Message

_UNFIT = re.compile(r"[^\w.-]+")
_LONGEST = 80


def as_file(message: Message, now: datetime) -> Attachment | None:
    """Return the message as it stands in e-mail, named after its day and its subject; None for one that
    cannot be written as e-mail. ``now`` (aware) becomes its Date."""
    try:
        content = to_mime(message, now).as_bytes()
    except Undeliverable:
        return None
    subject = _UNFIT.sub("_", message.subject)[:_LONGEST].strip("._")
    return Attachment(f"{now.date().isoformat()}_{subject or message.key}.eml", "message/rfc822", content)
