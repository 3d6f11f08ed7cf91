"""OAuth 2.0 for hosts whose access is lent to a partner's program: tokens that end, and are renewed.

A refresh token is good for one use: whoever uses it gets a new pair, and both old ones open nothing from then
on. So the new pair is saved before it is used, and one process at a time renews (``alone``). The pair lies in
the memo, sealed with the partner's secret: a copy of the store alone opens nothing.

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
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connector.errors import Busy, ConfigError, Problem, Unauthorized, Unavailable
from connector.ports import Memo

#: Renewed this long before it ends, in seconds.
_EARLY = 120
#: How long to wait for another process that renews, and how often to look.
_PATIENCE, _LOOK = 30.0, 0.25
_TIMEOUT = 30


@dataclass(frozen=True, slots=True)
class Credentials:
    """A partner's registration with a host, and where its company lets programs in."""

    host: str  # as in ``relance connect <host>``
    client_id: str
    client_secret: str = field(repr=False)
    authorize_url: str
    token_url: str
    scopes: tuple[str, ...]


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
        invalid = _import("cryptography.fernet").InvalidToken
        try:
            found: dict[str, Any] = json.loads(self._seal().decrypt(text.encode()))
        except (invalid, ValueError):
            return None
        return found

    def save(self, token: Mapping[str, Any]) -> None:
        kept = {name: token.get(name) for name in ("access_token", "refresh_token", "expires_at")}
        self._memo[self._name] = self._seal().encrypt(json.dumps(kept).encode()).decode()

    def forget(self) -> None:
        self._memo.pop(self._name, None)

    def _seal(self) -> Any:
        key = hashlib.sha256(f"relance.oauth\n{self._secret}".encode()).digest()
        return _import("cryptography.fernet").Fernet(base64.urlsafe_b64encode(key))


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

    def _renew(self, old: str) -> None:
        """Get a new pair, unless another process has done so since. Raises Unauthorized, Unavailable."""
        waited = 0.0
        while True:
            try:
                with self._turn, self._alone():
                    self._token = self._saved()
                    if self._token["access_token"] == old:
                        self._token = self._fresh(self._token)
                    return
            except Busy:
                if waited >= _PATIENCE:
                    raise Unavailable("another process renews the token, and does not end") from None
                self._sleep(_LOOK)
                waited += _LOOK

    def _fresh(self, token: Mapping[str, Any]) -> dict[str, Any]:
        new = refresh(self._credentials, str(token["refresh_token"]))
        self._pair.save(new)  # before it is used: the old pair is dead
        return new

    def _saved(self) -> dict[str, Any]:
        found = self._pair.load()
        if found is None:
            raise Unauthorized(f"there is no access yet: run `relance connect {self._credentials.host}`")
        return found


def address(credentials: Credentials, redirect_uri: str) -> tuple[str, str, str]:
    """Where a person lets us in, the state that must come back with the answer, and the verifier (PKCE) that
    ``fetch`` will want."""
    session = _session(credentials, redirect_uri=redirect_uri, code_challenge_method="S256")
    verifier = str(_import("authlib.common.security").generate_token(48))
    url, state = session.create_authorization_url(credentials.authorize_url, code_verifier=verifier)
    return str(url), str(state), verifier


def fetch(
    credentials: Credentials, redirect_uri: str, answer: str, state: str, verifier: str
) -> dict[str, Any]:
    """Exchange what came back (the whole address) for a pair of tokens. Raises Unauthorized when the state is
    not ours or the person said no, Unavailable."""
    came = dict(parse_qsl(urlsplit(answer).query))
    if came.get("state") != state or not came.get("code"):
        why = "another state came back" if came.get("state") != state else came.get("error", "no code")[:60]
        raise Unauthorized(f"{credentials.host} did not let us in ({why}): run the command again")
    session = _session(credentials, redirect_uri=redirect_uri, state=state)
    return _asked(
        credentials,
        lambda: session.fetch_token(
            credentials.token_url, authorization_response=answer, code_verifier=verifier, timeout=_TIMEOUT
        ),
    )


def refresh(credentials: Credentials, refresh_token: str) -> dict[str, Any]:
    """Exchange a refresh token for a new pair. Raises Unauthorized when it is dead, Unavailable."""
    session = _session(credentials)
    return _asked(
        credentials,
        lambda: session.refresh_token(credentials.token_url, refresh_token=refresh_token, timeout=_TIMEOUT),
    )


def _asked(credentials: Credentials, ask: Callable[[], Any]) -> dict[str, Any]:
    import requests  # noqa: PLC0415

    errors = _import("authlib.integrations.base_client.errors").OAuthError
    base = _import("authlib.common.errors").AuthlibBaseError
    try:
        token: dict[str, Any] = dict(ask())
    except (errors, base) as error:
        said = str(getattr(error, "error", "") or type(error).__name__)[:60]
        raise Unauthorized(
            f"{credentials.host} gives no token ({said}): run `relance connect {credentials.host}` again"
        ) from None
    except (requests.RequestException, ValueError) as error:
        what = type(error).__name__
        raise Unavailable(f"{credentials.host} did not answer when asked for a token ({what})") from None
    if not token.get("access_token") or not token.get("refresh_token"):
        raise Unauthorized(f"{credentials.host} gave no whole pair of tokens: run `relance connect` again")
    return token


def _session(credentials: Credentials, **more: Any) -> Any:
    made = _import("authlib.integrations.requests_client").OAuth2Session(
        credentials.client_id,
        credentials.client_secret,
        scope=" ".join(credentials.scopes),
        token_endpoint_auth_method="client_secret_post",  # noqa: S106 - the name of a method
        **more,
    )
    made.trust_env = False  # no password of ~/.netrc over ours
    return made


def _import(name: str) -> Any:
    import importlib  # noqa: PLC0415

    try:
        return importlib.import_module(name)
    except ImportError:
        problem = Problem("", "host", "access by OAuth needs the package Authlib")
        remedy = 'install it: pip install "relance[oauth]"'
        raise ConfigError([Problem(problem.file, problem.path, problem.message, remedy)]) from None
