"""Invoices as Pennylane prints them: behind a public link that stands on the invoice and dies after half an
hour.

Whoever has the link has the file, and it may lead to another server: our token is never sent along. It may
say anything, so it is followed over https alone, or to the server of the API itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from connector.errors import Refused
from connector.hosts.pennylane.reading import Reader
from connector.http import Http, raise_for
from connector.model import Attachment, Kind, Ref
from connector.ports import LARGEST_DOCUMENT

Row = dict[str, Any]

#: How often a link may lead on: a file is often kept by another server.
_HOPS = 3
_LABEL = "GET a public file"


@dataclass(frozen=True, slots=True)
class Documents:
    """``files`` follows the links, beside the rate of the API. All methods raise HostError."""

    reader: Reader
    files: Http

    def of(self, refs: Collection[Ref]) -> dict[Ref, Attachment]:
        """See ``Host.documents``: one call for a hundred links, and one for each file."""
        ids = {int(ref.id) for ref in refs if ref.kind is Kind.INVOICE and ref.id.isdigit()}
        rows = self.reader.client.among("customer_invoices", "id", ids) if ids else []
        linked = [row for row in rows if row.get("public_file_url") and not row.get("draft")]
        contents = self.reader.each(lambda row: self.content(str(row["public_file_url"])), linked)
        return {
            Ref(Kind.INVOICE, str(row["id"])): Attachment(
                str(row.get("filename") or ""), "application/pdf", content
            )
            for row, content in zip(linked, contents, strict=True)
            if content and len(content) <= LARGEST_DOCUMENT
        }

    def content(self, link: str) -> bytes | None:
        """What is behind a link; None where nothing is, or where we do not go."""
        for _ in range(_HOPS):
            if not self._is_safe(link):
                return None
            try:
                content, onward = self.files.request("GET", link, label=_LABEL, read=_read, safe=True)
                link = urljoin(link, onward)
            except (Refused, ValueError):  # it leads on to what is no address
                return None
            if not onward:
                return content
        return None

    def _is_safe(self, link: str) -> bool:
        ours = urlsplit(self.reader.settings.api_url)
        try:
            parts = urlsplit(link)
        except ValueError:
            return False
        at_home = (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc)
        named = bool(parts.hostname) and "@" not in parts.netloc
        return named and (parts.scheme == "https" or at_home)


def _read(answer: requests.Response) -> tuple[bytes | None, str]:
    """The file, or where it is. A link that is dead or closed leads to nothing: it says nothing of our
    access."""
    status = answer.status_code
    if 300 <= status < 400:
        return None, answer.headers.get("Location", "")
    if 400 <= status < 500 and status != 429:
        return None, ""
    raise_for(answer, _LABEL, safe=True)
    return answer.content, ""
