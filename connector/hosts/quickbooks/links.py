"""Where a customer can see and pay an invoice. QuickBooks tells it for one invoice a call, which is billed,
so each open invoice is asked about once, and only where ``host.invoice_links`` says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from connector.errors import Refused
from connector.hosts.quickbooks import standing

if TYPE_CHECKING:
    from connector.hosts.quickbooks.reading import Reader

_NONE = "-"


def link_of(reader: Reader, row: dict[str, Any]) -> str | None:
    """The link of an open invoice that is mailed to somebody; None where there is none. Raises HostError."""
    name = reader.name(f"link.{row['Id']}")
    if standing.situation(row) != "open":
        reader.memo.pop(name, None)
        return None
    if not standing.billed_to(row):  # QuickBooks makes none
        return None
    found = reader.memo.get(name)
    if found is None:
        found = reader.memo[name] = _asked(reader, str(row["Id"])) or _NONE
    return None if found == _NONE else found


def _asked(reader: Reader, number: str) -> str | None:
    try:
        found = reader.client.get(f"invoice/{number}", include="invoiceLink").get("Invoice") or {}
    except Refused:
        return None
    link = str(found.get("InvoiceLink") or "")
    parts, server = urlsplit(link), urlsplit(reader.settings.base_url)
    return link if parts.scheme == "https" or parts[:2] == server[:2] else None
