"""OAuth 2.0 for partners: consent, tokens with rotation, revocation. Form bodies; secrets in the body."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from connector.sandbox.pennylane.calls import Answer, json_answer
from connector.sandbox.pennylane.tokens import ALL_SCOPES, READ_SCOPES, Token, Tokens

CLIENT_ID = "sandbox-client"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - opens nothing but the sandbox
KNOWN_SCOPES = frozenset((*ALL_SCOPES, *READ_SCOPES))


@dataclass(slots=True)
class Grant:
    """A code that a person's consent gave; good once."""

    redirect_uri: str
    token: Token
    challenge: str
    used: bool = False


@dataclass
class OAuth:
    """The three endpoints. ``consents`` is what the person in front of the browser answers, at once."""

    tokens: Tokens
    consents: bool = True
    login: str = "relance"
    company: str = ""
    grants: dict[str, Grant] = field(default_factory=dict)

    def authorize(self, asked: Mapping[str, str]) -> Answer:
        """302 back to ``redirect_uri`` with ``code`` and ``state``, or with ``error``."""
        target = asked.get("redirect_uri", "")
        if asked.get("client_id") != CLIENT_ID or urlsplit(target).hostname not in ("127.0.0.1", "localhost"):
            return _error("invalid_client", 401)
        scopes = tuple(asked.get("scope", "").split())
        back = {"state": asked["state"]} if "state" in asked else {}
        if asked.get("response_type") != "code":
            return _redirect(target, {"error": "unsupported_response_type", **back})
        if not scopes or not set(scopes) <= KNOWN_SCOPES:
            return _redirect(target, {"error": "invalid_scope", **back})
        if not self.consents:
            return _redirect(target, {"error": "access_denied", **back})
        code = f"sandbox-code-{len(self.grants) + 1}"
        token = self.tokens.issue(self.login, company=self.company, scopes=scopes)
        token.revoked = True  # only the model of the pair that the code buys
        self.grants[code] = Grant(target, token, asked.get("code_challenge", ""))
        return _redirect(target, {"code": code, **back})

    def token(self, form: Mapping[str, str]) -> Answer:
        """A new pair for a code or a refresh token; either is good once."""
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _error("invalid_client", 401)
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return self._by_code(form)
        if kind == "refresh_token":
            return self._by_refresh(form.get("refresh_token", ""))
        return _error("unsupported_grant_type", 400)

    def revoke(self, form: Mapping[str, str]) -> Answer:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _error("invalid_client", 401)
        self.tokens.revoke(form.get("token", ""))
        return json_answer({})

    def _by_code(self, form: Mapping[str, str]) -> Answer:
        grant = self.grants.get(form.get("code", ""))
        if grant is None or grant.used or form.get("redirect_uri") != grant.redirect_uri:
            return _error("invalid_grant", 401)
        if grant.challenge and _challenge(form.get("code_verifier", "")) != grant.challenge:
            return _error("invalid_grant", 401)
        grant.used = True
        return self._pair(grant.token)

    def _by_refresh(self, value: str) -> Answer:
        refresh = self.tokens.refreshes.get(value)
        if refresh is None or refresh.used or refresh.expires_at <= self.tokens.ledger.clock.now:
            return _error("invalid_grant", 401)
        refresh.used = True
        refresh.access.revoked = True
        return self._pair(refresh.access)

    def _pair(self, of: Token) -> Answer:
        access, refresh = self.tokens.pair(of)
        seconds = int(self.tokens.access_life.total_seconds())
        return json_answer(
            {"access_token": access.value, "token_type": "Bearer", "expires_in": seconds,
             "refresh_token": refresh.value}
        )  # fmt: skip


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _error(name: str, status: int) -> Answer:
    body: dict[str, Any] = {"error": name, "error_description": f"The sandbox answers {name}."}
    return json_answer(body, status)


def _redirect(target: str, parameters: dict[str, str]) -> Answer:
    mark = "&" if urlsplit(target).query else "?"
    return Answer(
        302, "text/html; charset=utf-8", b"", (("Location", target + mark + urlencode(parameters)),)
    )
