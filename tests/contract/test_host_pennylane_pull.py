"""The pull of the Pennylane adapter when things change under it, and when it is cut: all is seen, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from connector.hosts.pennylane import PennylaneHost
from connector.model import Invoice, Kind, Ref
from connector.ports import Page
from connector.testing import Ledger
from tests.contract.pennylane_played import TODAY, Played, load_mapping, playing


@pytest.fixture
def played() -> Iterator[Played]:
    with playing() as found:
        yield found


@pytest.fixture
def long() -> Iterator[Played]:
    """More than two pages of invoices."""
    with playing(documents=260) as found:
        yield found


def invoices(pages: list[Page]) -> set[str]:
    return {r.ref.id for page in pages for r in page.records if r.ref.kind is Kind.INVOICE}


def until_invoices(pages: Iterator[Page]) -> list[Page]:
    """Up to the first page of invoices."""
    taken = []
    for page in pages:
        taken.append(page)
        if page.kind is Kind.INVOICE:
            break
    return taken


# several pages ------------------------------------------------------------------------------------------
def test_a_list_of_several_pages_gives_every_document_once(long: Played) -> None:
    pages = list(long.host().pull(None))
    given = [r.ref.id for page in pages for r in page.records if r.ref.kind is Kind.INVOICE]
    company = next(iter(long.sandbox.ledger.companies))
    there = [d for d in long.sandbox.pennylane.stage.documents(company) if d.state != "draft"]
    assert len(there) > 200
    assert len(given) == len(set(given))
    assert set(given) <= {str(long.act.people.id_of(d)) for d in there}
    assert {ref.id for ref in long.host().open_refs() if ref.kind is Kind.INVOICE} <= set(given)


def test_a_pull_that_was_cut_goes_on_behind_the_last_page_that_was_saved(long: Played) -> None:
    whole = invoices(list(long.host().pull(None)))
    first = until_invoices(long.host().pull(None))
    rest = list(long.host().pull(first[-1].cursor))
    assert invoices(first)
    assert not invoices(first) & invoices(rest)
    assert invoices(first) | invoices(rest) == whole


def test_a_pull_that_was_cut_five_weeks_ago_begins_anew(long: Played) -> None:
    first = until_invoices(long.host().pull(None))
    long.sandbox.ledger.advance(TODAY + timedelta(weeks=5))
    with capture_logs() as said:
        rest = list(long.host().pull(first[-1].cursor))
    assert [each["event"] for each in said] == ["everything is read again"]
    assert invoices(first) <= invoices(rest)


# what changes while it is read --------------------------------------------------------------------------
def test_an_invoice_paid_while_the_first_pull_goes_on_is_seen_by_the_next(played: Played) -> None:
    ledger = Ledger(load_mapping("pennylane"))
    pages = played.host().pull(None)
    ledger.take(until_invoices(pages))
    paid = Ref(Kind.INVOICE, ledger.open_invoice().ref)
    played.act.pay(paid.id)
    ledger.take(pages)
    ledger.take(played.host().pull(ledger.cursor))
    fact = ledger.fact(paid)
    assert isinstance(fact, Invoice)
    assert not fact.is_open


def test_a_change_that_shows_behind_a_later_one_is_not_missed(played: Played) -> None:
    stage = played.sandbox.pennylane
    first, second, *_ = [f for f in played.ledger.facts(Kind.INVOICE) if isinstance(f, Invoice) and f.is_open]
    company = next(iter(played.sandbox.ledger.companies))
    feed = stage.feeds.of["customer_invoices", company.serial]
    played.act.pay(first.ref)
    feed.refresh(played.sandbox.ledger.clock.now)
    slow = [event for event in feed.events if str(event.number) == first.ref][-1]
    feed.events.remove(slow)
    played.act.pay(second.ref)
    played.pull()
    assert played.invoice(first.ref).is_open
    feed.events.insert(-1, slow)
    played.pull()
    assert not played.invoice(first.ref).is_open


# four weeks ---------------------------------------------------------------------------------------------
def test_a_company_in_which_nothing_changes_for_months_is_never_read_again(played: Played) -> None:
    day = TODAY
    with capture_logs() as said:
        for _ in range(8):
            day += timedelta(weeks=1)
            played.sandbox.ledger.advance(day)
            host = played.host()
            cursor = played.ledger.cursor
            played.ledger.take(host.pull(cursor))
            assert host.usage.calls <= 3
    assert said == []


def test_the_clock_of_this_machine_does_not_matter(played: Played) -> None:
    for year in (2020, 2040):
        wrong = partial(datetime, year, 1, 1, tzinfo=UTC)
        host = PennylaneHost(played.settings, load_mapping("pennylane"), played.memo, now=wrong)
        cursor = played.ledger.cursor
        with capture_logs() as said:
            played.ledger.take(host.pull(cursor))
        host.close()
        assert (said, host.usage.calls) == ([], 3)
