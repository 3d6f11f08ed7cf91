"""A request as the WSGI environment gives it, and an answer."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from connector.sandbox.quickbooks.values import told

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
JSON = "application/json;charset=UTF-8"


class Request(NamedTuple):
    """``token`` of a bearer, ``basic`` name and password; the one that is not there is empty."""

    method: str
    path: str
    query: Mapping[str, str]
    content_type: str
    token: str
    basic: tuple[str, str]
    headers: Mapping[str, str]
    body: bytes
    base_url: str
    wrong_key: bool


class Answer(NamedTuple):
    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def json_answer(payload: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, JSON, text.encode("utf-8", "replace"), headers)


def timed(payload: dict[str, Any], now: Any) -> Answer:
    return json_answer({**payload, "time": told(now)})


def request_of(environ: Environ, wrong_key: str) -> Request:
    """Of a query parameter given twice the last one counts."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    scheme, _, secret = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    headers = {
        name[5:].lower().replace("_", "-"): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    return Request(
        environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/"),
        dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
        environ.get("CONTENT_TYPE", ""), secret.strip() if scheme.lower() == "bearer" else "",
        _basic(secret) if scheme.lower() == "basic" else ("", ""), headers,
        environ["wsgi.input"].read(length) if length else b"", f"{environ['wsgi.url_scheme']}://{host}",
        bool(environ.get(wrong_key)),
    )  # fmt: skip


def _basic(secret: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(secret.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, password


def form_of(request: Request) -> dict[str, str]:
    """The fields of a form body; none when it is of another kind."""
    if "x-www-form-urlencoded" not in request.content_type:
        return {}
    return dict(parse_qsl(request.body.decode("utf-8", "replace")))
