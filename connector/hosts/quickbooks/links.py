"""Where a customer can see and pay an invoice. QuickBooks tells it for one invoice a call, which is billed,
so each open invoice is asked about once, and only where ``host.invoice_links`` says so."""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import urlsplit

from connector.errors import Refused
from connector.hosts.quickbooks import standing
from connector.hosts.quickbooks.client import Client
from connector.hosts.quickbooks.settings import QuickBooksSettings
from connector.ports import Memo

_NONE = "-"


class Asking(Protocol):
    """What is needed to ask for a link, and to remember it."""

    @property
    def client(self) -> Client: ...
    @property
    def memo(self) -> Memo: ...
    @property
    def settings(self) -> QuickBooksSettings: ...

    def name(self, what: str) -> str:
        """Where something of this company lies in the memo."""
        ...


def link_of(asking: Asking, row: dict[str, Any]) -> str | None:
    """The link of an open invoice that is mailed to somebody; None where there is none. Raises HostError."""
    name = asking.name(f"link.{row['Id']}")
    if standing.situation(row) != "open":
        asking.memo.pop(name, None)
        return None
    if not standing.billed_to(row):  # QuickBooks makes none
        return None
    found = asking.memo.get(name)
    if found is None:
        found = asking.memo[name] = _asked(asking, str(row["Id"])) or _NONE
    return None if found == _NONE else found


def _asked(asking: Asking, number: str) -> str | None:
    try:
        found = asking.client.get(f"invoice/{number}", include="invoiceLink").get("Invoice") or {}
    except Refused:
        return None
    link = str(found.get("InvoiceLink") or "")
    parts, server = urlsplit(link), urlsplit(asking.settings.base_url)
    return link if parts.scheme == "https" or parts[:2] == server[:2] else None
