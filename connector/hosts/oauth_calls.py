"""The calls of OAuth 2.0: to where a person lets us in, and to the endpoint of tokens.

Needs Authlib, which is imported when it is used.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connector.errors import Unauthorized, Unavailable
from connector.hosts.oauth_pair import Credentials, Pair, needed

_TIMEOUT = 30
_TOO_MANY, _DEAD_ALREADY = 429, 400
_REALM = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: Seconds that some hosts say beside a token -> the moment that we keep.
_ENDS = {
    "x_refresh_token_expires_in": "refresh_ends_at",
    "x_refresh_token_hard_expires_in": "grant_ends_at",
}


def address(credentials: Credentials, redirect_uri: str) -> tuple[str, str, str]:
    """Where a person lets us in, the state that must come back with the answer, and the verifier (PKCE) that
    ``fetch`` will want; empty where the host knows no PKCE."""
    method = {"code_challenge_method": "S256"} if credentials.pkce else {}
    session = _session(credentials, redirect_uri=redirect_uri, **method)
    verifier = str(needed("authlib.common.security").generate_token(48)) if credentials.pkce else ""
    url, state = session.create_authorization_url(credentials.authorize_url, code_verifier=verifier or None)
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
    realm = came.get(credentials.realm_parameter, "") if credentials.realm_parameter else ""
    if credentials.realm_parameter and not _REALM.fullmatch(realm):
        what = f"no {credentials.realm_parameter} in the address"
        raise Unauthorized(f"{credentials.host} did not say which company it is ({what}): copy all of it")
    session = _session(credentials, redirect_uri=redirect_uri, state=state)
    proof = {"code_verifier": verifier} if verifier else {}
    token = _asked(
        credentials,
        lambda: session.fetch_token(
            credentials.token_url,
            authorization_response=answer,
            headers=_headers(credentials),
            timeout=_TIMEOUT,
            **proof,
        ),
    )
    return {**token, "realm": realm} if realm else token


def refresh(credentials: Credentials, refresh_token: str) -> dict[str, Any]:
    """Exchange a refresh token for a new pair. Raises Unauthorized when it is dead, Unavailable."""
    session = _session(credentials)
    return _asked(
        credentials,
        lambda: session.refresh_token(
            credentials.token_url,
            refresh_token=refresh_token,
            headers=_headers(credentials),
            timeout=_TIMEOUT,
        ),
    )


def give_back(credentials: Credentials, pair: Pair) -> bool:
    """End the grant at the host, where it can be told to, and forget it. False when there was none. Raises
    Unavailable, and then forgets nothing."""
    import requests  # noqa: PLC0415

    token = pair.load()
    if token is None:
        pair.forget()
        return False
    if credentials.revoke_url:
        try:
            with requests.Session() as session:
                session.trust_env = False
                who = (credentials.client_id, credentials.client_secret)
                body = {"token": token["refresh_token"]}
                answer = session.post(
                    credentials.revoke_url, json=body, auth=who, timeout=_TIMEOUT, allow_redirects=False
                )
        except requests.RequestException as error:
            what = type(error).__name__
            raise Unavailable(
                f"{credentials.host} did not answer ({what}): the access still stands"
            ) from None
        if not (200 <= answer.status_code < 300 or answer.status_code == _DEAD_ALREADY):
            raise Unavailable(
                f"{credentials.host} answered HTTP {answer.status_code}: the access still stands"
            )
    pair.forget()
    return True


def _headers(credentials: Credentials) -> dict[str, str] | None:
    """As Authlib sends by itself, and those that the host wants beside them; None for its own alone."""
    if not credentials.headers:
        return None
    form = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
    return {"Accept": "application/json", **form, **dict(credentials.headers)}


def _asked(credentials: Credentials, ask: Callable[[], Any]) -> dict[str, Any]:
    import requests  # noqa: PLC0415

    errors = needed("authlib.integrations.base_client.errors").OAuthError
    base = needed("authlib.common.errors").AuthlibBaseError
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
    for said, kept in _ENDS.items():
        if isinstance(seconds := token.get(said), int | float | str) and str(seconds).isdigit():
            token[kept] = time.time() + int(seconds)
    return token


def _session(credentials: Credentials, **more: Any) -> Any:
    made = needed("authlib.integrations.requests_client").OAuth2Session(
        credentials.client_id,
        credentials.client_secret,
        scope=" ".join(credentials.scopes),
        token_endpoint_auth_method=credentials.auth_method,
        **more,
    )
    made.trust_env = False  # no password of ~/.netrc over ours
    for hook in ("access_token_response", "refresh_token_response"):
        made.register_compliance_hook(hook, _later)
    return made


def _later(answer: Any) -> Any:
    """Too many calls, and a server that fails, are no answer to what was asked, whatever error they name.
    Raises requests' error."""
    if answer.status_code == _TOO_MANY or answer.status_code >= 500:
        answer.raise_for_status()
    return answer
