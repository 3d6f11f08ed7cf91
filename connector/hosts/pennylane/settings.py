"""What the adapter must be told about a company in Pennylane."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum

from connector.hosts.oauth import Credentials
from connector.http import Timeouts

BASE_URL = "https://app.pennylane.com"
_PREFIX = "/api/external/v2"


#: What a partner's program asks a company for.
SCOPES = ("customer_invoices:all", "customers:all", "transactions:readonly")


def lent(server: str, client_id: str, client_secret: str) -> Credentials:
    """The credentials of a partner with Pennylane at that server (``https://app.pennylane.com``)."""
    authorize, token = f"{server}/oauth/authorize", f"{server}/oauth/token"
    return Credentials("pennylane", client_id, client_secret, authorize, token, SCOPES)


class Place(StrEnum):
    """Where our entries may stand, as nothing there is a journal for us alone."""

    COMMENT = "comment"  # below the invoice
    NOTES = "notes"  # in the notes of its customer, in a block of ours
    APPENDIX = "appendix"  # a PDF beside the invoice


def _nobody_else() -> AbstractContextManager[object]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class PennylaneSettings:
    """One company. Either ``token`` (made by one of its users for it alone) or ``credentials`` (a partner's,
    whose tokens ``relance connect`` has put into the memo)."""

    token: str | None = field(default=None, repr=False)
    credentials: Credentials | None = None
    base_url: str = BASE_URL
    company: str = ""  # our name for it: companies that a partner's program serves have a rate each
    history_months: int = 24
    payments_months: int = 3  # how far back the first pull looks for money that nobody matched
    write_to: tuple[Place, ...] = tuple(Place)  # the first of these that works takes the entry
    comment_path: str = "customer_invoices/{id}/comments"
    comment_key: str | None = None  # None: found out
    at_once: int = 4  # calls under way at the same time: one after the other they do not use the rate
    timeouts: Timeouts = field(default_factory=Timeouts)
    #: held while a token is renewed, so that no other process does it; may raise Busy
    alone: Callable[[], AbstractContextManager[object]] = field(default=_nobody_else, repr=False)

    @property
    def api_url(self) -> str:
        """The address of the API; the name of the server alone will do."""
        url = self.base_url.rstrip("/")
        return url if url.endswith(_PREFIX) else f"{url}{_PREFIX}"

    @property
    def fingerprint(self) -> str:
        """Changes when what was learned over there may no longer hold. Holds no secret."""
        who = self.credentials.client_id if self.credentials else self.token or ""
        return hashlib.sha256(f"{self.api_url}\n{who}".encode()).hexdigest()[:12]
