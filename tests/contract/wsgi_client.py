"""What the clients of the sandboxes share: calls straight into a WSGI application, without a port."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

from connector.sandbox.faults import WsgiApp


@dataclass
class Wall:
    """Real seconds that only pass when a test says so."""

    now: float = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    app: WsgiApp, method: str, path: str, sent: bytes, headers: Mapping[str, str], query: Mapping[str, Any]
) -> Reply:
    """One call. ``headers`` as they are written in HTTP."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": urlencode(query),
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.input": io.BytesIO(sent),
        **{_in_environ(name): value for name, value in headers.items()},
    }
    setup_testing_defaults(environ)
    head: list[Any] = []
    body = b"".join(app(environ, lambda *given: head.append(given)))
    status, answered = head[0][:2]
    return Reply(int(status[:3]), {name.lower(): value for name, value in answered}, body)


def _in_environ(name: str) -> str:
    plain = name.upper().replace("-", "_")
    return plain if plain == "CONTENT_TYPE" else f"HTTP_{plain}"
