"""One Odoo client over two protocols.

``odoo-client-lib`` gives the connection and the model objects; under them lie our own connectors, which send
over a kept-alive session (the library opens a connection per call and waits 5 seconds). Up to Odoo 18 they
speak ``/jsonrpc``, from 19 on ``/json/2``, found by asking the server once. What the library would do in two
calls or re-sort (``Model.search_read``, ``Model.read``) is not used.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, MutableMapping
from typing import Any

import requests
from odoolib.rpc import Connection, Connector
from odoolib.tools import AuthenticationError
from pydantic_core import from_json

from connector.errors import Refused, Unauthorized, Unavailable
from connector.hosts.odoo.names import OF_RECORDS, PARAMETERS, READS, Version, parse_version
from connector.hosts.odoo.refusals import WrongKey, refusal
from connector.hosts.odoo.settings import OdooSettings
from connector.http import Http, raise_for

# at DEBUG the library logs the arguments of each call, and the key is one of them
logging.getLogger("odoolib").setLevel(logging.INFO)


class JsonRpc(Connector):  # type: ignore[misc]
    """Odoo 16 to 18: everything is a POST to ``/jsonrpc``, and every answer is HTTP 200."""

    def __init__(self, http: Http, url: str) -> None:
        self._http, self._url = http, url

    def send(self, service: str, method: str, *args: Any) -> Any:
        """Call a method of a service. Raises HostError."""
        label, call = _label(service, method, args)
        safe = call in READS
        body = {"jsonrpc": "2.0", "method": "call", "id": 1}
        params = {"service": service, "method": method, "args": args}

        def read(answer: requests.Response) -> Any:
            raise_for(answer, label, safe=safe)
            reply = _json(answer, label)
            error = reply.get("error")
            if error:
                data = error.get("data") or {}
                said = data.get("message") or error.get("message") or ""
                raise refusal(data.get("name") or "", said, label, safe=safe)
            return reply.get("result")  # absent when the method returns nothing

        return self._http.request(
            "POST",
            f"{self._url}/jsonrpc",
            label=label,
            read=read,
            safe=safe,
            headers={"Content-Type": "application/json"},
            body=json.dumps(body | {"params": params}).encode(),
        )


class Json2(Connector):  # type: ignore[misc]
    """Odoo 19 and later: a POST per method, named parameters, the key as a bearer."""

    def __init__(self, http: Http, url: str) -> None:
        self._http, self._url = http, url

    def send(self, service: str, method: str, *args: Any) -> Any:
        """Translate what the library asks of the ``common`` and ``object`` services. Raises HostError."""
        if (service, method) == ("common", "login"):
            database, _login, key = args
            return self._post(database, key, "res.users", "context_get", {}).get("uid") or False
        if (service, method) != ("object", "execute_kw"):
            raise Refused(f"{service}.{method} has no counterpart in JSON-2")
        database, _uid, key, model, name, positional, named = args
        return self._post(database, key, model, name, _named(name, positional, named))

    def _post(self, database: str, key: str, model: str, method: str, body: Mapping[str, Any]) -> Any:
        label, safe = f"{model}.{method}", method in READS

        def read(answer: requests.Response) -> Any:
            if answer.status_code < 400 or not _is_json(answer):
                if answer.status_code == 404:
                    raise Unauthorized(f"{label}: the server knows no such database; set host.database")
                raise_for(answer, label, safe=safe)
                return _json(answer, label)
            if answer.status_code in {429, 502, 503, 504}:
                raise_for(answer, label, safe=safe)
            said = answer.json()
            raise refusal(said.get("name") or "", said.get("message") or "", label, safe=safe)

        return self._http.request(
            "POST",
            f"{self._url}/json/2/{model}/{method}",
            label=label,
            read=read,
            safe=safe,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "Authorization": f"bearer {key}",
                "X-Odoo-Database": database,
            },
            body=json.dumps(body).encode(),
        )


class OdooClient:
    """Calls to one database as one user. What it learned (version, uid) stays in ``memo``."""

    def __init__(self, settings: OdooSettings, http: Http, memo: MutableMapping[str, str]) -> None:
        self._settings, self._http, self._memo = settings, http, memo
        self._url = settings.url.rstrip("/")
        self._opened: Connection | None = None

    def call(self, model: str, method: str, *args: Any, **named: Any) -> Any:
        """Call a method of a model and return its plain JSON result. Raises HostError."""
        connection = self._connection()
        try:
            if not connection.user_id:
                connection.check_login(False)
                self._memo[self._key("uid")] = str(connection.user_id)
            # not ``connection.get_model(model).search_read``: the library's own shortcuts are left out
            return connection.get_model(model).__getattr__(method)(*args, **named)
        except (AuthenticationError, Unauthorized) as error:
            raise self._unauthorized(error) from None

    @property
    def uid(self) -> int:
        """Our own user's id. Raises Unauthorized when the server does not let us in."""
        connection = self._connection()
        if not connection.user_id:
            self.call("res.users", "context_get")
        return int(connection.user_id)

    @property
    def version(self) -> Version:
        """The server's version, asked for once and remembered."""
        known = self._memo.get(self._key("version"))
        if known is None:
            known = json.dumps(self._ask_version())
            self._memo[self._key("version")] = known
        return parse_version(json.loads(known))

    def forget(self) -> None:
        """Ask the server again for its version and for who we are."""
        for name in ("version", "uid"):
            self._memo.pop(self._key(name), None)
        self._opened = None

    def _connection(self) -> Connection:
        if self._opened is None:
            settings = self._settings
            connector = (Json2 if self.version.json2 else JsonRpc)(self._http, self._url)
            uid = self._memo.get(self._key("uid"))
            self._opened = Connection(
                connector, settings.database, settings.login, settings.key, int(uid) if uid else None
            )
        return self._opened

    def _ask_version(self) -> Any:
        def read(answer: requests.Response) -> Any:
            if answer.status_code == 404:
                return None  # before 19
            raise_for(answer, "version", safe=True)
            return _json(answer, "version")

        found = self._http.request("GET", f"{self._url}/web/version", label="version", read=read, safe=True)
        return found or JsonRpc(self._http, self._url).send("common", "version")

    def _unauthorized(self, error: Exception) -> Unauthorized:
        self._memo.pop(self._key("uid"), None)
        self._opened = None
        if isinstance(error, Unauthorized) and not isinstance(error, WrongKey):
            return error  # a right that is missing: the message says which
        login = self._settings.login
        return WrongKey(
            f"Odoo refuses the login {login!r} with the key of host.key: it is wrong, expired or another"
            f" user's. Make a new API key in Odoo (Preferences, Account Security) and put it in host.key"
        )

    def _key(self, name: str) -> str:
        return f"odoo.{self._settings.fingerprint}.{name}"


def _label(service: str, method: str, args: tuple[Any, ...]) -> tuple[str, str]:
    """Return a name for the call that holds no argument, and the method that decides if it is a read."""
    if method == "execute_kw":
        return f"{args[3]}.{args[4]}", str(args[4])
    return f"{service}.{method}", method


def _named(method: str, positional: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    names = PARAMETERS.get(method, OF_RECORDS)
    if len(positional) > len(names):
        raise Refused(f"{method}: its parameters are not in names.PARAMETERS")
    return {**dict(zip(names, positional, strict=False)), **named}


def _is_json(answer: requests.Response) -> bool:
    return answer.headers.get("Content-Type", "").startswith("application/json")


def _json(answer: requests.Response, label: str) -> Any:
    if not _is_json(answer):
        raise Unavailable(
            f"{label}: the answer is a web page; is host.url an Odoo's address?", maybe_done=True
        )
    try:
        return from_json(answer.content)  # twice as fast as the standard library's, and shares equal texts
    except ValueError:
        return answer.json()  # half a surrogate, or not UTF-8
