"""OAuth 2.0: consent with the realm in the redirect, tokens by a form with Basic authentication, revocation
by JSON, and the discovery document.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from connector.sandbox.nouns import Company
from connector.sandbox.quickbooks.requests import Answer, Request, form_of, json_answer
from connector.sandbox.quickbooks.tokens import Tokens
from connector.sandbox.quickbooks.values import realm_id

CLIENT_ID = "sandbox-client"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - opens nothing but the sandbox
SCOPE = "com.intuit.quickbooks.accounting"
OPEN_SCOPES = frozenset((SCOPE, "openid", "profile", "email", "phone", "address"))
AUTHORIZE, TOKEN, REVOKE = "/connect/oauth2", "/oauth2/v1/tokens/bearer", "/v2/oauth2/tokens/revoke"
HARD_HEADER = "x-include-refresh-token-hard-expires-in"
DISCOVERY = ("/.well-known/openid_configuration", "/.well-known/openid_sandbox_configuration")


@dataclass(slots=True)
class Code:
    """What a person's consent gave; good once."""

    redirect_uri: str
    company: Company
    used: bool = False


@dataclass
class OAuth:
    """``consents`` is what the person in front of the browser answers; ``company`` the one chosen."""

    tokens: Tokens
    consents: bool = True
    company: str = ""
    codes: dict[str, Code] = field(default_factory=dict)

    def answer(self, request: Request) -> Answer | None:
        """None when the path is not one of its endpoints."""
        path, method = request.path.rstrip("/"), request.method
        if path in DISCOVERY and method == "GET":
            return self._discovery(request)
        if path == AUTHORIZE and method == "GET":
            return self.authorize(request.query)
        if path == TOKEN and method == "POST":
            return self.token(request)
        if path == REVOKE and method == "POST":
            return self.revoke(request)
        return None

    def authorize(self, asked: Mapping[str, str]) -> Answer:
        """302 back to ``redirect_uri`` with ``code``, ``state`` and ``realmId``, or with ``error``."""
        target, back = asked.get("redirect_uri", ""), {"state": asked.get("state", "")}
        if asked.get("client_id") != CLIENT_ID or not _may_return_to(target):
            return _page("The client id or redirect_uri is invalid: it is not registered.", 400)
        if not asked.get("state"):
            return _page("The state query parameter is missing.", 400)
        if asked.get("response_type") != "code":
            return _redirect(target, {"error": "unsupported_response_type", **back})
        scopes = set(asked.get("scope", "").split())
        if SCOPE not in scopes or not scopes <= OPEN_SCOPES:
            return _redirect(target, {"error": "invalid_scope", **back})
        if not self.consents:
            return _redirect(target, {"error": "access_denied", **back})
        companies = iter(self.tokens.ledger.companies)
        company = next(one for one in companies if self.company in ("", one.name))
        code = f"sandbox-code-{len(self.codes) + 1}"
        self.codes[code] = Code(target, company)
        return _redirect(target, {"code": code, **back, "realmId": realm_id(company.serial)})

    def token(self, request: Request) -> Answer:
        if request.basic != (CLIENT_ID, CLIENT_SECRET):
            return _error("invalid_client", 401)
        form = form_of(request)
        hard = request.headers.get(HARD_HEADER, "").lower() == "true"
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return self._by_code(form, hard=hard)
        if kind == "refresh_token":
            grant = self.tokens.renew(form.get("refresh_token", ""))
            if grant is None:
                return _error("invalid_grant", 400)
            return json_answer(self.tokens.pair(grant, hard=hard), headers=_UNCACHED)
        return _error("unsupported_grant_type", 400)

    def revoke(self, request: Request) -> Answer:
        """A form, or a call without Basic authentication, is refused."""
        if request.basic != (CLIENT_ID, CLIENT_SECRET):
            return _error("invalid_client", 401)
        try:
            value = json.loads(request.body)["token"]
        except (ValueError, KeyError, TypeError):
            return _error("invalid_request", 400)
        known = "json" in request.content_type and self.tokens.revoke(str(value))
        return Answer(200, "application/json", b"") if known else _error("invalid_request", 400)

    def _by_code(self, form: Mapping[str, str], *, hard: bool) -> Answer:
        code = self.codes.get(form.get("code", ""))
        if code is None or code.used or form.get("redirect_uri") != code.redirect_uri:
            return _error("invalid_grant", 400)
        code.used = True
        self.tokens.connect(code.company.name)  # the grant; its first pair is the one below
        return json_answer(self.tokens.pair(self.tokens.grants[-1], hard=hard), headers=_UNCACHED)

    @staticmethod
    def _discovery(request: Request) -> Answer:
        base = request.base_url
        return json_answer(
            {
                "issuer": f"{base}/op/v1",
                "authorization_endpoint": f"{base}{AUTHORIZE}",
                "token_endpoint": f"{base}{TOKEN}",
                "revocation_endpoint": f"{base}{REVOKE}",
                "response_types_supported": ["code"],
                "scopes_supported": ["openid", "email", "profile", "address", "phone"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            }
        )


_UNCACHED = (("Cache-Control", "no-cache, no-store"), ("Pragma", "no-cache"))


def _may_return_to(target: str) -> bool:
    """https to a name, or plain http to ``localhost``: an address in figures is refused."""
    parts = urlsplit(target)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return parts.scheme == "https" or (parts.scheme == "http" and host == "localhost")
    return False


def _page(text: str, status: int) -> Answer:
    return Answer(status, "text/html; charset=utf-8", f"<html><h1>Sorry</h1><p>{text}</p></html>".encode())


def _error(name: str, status: int) -> Answer:
    return json_answer({"error": name, "error_description": f"The sandbox answers {name}."}, status)


def _redirect(target: str, parameters: dict[str, str]) -> Answer:
    mark = "&" if urlsplit(target).query else "?"
    location = target + mark + urlencode(parameters)
    return Answer(302, "text/html; charset=utf-8", b"", (("Location", location),))
