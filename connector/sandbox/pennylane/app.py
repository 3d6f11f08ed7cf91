"""A WSGI application that answers as Pennylane's Company API v2 does, over a ledger.

The API is under ``/api/external/v2``, OAuth 2.0 under ``/oauth``. The keys of the ledger's users are tokens
of its first company; ``app.tokens`` makes and revokes others, ``app.people`` does what only people can.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from connector.sandbox.ledger import Ledger
from connector.sandbox.pennylane import (
    banks,
    categories,
    contacts,
    customers,
    errors,
    general,
    invoice_acts,
    invoice_parts,
    invoices,
    transactions,
)
from connector.sandbox.pennylane.calls import BASE, Answer, Call, Request, Route, find, json_answer
from connector.sandbox.pennylane.changes import Feeds
from connector.sandbox.pennylane.files import public_pdf, uploaded
from connector.sandbox.pennylane.oauth import OAuth
from connector.sandbox.pennylane.people import People
from connector.sandbox.pennylane.requests import Environ, StartResponse, form_of, request_of
from connector.sandbox.pennylane.stage import PennylaneOptions, Stage
from connector.sandbox.pennylane.tokens import Tokens
from connector.sandbox.pennylane.windows import Room, Windows

SERVING = (
    banks,
    categories,
    contacts,
    customers,
    general,
    invoice_acts,
    invoice_parts,
    invoices,
    transactions,
)
WRONG_KEY = "sandbox.wrong_key"  # set in the WSGI environment: every token is refused
LONGEST_QUERY = 8000
REASONS = {200: "OK", 201: "Created", 204: "No Content", 302: "Found", 400: "Bad Request",
           401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict", 414: "URI Too Long",
           422: "Unprocessable Entity", 429: "Too Many Requests"}  # fmt: skip


class PennylaneApp:
    """``PennylaneApp(ledger, PennylaneOptions())``."""

    def __init__(self, ledger: Ledger, options: PennylaneOptions | None = None) -> None:
        self.ledger = ledger
        self.stage = Stage(ledger, options or PennylaneOptions())
        self.feeds = Feeds(self.stage)
        self.tokens = Tokens(ledger, self.stage.options.access_life)
        self.oauth = OAuth(self.tokens)
        self.people = People(self.stage)
        self.windows = Windows(self.stage.options.rate, self.stage.options.wall, self._host_now)
        self._requests = itertools.count(1)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._answer(request_of(environ, WRONG_KEY))
        shown = datetime.fromtimestamp(self.windows.shown_now(), UTC)
        headers = [("Date", format_datetime(shown, usegmt=True)), *answer.headers]
        if answer.status != 204:
            headers += [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body)))]
        start_response(f"{answer.status} {REASONS[answer.status]}", headers)
        return [answer.body]

    def _host_now(self) -> float:
        return self.ledger.clock.now.timestamp()

    @staticmethod
    def name_call(path: str, body: bytes) -> str:
        """What a request calls, for counting and for faults: ``customer_invoices``, ``customers/{id}``,
        ``/oauth/token``; and ``write customer_invoices/{id}/comments`` when there is a body.
        """
        if not path.startswith(f"{BASE}/"):
            return path
        named = re.sub(r"/\d+(?=/|$)", "/{id}", path.removeprefix(f"{BASE}/"))
        return f"write {named}" if body else named

    def over_limit(self, seconds: float) -> tuple[str, str, bytes, list[tuple[str, str]]]:
        """The answer of the fault ``rate_limited``: status, type, body, headers."""
        room = self.windows.exhausted(seconds)
        return "429 Too Many Requests", "text/plain", room.text.encode(), list(room.headers())

    # ------------------------------------------------------------------ routes

    def _answer(self, request: Request) -> Answer:
        if not request.path.startswith(f"{BASE}/"):
            return self._outside(request)
        room = self.windows.count(request.token)
        if not room.admitted:
            return Answer(429, "text/plain", room.text.encode(), room.headers())
        try:
            answer = self._inside(request)
        except errors.ApiError as error:
            answer = json_answer(error.body, error.status)
        return answer._replace(headers=(*answer.headers, *self._told(answer, room)))

    def _outside(self, request: Request) -> Answer:
        with self.ledger.lock:
            if request.path == "/oauth/authorize" and request.method == "GET":
                return self.oauth.authorize(request.query)
            if request.path == "/oauth/token" and request.method == "POST":
                return self.oauth.token(form_of(request))
            if request.path == "/oauth/revoke" and request.method == "POST":
                return self.oauth.revoke(form_of(request))
            if request.path == "/public/invoice/pdf":
                return public_pdf(self.stage, request.query.get("encrypted_id", ""))
        return json_answer({"status": 404, "error": "Not Found"}, 404)

    def _inside(self, request: Request) -> Answer:
        if request.query_length > LONGEST_QUERY:
            raise errors.too_long()
        if request.wrong_key:
            raise errors.unauthorized()
        with self.ledger.lock:
            token = self.tokens.find(request.token)
            found = find(request.method, request.path.removeprefix(f"{BASE}/"))
            if found is None:
                raise errors.no_route()
            route, args = found
            token.demand(route.resource, write=route.writes)
            body = None if route.upload else _body(request, route)
            upload = uploaded(request) if route.upload else None
            call = Call(self.stage, self.feeds, token, request.base_url, args, request.query, body, upload)
            result = route.handler(call)
        return Answer(204, "", b"") if route.status == 204 else json_answer(result, route.status)

    def _told(self, answer: Answer, room: Room) -> tuple[tuple[str, str], ...]:
        """The headers of every answer of the API."""
        number = uuid.UUID(int=next(self._requests))
        mark = hashlib.sha256(answer.body).hexdigest()[:32]
        return (
            ("etag", f'W/"{mark}"'),
            ("cache-control", "max-age=0, private, must-revalidate"),
            ("x-request-id", str(number)),
            ("api-version-expires-at", ""),
            *room.headers(),
        )


def _body(request: Request, route: Route) -> Any:
    """The parsed and checked body; None where none is taken. Raises ApiError (400)."""
    if not route.writes or not (request.body or (route.check and route.required)):
        return None
    where = "#/" + "/".join((*route.parts, request.method.lower(), "requestBody"))
    if "json" not in request.content_type:
        message = f"{where} content type {request.content_type or 'none'} is not defined"
        raise errors.malformed("NotExistContentTypeDefinition", message)
    try:
        parsed = json.loads(request.body)
    except ValueError:
        raise errors.bad_request("The request body is not valid JSON") from None
    if route.check is not None:
        route.check(parsed, where)
    return parsed
