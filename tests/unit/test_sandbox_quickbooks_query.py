"""The query language of the QuickBooks sandbox: what it answers, and what it refuses as the real one does."""
# ruff: noqa: S608 - statements of that language, for a sandbox

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox.quickbooks import grammar
from connector.sandbox.quickbooks.errors import ApiError
from tests.contract.quickbooks_client import Played, played

BOOKS = played(20, 120)


@pytest.fixture
def host() -> Played:
    """Shared: nobody writes here."""
    return BOOKS


def refused(host: Played, statement: str) -> str:
    reply = host.call("GET", "query", query=statement)
    assert reply.status == 400, reply
    assert reply.json()["Fault"]["type"] == "ValidationFault"
    return reply.code


# -------------------------------------------------------------------- reading a statement


def test_words_may_be_in_any_case_and_order_by_one_word_or_two() -> None:
    one = grammar.read("select * from Invoice where BALANCE > '0' orderby Id startposition 3 maxresults 7")
    other = grammar.read("SELECT * FROM Invoice WHERE Balance > '0' Order By Id STARTPOSITION 3 MAXRESULTS 7")
    assert one._replace(conditions=()) == other._replace(conditions=())
    assert (one.start, one.most, one.order) == (3, 7, "Id")
    assert [(c.name, c.operator, c.values[0].text) for c in one.conditions] == [("balance", ">", "0")]


def test_without_words_on_pages_the_first_hundred_come_and_never_more_than_a_thousand() -> None:
    assert (grammar.read("select * from Invoice").start, grammar.read("select * from Invoice").most) == (
        1,
        100,
    )
    assert grammar.read("select * from Invoice maxresults 5000").most == 1000


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=30))
def test_a_text_comes_through_quotes_and_backslashes_as_it_is(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    (condition,) = grammar.read(f"select * from Customer where DisplayName = '{quoted}'").conditions
    assert condition.values[0].text == text


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "select",
        "select * Invoice",
        "select * from Invoice where",
        "select * from Invoice where Balance > 0",
        "select * from Invoice where Balance != '0'",
        "select * from Invoice where Balance > '0' or DueDate < '2026-01-01'",
        "select * from Invoice where Id in ()",
        "select * from Invoice where Id in '1'",
        "select * from Invoice where DocNumber = 'open",
        "select * from Invoice maxresults 10 startposition 1",
        "select * from Invoice startposition 0",
        "select * from Invoice startposition '1'",
        "select * from Invoice group by CustomerRef",
        "select * from Invoice; delete from Invoice",
        "delete from Invoice",
    ],
)
def test_what_is_no_statement_is_refused_with_4000(statement: str) -> None:
    with pytest.raises(ApiError) as caught:
        grammar.read(statement)
    assert caught.value.fault["Error"][0]["code"] == "4000"


@given(st.text(max_size=80))
def test_no_text_whatever_does_more_than_be_refused(text: str) -> None:
    with suppress(ApiError):
        assert grammar.read(text).most <= 1000


# -------------------------------------------------------------------- what is found


def test_open_invoices_are_those_that_the_ledger_has_open(host: Played) -> None:
    company = next(iter(host.ledger.companies))
    theirs = {
        str(one.serial)
        for one in host.ledger.documents()
        if one.kind == "invoice" and one.state == "posted" and one.open_amount and one.company is company
    }
    found = host.ids("select * from Invoice where Balance > '0' maxresults 1000")
    assert theirs
    assert set(found) == theirs
    counted = host.get("query", query="select count(*) from Invoice where Balance > '0'")
    assert counted["QueryResponse"] == {"totalCount": len(theirs)}


def test_pages_in_the_order_of_ids_give_each_row_once(host: Played) -> None:
    pages = [
        host.ids(f"select * from Invoice orderby Id startposition {at} maxresults 25") for at in (1, 26, 51)
    ]
    together = [one for page in pages for one in page]
    assert [len(page) for page in pages] == [25, 25, 25]
    assert together == sorted(set(together), key=int)


def test_a_page_says_where_it_starts_and_how_much_it_holds(host: Played) -> None:
    answer = host.get("query", query="select * from Payment startposition 4 maxresults 2")["QueryResponse"]
    assert (answer["startPosition"], answer["maxResults"]) == (4, 2)
    assert "totalCount" not in answer
    assert host.get("query", query="select * from Invoice maxresults 2")["QueryResponse"]["totalCount"] == 2


def test_nothing_found_is_an_empty_answer(host: Played) -> None:
    answer = host.get("query", query="select * from Invoice where Id = '987654321'")
    assert answer["QueryResponse"] == {}
    assert answer["time"]


def test_conditions_are_all_demanded_and_values_compared_as_what_they_are(host: Played) -> None:
    rows = host.ask("select * from Invoice where TotalAmt >= '500' and TotalAmt < '2000.5' maxresults 1000")
    assert rows
    assert all(500 <= row["TotalAmt"] < 2000.5 for row in rows)
    days = [
        row["TxnDate"]
        for row in host.ask("select * from Invoice where TxnDate > '2026-06-01' orderby TxnDate")
    ]
    assert days == sorted(days)
    assert min(days) > "2026-06-01"


def test_what_is_due_until_today_is_asked_with_the_companys_date(host: Played) -> None:
    asked = "select * from Invoice where DueDate < CURRENT_DATE and Balance > '0' maxresults 1000"
    rows = host.ask(asked)
    assert rows
    assert all(row["DueDate"] < "2026-11-20" for row in rows)


def test_ids_are_asked_by_list_and_in_no_other_way(host: Played) -> None:
    wanted = host.ids("select * from Invoice orderby Id maxresults 3")
    listed = ", ".join(f"'{one}'" for one in [*wanted, "987654321"])
    assert sorted(host.ids(f"select * from Invoice where Id IN ({listed})"), key=int) == wanted
    assert refused(host, f"select * from Invoice where Id > '{wanted[0]}'") == "4001"


def test_names_are_compared_without_case_and_by_percent_signs(host: Played) -> None:
    name = next(
        row["DisplayName"] for row in host.ask("select * from Customer") if "Exemple" in row["DisplayName"]
    )
    quoted = name.upper().replace("\\", "\\\\").replace("'", "\\'")
    assert name in [
        row["DisplayName"] for row in host.ask(f"select * from Customer where displayname = '{quoted}'")
    ]
    liked = [
        row["DisplayName"] for row in host.ask("select * from Customer where DisplayName like '%exemple%'")
    ]
    assert name in liked
    assert all("exemple" in one.casefold() for one in liked)


def test_the_order_may_be_turned_round(host: Played) -> None:
    amounts = [
        row["TotalAmt"] for row in host.ask("select * from Invoice orderby TotalAmt desc maxresults 1000")
    ]
    assert amounts == sorted(amounts, reverse=True)


def test_invoices_of_a_customer_are_found_by_its_reference(host: Played) -> None:
    row = host.ask("select * from Invoice orderby Id maxresults 1")[0]
    customer = row["CustomerRef"]["value"]
    found = host.ask(f"select * from Invoice where CustomerRef = '{customer}' maxresults 1000")
    assert row["Id"] in [one["Id"] for one in found]
    assert {one["CustomerRef"]["value"] for one in found} == {customer}


def test_only_active_names_are_listed_unless_all_are_asked_for() -> None:
    host = played(8, 10)
    party = host.ledger.customers()[0]
    host.ledger.archive_customer(party)
    number = str(party.serial)
    assert number not in host.ids("select * from Customer maxresults 1000")
    assert number in host.ids("select * from Customer where Active in (true, false) maxresults 1000")
    assert host.ids("select * from Customer where Active = false") == [number]
    assert number in host.ids(f"select * from Customer where Id = '{number}' and Active in (true,false)")


def test_voided_transactions_are_there_and_deleted_ones_are_not() -> None:
    host = played(8, 30)
    void, gone = host.ask("select * from Invoice where Balance > '0'")[:2]
    host.ledger.cancel(void["DocNumber"])
    host.app.people.delete(gone["DocNumber"])
    found = host.ids("select * from Invoice maxresults 1000")
    assert void["Id"] in found
    assert gone["Id"] not in found
    (shown,) = host.ask(f"select * from Invoice where Id = '{void['Id']}'")
    assert (shown["TotalAmt"], shown["Balance"], shown["PrivateNote"]) == (0, 0, "Voided")


def test_the_moment_of_an_update_is_asked_with_an_offset_as_well_as_in_utc() -> None:
    host = played(8, 30)
    row = host.open_invoice()
    host.ledger.pay(row["DocNumber"])
    (paid,) = host.ask(f"select * from Invoice where Id = '{row['Id']}'")
    assert paid["MetaData"]["LastUpdatedTime"] == "2026-11-20T00:00:00-08:00"
    for moment in ("2026-11-20T08:00:00Z", "2026-11-20T00:00:00-08:00", "2026-11-20T09:00:00+01:00"):
        assert row["Id"] in host.ids(f"select * from Invoice where MetaData.LastUpdatedTime >= '{moment}'")
        assert host.ids(f"select * from Invoice where metadata.lastupdatedtime > '{moment}'") == []


def test_an_offset_whose_plus_was_not_encoded_is_refused(host: Played) -> None:
    sent = "select * from Invoice where MetaData.LastUpdatedTime >= '2026-11-20T09:00:00 01:00'"
    assert refused(host, sent) == "4001"


@pytest.mark.parametrize(
    "statement",
    [
        "select * from Nothing",
        "select * from Invoice where Nothing = '1'",
        "select * from Invoice where EmailStatus = 'EmailSent'",
        "select * from Invoice where PrivateNote like '%Voided%'",
        "select * from Invoice where CustomField = 'x'",
        "select * from Payment where UnappliedAmt > '0'",
        "select * from Customer where ParentRef = '1'",
        "select * from Customer where Job = true",
        "select * from CreditMemo where RemainingCredit > '0'",
        "select * from Invoice orderby PrivateNote",
        "select * from Invoice where Balance like '1%'",
        "select * from Invoice where Balance > 'much'",
        "select * from Invoice where TxnDate > 'yesterday'",
        "select DocNumber, Balance from Invoice",
    ],
)
def test_what_cannot_be_asked_is_refused_with_4001(host: Played, statement: str) -> None:
    assert refused(host, statement) == "4001"


def test_a_statement_may_also_be_the_body_of_a_post(host: Played) -> None:
    statement = "select * from Invoice orderby Id maxresults 2"
    sent = host.call("POST", "query", raw=statement.encode(), kind="application/text")
    assert sent.json()["QueryResponse"]["Invoice"] == host.ask(statement)


def test_companies_do_not_see_one_another() -> None:
    host = played(8, 200)
    mine = set(host.ids("select * from Invoice maxresults 1000"))
    host.realm = host.app.people.realm("Exemple Deux SAS")
    host.token = host.app.tokens.connect("Exemple Deux SAS")["access_token"]
    theirs = set(host.ids("select * from Invoice maxresults 1000"))
    assert theirs
    assert not mine & theirs
    assert host.ask("select * from CompanyInfo")[0]["CompanyName"] == "Exemple Deux SAS"


def test_balances_add_up_from_the_sub_customers_to_the_customer(host: Played) -> None:
    rows = host.ask("select * from Customer where Active in (true,false) maxresults 1000")
    by_id: dict[str, Any] = {row["Id"]: row for row in rows}
    below = [row for row in rows if "ParentRef" in row]
    assert below
    for parent in {row["ParentRef"]["value"] for row in below}:
        parts = [row for row in rows if row.get("ParentRef", {}).get("value") == parent]
        total = sum(
            (Decimal(str(row["BalanceWithJobs"])) for row in parts), Decimal(str(by_id[parent]["Balance"]))
        )
        assert Decimal(str(by_id[parent]["BalanceWithJobs"])) == total
