"""What the adapter must be told about an Odoo."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from connector.http import Timeouts

#: Odoo's own servers, whose acceptable-use policy allows one call a second and none in parallel.
_ODOO_CLOUD = (".odoo.com", ".odoo.sh")


@dataclass(frozen=True, slots=True)
class OdooSettings:
    """One company in one Odoo database. ``key`` is an API key of ``login`` (up to 18 a password will do)."""

    url: str  # as in a browser, without what follows the name (a path prefix stays)
    database: str
    login: str
    key: str = field(repr=False)
    company: str | int | None = None  # name or id; None: the login's own
    history_months: int = 24
    overlap: timedelta = timedelta(minutes=20)  # longer than the longest transaction over there
    page_size: int = 10_000  # the larger the faster; docs/speed.md says what it takes of memory
    timeouts: Timeouts = field(default_factory=Timeouts)
    calls_per_second: float | None = None  # None: one on Odoo's own servers, unlimited elsewhere
    fallback_login: str | None = None  # who gets a task that names nobody; None: our own user
    public_url: str | None = None  # where customers reach the portal; None: no link in reminders
    message_domain: str = "relance.invalid"  # after the @ of the message ids of our notes

    @property
    def pace(self) -> float | None:
        """Calls per second, None for no limit."""
        cloud = (urlsplit(self.url).hostname or "").endswith(_ODOO_CLOUD)
        return self.calls_per_second or (1.0 if cloud else None)

    @property
    def fingerprint(self) -> str:
        """Changes when what was learned of the server may no longer hold. Holds no secret."""
        parts = (self.url, self.database, self.login, str(self.company))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
