"""Invoices as QuickBooks prints them: a billed call each."""

from __future__ import annotations

from collections.abc import Collection

from connector.errors import Refused
from connector.hosts.quickbooks.client import Client
from connector.hosts.quickbooks.refs import entity_of
from connector.model import Attachment, Ref
from connector.ports import LARGEST_DOCUMENT


def printed(client: Client, refs: Collection[Ref]) -> dict[Ref, Attachment]:
    """See ``Host.documents``. Credit memos, and what QuickBooks refuses to print, are left out. The answer
    holds no name. Raises HostError."""
    found = {}
    for ref in sorted(set(refs)):
        entity, number = entity_of(ref) or ("", "")
        if entity != "Invoice":
            continue
        try:
            content = client.download(f"invoice/{number}/pdf")
        except Refused:
            continue
        if len(content) <= LARGEST_DOCUMENT:
            found[ref] = Attachment("", "application/pdf", content)
    return found
