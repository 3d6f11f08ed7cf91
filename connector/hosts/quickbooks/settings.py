"""What the adapter must be told about a company in QuickBooks Online."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from connector.hosts.oauth import Credentials
from connector.http import Timeouts

BASE_URL = "https://quickbooks.api.intuit.com"
AUTHORIZE_URL = "https://appcenter.intuit.com/connect/oauth2"
TOKEN_URL = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"  # noqa: S105 - an address
REVOKE_URL = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke"
#: The one scope of the accounting API: it reads and writes.
SCOPES = ("com.intuit.quickbooks.accounting",)
#: Asks the token endpoint when the grant itself ends.
_TELL_THE_END = (("x-include-refresh-token-hard-expires-in", "true"),)


def lent(
    client_id: str,
    client_secret: str,
    *,
    authorize_url: str = AUTHORIZE_URL,
    token_url: str = TOKEN_URL,
    revoke_url: str = REVOKE_URL,
) -> Credentials:
    """The credentials of an app with Intuit. Its token endpoint is the same for real and test companies."""
    return Credentials(
        "quickbooks",
        client_id,
        client_secret,
        authorize_url,
        token_url,
        SCOPES,
        auth_method="client_secret_basic",
        headers=_TELL_THE_END,
        pkce=False,
        realm_parameter="realmId",
        revoke_url=revoke_url,
    )


def _nobody_else() -> AbstractContextManager[object]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class QuickBooksSettings:
    """One company. Either ``credentials`` (of an app, whose tokens ``relance connect`` has put into the memo)
    or ``token`` with ``realm`` (an access token, which ends within the hour: for trying things)."""

    credentials: Credentials | None = None
    token: str | None = field(default=None, repr=False)
    realm: str | None = None  # the company's number there; None: the one that was connected
    base_url: str = BASE_URL
    history_months: int = 24
    payments_months: int = 12  # how far back we look for money that nobody matched
    promise_field: str | int | None = None  # custom field of invoices; None: our block in PrivateNote
    language: str = "en"  # of the company: of what we write for its people
    order_number_field: str | None = None  # custom field with the customer's own order number
    invoice_links: bool = False  # a billed call for each open invoice, once
    timeouts: Timeouts = field(default_factory=Timeouts)
    #: held while a token is renewed, so that no other process does it; may raise Busy
    alone: Callable[[], AbstractContextManager[object]] = field(default=_nobody_else, repr=False)

    @property
    def api_url(self) -> str:
        """The address below which companies stand."""
        return f"{self.base_url.rstrip('/')}/v3/company"

    @property
    def fingerprint(self) -> str:
        """Changes when what was learned over there may no longer hold. Holds no secret."""
        who = self.credentials.client_id if self.credentials else ""
        return hashlib.sha256(f"{self.api_url}\n{who}\n{self.realm or ''}".encode()).hexdigest()[:12]
