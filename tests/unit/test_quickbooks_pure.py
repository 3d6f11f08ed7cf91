"""Small pure parts of the QuickBooks adapter: changes, refs, remembered customers, countries, terms."""

from __future__ import annotations

from typing import Any

import pytest

from connector.hosts.quickbooks import changes, cursor, join, query, standing
from connector.hosts.quickbooks.countries import country_code
from connector.hosts.quickbooks.cursor import Cursor, name_of
from connector.hosts.quickbooks.known import Known
from connector.hosts.quickbooks.refs import entity_of, ref_of
from connector.hosts.quickbooks.selfcheck import slots_in
from connector.model import Kind, Ref

AT = {"LastUpdatedTime": "2026-11-20T09:00:00-08:00"}


def row(number: str, **more: Any) -> dict[str, Any]:
    return {"Id": number, "SyncToken": "0", "MetaData": AT, **more}


# the change feed ------------------------------------------------------------------------------------------
def test_changes_are_read_whatever_the_counters_say() -> None:
    stub = {"domain": "QBO", "status": "Deleted", "Id": "979", "MetaData": AT}
    blocks: list[Any] = [
        {"Customer": [row("63"), row("99")], "startPosition": 1, "maxResults": 7},
        {},
        {"Payment": [stub, stub], "maxResults": 2, "totalCount": 2},
        {"Estimate": [row("34")]},
    ]
    found = changes.changes_in(
        {"CDCResponse": [{"QueryResponse": blocks}], "time": "2026-11-20T10:00:01-08:00"}
    )
    there, deleted = changes.split(list(found.objects))
    assert {entity: set(rows) for entity, rows in there.items()} == {"Customer": {"63", "99"}}
    assert deleted == {"Payment": {"979"}}
    assert found.time == "2026-11-20T10:00:01-08:00"


def test_no_changes_are_none() -> None:
    assert changes.changes_in({"CDCResponse": [{"QueryResponse": [{}]}], "time": "x"}).objects == ()
    assert changes.changes_in({}).objects == ()


def test_a_thousand_may_be_more() -> None:
    many = [row(str(n)) for n in range(1000)]
    assert changes.changes_in({"CDCResponse": [{"QueryResponse": [{"Invoice": many}]}]}).may_be_cut
    assert not changes.changes_in({"CDCResponse": [{"QueryResponse": [{"Invoice": many[1:]}]}]}).may_be_cut


def test_what_was_seen_is_forgotten_when_it_is_no_longer_reported() -> None:
    old = {"Id": "1", "SyncToken": "0", "MetaData": {"LastUpdatedTime": "2026-11-20T08:00:00-08:00"}}
    ours = Cursor("s", mark="2026-11-20T16:00:00Z")
    ours.move("2026-11-20T09:02:00-08:00", [("Invoice", row("2")), ("Invoice", old)])
    assert ours.seen == [name_of("Invoice", row("2"))]
    assert ours.since == cursor.moment("2026-11-20T17:02:00Z") - cursor.OVERLAP
    assert cursor.load(ours.dump(), "s") == ours
    assert cursor.load(ours.dump(), "another") is None
    assert ours.since < cursor.moment(ours.mark)


def test_a_balance_that_moved_without_a_new_version_is_seen() -> None:
    moved = {**row("2"), "MetaData": {"LastUpdatedTime": "2026-11-20T09:00:01-08:00"}}
    assert name_of("Customer", row("2")) != name_of("Customer", moved)


def test_two_states_of_one_second_are_told_apart() -> None:
    """QuickBooks writes whole seconds."""
    assert name_of("Invoice", {**row("2"), "Balance": 5}) != name_of("Invoice", {**row("2"), "Balance": 0})


# refs -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "number", "entity"),
    [
        (Kind.INVOICE, "130", ("Invoice", "130")),
        (Kind.INVOICE, "creditmemo/73", ("CreditMemo", "73")),
        (Kind.CUSTOMER, "24", ("Customer", "24")),
        (Kind.PAYMENT, "163", ("Payment", "163")),
        (Kind.REMARK, "invoice/130/2", ("Invoice", "130")),
        (Kind.REMARK, "customer/24/1", ("Customer", "24")),
        (Kind.INVOICE, "1' or '1", None),
        (Kind.REMARK, "payment/1/1", None),
        (Kind.ACTIVITY, "1", None),
    ],
)
def test_a_ref_says_what_to_ask_for(kind: Kind, number: str, entity: tuple[str, str] | None) -> None:
    assert entity_of(Ref(kind, number)) == entity
    if entity and kind is not Kind.REMARK:
        assert ref_of(*entity) == Ref(kind, number)


# statements -----------------------------------------------------------------------------------------------
def test_ids_are_asked_for_in_groups_of_a_thousand_rows() -> None:
    wanted = {"Customer": {str(n) for n in range(450)}, "Payment": {str(n) for n in range(700)}}
    groups = list(query.by_ids(wanted))
    counts = [sum(statement.count("'") // 2 for statement in group) for group in groups]
    assert sum(counts) == 1150
    assert max(counts) <= 1000
    assert all(len(group) <= 25 for group in groups)
    assert {query.entity_in(statement) for group in groups for statement in group} == set(wanted)


def test_inactive_customers_are_asked_for_too() -> None:
    ((statement,),) = query.by_ids({"Customer": ["5"]})
    assert "Active in (true, false)" in statement


# customers that are remembered -----------------------------------------------------------------------------
def customer(number: str, parent: str = "", email: str = "") -> dict[str, Any]:
    told = {"ParentRef": {"value": parent}, "BillWithParent": True} if parent else {}
    return row(number, PrimaryEmailAddr={"Address": email}, **told)


def test_a_family_is_all_whose_bills_end_with_one() -> None:
    memo: dict[str, str] = {}
    known = Known(memo, "known")
    for each in (customer("7"), customer("8", "7"), customer("9", "8"), customer("10")):
        known.learn(each)
    known.save()
    again = Known(memo, "known")
    assert again.families(["7"]) == {"7", "8", "9"}
    assert again.families(["10", "99"]) == {"10", "99"}
    assert again.unknown(["9", "99", ""]) == {"99"}


def test_a_customer_who_pays_for_himself_in_a_circle_ends() -> None:
    known = Known({}, "known")
    known.learn(customer("1", "2"))
    known.learn(customer("2", "1"))
    assert known.families(["1"]) == {"1", "2"}
    assert known.unknown(["1"]) == set()


def test_an_address_on_an_invoice_is_told_once_and_his_own_never() -> None:
    known = Known({}, "known")
    invoice = {"CustomerRef": {"value": "1"}, "Balance": 5, "TotalAmt": 5}
    bill = {**invoice, "BillEmail": {"Address": "Site@client.example"}}
    assert not known.bill(bill)  # nobody knows him yet
    known.learn(customer("1", email="compta@client.example"))
    assert not known.bill({**invoice, "BillEmail": {"Address": "COMPTA@client.example"}})
    assert known.bill(bill)
    assert not known.bill(bill)
    assert known.billed_to("1") == ["site@client.example"]
    known.learn(customer("1", email="site@client.example"))
    assert known.billed_to("1") == []


def test_no_address_lies_in_clear_in_the_memo_unless_it_is_a_contact() -> None:
    memo: dict[str, str] = {}
    known = Known(memo, "known")
    known.learn(customer("1", email="compta@client.example"))
    known.save()
    assert "client.example" not in repr(memo)


# what objects mean -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("note", "void"),
    [("Voided", True), ("Voided - en double", True), ("voided", True), ("Annulé", True), ("Vide", False)],
)
def test_a_void_says_so_in_its_private_note(note: str | None, void: bool) -> None:
    assert standing.is_void({"TotalAmt": 0, "Balance": 0, "PrivateNote": note}) is void


def test_a_word_in_the_note_of_an_invoice_over_something_is_no_void() -> None:
    assert not standing.is_void({"TotalAmt": 10, "Balance": 0, "PrivateNote": "Voided cheque received"})


@pytest.mark.parametrize(
    ("issued", "term", "due"),
    [
        ("2026-02-19", {"DueDays": 30}, "2026-03-21"),
        ("2026-02-19", {"DueDays": 0}, "2026-02-19"),
        ("2026-02-19", {"DayOfMonthDue": 28}, "2026-02-28"),
        ("2026-02-19", {"DayOfMonthDue": 1}, "2026-03-01"),
        ("2026-02-19", {"DayOfMonthDue": 1, "DueNextMonthDays": 15}, "2026-04-01"),
        ("2026-01-30", {"DayOfMonthDue": 31}, "2026-01-31"),
        ("2026-02-01", {"DayOfMonthDue": 31}, "2026-02-28"),
    ],
)
def test_terms_make_a_due_date_where_it_is_missing(issued: str, term: dict[str, Any], due: str) -> None:
    told = {"TxnDate": issued, "SalesTermRef": {"value": "3"}}
    assert standing.due_on(told, {"3": term}) == due
    assert standing.due_on({**told, "DueDate": "2026-12-24"}, {"3": term}) == "2026-12-24"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("FRA", "FR"),
        ("france", "FR"),
        ("États-Unis", "US"),
        ("UK", "GB"),
        ("Deutschland", "DE"),
        ("Syldavie", None),
        ("", None),
        (None, None),
    ],
)
def test_countries_are_told_from_what_people_type(typed: object, code: str | None) -> None:
    assert country_code(typed) == code


def test_the_slots_that_are_switched_on_have_names() -> None:
    on, names = "SalesFormsPrefs.UseSalesCustom", "SalesFormsPrefs.SalesCustomName"
    groups = [
        {
            "CustomField": [
                {"BooleanValue": False, "Name": f"{on}3"},
                {"BooleanValue": True, "Name": f"{on}1"},
            ]
        },
        {
            "CustomField": [
                {"StringValue": "Crew #", "Name": f"{names}1"},
                {"StringValue": "x", "Name": f"{names}3"},
            ]
        },
    ]
    assert slots_in({"SalesFormsPrefs": {"CustomField": groups}}) == {1: "Crew #"}
    assert slots_in({}) == {}


# a company's own mapping -----------------------------------------------------------------------------------
def test_a_mapping_may_name_fields_and_custom_fields_but_nothing_that_changes_with_every_save() -> None:
    names = {"ShipDate", "CustomField.Crew #", "SyncToken", "PrivateNote", "HomeBalance"}
    crew = {"DefinitionId": "1", "Name": "Crew #", "Type": "StringType", "StringValue": " 102 "}
    empty = {"DefinitionId": "2", "Name": "Other", "Type": "StringType"}
    told = row("1", ShipDate="2026-11-20", PrivateNote="x", HomeBalance=5, CustomField=[crew, empty])
    assert join.wanted(told, names) == {
        "ShipDate": "2026-11-20",
        "HomeBalance": 5,
        "CustomField.Crew #": "102",
    }
    assert join.wanted(told, {"id"}) == {}


def test_a_word_in_a_private_note_makes_no_other_record() -> None:
    told = row("1", TotalAmt=5, Balance=5, CustomerRef={"value": "2"}, TxnDate="2026-11-20")
    also = {
        **told,
        "SyncToken": "9",
        "PrivateNote": "vu",
        "MetaData": {"LastUpdatedTime": "2027-01-01T00:00:00Z"},
    }
    one, other = (join.record(Kind.INVOICE, join.invoice(each, {}, {}), "m", "2") for each in (told, also))
    assert one.digest == other.digest
