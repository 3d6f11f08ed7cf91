"""OAuth 2.0 for hosts whose access is lent to a partner's program: tokens that end, and are renewed.

A refresh token may be good for one use alone: whoever uses it gets a new pair, and both old ones open nothing
from then on. So the new pair is saved before it is used, and one process at a time renews (``alone``). The
pair lies in the memo, sealed with the partner's secret: a copy of the store alone opens nothing. Beside it
lies which company (``realm``) it opens, where the host says so, and when the grant ends.

Needs Authlib (``pip install "relance[oauth]"``), which is imported when it is used.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from connector.errors import Busy, Unauthorized, Unavailable
from connector.hosts.oauth_calls import refresh
from connector.hosts.oauth_pair import CARRIED, Credentials, Pair, ends_of
from connector.ports import Memo

__all__ = ["Credentials", "Keys", "LentTokens", "Pair", "in_turn"]

T = TypeVar("T")

#: Renewed this long before it ends, in seconds.
_EARLY = 120
#: How long to wait for another process that renews, and how often to look.
_PATIENCE, _LOOK = 30.0, 0.25


class Keys(Protocol):
    """Where the bearer token of a company comes from."""

    def bearer(self) -> str:
        """The token to send now. Raises Unauthorized, Unavailable."""
        ...

    def renewed(self, refused: str) -> bool:
        """Whether there is another token now, after the server has refused this one."""
        ...


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
        return ends_of(self._held())

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
        carried = {name: token[name] for name in CARRIED if token.get(name)}
        new = carried | refresh(self._credentials, str(token["refresh_token"]))
        self._pair.save(new)  # before it is used: the old pair may be dead
        return new

    def _saved(self) -> dict[str, Any]:
        found = self._pair.load()
        if found is None:
            raise Unauthorized(f"there is no access yet: run `relance connect {self._credentials.host}`")
        return found
