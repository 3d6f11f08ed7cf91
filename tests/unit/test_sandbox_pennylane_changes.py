"""Changelogs of the Pennylane sandbox: what was written, in order, for four weeks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.sandbox.nouns import Document
from tests.contract.pennylane_client import Played, played


@pytest.fixture
def host() -> Played:
    return played(20, 90)


def invoice(host: Played) -> Document:
    return host.ledger.invoice(host.ledger.customers()[0], Decimal("120.00"))


def last(host: Played, kind: str = "customer_invoices") -> str:
    """The moment of the newest event, as a connector keeps it."""
    events = list(host.all(f"changelogs/{kind}", limit=1000))
    return str(events[-1]["processed_at"]) if events else "2026-11-20T00:00:00Z"


def since(host: Played, start: str, kind: str = "customer_invoices") -> list[tuple[int, str]]:
    told = host.get(f"changelogs/{kind}", start_date=start, limit=1000)["items"]
    return [(one["id"], one["operation"]) for one in told if one["processed_at"] > start]


def test_the_events_come_oldest_first_and_pages_make_the_whole(host: Played) -> None:
    whole = host.get("changelogs/customer_invoices", limit=1000)["items"]
    paged = list(host.all("changelogs/customer_invoices", limit=3))
    moments = [one["processed_at"] for one in whole]
    assert paged == whole
    assert moments == sorted(set(moments))
    assert {one["operation"] for one in whole} >= {"insert", "update"}


def test_an_invoice_is_told_when_made_paid_unmatched_and_deleted(host: Played) -> None:
    start = last(host)
    document = invoice(host)
    number = host.id_of(document)
    assert since(host, start)[0] == (number, "insert")
    acts: list[Any] = [
        lambda: host.ledger.pay(document), lambda: host.ledger.unreconcile(document),
        lambda: host.ledger.reset_to_draft(document),
    ]  # fmt: skip
    for act in acts:
        start = last(host)
        act()
        assert since(host, start) == [(number, "update")]
    start = last(host)
    host.ledger.delete(document)
    assert since(host, start) == [(number, "delete")]


def test_a_payment_is_told_as_a_transaction_too(host: Played) -> None:
    document, start = invoice(host), last(host, "transactions")
    payment = host.ledger.pay(document)
    assert since(host, start, "transactions")[0] == (host.id_of(payment), "insert")


def test_what_is_committed_late_comes_after_what_was_told_before(host: Played) -> None:
    invoice(host)
    start = last(host)
    late = host.ledger.post_late(host.ledger.customers()[0], Decimal("50.00"))
    assert (host.id_of(late), "insert") in since(host, start)


def test_an_invoice_that_becomes_late_is_not_told(host: Played) -> None:
    invoice(host)
    start = last(host)
    host.ledger.advance(date(2026, 12, 10))
    assert since(host, start) == []


def test_a_customer_is_told_but_neither_contacts_nor_categories(host: Played) -> None:
    party = next(one for one in host.ledger.customers() if one.contacts)
    start = last(host, "customers")
    host.ledger.note_customer(party, "Ne pas relancer avant lundi")
    assert since(host, start, "customers") == [(host.id_of(party), "update")]
    start = last(host, "customers")
    at = f"customers/{host.id_of(party)}"
    host.ledger.change_email(party.contacts[0], "autre@exemple.example")
    weights = [{"id": host.get("categories")["items"][0]["id"], "weight": "1"}]
    assert host.call("PUT", f"{at}/categories", weights).status == 200
    assert since(host, start, "customers") == []


def test_a_start_older_than_four_weeks_is_refused_and_events_are_forgotten(host: Played) -> None:
    reply = host.call("GET", "changelogs/customer_invoices", start_date="2026-10-22T00:00:00Z")
    assert reply.status == 422
    document = invoice(host)
    host.ledger.advance(date(2026, 12, 31))
    told = host.get("changelogs/customer_invoices", limit=1000)["items"]
    assert host.id_of(document) not in {one["id"] for one in told}


def test_a_start_and_a_cursor_together_are_refused(host: Played) -> None:
    cursor = host.get("changelogs/customer_invoices", limit=1)["next_cursor"]
    reply = host.call("GET", "changelogs/customer_invoices", start_date="2026-11-19T00:00:00Z", cursor=cursor)
    assert reply.status == 400


@pytest.mark.parametrize(("limit", "status"), [(1000, 200), (1001, 400), (0, 400)])
def test_a_changelog_gives_up_to_a_thousand(host: Played, limit: int, status: int) -> None:
    assert host.call("GET", "changelogs/transactions", limit=limit).status == status


@pytest.mark.parametrize("start", ["2026-11-19", "2026-11-19T00:00:00", "hier"])
def test_a_start_that_is_no_moment_is_refused(host: Played, start: str) -> None:
    reply = host.call("GET", "changelogs/customers", start_date=start)
    assert (reply.status, reply.json()["code"]) == (400, "InvalidDateTimeFormat")


@pytest.mark.parametrize(("inclusive", "again"), [(True, 1), (False, 0)])
def test_whether_the_very_moment_comes_again_is_an_option(inclusive: bool, again: int) -> None:
    host = played(4, 20, inclusive=inclusive)
    start = last(host)
    assert len(host.get("changelogs/customer_invoices", start_date=start)["items"]) == again


def test_an_event_may_come_later_than_its_write() -> None:
    host = played(4, 20, lag=2.0)
    start = last(host)
    document = invoice(host)
    assert since(host, start) == []
    for _ in range(9):
        host.ledger.clock.tick()
    assert (host.id_of(document), "insert") in since(host, start)


@pytest.mark.parametrize(("echo", "told"), [(True, ["update"]), (False, [])])
def test_whether_a_comment_is_an_update_is_an_option(echo: bool, told: list[str]) -> None:
    host = played(4, 20, echo=echo)
    document = invoice(host)
    start = last(host)
    at = f"customer_invoices/{host.id_of(document)}"
    assert host.call("POST", f"{at}/comments", {"content": "Relance 1"}).status == 201
    assert [operation for _, operation in since(host, start)] == told
