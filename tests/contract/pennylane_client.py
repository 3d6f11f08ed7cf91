"""A client of the Pennylane sandbox for tests: straight into the WSGI application, no port."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

from connector.sandbox.faults import WsgiApp
from connector.sandbox.ledger import Ledger
from connector.sandbox.pennylane import BASE, PennylaneApp, PennylaneOptions
from connector.sandbox.server import Sandbox, SandboxOptions, build

TODAY = date(2026, 11, 20)


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


@dataclass
class Played:
    """A sandbox and the token that its calls carry."""

    sandbox: Sandbox
    token: str = "relance-sandbox-key"
    seen: list[tuple[str, str, Reply]] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        return self.sandbox.ledger

    @property
    def app(self) -> PennylaneApp:
        return self.sandbox.pennylane

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, kind: str = "",
        **query: Any,
    ) -> Reply:  # fmt: skip
        """``body`` as JSON, ``raw`` as it is. ``filter`` may be a list."""
        sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        if isinstance(query.get("filter"), list):
            query["filter"] = json.dumps(query["filter"])
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path if path.startswith("/") else f"{BASE}/{path}",
            "QUERY_STRING": urlencode(query),
            "CONTENT_LENGTH": str(len(sent)),
            "CONTENT_TYPE": kind or "application/json",
            "HTTP_AUTHORIZATION": f"Bearer {self.token}",
            "wsgi.input": io.BytesIO(sent),
        }
        setup_testing_defaults(environ)
        reply = _run(self.sandbox.app, environ)
        self.seen.append((method, environ["PATH_INFO"], reply))
        return reply

    def get(self, path: str, **query: Any) -> Any:
        reply = self.call("GET", path, **query)
        assert reply.status == 200, reply
        return reply.json()

    def all(self, path: str, **query: Any) -> Iterator[Any]:
        """Every item of a list, with filter and sort repeated."""
        cursor: dict[str, str] = {}
        while True:
            page = self.get(path, **query, **cursor)
            yield from page["items"]
            assert page["has_more"] is (page["next_cursor"] is not None)
            if not page["has_more"]:
                return
            assert cursor.get("cursor") != page["next_cursor"], "the list turns in a circle"
            cursor = {"cursor": page["next_cursor"]}

    def upload(self, path: str, name: str, content: bytes, media_type: str = "application/pdf") -> Reply:
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {media_type}'
        raw = f"--frontier\r\n{head}\r\n\r\n".encode() + content + b"\r\n--frontier--\r\n"
        return self.call("POST", path, raw=raw, kind="multipart/form-data; boundary=frontier")

    def id_of(self, record: Any) -> int:
        return self.app.people.id_of(record)


def _run(app: WsgiApp, environ: dict[str, Any]) -> Reply:
    head: list[Any] = []
    body = b"".join(app(environ, lambda *given: head.append(given)))
    status, headers = head[0][:2]
    return Reply(int(status[:3]), {name.lower(): value for name, value in headers}, body)


def played(
    customers: int = 20,
    documents: int = 80,
    *,
    ledger: Ledger | None = None,
    today: date = TODAY,
    **options: Any,
) -> Played:
    """A sandbox whose rate limit is out of the way, unless ``rate`` says otherwise."""
    chosen = PennylaneOptions(**{"rate": 1_000_000, "wall": Wall(), **options})
    made = SandboxOptions(
        today=today, host="pennylane", customers=customers, documents=documents, pennylane=chosen
    )
    return Played(build(made, ledger))
