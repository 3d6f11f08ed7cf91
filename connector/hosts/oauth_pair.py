"""Who we are at a host that lends its access, and the pair of tokens that it gave us, sealed in the memo."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connector.errors import ConfigError, Problem
from connector.ports import Memo

#: What is kept of the answer of a token endpoint, and what is carried over to the next one.
_KEPT = ("access_token", "refresh_token", "expires_at")
CARRIED = ("realm", "refresh_ends_at", "grant_ends_at")


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
        kept |= {name: token[name] for name in CARRIED if token.get(name)}
        self._memo[self._name] = self._seal().encrypt(json.dumps(kept).encode()).decode()

    def forget(self) -> None:
        self._memo.pop(self._name, None)

    def realm(self) -> str:
        """The company that let us in; empty where there is none, or the host does not say."""
        return str((self.load() or {}).get("realm") or "")

    def ends_at(self) -> datetime | None:
        """From when on a person has to let us in again, if nobody uses the access until then; None where the
        host does not say, or there is no access."""
        return ends_of(self.load() or {})

    def _seal(self) -> Any:
        key = hashlib.sha256(f"relance.oauth\n{self._secret}".encode()).digest()
        return needed("cryptography.fernet").Fernet(base64.urlsafe_b64encode(key))


def ends_of(token: Mapping[str, Any]) -> datetime | None:
    ends = [float(token[name]) for name in CARRIED[1:] if token.get(name)]
    return datetime.fromtimestamp(min(ends), UTC) if ends else None


def needed(name: str) -> Any:
    """A module of what OAuth needs. Raises ConfigError with the remedy where it is not installed."""
    import importlib  # noqa: PLC0415

    try:
        return importlib.import_module(name)
    except ImportError:
        problem = Problem("", "host", "access by OAuth needs the package Authlib")
        remedy = 'install it: pip install "relance[oauth]"'
        raise ConfigError([Problem(problem.file, problem.path, problem.message, remedy)]) from None
