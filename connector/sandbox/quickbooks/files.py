"""Files: uploads of several parts, the links that die, and the invoice as a PDF."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from typing import Any, NamedTuple

from connector.sandbox.nouns import Document
from connector.sandbox.paper import pdf
from connector.sandbox.quickbooks import attachables
from connector.sandbox.quickbooks.errors import ApiError, missing
from connector.sandbox.quickbooks.requests import Answer, Request, json_answer
from connector.sandbox.quickbooks.stage import Realm, Stage
from connector.sandbox.quickbooks.writing import demand_subscription

TYPES = ("ai", "csv", "doc", "docx", "eps", "gif", "jpeg", "jpg", "ods", "pdf", "png", "rtf", "tif", "txt",
         "xls", "xlsx", "xml")  # fmt: skip


class Part(NamedTuple):
    """One file of an upload and what is said of it. ``place`` ends the names of both."""

    place: str
    name: str
    media_type: str
    content: bytes
    facts: dict[str, Any]


def upload(realm: Realm, request: Request) -> dict[str, Any]:
    """What stands under ``AttachableResponse``: a file or a fault for each part."""
    demand_subscription(realm)
    parts = list(_parts(request))
    if not parts:
        raise missing("file_content_0")
    return {"AttachableResponse": [_kept(realm, part) for part in parts]}


def _kept(realm: Realm, part: Part) -> dict[str, Any]:
    try:
        kind = part.name.rpartition(".")[2].lower()
        if kind not in TYPES:
            raise ApiError("6041", "Unsupported upload type", f"Files of type {kind} are not supported")
        facts = {**part.facts, "FileName": part.name, "ContentType": part.media_type}
        made = attachables.create(realm, facts)
    except ApiError as error:
        return {"Fault": error.fault}
    made.content = part.content
    return {"Attachable": attachables.show(realm, made)}


def _parts(request: Request) -> Iterator[Part]:
    if "multipart/form-data" not in request.content_type:
        return
    head = f"Content-Type: {request.content_type}\r\n\r\n".encode()
    message = BytesParser(EmailMessage, policy=policy.HTTP).parsebytes(head + request.body)
    named = {str(part.get_param("name", header="content-disposition")): part for part in message.iter_parts()}
    for name, part in named.items():
        if not name.startswith("file_content_"):
            continue
        place = name.removeprefix("file_content_")
        said = named.get(f"file_metadata_{place}")
        yield Part(
            place, part.get_filename() or "", part.get_content_type(),
            bytes(part.get_payload(decode=True) or b""), _facts(said),
        )  # fmt: skip


def _facts(part: MIMEPart | None) -> dict[str, Any]:
    if part is None:
        return {}
    try:
        found = json.loads(bytes(part.get_payload(decode=True) or b""))
    except ValueError:
        return {}
    return dict(found) if isinstance(found, dict) else {}


def downloaded(stage: Stage, request: Request) -> Answer | None:
    """What is behind a link to a file, for a quarter of an hour; None when it is no such link."""
    if not request.path.startswith("/files/") or request.method != "GET":
        return None
    found = stage.extras.attached.get(request.path.removeprefix("/files/"))
    until, now = request.query.get("until", ""), stage.ledger.clock.now
    if found is None or found.content is None or not attachables.still_open(until, now):
        return json_answer({"error": "The link has expired"}, 403)
    return Answer(200, str(found.facts.get("ContentType", "application/octet-stream")), found.content)


def printed(document: Document) -> Answer:
    return Answer(200, "application/pdf", pdf(document.number))
