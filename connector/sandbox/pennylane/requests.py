"""A request as the WSGI environment gives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from connector.sandbox.pennylane.calls import Request

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


def request_of(environ: Environ, wrong_key: str) -> Request:
    """Of a query parameter given twice the last one counts."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    query = environ.get("QUERY_STRING", "")
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return Request(
        environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/"), dict(parse_qsl(query)), len(query),
        environ.get("CONTENT_TYPE", ""), token.strip() if scheme.lower() == "bearer" else "",
        environ["wsgi.input"].read(length) if length else b"", f"{environ['wsgi.url_scheme']}://{host}",
        bool(environ.get(wrong_key)),
    )  # fmt: skip


def form_of(request: Request) -> dict[str, str]:
    """The fields of a form body; none when it is of another kind."""
    if "x-www-form-urlencoded" not in request.content_type:
        return {}
    return dict(parse_qsl(request.body.decode("utf-8", "replace")))
