"""A store of an earlier version, with what was in it, is brought up to date when it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from connector.model import Customer, Fact, Inbound, Invoice, Kind, Ref, ReminderState
from connector.store import codec
from connector.store.database import SqlStore
from connector.store.ports import EffectState
from connector.store.tables import VERSION_TABLE, metadata
from tests.builders import NOW, TODAY, customer, invoice, paid, reminder
from tests.contract.test_store_base import message, page, ref_of
from tests.stores import KINDS
from tests.system.earlier import upgraded

_INSERT = text(
    "INSERT INTO facts (company, kind, ref, customer_ref, open, gone, version, digest, name, payer_ref,"
    " saved_at, body) VALUES (:company, :kind, :ref, :customer, :open, false, '', 'd', :name, :payer, :at,"
    " :body)"
)
_LONG_AGO = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)


def put(connection: Connection, fact: Fact, company: str = "exemple") -> None:
    ref = ref_of(fact)
    of_customer = isinstance(fact, Customer)
    values = {
        "company": company,
        "kind": ref.kind.value,
        "ref": ref.id,
        "customer": fact.ref if of_customer else getattr(fact, "customer_ref", "c1"),
        "open": isinstance(fact, Invoice) and fact.is_open,
        "name": getattr(fact, "name", None),
        "payer": getattr(fact, "payer_ref", None),
        "at": _LONG_AGO.replace(tzinfo=None).isoformat(" "),
        "body": codec.dump_fact(Kind(ref.kind), fact),
    }
    connection.execute(_INSERT, values)


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A store as revision 0001 made and filled it, opened by the program of today."""
    with upgraded(request.param, tmp_path, "0001", fill) as store:
        yield store


def fill(connection: Connection) -> None:
    put(connection, customer("c1", registry="552 100 554 00013"))
    put(connection, customer("c2", payer_ref="c1"))
    put(connection, invoice("i1"))
    put(connection, invoice("i2", customer_ref="c2"))
    put(connection, paid(invoice("i3"), on=TODAY))
    put(connection, replace(paid(invoice("i4")), allocations=()))
    put(connection, Inbound("m1", Ref(Kind.INVOICE, "i1"), NOW, "client@example.com", "Bonjour"))
    for n in range(1500):  # more than are read at a time
        put(connection, customer(f"x{n:04}", vat=f"DE{n:09}"))
    put(connection, customer("z", vat="FR96552100554"), company="sister")
    for ref in ("c1", "c2"):
        values = {"ref": ref, "summary": '{"wait:not_due":1}'}
        connection.execute(
            text("INSERT INTO accounts VALUES ('exemple', :ref, false, '2026-12-01', :summary)"), values
        )


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004"])
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_the_version_the_tables_become_those_of_the_code_and_keep_what_is_in_them(
    kind: str, revision: str, tmp_path: Path
) -> None:
    with upgraded(kind, tmp_path, revision, lambda connection: put(connection, invoice("i1"))) as store:
        with store._engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
            assert compare_metadata(context, metadata) == []
        with store.begin("exemple") as unit:
            assert unit.accounts(["c1"])[0].invoices == (invoice("i1"),)


class TestFromTheFirstTables:
    def test_customers_are_known_to_sister_companies(self, store: SqlStore) -> None:
        with store.begin("sister") as unit:
            for customer_ref, key in (("z", "m1"), ("z1499", "m2")):
                unit.save_page(page(customer("z1499", vat="DE 000001499")), NOW)
                queued = {"state": ReminderState.QUEUED, "completed_on": None}
                lines = [reminder(of=key, customer_ref=customer_ref, message_key=key, **queued)]
                unit.queue_message(message(key, customer_ref), lines, EffectState.READY, NOW)
                unit.settle(key, EffectState.DONE, NOW, today=TODAY)
        with store.begin("exemple") as unit:
            found = unit.contacts_elsewhere(["c1", "x1499", "x1498"], TODAY - timedelta(days=1))
        assert found == {"c1": [TODAY], "x1499": [TODAY]}

    def test_a_payer_has_what_is_owed_for_others_and_is_looked_at(self, store: SqlStore) -> None:
        with store.begin("exemple") as unit:
            assert unit.customers_to_look_at(TODAY) == ["c1"]
            assert unit.summary() == {"wait:not_due": 1}
            account = unit.accounts(["c1"])[0]
        assert [i.ref for i in account.invoices] == ["i1", "i2"]
        assert account.pays_for == ("c2",)

    def test_messages_from_outside_are_heard(self, store: SqlStore) -> None:
        with store.begin("exemple") as unit:
            assert [m.received_at for m in unit.accounts(["c1"])[0].inbound] == [NOW]
            unit.save_page(page(invoice("i1", customer_ref="x0001")), NOW)
            assert [m.ref for m in unit.accounts(["x0001"])[0].inbound] == ["m1"]

    def test_a_promise_for_the_whole_account_sees_what_was_paid(self, store: SqlStore) -> None:
        with store.begin("exemple") as unit:
            unit.add_promise("c1", None, TODAY, TODAY, None, None, "")
            assert [i.ref for i in unit.accounts(["c1"])[0].invoices] == ["i1", "i2", "i3"]

    def test_what_was_closed_long_ago_waits_for_no_thank_you(self, store: SqlStore) -> None:
        with store.begin("exemple") as unit:
            unit.queue_message(message(), [reminder(of="i4", message_key="m1")], EffectState.READY, NOW)
            unit.settle("m1", EffectState.DONE, NOW, today=TODAY)
            unit.mark_synced(_LONG_AGO + timedelta(days=60))
            assert "i4" in [i.ref for i in unit.accounts(["c1"])[0].invoices]
            unit.mark_synced(NOW)
            assert "i4" not in [i.ref for i in unit.accounts(["c1"])[0].invoices]
