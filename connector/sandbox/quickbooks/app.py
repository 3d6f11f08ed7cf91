"""A WSGI application that answers as QuickBooks Online's Accounting API v3 does, over a ledger."""

from __future__ import annotations

import itertools
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from email.utils import format_datetime

from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import Company
from connector.sandbox.quickbooks import errors, people, service, terms
from connector.sandbox.quickbooks.files import downloaded
from connector.sandbox.quickbooks.limits import Bill, Rate
from connector.sandbox.quickbooks.oauth import OAuth
from connector.sandbox.quickbooks.options import QuickBooksOptions
from connector.sandbox.quickbooks.replays import Replays
from connector.sandbox.quickbooks.requests import (
    Answer,
    Environ,
    Request,
    StartResponse,
    json_answer,
    request_of,
)
from connector.sandbox.quickbooks.stage import Realm, Stage
from connector.sandbox.quickbooks.tokens import Tokens
from connector.sandbox.quickbooks.values import realm_id
from connector.sandbox.quickbooks.webhooks import Webhooks

BASE = "/v3/company"
WRONG_KEY = "sandbox.wrong_key"  # set in the WSGI environment: every token is refused
REASONS = {200: "OK", 302: "Found", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
           404: "Not Found", 405: "Method Not Allowed", 415: "Unsupported Media Type",
           429: "Too Many Requests"}  # fmt: skip


class QuickBooksApp:
    """``QuickBooksApp(ledger, QuickBooksOptions())``."""

    def __init__(self, ledger: Ledger, options: QuickBooksOptions | None = None) -> None:
        self.ledger = ledger
        self.options = options or QuickBooksOptions()
        self.stage = Stage(ledger, self.options)
        terms.begin(self.stage)
        self.tokens = Tokens(ledger, self.options)
        self.oauth = OAuth(self.tokens)
        self.rate = Rate(self.options)
        self.bill = Bill(self.options, lambda: f"{ledger.clock.today:%Y-%m}")
        self.replays = Replays(self.options)
        self.people = people.People(self.stage, self.tokens)
        self.webhooks = Webhooks(self.stage)
        self.realms: Mapping[str, Company] = {realm_id(one.serial): one for one in ledger.companies}
        self._requests = itertools.count(1)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._answer(request_of(environ, WRONG_KEY))
        headers = [
            ("Date", format_datetime(self.ledger.clock.now, usegmt=True)),
            *self.marks(),
            *answer.headers,
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
        ]
        start_response(f"{answer.status} {REASONS[answer.status]}", headers)
        return [answer.body]

    def marks(self) -> list[tuple[str, str]]:
        """The headers by which support finds a call."""
        number = next(self._requests)
        return [("intuit_tid", f"1-{number:08x}-{uuid.UUID(int=number).hex[8:]}"),
                ("x-request-id", str(uuid.UUID(int=number))), ("QBO-Version", "2101.100")]  # fmt: skip

    @staticmethod
    def name_call(path: str, body: bytes) -> str:
        """What a request calls, for counting and for faults: ``query``, ``cdc``, ``batch``, ``upload``,
        ``invoice/{id}``, ``invoice/{id}/pdf``, the OAuth paths; and ``write invoice`` when there is a body.
        """
        match = re.fullmatch(rf"{BASE}/[^/]+/(.+)", path)
        if match is None:
            return path
        named = re.sub(r"/\d+(?=/|$)", "/{id}", match[1])
        return f"write {named}" if body and named not in ("query", "batch", "upload") else named

    def over_limit(self, _seconds: float) -> tuple[str, str, bytes, list[tuple[str, str]]]:
        """The answer of the fault ``rate_limited``: status, type, body, headers. It never says how long."""
        body = errors.over_rate(self.ledger.clock.now)
        return "429 Too Many Requests", "application/xml;charset=UTF-8", body, self.marks()

    @property
    def broken(self) -> tuple[str, str, bytes]:
        """The answer of the fault ``server_error``: status, type, body."""
        body = errors.broken().body(self.ledger.clock.now)
        return "500 Internal Server Error", "application/json", json.dumps(body).encode()

    # ------------------------------------------------------------------ letting in

    def _answer(self, request: Request) -> Answer:
        with self.ledger.lock:
            found = re.fullmatch(rf"{BASE}/([^/]+)/(.+?)/?", request.path)
            if found is None:
                outside = self.oauth.answer(request) or downloaded(self.stage, request)
                return outside or json_answer({"status": 404, "error": "Not Found"}, 404)
            try:
                answer = self._enter(request, found[1], found[2])
            except (errors.ApiError, errors.GatewayError) as error:
                return json_answer(error.body(self.ledger.clock.now), error.status)
        self.webhooks.wake()
        return answer

    def _enter(self, request: Request, realm: str, path: str) -> Answer:
        batch = path == "batch"
        if self.bill.exhausted or not self.rate.admits(realm, batch=batch):
            body = errors.over_rate(self.ledger.clock.now)
            return Answer(429, "application/xml;charset=UTF-8", body)
        if request.wrong_key:
            raise errors.unauthenticated("Token expired")
        access = self.tokens.find(request.token)
        if self.realms.get(realm) is not access.grant.company:
            raise errors.wrong_realm()
        if not access.grant.admin:
            raise errors.no_admin()
        self.stage.refresh()
        of = Realm(self.stage, access.grant.company, request.base_url)
        answer = self.replays.answer(request, realm, path, lambda: service.serve(of, request, path))
        self.stage.refresh()
        costs = request.method == "GET" or path in ("batch", "query")
        self.bill.count(self.name_call(request.path, request.body), costs=costs)
        return answer
