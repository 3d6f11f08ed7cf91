"""Our writing side on a QuickBooks played by the sandbox, and a person who works there beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from connector.hosts.quickbooks.claiming import ClaimInNote
from connector.hosts.quickbooks.client import Client, CompanyToken
from connector.hosts.quickbooks.query import select
from connector.hosts.quickbooks.reading import Reader
from connector.hosts.quickbooks.settings import QuickBooksSettings
from connector.hosts.quickbooks.writing import Writer
from connector.http import Http, Pace
from connector.mapping import load_mapping
from connector.model import Kind, Ref
from connector.ports import Claim, Entry, Memo, Written
from connector.sandbox.server import Sandbox
from tests.contract.quickbooks_played import TODAY, playing


@dataclass
class Desk:
    sandbox: Sandbox
    settings: QuickBooksSettings
    person: Client
    memo: Memo = field(default_factory=dict)
    https: list[Http] = field(default_factory=list)

    def reader(self, memo: Memo | None = None, promise_field: str | int | None = None) -> Reader:
        """As a new process would make it; with another field, or the memo of another store, if given."""
        settings = self.settings
        if promise_field is not None:
            settings = replace(settings, promise_field=promise_field)
        self.https.append(Http(pace=Pace(sleep=lambda _seconds: None), tries=1))
        keys = CompanyToken(settings.token or "", settings.realm or "")
        client = Client(settings, self.https[-1], keys, lambda _seconds: None)
        mapping = load_mapping("quickbooks")
        return Reader(
            client, self.memo if memo is None else memo, mapping, settings, lambda: datetime.now(UTC)
        )

    def write(
        self, *entries: Entry, again: Collection[str] = (), promise_field: str | int | None = None
    ) -> list[Written]:
        return list(Writer(self.reader(promise_field=promise_field)).write(entries, again))

    def claim(self, mine: Claim, *, take_over: bool = False, memo: Memo | None = None) -> Claim:
        return ClaimInNote(self.reader(memo)).claim(mine, take_over=take_over)

    @property
    def billed(self) -> int:
        """Billed calls of ours so far."""
        return sum(http.usage.billed for http in self.https)

    # what a person sees and does -----------------------------------------------------------------------
    @property
    def on(self) -> Ref:
        """The first open invoice."""
        return self.open_invoices()[0]

    def open_invoices(self) -> list[Ref]:
        rows = self.person.query(select("Invoice", ("Balance", ">", "0")))
        return [Ref(Kind.INVOICE, row["Id"]) for row in rows]

    def invoice(self, number: str | None = None) -> dict[str, Any]:
        found: dict[str, Any] = self.person.get(f"invoice/{number or self.on.id}")["Invoice"]
        return found

    def change(self, **values: object) -> dict[str, Any]:
        """The person saves that invoice with other values."""
        row = self.invoice()
        body = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, **values}
        saved: dict[str, Any] = self.person.post("invoice", body)["Invoice"]
        return saved

    def promise(self, number: str | None = None) -> str:
        """What stands in the field for promises."""
        fields = self.invoice(number)["CustomField"]
        return next((str(each.get("StringValue") or "") for each in fields if each["Name"] == "Promise"), "")

    def fill_in(self, value: str) -> None:
        """The person types something into the field for promises."""
        fields: Sequence[dict[str, Any]] = self.invoice()["CustomField"]
        self.change(CustomField=[f | {"StringValue": value} if f["Name"] == "Promise" else f for f in fields])

    def private(self) -> str:
        """The private note of that invoice."""
        return str(self.invoice().get("PrivateNote") or "")

    def notes(self, on: Ref | None = None) -> list[dict[str, Any]]:
        """What is attached to a record, the oldest first."""
        on = on or self.on
        refs = "AttachableRef.EntityRef"
        conditions = ((f"{refs}.Type", "=", on.kind.value), (f"{refs}.value", "=", on.id))
        found = self.person.query(select("Attachable", *conditions))
        return sorted(found, key=lambda row: int(row["Id"]))

    def delete(self, note: dict[str, Any]) -> None:
        self.person.post("attachable", note, operation="delete")

    def close_books(self) -> None:
        self.sandbox.quickbooks.people.close_books(TODAY)


@contextmanager
def desk(**other: object) -> Iterator[Desk]:
    """``other`` are settings of ours."""
    with playing() as played:
        http = Http(pace=Pace(sleep=lambda _seconds: None))
        keys = CompanyToken(played.settings.token or "", played.settings.realm or "")
        person = Client(played.settings, http, keys, lambda _seconds: None)
        found = Desk(played.sandbox, replace(played.settings, **other), person)  # type: ignore[arg-type]
        yield found
        for each in [http, *found.https]:
            each.close()
