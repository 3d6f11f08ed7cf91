"""Files: what is uploaded, and the PDF behind the links that die."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from connector.sandbox.nouns import Document
from connector.sandbox.paper import pdf
from connector.sandbox.pennylane.calls import Answer, Request, Upload, json_answer
from connector.sandbox.pennylane.stage import Stage

LIFE = timedelta(minutes=30)


def uploaded(request: Request) -> Upload | None:
    """The part named ``file`` of a multipart body; None when there is none."""
    if "multipart/form-data" not in request.content_type:
        return None
    head = f"Content-Type: {request.content_type}\r\n\r\n".encode()
    message = BytesParser(EmailMessage, policy=policy.HTTP).parsebytes(head + request.body)
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if name == "file" and part.get_filename():
            content = part.get_payload(decode=True)
            return Upload(part.get_filename() or "", part.get_content_type(), bytes(content or b""))
    return None


def public_pdf(stage: Stage, encrypted: str) -> Answer:
    """The PDF of an invoice, for half an hour after the link was made; 404 later."""
    try:
        serial, at, _ = base64.b64decode(encrypted, validate=True).decode().split()
        document, made = stage.ledger.entries.get(int(serial)), datetime.fromisoformat(at)
    except (ValueError, binascii.Error):
        document, made = None, stage.ledger.clock.now
    if not isinstance(document, Document) or stage.ledger.clock.now - made > LIFE:
        return json_answer({"status": 404, "error": "Not Found"}, 404)
    return Answer(200, "application/pdf", pdf(document.number or "brouillon"))
