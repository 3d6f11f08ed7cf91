"""Who may enter, and what for: tokens of a company, and the pairs of OAuth 2.0."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import Company, User
from connector.sandbox.pennylane.errors import forbidden_scope, unauthorized

ALL_SCOPES = (
    "file_attachments:all", "trial_balance:readonly", "pa_registrations:readonly",
    "bank_establishments:readonly", "fiscal_years:readonly", "exports:fec", "exports:agl", "exports:gl",
    "customer_invoice_templates:readonly", "billing_subscriptions:all", "categories:all", "customers:all",
    "bank_accounts:all", "ledger_accounts:all", "purchase_requests:all", "quotes:all",
    "commercial_documents:all", "ledger_entries:all", "customer_invoices:all", "supplier_invoices:all",
    "suppliers:all", "journals:all", "customer_mandates:all", "transactions:all", "products:all",
)  # fmt: skip
READ_SCOPES = tuple(one.replace(":all", ":readonly") for one in ALL_SCOPES)
REFRESH_LIFE = timedelta(days=90)


@dataclass(eq=False, slots=True)
class Token:
    """An access token: of one company, of a user or of nobody (a firm's)."""

    value: str = field(repr=False)
    company: Company
    user: User | None
    scopes: tuple[str, ...]
    expires_at: datetime | None = None
    revoked: bool = False

    def demand(self, resource: str, *, write: bool) -> None:
        """Raises ApiError (403) when the token has no scope for it."""
        wanted = f"{resource}:all"
        if resource and wanted not in self.scopes and (write or f"{resource}:readonly" not in self.scopes):
            raise forbidden_scope(wanted if write else f"{resource}:readonly")


@dataclass(eq=False, slots=True)
class Refresh:
    """A refresh token and the access token that came with it: both die when it is used."""

    value: str = field(repr=False)
    access: Token
    expires_at: datetime
    used: bool = False


@dataclass
class Tokens:
    """The keys of the ledger's users open its first company: all scopes for those who may invoice, reading
    for the others. ``firm-sandbox-key`` belongs to nobody.
    """

    ledger: Ledger
    access_life: timedelta = timedelta(hours=24)
    known: dict[str, Token] = field(default_factory=dict)
    refreshes: dict[str, Refresh] = field(default_factory=dict)
    _made: int = 0

    def __post_init__(self) -> None:
        for user in self.ledger.users:
            if user.active:
                self.issue(user.login, scopes=ALL_SCOPES if user.may_invoice else READ_SCOPES, value=user.key)
        self.issue(None, value="firm-sandbox-key")

    def issue(
        self,
        login: str | None = "relance",
        *,
        company: str = "",
        scopes: Iterable[str] = ALL_SCOPES,
        value: str = "",
        expires_at: datetime | None = None,
    ) -> Token:
        """A new token, as a person makes one in the settings. ``company`` is a name; the first by default.

        Raises KeyError when nobody has that login, StopIteration when no company has that name.
        """
        user = self.ledger.user(login) if login else None
        companies = iter(self.ledger.companies)
        of = next(one for one in companies if company in ("", one.name))
        made = Token(value or self._text("token"), of, user, tuple(scopes), expires_at)
        self.known[made.value] = made
        return made

    def pair(self, of: Token) -> tuple[Token, Refresh]:
        """A new access token with the rights of another, and the refresh token to replace it."""
        now = self.ledger.clock.now
        access = Token(self._text("access"), of.company, of.user, of.scopes, now + self.access_life)
        refresh = Refresh(self._text("refresh"), access, now + REFRESH_LIFE)
        self.known[access.value] = access
        self.refreshes[refresh.value] = refresh
        return access, refresh

    def revoke(self, value: str) -> None:
        """It opens nothing from now on, whether access or refresh token. Unknown ones are ignored."""
        if value in self.known:
            self.known[value].revoked = True
        if value in self.refreshes:
            self.refreshes[value].used = True
            self.refreshes[value].access.revoked = True

    def find(self, value: str) -> Token:
        """Raises ApiError (401): missing, unknown, expired and revoked look alike."""
        found = self.known.get(value)
        expired = found and found.expires_at and found.expires_at <= self.ledger.clock.now
        if found is None or found.revoked or expired:
            raise unauthorized()
        return found

    def _text(self, kind: str) -> str:
        self._made += 1
        return f"sandbox-{kind}-{self._made}"
