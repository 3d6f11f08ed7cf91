"""OAuth 2.0 for hosts whose access is lent to a partner's program: tokens that end, and are renewed.

A refresh token may be good for one use alone: whoever uses it gets a new pair, and both old ones open nothing
from then on. So the new pair is saved before it is used, and one process at a time renews (``alone``). The
pair lies in the memo, sealed with the partner's secret: a copy of the store alone opens nothing. Beside it
lies which company (``realm``) it opens, where the host says so, and when the grant ends.

Needs Authlib (``pip install "relance[oauth]"``), which is imported when it is used.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from connector.errors import Busy, Unauthorized, Unavailable
from connector.hosts.oauth_calls import needed, refresh
from connector.ports import Memo

T = TypeVar("T")

#: Renewed this long before it ends, in seconds.
_EARLY = 120
#: How long to wait for another process that renews, and how often to look.
_PATIENCE, _LOOK = 30.0, 0.25
#: What is kept of the answer of a token endpoint, and what is carried over to the next one.
_KEPT = ("access_token", "refresh_token", "expires_at")
_CARRIED = ("realm", "refresh_ends_at", "grant_ends_at")


class Keys(Protocol):
    """Where the bearer token of a company comes from."""

    def bearer(self) -> str:
        """The token to send now. Raises Unauthorized, Unavailable."""
        ...

    def renewed(self, refused: str) -> bool:
        """Whether there is another token now, after the server has refused this one."""
        ...


@dataclass(frozen=True, slots=True)
class Credentials:
    """A partner's registration with a host, and where its company lets programs in."""

    host: str  # as in ``relance connect <host>``
    client_id: str
    client_secret: str = field(repr=False)
    authorize_url: str
    token_url: str
    scopes: tuple[str, ...]
    auth_method: str = "client_secret_post"  # or client_secret_basic
    headers: tuple[tuple[str, str], ...] = ()  # sent to the token endpoint
    pkce: bool = True
    realm_parameter: str = ""  # of the redirect, where it says which company let us in
    revoke_url: str = ""  # takes {"token": …} as JSON; empty where the host has none


class Pair:
    """The tokens of a company as they lie in the memo."""

    def __init__(self, credentials: Credentials, memo: Memo) -> None:
        self._memo = memo
        digest = hashlib.sha256(f"{credentials.token_url}\n{credentials.client_id}".encode())
        self._name = f"oauth.{credentials.host}.{digest.hexdigest()[:12]}"
        self._secret = credentials.client_secret

    def load(self) -> dict[str, Any] | None:
        """The tokens; None when there are none that this secret opens."""
        text = self._memo.get(self._name)
        if not text:
            return None
        invalid = needed("cryptography.fernet").InvalidToken
        try:
            found: dict[str, Any] = json.loads(self._seal().decrypt(text.encode()))
        except (invalid, ValueError):
            return None
        return found

    def save(self, token: Mapping[str, Any]) -> None:
        kept = {name: token.get(name) for name in _KEPT}
        kept |= {name: token[name] for name in _CARRIED if token.get(name)}
        self._memo[self._name] = self._seal().encrypt(json.dumps(kept).encode()).decode()

    def forget(self) -> None:
        self._memo.pop(self._name, None)

    def realm(self) -> str:
        """The company that let us in; empty where there is none, or the host does not say."""
        return str((self.load() or {}).get("realm") or "")

    def ends_at(self) -> datetime | None:
        """From when on a person has to let us in again, if nobody uses the access until then; None where the
        host does not say, or there is no access."""
        return _ends(self.load() or {})

    def _seal(self) -> Any:
        key = hashlib.sha256(f"relance.oauth\n{self._secret}".encode()).digest()
        return needed("cryptography.fernet").Fernet(base64.urlsafe_b64encode(key))


def in_turn(
    alone: Callable[[], AbstractContextManager[object]],
    act: Callable[[], T],
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Do something with the pair while no other process does. Raises Unavailable when one does not end."""
    waited = 0.0
    while True:
        try:
            with alone():
                return act()
        except Busy:
            if waited >= _PATIENCE:
                raise Unavailable("another process renews the token, and does not end") from None
            sleep(_LOOK)
            waited += _LOOK


def _ends(token: Mapping[str, Any]) -> datetime | None:
    ends = [float(token[name]) for name in _CARRIED[1:] if token.get(name)]
    return datetime.fromtimestamp(min(ends), UTC) if ends else None


class LentTokens:
    """The bearer token of a company, renewed when it ends. Several threads and processes may use it."""

    def __init__(
        self,
        credentials: Credentials,
        memo: Memo,
        alone: Callable[[], AbstractContextManager[object]],
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._credentials, self._alone = credentials, alone
        self._pair = Pair(credentials, memo)
        self._now, self._sleep = now, sleep
        self._token: dict[str, Any] | None = None
        self._turn = threading.Lock()  # of our own threads; ``alone`` keeps other processes out
        #: called with this after each renewal
        self.on_renewal: Callable[[LentTokens], None] | None = None

    def bearer(self) -> str:
        """The access token, renewed when it is about to end. Raises Unauthorized, Unavailable."""
        if self._token is None:
            self._token = self._saved()
        if float(self._token.get("expires_at") or 0) - _EARLY <= self._now():
            self._renew(str(self._token["access_token"]))
        return str(self._token["access_token"])

    def renewed(self, refused: str) -> bool:
        """Whether there is another token now, after the host has refused this one."""
        self._renew(refused)
        return self._token is not None and self._token["access_token"] != refused

    @property
    def realm(self) -> str:
        """The company that let us in; empty where there is none, or the host does not say."""
        return str(self._held().get("realm") or "")

    @property
    def ends_at(self) -> datetime | None:
        """As ``Pair.ends_at``."""
        return _ends(self._held())

    def _held(self) -> dict[str, Any]:
        if self._token is None:
            self._token = self._pair.load()
        return self._token or {}

    def _renew(self, old: str) -> None:
        """Get a new pair, unless another process has done so since. Raises Unauthorized, Unavailable."""

        def renew() -> None:
            self._token = self._saved()
            if self._token["access_token"] == old:
                self._token = self._fresh(self._token)

        with self._turn:
            in_turn(self._alone, renew, self._sleep)
        if self.on_renewal is not None:
            self.on_renewal(self)

    def _fresh(self, token: Mapping[str, Any]) -> dict[str, Any]:
        carried = {name: token[name] for name in _CARRIED if token.get(name)}
        new = carried | refresh(self._credentials, str(token["refresh_token"]))
        self._pair.save(new)  # before it is used: the old pair may be dead
        return new

    def _saved(self) -> dict[str, Any]:
        found = self._pair.load()
        if found is None:
            raise Unauthorized(f"there is no access yet: run `relance connect {self._credentials.host}`")
        return found
