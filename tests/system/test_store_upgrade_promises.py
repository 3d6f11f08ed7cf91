"""A store from before promises noted what was owed: what people said in it is there after the upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from connector.dunning import endings
from connector.model import Hold, PlanPart, Promise, PromiseState
from connector.store import codec
from connector.store.database import SqlStore
from tests.builders import NOW, TODAY, customer, invoice, policy
from tests.contract.test_store_base import page
from tests.stores import KINDS
from tests.system.earlier import upgraded

PROMISED_ON = TODAY + timedelta(days=3)
PARTS = (PlanPart(PROMISED_ON, Decimal("1200.00")),)


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A store as revision 0002 made and filled it, opened by the program of today."""
    with upgraded(request.param, tmp_path, "0002", fill) as store:
        yield store


def fill(connection: Connection) -> None:
    said = {"c": "exemple", "on": PROMISED_ON.isoformat(), "day": TODAY.isoformat()}
    for statement in (
        "INSERT INTO promises (company, customer_ref, invoice_ref, promised_on, made_on, amount, currency,"
        " state, note) VALUES (:c, 'c1', 'i1', :on, :day, '300.00', 'EUR', 'open', 'au téléphone')",
        "INSERT INTO holds (company, customer_ref, since_on, until_on, reason)"
        " VALUES (:c, 'c1', :day, :on, 'congés')",
        "INSERT INTO disputes (company, customer_ref, invoice_ref, reason, opened_on, note)"
        " VALUES (:c, 'c1', 'i1', 'price', :day, '')",
    ):
        connection.execute(text(statement), said)
    plan = (
        "INSERT INTO payment_plans (id, company, customer_ref, currency, parts, made_on, state, note)"
        " VALUES (7, :c, 'c1', 'EUR', :parts, :day, 'open', '')"
    )
    connection.execute(text(plan), {**said, "parts": codec.dump_parts(PARTS)})
    rank = "INSERT INTO plan_invoices VALUES (7, 0, :c, 'c1', NULL, 'i1')"
    connection.execute(text(rank), said)


def test_what_people_said_is_there_without_what_nobody_noted(store: SqlStore) -> None:
    with store.begin("exemple") as unit:
        unit.save_page(page(customer("c1"), invoice("i1")), NOW)
        account = unit.accounts(["c1"])[0]
    note = "au téléphone"
    amount = (Decimal("300.00"), "EUR")
    assert account.promises == (Promise(1, "c1", "i1", PROMISED_ON, TODAY, *amount, PromiseState.OPEN, note),)
    assert account.holds == (Hold(1, "c1", None, TODAY, PROMISED_ON, "congés"),)
    assert [(d.invoice_ref, d.recorded_at) for d in account.disputes] == [("i1", None)]
    assert [(p.parts, p.invoice_refs, p.recorded_at) for p in account.plans] == [(PARTS, ("i1",), None)]
    assert not endings(account, TODAY, policy()).promises


def test_what_is_said_from_now_on_keeps_its_moment(store: SqlStore) -> None:
    with store.begin("exemple") as unit:
        unit.save_page(page(customer("c1"), invoice("i1")), NOW)
        made = unit.add_promise(
            "c1", "i1", PROMISED_ON, TODAY, None, "EUR", "", owed=Decimal("9.50"), now=NOW
        )
        assert (made.owed, made.recorded_at) == (Decimal("9.50"), NOW)
        assert unit.accounts(["c1"])[0].promises[-1] == made
