"""What the parts of the store's contract share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from connector.model import Account, Customer, Fact, Invoice, Kind, Message, Party, Payment, Ref, SetAside
from connector.store.database import SqlStore, open_store
from connector.store.ports import MappedPage, Unit

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


class OnAStore:
    """A company of its own on an open store, for each test."""

    store: SqlStore
    company: str

    @pytest.fixture(autouse=True)
    def _open(self, address: str) -> Iterator[None]:
        self.store = open_store(address)
        self.company = f"exemple-{uuid4().hex}"  # a shared database keeps what earlier runs wrote
        yield
        self.store.close()

    def unit(self) -> AbstractContextManager[Unit]:
        return self.store.begin(self.company)

    def save(self, *facts: Fact, cursor: str | None = None, gone: tuple[Ref, ...] = ()) -> None:
        with self.unit() as unit:
            unit.save_page(page(*facts, cursor=cursor, gone=gone), NOW)

    def save_unreadable(self, why: SetAside, digest: str = "unreadable") -> None:
        with self.unit() as unit:
            unit.save_page(MappedPage(set_aside=((digest, why, {"id": why.ref.id}),)), NOW)

    def account(self, customer_ref: str = "c1") -> Account:
        with self.unit() as unit:
            return unit.accounts([customer_ref])[0]

    def decided(self, *customers: str, wake_on: date | None = None) -> None:
        with self.unit() as unit:
            for customer in customers:
                unit.save_decided(customer, wake_on, {"wait:not_due": 1})

    def to_look_at(self, today: date = TODAY) -> list[str]:
        with self.unit() as unit:
            return unit.customers_to_look_at(today)


def ref_of(fact: Fact) -> Ref:
    match fact:
        case Customer():
            return Ref(Kind.CUSTOMER, fact.ref)
        case Invoice():
            return Ref(Kind.INVOICE, fact.ref)
        case Payment():
            return Ref(Kind.PAYMENT, fact.ref)
        case _ if hasattr(fact, "received_at"):
            return Ref(Kind.INBOUND, fact.ref)
        case _:
            return Ref(Kind.ACTIVITY, fact.ref)


def page(*facts: Fact, cursor: str | None = None, gone: tuple[Ref, ...] = ()) -> MappedPage:
    saved = tuple((ref_of(fact), f"digest-{fact.ref}", fact) for fact in facts)
    return MappedPage(saved, gone=gone, cursor=cursor)


def message(key: str = "m1", customer_ref: str = "c1", **changes: object) -> Message:
    values: dict[str, object] = {
        "key": key,
        "message_id": f"<{key}@example.com>",
        "company": "exemple",
        "customer_ref": customer_ref,
        "channel": "email",
        "sender": Party("Exemple SARL", "compta@example.com"),
        "recipient": Party("Client d'exemple", "client@example.com"),
        "language": "fr",
        "subject": "Votre facture",
        "text": "Bonjour",
        "html": "<p>Bonjour</p>",
        "note_html": "<p>Relance</p>",
        "invoice_refs": ("i1",),
    }
    return Message(**(values | changes))  # type: ignore[arg-type]
