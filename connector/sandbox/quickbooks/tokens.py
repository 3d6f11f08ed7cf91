"""Grants that people gave to a program for one company, and the tokens that live in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import Company
from connector.sandbox.quickbooks.errors import GatewayError, unauthenticated
from connector.sandbox.quickbooks.options import QuickBooksOptions

REFRESH_LIFE = timedelta(days=100)
DAY = timedelta(hours=24)


@dataclass(eq=False, slots=True)
class Grant:
    """``refresh`` is the one value that renews it; those before are dead. ``admin``: who gave it still is."""

    company: Company
    made_at: datetime
    refresh: str = field(repr=False)
    refreshed_at: datetime
    valued_at: datetime
    dead: set[str] = field(default_factory=set, repr=False)
    ended: bool = False
    admin: bool = True
    renewals: int = 0


@dataclass(eq=False, slots=True)
class Access:
    value: str = field(repr=False)
    grant: Grant
    expires_at: datetime | None
    revoked: bool = False


@dataclass
class Tokens:
    """The keys of the ledger's users are access tokens of the first company that never end, so that a
    command line can read; everything else comes from ``connect`` or from the OAuth endpoints.
    """

    ledger: Ledger
    options: QuickBooksOptions
    grants: list[Grant] = field(default_factory=list)
    known: dict[str, Access] = field(default_factory=dict)
    _made: int = 0

    def __post_init__(self) -> None:
        for user in self.ledger.users:
            if user.active and user.may_invoice:
                grant = self._grant(user.companies[0])
                self.known[user.key] = Access(user.key, grant, None)

    # ------------------------------------------------------------------ giving

    def connect(self, company: str = "") -> dict[str, Any]:
        """A person lets a program in: the answer of the token endpoint. ``company`` is a name; else the
        first. Raises StopIteration.
        """
        companies = iter(self.ledger.companies)
        return self.pair(self._grant(next(one for one in companies if company in ("", one.name))))

    def pair(self, grant: Grant, *, hard: bool = False) -> dict[str, Any]:
        """A new access token beside the refresh token of the grant."""
        now = self.ledger.clock.now
        life = self.options.access_life
        access = Access(self._text("access"), grant, now + life)
        self.known[access.value] = access
        left = self._ends_at(grant) - now
        told = {
            "token_type": "bearer",
            "access_token": access.value,
            "refresh_token": grant.refresh,
            "expires_in": int(life.total_seconds()),
            "x_refresh_token_expires_in": int(min(REFRESH_LIFE, left).total_seconds()),
        }
        return {**told, "x_refresh_token_hard_expires_in": int(left.total_seconds())} if hard else told

    def renew(self, value: str) -> Grant | None:
        """The grant of a refresh token, with a new value for it if it is time; None when it is dead."""
        now = self.ledger.clock.now
        for grant in self.grants:
            if value in grant.dead and self.options.reuse_revokes:
                grant.ended = True
            if grant.refresh == value and not grant.ended and now < self._ends_at(grant):
                if now - grant.refreshed_at >= REFRESH_LIFE:
                    return None
                self._rotate(grant, now)
                grant.refreshed_at, grant.renewals = now, grant.renewals + 1
                return grant
        return None

    def revoke(self, value: str) -> bool:
        """The whole grant ends, whichever of its tokens was named. False for an unknown one."""
        found = self.known[value].grant if value in self.known else None
        for grant in self.grants:
            if grant is found or grant.refresh == value:
                grant.ended = True
                return True
        return False

    # ------------------------------------------------------------------ letting in

    def find(self, value: str) -> Access:
        """Raises GatewayError (401)."""
        found = self.known.get(value)
        if found is None:
            raise unauthenticated("Malformed bearer token: too short or too long")
        if found.revoked or found.grant.ended:
            raise unauthenticated("Token revoked")
        if found.expires_at is not None and found.expires_at <= self.ledger.clock.now:
            raise _expired(found.expires_at)
        return found

    def grants_of(self, company: Company) -> list[Grant]:
        return [one for one in self.grants if one.company is company]

    # ------------------------------------------------------------------ inside

    def _grant(self, company: Company) -> Grant:
        now = self.ledger.clock.now
        made = Grant(company, now, self._text("refresh"), now, now)
        self.grants.append(made)
        return made

    def _rotate(self, grant: Grant, now: datetime) -> None:
        daily = self.options.rotate == "daily" and now - grant.valued_at >= DAY
        if daily or self.options.rotate == "always":
            grant.dead.add(grant.refresh)
            grant.refresh, grant.valued_at = self._text("refresh"), now

    def _ends_at(self, grant: Grant) -> datetime:
        return grant.made_at + timedelta(days=self.options.grant_days)

    def _text(self, kind: str) -> str:
        self._made += 1
        return f"sandbox-{kind}-{self._made}"


def _expired(at: datetime) -> GatewayError:
    return unauthenticated(f"Token expired: {at.isoformat()}")
