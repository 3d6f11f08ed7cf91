"""A client of the QuickBooks sandbox for tests: straight into the WSGI application, no port."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from connector.sandbox.ledger import Ledger
from connector.sandbox.quickbooks import (
    BASE,
    CLIENT_ID,
    CLIENT_SECRET,
    TOKEN,
    QuickBooksApp,
    QuickBooksOptions,
)
from connector.sandbox.server import Sandbox, SandboxOptions, build
from tests.contract import wsgi_client
from tests.contract.wsgi_client import Wall

__all__ = ["TODAY", "Played", "Reply", "Wall", "played"]

TODAY = date(2026, 11, 20)
KEY = "relance-sandbox-key"
FORM = "application/x-www-form-urlencoded"
#: More calls than any test makes.
PLENTY = 1_000_000


@dataclass
class Reply(wsgi_client.Reply):
    """A reply with the faults of QuickBooks."""

    @property
    def code(self) -> str:
        """Of the first error."""
        return str(self.json()["Fault"]["Error"][0]["code"])

    @property
    def detail(self) -> str:
        return str(self.json()["Fault"]["Error"][0]["Detail"])


@dataclass
class Played:
    """A sandbox, the token that its calls carry and the realm that they go to."""

    sandbox: Sandbox
    token: str = KEY
    realm: str = ""
    wall: Wall = field(default_factory=Wall)

    def __post_init__(self) -> None:
        self.realm = self.realm or self.app.people.realm()

    @property
    def ledger(self) -> Ledger:
        return self.sandbox.ledger

    @property
    def app(self) -> QuickBooksApp:
        return self.sandbox.quickbooks

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, kind: str = "",
        basic: tuple[str, str] | None = None, headers: dict[str, str] | None = None, **query: Any,
    ) -> Reply:  # fmt: skip
        """``body`` as JSON, ``raw`` as it is; a path without a slash lies below the realm."""
        sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        authorization = f"Bearer {self.token}"
        if basic is not None:
            authorization = "Basic " + base64.b64encode(":".join(basic).encode()).decode()
        place = path if path.startswith("/") else f"{BASE}/{self.realm}/{path}"
        ours = {"Content-Type": kind or "application/json", "Authorization": authorization}
        reply = wsgi_client.ask(self.sandbox.app, method, place, sent, ours | (headers or {}), query)
        return Reply(reply.status, reply.headers, reply.body)

    def get(self, path: str, **query: Any) -> Any:
        reply = self.call("GET", path, **query)
        assert reply.status == 200, reply
        return reply.json()

    def post(self, path: str, body: Any, **query: Any) -> Any:
        """The record that was written, without its name around it."""
        reply = self.call("POST", path, body, **query)
        assert reply.status == 200, reply
        return next(value for name, value in reply.json().items() if name != "time")

    def refused(self, path: str, body: Any, **query: Any) -> tuple[int, str]:
        """Status and code of a refusal."""
        reply = self.call("POST", path, body, **query)
        return reply.status, reply.code

    def ask(self, statement: str) -> list[Any]:
        """The rows of a query."""
        answer = self.get("query", query=statement)["QueryResponse"]
        return next((value for value in answer.values() if isinstance(value, list)), [])

    def ids(self, statement: str) -> list[str]:
        return [row["Id"] for row in self.ask(statement)]

    def changed(self, entities: str, since: str) -> list[Any]:
        """The blocks of a change data capture."""
        found: list[Any] = self.get("cdc", entities=entities, changedSince=since)["CDCResponse"][0][
            "QueryResponse"
        ]
        return found

    def token_call(self, *, headers: dict[str, str] | None = None, **form: str) -> Reply:
        return self.call(
            "POST", TOKEN, raw=urlencode(form).encode(), kind=FORM, basic=(CLIENT_ID, CLIENT_SECRET),
            headers=headers,
        )  # fmt: skip

    def open_invoice(self) -> Any:
        """An open invoice in euros on which nothing was paid."""
        rows = self.ask("select * from Invoice where Balance > '0' orderby Id maxresults 1000")
        return next(
            row for row in rows if row["Balance"] == row["TotalAmt"] and row["CurrencyRef"]["value"] == "EUR"
        )


def played(
    customers: int = 20,
    documents: int = 80,
    *,
    ledger: Ledger | None = None,
    today: date = TODAY,
    **options: Any,
) -> Played:
    """A sandbox whose rate limits are out of the way, unless the options say otherwise."""
    wall = options.setdefault("wall", Wall())
    chosen = QuickBooksOptions(**{"per_minute": PLENTY, "per_second": PLENTY, "batches": PLENTY, **options})
    made = SandboxOptions(
        today=today, host="quickbooks", customers=customers, documents=documents, quickbooks=chosen
    )
    return Played(build(made, ledger), wall=wall)
