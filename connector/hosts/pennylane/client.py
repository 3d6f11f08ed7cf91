"""Calls to the Company API v2: bearer token, JSON, lists in pages of a hundred."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import requests
from pydantic_core import from_json

from connector.errors import Conflict, RateLimited, Unavailable
from connector.hosts.oauth import Keys
from connector.hosts.pennylane.refusals import Missing, WrongToken, raise_refusal
from connector.http import PATIENCE, Http

Row = dict[str, Any]
#: One condition on a list: field, operator, value.
Condition = tuple[str, str, object]

PAGE = 100
CHANGES = 1000
#: How often a write that was not let in (429) is tried.
_KNOCKS = 6


class CompanyToken:
    """A token that a user made for the company. It cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    def bearer(self) -> str:
        return self._token

    def renewed(self, refused: str) -> bool:
        return False


class Client:
    """All methods raise HostError."""

    def __init__(
        self, base_url: str, http: Http, keys: Keys, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.http = http
        self._base, self._keys, self._sleep = base_url.rstrip("/"), keys, sleep

    def access(self) -> str:
        """What tells the token in use from others, and opens nothing."""
        return hashlib.sha256(self._keys.bearer().encode()).hexdigest()[:12]

    # reading -------------------------------------------------------------------------------------------
    def get(self, path: str, **params: object) -> Any:
        """One GET. ``params`` that are None are left out."""
        asked = {name: str(value) for name, value in params.items() if value is not None}
        return self._call("GET", path, params=asked)

    def one(self, path: str) -> Row | None:
        """A record; None when there is none."""
        try:
            found: Row = self.get(path)
        except Missing:
            return None
        return found

    def pages(
        self, path: str, *conditions: Condition, sort: str | None = None, limit: int = PAGE, **params: object
    ) -> Iterator[list[Row]]:
        """The pages of a list. A cursor does not know what was asked for: all is said again with each."""
        asked = {"filter": _filter(conditions), "sort": sort, "limit": limit, **params}
        cursor: str | None = None
        while True:
            page = self.get(path, **asked, cursor=cursor)
            yield page["items"]
            cursor = page.get("next_cursor")
            if not cursor or not page.get("has_more"):
                return
            asked.pop("start_date", None)  # a changelog refuses it beside a cursor

    def rows(self, path: str, *conditions: Condition, sort: str | None = None) -> list[Row]:
        """The whole list."""
        return [row for page in self.pages(path, *conditions, sort=sort) for row in page]

    def among(self, path: str, field: str, values: Collection[object], *conditions: Condition) -> list[Row]:
        """The records whose ``field`` is one of ``values``, by id: a hundred values a question."""
        wanted = sorted(set(map(str, values)))
        found: list[Row] = []
        for start in range(0, len(wanted), PAGE):
            part = wanted[start : start + PAGE]
            found += self.rows(path, (field, "in", part), *conditions, sort="id")
        return found

    # writing -------------------------------------------------------------------------------------------
    def put(self, path: str, body: Mapping[str, object]) -> Any:
        """A PUT of what was read a moment ago, sent at once, and once: whoever read what it replaces must
        read again before it is sent again. Raises RateLimited or Conflict where it was not let in for now."""
        return self._call("PUT", path, body=json.dumps(body).encode(), safe=False, fresh=True)

    def post(self, path: str, body: Mapping[str, object]) -> Any:
        """A POST, sent again only when it was certainly not let in."""
        return self._knock(path, json.dumps(body).encode(), "application/json")

    def upload(self, path: str, name: str, content: bytes, media_type: str) -> Any:
        """POST a file."""
        files = {"file": (name, content, media_type)}
        made = requests.Request("POST", "http://localhost/", files=files).prepare()
        body = made.body if isinstance(made.body, bytes) else b""
        return self._knock(path, body, made.headers["Content-Type"])

    def _knock(self, path: str, body: bytes, content_type: str) -> Any:
        for _ in range(_KNOCKS - 1):
            try:
                return self._call("POST", path, body=body, content_type=content_type, safe=False)
            except RateLimited as limited:  # it was not let in: nothing was done
                if limited.after > PATIENCE:
                    raise
                self._sleep(limited.after)
        return self._call("POST", path, body=body, content_type=content_type, safe=False)

    def wait(self, seconds: float) -> None:
        """Let the server have its pause."""
        self._sleep(seconds)

    # the wire ------------------------------------------------------------------------------------------
    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        content_type: str = "application/json",
        safe: bool = True,
        fresh: bool = False,
    ) -> Any:
        token = self._keys.bearer()
        try:
            return self._send(method, path, token, params, body, content_type, safe, fresh)
        except WrongToken:  # nothing was done
            if not self._keys.renewed(token):
                raise
        if fresh:  # a while ago
            raise Conflict(f"{_label(method, path)}: the token was renewed meanwhile; read again")
        return self._send(method, path, self._keys.bearer(), params, body, content_type, safe, fresh)

    def _send(
        self,
        method: str,
        path: str,
        token: str,
        params: Mapping[str, str] | None,
        body: bytes | None,
        content_type: str,
        safe: bool,
        fresh: bool,
    ) -> Any:
        label = _label(method, path)

        def read(answer: requests.Response) -> Any:
            raise_refusal(answer, label, safe=method == "GET")
            return _json(answer, label)

        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = content_type
        url = f"{self._base}/{path}"
        return self.http.request(
            method,
            url,
            label=label,
            read=read,
            safe=safe,
            headers=headers,
            body=body,
            params=params,
            fresh=fresh,
        )


def _filter(conditions: Sequence[Condition]) -> str | None:
    if not conditions:
        return None
    table = [{"field": field, "operator": sign, "value": value} for field, sign, value in conditions]
    return json.dumps(table, separators=(",", ":"))


def _label(method: str, path: str) -> str:
    """A name for the call that holds no id: ``GET customers/{id}/contacts``."""
    return f"{method} {'/'.join('{id}' if part.isdigit() else part for part in path.split('/'))}"


def _json(answer: requests.Response, label: str) -> Any:
    if not answer.content:
        return None
    if "json" not in answer.headers.get("Content-Type", ""):
        raise Unavailable(
            f"{label}: the answer is no JSON; is host.base_url the address of Pennylane's API?",
            maybe_done=True,
        )
    return from_json(answer.content)
