"""A WSGI application that answers as Odoo 16, 17, 18 or 19 does, over a ledger.

Endpoints: ``/jsonrpc`` in every version, ``/json/2/<model>/<method>`` in 19, the version probes. The one
database
is ``sandbox``; users and keys are the ledger's (``relance`` may invoice, ``reader`` may not, ``admin`` is id
2).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from email.utils import format_datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import User
from connector.sandbox.odoo import errors
from connector.sandbox.odoo.dispatch import Asked, perform
from connector.sandbox.odoo.records import schema_of

DATABASE = "sandbox"
VERSIONS = (16, 17, 18, 19)
WRONG_KEY = "sandbox.wrong_key"  # set in the WSGI environment: every key is refused
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
REASONS = {200: "OK", 303: "See Other", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
           404: "Not Found",
           415: "Unsupported Media Type", 422: "Unprocessable Entity",
           500: "Internal Server Error"}  # fmt: skip
Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class Request(NamedTuple):
    method: str
    path: str
    content_type: str
    authorization: str
    database: str
    body: bytes
    base_url: str
    wrong_key: bool


class Answer(NamedTuple):
    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def _json(payload: Any, status: int = 200) -> Answer:
    return Answer(status, JSON, json.dumps(payload).encode())


def _page(status: int, text: str) -> Answer:
    title = REASONS[status]
    body = (
        f"<!doctype html>\n<html lang=en>\n<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n"
    )
    return Answer(status, HTML, body.encode())


class OdooApp:
    """``OdooApp(ledger, version=18)``. Raises ValueError for another version than 16 to 19."""

    def __init__(self, ledger: Ledger, *, version: int = 18, database: str = DATABASE) -> None:
        if version not in VERSIONS:
            raise ValueError(f"the sandbox plays Odoo 16, 17, 18 and 19, not {version}")
        self.ledger = ledger
        self.version = version
        self.database = database
        self._schema = schema_of(version)
        serie = f"{version}.0"
        self.version_info = {
            "server_version": serie, "server_version_info": [version, 0, 0, "final", 0, ""],
            "server_serie": serie, "protocol_version": 1,
        }  # fmt: skip

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._route(_request(environ))
        headers = [
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            (
                "Date",
                format_datetime(self.ledger.clock.now, usegmt=True),
            ),  # the sandbox's time, not the wall's
            *answer.headers,
        ]
        start_response(f"{answer.status} {REASONS[answer.status]}", headers)
        return [answer.body]

    @staticmethod
    def name_call(path: str, body: bytes) -> str:
        """What a request calls, for counting and for faults: ``account.move.search_read``, ``common.login``,
        a path.
        """
        if path.startswith("/json/2/"):
            return path.removeprefix("/json/2/").replace("/", ".")
        if path != "/jsonrpc":
            return path
        try:
            params = json.loads(body)["params"]
            if params["service"] == "object":
                return f"{params['args'][3]}.{params['args'][4]}"
            return f"{params['service']}.{params['method']}"
        except (ValueError, LookupError, TypeError):
            return path

    # ------------------------------------------------------------------ routes

    def _route(self, request: Request) -> Answer:
        path = request.path
        if path == "/jsonrpc":
            return self._jsonrpc(request)
        if path == "/web/webclient/version_info":
            return _json({"jsonrpc": "2.0", "id": None, "result": self.version_info})
        if path.startswith("/json/") and path != "/json/version":
            return self._json_path(request)
        return self._page_for(path)

    def _page_for(self, path: str) -> Answer:
        if path == "/web/login":
            return Answer(200, HTML, _LOGIN_PAGE)
        if path in ("/web/version", "/json/version") and self.version >= 19:
            info = self.version_info
            return _json({"version_info": info["server_version_info"], "version": info["server_version"]})
        if path.startswith("/doc-bearer/") and self.version >= 19:
            return _page(403, "This page is only accessible to Technical Documentation users.")
        return _page(404, "The requested URL was not found on the server.")

    def _json_path(self, request: Request) -> Answer:
        if self.version >= 19:
            return self._json2(request)
        if self.version == 18:  # 18 has /json/<path> for browsers: it asks to log in
            return _page(303, "Redirecting...")._replace(
                headers=(("Location", f"/web/login?redirect={quote(request.path)}"),)
            )
        return _page(404, "The requested URL was not found on the server.")

    # ------------------------------------------------------------------ JSON-RPC

    def _jsonrpc(self, request: Request) -> Answer:
        if "json" not in request.content_type:
            status, kind = (415, "jsonrpc") if self.version >= 19 else (400, "json")
            return _page(
                status, f"Request inferred type is compatible with ['http'] but '/jsonrpc' is type='{kind}'."
            )
        try:
            sent = json.loads(request.body)
        except ValueError:
            return Answer(400, HTML, b"Invalid JSON data")
        if not isinstance(sent, dict):
            return Answer(400, HTML, b"Invalid JSON-RPC data")
        reply: dict[str, Any] = {"jsonrpc": "2.0", "id": sent.get("id")}
        try:
            result = self._service(sent.get("params") or {}, request)
        except errors.OdooError as error:
            code = 0 if self.version >= 19 else 200
            reply["error"] = {"code": code, "message": "Odoo Server Error", "data": error.data()}
        else:
            if result is not None:  # a method that returns None has no result at all
                reply["result"] = result
        return _json(reply)

    def _service(self, params: dict[str, Any], request: Request) -> Any:
        service, method, args = params.get("service"), params.get("method"), list(params.get("args") or ())
        if service == "common" and method == "version":
            return self.version_info
        if service == "common" and method in ("login", "authenticate"):
            user = self._login(args, request)
            return user.serial if user else False
        if service == "object" and method in ("execute_kw", "execute"):
            return self._execute(args, request)
        raise errors.OdooError("builtins.Exception", f"Method not found: {method}")

    def _login(self, args: list[Any], request: Request) -> User | None:
        self._demand_database(str(args[0]))
        for user in self.ledger.users:
            if (
                user.active
                and user.login == args[1]
                and args[2] in (user.password, user.key)
                and not request.wrong_key
            ):
                return user
        return None

    def _demand_database(self, name: str) -> None:
        if name != self.database:
            raise errors.no_database(name)

    def _execute(self, args: list[Any], request: Request) -> Any:
        database, uid, secret, model, method, *rest = args
        self._demand_database(database)
        user = self.ledger.users.get(uid)
        if user is None:
            raise errors.missing("res.users", uid, uid)
        if secret not in (user.password, user.key) or not user.active or request.wrong_key:
            raise errors.denied()
        positional, named = list(rest[0]) if rest else [], dict(rest[1]) if len(rest) > 1 else {}
        asked = Asked(user, model, method, None, positional, named, request.base_url, False)
        return perform(asked, self.ledger, self._schema)

    # ------------------------------------------------------------------ JSON-2

    def _json2(self, request: Request) -> Answer:
        if request.database and request.database != self.database:
            return Answer(404, HTML, _NO_DATABASE)
        if request.method == "POST" and "json" not in request.content_type:
            return _page(
                415,
                "Request inferred type is compatible with [&#39;http&#39;] but "
                "&#39;/json/2/&lt;__model__&gt;/&lt;__method__&gt;&#39; is type=&#39;json2&#39;.",
            )
        try:
            return _json(self._json2_result(request))
        except errors.OdooError as error:
            return _json(error.data(), error.status)

    def _json2_result(self, request: Request) -> Any:
        parts = request.path.removeprefix("/json/2/").split("/")
        if request.method != "POST" or len(parts) != 2:
            raise errors.http("NotFound", "Did you mean POST /json/2/<model>/<method>?", 404)
        user = self._bearer(request)
        try:
            sent = json.loads(request.body or b"{}")
        except ValueError as wrong:
            raise errors.http("BadRequest", f"could not parse the body as json: {wrong}", 400) from None
        named = dict(sent) if isinstance(sent, dict) else {}
        asked = Asked(user, parts[0], parts[1], named.pop("ids", None), [], named, request.base_url, True)
        return perform(asked, self.ledger, self._schema)

    def _bearer(self, request: Request) -> User:
        scheme, _, key = request.authorization.partition(" ")
        if scheme.lower() != "bearer" or not key:
            text = "User not authenticated, use an API Key with a Bearer Authorization header."
            raise errors.http("Unauthorized", text, 401)
        for user in self.ledger.users:
            if user.active and user.key == key.strip() and not request.wrong_key:
                return user
        raise errors.http("Unauthorized", "Invalid apikey", 401)


_LOGIN_PAGE = b"<!DOCTYPE html>\n<html><title>Login</title><form class='oe_login_form'></form></html>\n"
_NO_DATABASE = (
    b"<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
    b"<p>No database is selected and the requested URL was not found.</p>\n"
)


def _request(environ: Environ) -> Request:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return Request(
        environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/"), environ.get("CONTENT_TYPE", ""),
        environ.get("HTTP_AUTHORIZATION", ""), environ.get("HTTP_X_ODOO_DATABASE", ""),
        environ["wsgi.input"].read(length) if length else b"", f"{environ['wsgi.url_scheme']}://{host}",
        bool(environ.get(WRONG_KEY)),
    )  # fmt: skip
