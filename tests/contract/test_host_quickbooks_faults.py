"""The QuickBooks adapter when the connection fails, the access ends or the company may not: nothing lost,
nothing twice, and the remedy said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from connector.errors import RateLimited, Unauthorized, Unavailable
from connector.hosts.oauth import Pair
from connector.hosts.quickbooks import QuickBooksHost
from connector.hosts.quickbooks.refusals import Lapsed, Stale
from connector.hosts.quickbooks.settings import lent
from connector.mapping import load_mapping
from connector.model import Kind, Ref
from connector.ports import Task, TaskKind
from connector.sandbox.quickbooks import CLIENT_ID, CLIENT_SECRET, QuickBooksOptions
from connector.testing import Ledger
from tests.contract.quickbooks_played import PLENTY, TODAY, Played, playing


@pytest.fixture
def played() -> Iterator[Played]:
    with playing() as found:
        yield found


def lent_host(played: Played, pair: dict[str, Any] | None = None, realm: str = "") -> QuickBooksHost:
    """A host that was connected as an app; ``pair`` is what the token endpoint gave."""
    url = played.settings.base_url
    credentials = lent(CLIENT_ID, CLIENT_SECRET, token_url=f"{url}/oauth2/v1/tokens/bearer")
    if pair is not None:
        known = {"realm": realm or played.settings.realm, "expires_at": 4e9}
        Pair(credentials, played.memo).save({**pair, **known})
    return played.host(token=None, realm=None, credentials=credentials)


def promise(on: Ref) -> Task:
    return Task("promise/1", on, TaskKind.PROMISE, "Promesse", "<p>Promesse</p>", date(2026, 12, 15))


# the rate -----------------------------------------------------------------------------------------------
def test_a_few_refusals_for_the_rate_are_waited_out(played: Played) -> None:
    played.sandbox.faults.arm("rate_limited", "query", times=2)
    assert played.pulled_anew().records.keys() == played.ledger.records.keys()


def test_a_storm_of_refusals_ends_the_pull_and_the_next_one_goes_on(played: Played) -> None:
    ledger = Ledger(load_mapping("quickbooks"))
    played.sandbox.faults.arm("rate_limited", "query", times=9, after=2)
    cut = 0
    for _ in range(9):
        try:
            ledger.take(played.host().pull(ledger.cursor))
        except RateLimited:
            cut += 1
        else:
            break
    assert cut
    assert ledger.records.keys() == played.ledger.records.keys()


def test_an_app_whose_month_is_used_up_is_told_so() -> None:
    answers = QuickBooksOptions(per_minute=PLENTY, per_second=PLENTY, batches=PLENTY, quota=40)
    with playing(answers) as played:
        while played.app.bill.exhausted is False:
            played.pull()
        with pytest.raises(RateLimited, match="month"):
            played.pull()


@pytest.mark.parametrize("fault", ["server_error", "bad_gateway", "torn_body", "lost_before"])
def test_an_answer_that_fails_once_is_asked_for_again(played: Played, fault: Any) -> None:
    played.sandbox.faults.arm(fault, "cdc")
    assert played.pull() == []


def test_a_failed_call_is_not_billed(played: Played) -> None:
    played.sandbox.faults.arm("server_error", "cdc", times=2)
    played.pull()
    assert (played.hosts[-1].usage.calls, played.billed) == (3, 1)


# the access ---------------------------------------------------------------------------------------------
def test_an_access_token_that_ended_is_renewed_once_and_the_pull_goes_on(played: Played) -> None:
    tokens = played.app.tokens
    host = lent_host(played, tokens.connect())
    ledger = Ledger(load_mapping("quickbooks"))
    pages = host.pull(None)
    ledger.take([next(pages)])
    played.books.advance(TODAY + timedelta(days=1))
    ledger.take(pages)
    assert ledger.records.keys() == played.ledger.records.keys()
    assert [grant.renewals for grant in tokens.grants if grant.renewals] == [1]


def test_access_taken_back_stops_the_company_and_says_how_to_connect_again(played: Played) -> None:
    host = lent_host(played, played.app.tokens.connect())
    played.act.people.disconnect()
    with pytest.raises(Unauthorized, match="relance connect quickbooks"):
        list(host.pull(None))


def test_a_person_who_is_no_administrator_any_more_is_named_as_the_reason(played: Played) -> None:
    host = lent_host(played, played.app.tokens.connect())
    played.act.people.lose_admin()
    with pytest.raises(Unauthorized, match="administrator") as caught:
        list(host.pull(None))
    assert "intuit_tid 1-" in str(caught.value)


def test_keys_of_another_company_are_refused_with_the_reason(played: Played) -> None:
    played.memo.clear()
    host = lent_host(played, played.app.tokens.connect(), realm="9341452120699999")
    with pytest.raises(Unauthorized, match=r"sandbox-quickbooks\.api\.intuit\.com"):
        list(host.pull(None))


def test_a_company_that_is_not_the_one_of_the_settings_is_not_read(played: Played) -> None:
    pair = played.app.tokens.connect()
    lent_host(played, pair)
    url = played.settings.base_url
    credentials = lent(CLIENT_ID, CLIENT_SECRET, token_url=f"{url}/oauth2/v1/tokens/bearer")
    host = played.host(token=None, realm="9341452120699999", credentials=credentials)
    with pytest.raises(Unauthorized, match=r"host\.realm"):
        list(host.pull(None))
    assert host.usage.calls == 0


def test_another_company_is_never_read_over_what_is_kept_of_the_first(played: Played) -> None:
    """Its invoice 130 is not the one of which three reminders are remembered."""
    names = [company.name for company in played.books.companies]
    other = played.app.people.realm(names[1])
    host = lent_host(played, played.app.tokens.connect(names[1]), realm=other)
    with pytest.raises(Unauthorized, match=r"another id"):
        list(host.pull(played.ledger.cursor))
    assert host.usage.calls == 0


def test_a_cursor_of_another_company_is_worth_nothing(played: Played) -> None:
    names = [company.name for company in played.books.companies]
    other = played.app.people.realm(names[1])
    played.memo.clear()
    host = lent_host(played, played.app.tokens.connect(names[1]), realm=other)
    theirs = Ledger(load_mapping("quickbooks"))
    theirs.take(host.pull(played.ledger.cursor))
    invoices = {ref for ref in theirs.records if ref.kind is Kind.INVOICE}
    assert invoices.isdisjoint(played.ledger.records)


def test_a_company_that_could_not_be_opened_is_not_held_for_the_one_that_is_read(played: Played) -> None:
    played.memo.clear()
    pair = played.app.tokens.connect()
    with pytest.raises(Unauthorized):
        list(lent_host(played, pair, realm="9341452120699999").pull(None))
    assert list(lent_host(played, pair).pull(None))


def test_a_company_connected_in_the_middle_of_a_pull_is_not_read_on_with(played: Played) -> None:
    host = lent_host(played, played.app.tokens.connect())
    pulling = host.pull(None)
    next(pulling)
    names = [company.name for company in played.books.companies]
    lent_host(played, played.app.tokens.connect(names[1]), realm=played.app.people.realm(names[1]))
    host._reader.client._keys._token = None  # type: ignore[attr-defined]  # its hour is over
    with pytest.raises(Unauthorized, match="run again"):
        list(pulling)


def test_when_the_grant_ends_is_known_without_asking(played: Played) -> None:
    host = lent_host(played, {**played.app.tokens.connect(), "refresh_ends_at": 2e9, "grant_ends_at": 3e9})
    assert host.usage.access_until is not None
    assert host.usage.access_until.timestamp() == 2e9
    assert host.usage.calls == 0


# the company ---------------------------------------------------------------------------------------------
def test_a_subscription_that_ended_stops_writing_and_is_said_by_check(played: Played) -> None:
    played.act.people.subscribe("SUSPENDED")
    with pytest.raises(Lapsed, match="subscription"):
        list(played.host().write([played.note()]))
    report = played.host().check()
    assert not report.ok
    assert any("suspended" in finding.what for finding in report.findings if not finding.ok)


def test_check_says_what_it_sees_for_three_billed_calls_at_most(played: Played) -> None:
    played.act.people.close_books(date(2026, 10, 31))
    host = played.host(promise_field="Promise", order_number_field="P.O. Number")
    report = host.check()
    said = " / ".join(finding.what for finding in report.findings)
    assert report.ok
    assert "custom field 'Promise'" in said
    assert "closed until 2026-10-31" in said
    assert "reminders cannot be seen" in said
    assert host.usage.billed <= 3


def test_check_names_the_custom_fields_that_there_are(played: Played) -> None:
    report = played.host(promise_field="Promesse").check()
    (finding,) = [each for each in report.findings if "'Promesse'" in each.what]
    assert finding.warning
    assert "'P.O. Number', 'Promise'" in finding.what


# writing -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", ["lost_after", "lost_before", "torn_body"])
def test_a_note_whose_end_was_not_seen_is_sent_again_and_stands_once(played: Played, fault: Any) -> None:
    played.sandbox.faults.arm(fault, "write attachable")
    (written,) = played.host().write([played.note()])
    assert written.error is None
    notes = played.act.people.notes(played.act.document(played.on.id))
    assert sum("Relance 1 envoyée" in text for text in notes) == 1


def test_a_write_whose_end_is_never_seen_may_have_been_done(played: Played) -> None:
    played.sandbox.faults.arm("lost_after", "write attachable", times=9)
    with pytest.raises(Unavailable) as caught:
        list(played.host().write([played.note()]))
    assert caught.value.maybe_done
    played.sandbox.faults.clear()
    (written,) = played.host().write([played.note()], again=[played.note().key])
    assert written.error is None
    notes = played.act.people.notes(played.act.document(played.on.id))
    assert sum("Relance 1 envoyée" in text for text in notes) == 1


def test_a_promise_set_on_an_invoice_makes_no_work_again(played: Played) -> None:
    host = played.host(promise_field="Promise")
    (written,) = host.write([promise(played.on)])
    assert written.error is None
    assert played.pull() == []
    assert played.billed <= 2
    assert played.pull() == []
    assert played.billed == 1


def test_an_old_version_is_told_from_other_refusals(played: Played) -> None:
    client = played.host()._reader.client
    row = client.get(f"invoice/{played.on.id}")["Invoice"]
    change = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, "PrivateNote": "a"}
    client.post("invoice", change)
    with pytest.raises(Stale):
        client.post("invoice", {**change, "PrivateNote": "b"})
