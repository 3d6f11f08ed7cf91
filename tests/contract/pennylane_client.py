"""A client of the Pennylane sandbox for tests: straight into the WSGI application, no port."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connector.sandbox.ledger import Ledger
from connector.sandbox.pennylane import BASE, PennylaneApp, PennylaneOptions
from connector.sandbox.server import Sandbox, SandboxOptions, build
from tests.contract.wsgi_client import Reply, Wall, ask

__all__ = ["TODAY", "Played", "Reply", "Wall", "played"]

TODAY = date(2026, 11, 20)


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
        place = path if path.startswith("/") else f"{BASE}/{path}"
        headers = {"Content-Type": kind or "application/json", "Authorization": f"Bearer {self.token}"}
        reply = ask(self.sandbox.app, method, place, sent, headers, query)
        self.seen.append((method, place, reply))
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
