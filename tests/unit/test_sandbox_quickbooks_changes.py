"""What touches what in the QuickBooks sandbox: versions, moments, and the capture of changes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connector.sandbox.nouns import Document, Party
from tests.contract.quickbooks_client import Played, played

ALL = "Customer,Invoice,Payment,CreditMemo,Term"
OPENING = "2026-11-20T00:00:00-08:00"


@pytest.fixture
def host() -> Played:
    """Nothing has happened on its day yet."""
    made = played(12, 60)
    made.ledger.advance(date(2026, 11, 21))
    return made


def now(host: Played) -> str:
    return str(host.get("cdc", entities="Term", changedSince="2026-11-10")["time"])


def read(host: Played, path: str) -> Any:
    answer = host.get(path)
    return next(value for name, value in answer.items() if name != "time")


def captured(host: Played, since: str, entities: str = ALL) -> dict[str, list[Any]]:
    """By entity, the rows that changed."""
    counters = ("startPosition", "maxResults", "totalCount")
    return {
        name: rows
        for block in host.changed(entities, since)
        for name, rows in block.items()
        if name not in counters
    }


def ids(rows: list[Any]) -> list[str]:
    return [row["Id"] for row in rows]


def document(host: Played, row: Any) -> Document:
    return host.app.people.document_of(row["Id"])


# -------------------------------------------------------------------- payments


def test_a_payment_settles_its_invoice_with_one_version_more(host: Played) -> None:
    before = host.open_invoice()
    payment = host.ledger.pay(before["DocNumber"])
    after = read(host, f"invoice/{before['Id']}")
    assert (after["Balance"], after["SyncToken"]) == (0, str(int(before["SyncToken"]) + 1))
    assert after["LinkedTxn"][0] == {"TxnId": str(payment.serial), "TxnType": "Payment"}
    made = read(host, f"payment/{payment.serial}")
    assert after["MetaData"]["LastUpdatedTime"] == made["MetaData"]["LastUpdatedTime"]


def test_a_change_of_balance_moves_the_customer_and_its_parents_but_not_their_versions(host: Played) -> None:
    party = next(one for one in host.ledger.parties if one.is_customer and one.parent is not None)
    before = {one.serial: read(host, f"customer/{one.serial}") for one in (party, party.parent)}
    host.ledger.invoice(party, Decimal("100"))
    for serial, row in before.items():
        after = read(host, f"customer/{serial}")
        assert after["SyncToken"] == row["SyncToken"]
        assert after["MetaData"]["LastUpdatedTime"] > row["MetaData"]["LastUpdatedTime"]
    assert after["BalanceWithJobs"] == pytest.approx(row["BalanceWithJobs"] + 100)
    assert after["Balance"] == row["Balance"]


def test_a_note_on_an_invoice_moves_the_invoice_alone(host: Played) -> None:
    row = host.open_invoice()
    moment = now(host)
    host.ledger.advance(date(2026, 11, 22))
    host.app.people.write_memo(row["DocNumber"], "x")
    assert {name: ids(rows) for name, rows in captured(host, moment).items()} == {"Invoice": [row["Id"]]}


def test_the_newest_payment_is_linked_first_and_says_what_was_open_before_it(host: Played) -> None:
    row = host.open_invoice()
    first = host.ledger.pay(row["DocNumber"], Decimal("10.00"))
    second = host.ledger.pay(row["DocNumber"], Decimal("5.50"))
    linked = [one["TxnId"] for one in read(host, f"invoice/{row['Id']}")["LinkedTxn"]]
    assert linked == [str(second.serial), str(first.serial)]
    (line,) = read(host, f"payment/{second.serial}")["Line"]
    facts = {one["value"]["Name"]: one["value"]["Value"] for one in line["LineEx"]["any"]}
    left = Decimal(str(row["TotalAmt"])) - Decimal("15.50")
    assert facts == {
        "txnId": row["Id"],
        "txnOpenBalance": f"{left + Decimal('5.50'):.2f}",
        "txnReferenceNumber": row["DocNumber"],
    }


def test_money_too_much_stays_unapplied(host: Played) -> None:
    row = host.open_invoice()
    payment = host.ledger.pay(row["DocNumber"], Decimal(str(row["TotalAmt"])) + 25)
    assert read(host, f"payment/{payment.serial}")["UnappliedAmt"] == 25
    assert read(host, f"invoice/{row['Id']}")["Balance"] == 0


def test_a_credit_set_against_an_invoice_is_a_payment_of_nothing_with_both_lines(host: Played) -> None:
    row = host.open_invoice()
    moment = now(host)
    note = host.ledger.credit(row["DocNumber"], Decimal("12.00"))
    (payment,) = captured(host, moment)["Payment"]
    assert (payment["TotalAmt"], payment["UnappliedAmt"]) == (0, 0)
    assert [(line["Amount"], line["LinkedTxn"][0]) for line in payment["Line"]] == [
        (12, {"TxnId": row["Id"], "TxnType": "Invoice"}),
        (12, {"TxnId": str(note.serial), "TxnType": "CreditMemo"}),
    ]
    assert read(host, f"invoice/{row['Id']}")["LinkedTxn"][0]["TxnId"] == payment["Id"]
    assert read(host, f"creditmemo/{note.serial}")["RemainingCredit"] == 0
    host.ledger.unreconcile(note)
    assert payment["Id"] in ids(captured(host, moment)["Payment"])
    assert host.call("GET", f"payment/{payment['Id']}").code == "610"


def test_a_deposit_links_the_payment_and_leaves_its_version_and_moment(host: Played) -> None:
    payment = host.ledger.pay(host.open_invoice()["DocNumber"])
    before = read(host, f"payment/{payment.serial}")
    host.app.people.deposit(payment)
    after = read(host, f"payment/{payment.serial}")
    assert after.pop("LinkedTxn")[0]["TxnType"] == "Deposit"
    assert after == before
    body = {**before, "PrivateNote": "no"}
    assert host.refused("payment", body) == (400, "6540")


# -------------------------------------------------------------------- voids, deletes, merges


def test_a_void_unapplies_the_payments_and_says_so_in_the_note(host: Played) -> None:
    row = host.open_invoice()
    host.app.people.write_memo(row["DocNumber"], "au client : rien")
    payment = host.ledger.pay(row["DocNumber"], Decimal("10.00"))
    host.ledger.cancel(row["DocNumber"])
    void = read(host, f"invoice/{row['Id']}")
    assert (void["TotalAmt"], void["Balance"], void["LinkedTxn"]) == (0, 0, [])
    assert void["PrivateNote"] == "Voided - au client : rien"
    assert {line["Amount"] for line in void["Line"]} == {0}
    left = read(host, f"payment/{payment.serial}")
    assert (left["UnappliedAmt"], left["Line"]) == (10, [])


def test_a_payment_taken_back_by_the_bank_is_void(host: Played) -> None:
    row = host.open_invoice()
    payment = host.ledger.pay(row["DocNumber"])
    host.ledger.cancel_payment(payment)
    void = read(host, f"payment/{payment.serial}")
    assert (void["TotalAmt"], void["UnappliedAmt"], void["Line"], void["PrivateNote"]) == (0, 0, [], "Voided")
    assert read(host, f"invoice/{row['Id']}")["Balance"] == row["TotalAmt"]


def test_a_deleted_invoice_is_a_stub_and_later_calls_say_that_it_is_gone(host: Played) -> None:
    row = host.open_invoice()
    moment = now(host)
    host.app.people.delete(row["DocNumber"])
    (stub,) = captured(host, moment, "Invoice")["Invoice"]
    assert stub.keys() == {"domain", "status", "Id", "MetaData"}
    assert (stub["status"], stub["Id"], stub["MetaData"].keys()) == (
        "Deleted",
        row["Id"],
        {"LastUpdatedTime"},
    )
    reply = host.call("GET", f"invoice/{row['Id']}")
    assert (reply.code, reply.detail) == (
        "610",
        "Object Not Found : Another user has deleted this transaction.",
    )


def test_drafts_of_the_ledger_are_nowhere_until_they_are_posted(host: Played) -> None:
    party = host.ledger.customers()[0]
    moment = now(host)
    draft = host.ledger.invoice(party, Decimal("50"), post=False)
    assert host.call("GET", f"invoice/{draft.serial}").code == "610"
    assert "Invoice" not in captured(host, moment)
    host.ledger.post(draft)
    assert ids(captured(host, moment)["Invoice"]) == [str(draft.serial)]


def test_a_merged_customer_is_gone_and_its_invoices_name_the_other(host: Played) -> None:
    rows = host.ask("select * from Invoice where Balance > '0' orderby Id")
    row = next(one for one in rows if document(host, one).customer.parent is None)
    gone = document(host, row).customer
    kept = next(one for one in host.ledger.customers() if one is not gone)
    moment = now(host)
    host.ledger.merge_customer(gone, kept)
    assert str(gone.serial) in [one["Id"] for one in captured(host, moment)["Customer"] if "status" in one]
    assert read(host, f"invoice/{row['Id']}")["CustomerRef"]["value"] == str(kept.serial)


# -------------------------------------------------------------------- change data capture


def test_without_changes_there_is_one_empty_block(host: Played) -> None:
    answer = host.get("cdc", entities=ALL, changedSince=now(host))
    assert answer["CDCResponse"] == [{"QueryResponse": [{}]}]
    assert answer["time"].endswith("-08:00")


def test_changes_come_by_entity_oldest_first_and_the_deleted_behind(host: Played) -> None:
    moment = now(host)
    rows = host.ask("select * from Invoice where Balance > '0' orderby Id maxresults 4")
    host.app.people.delete(rows[3]["DocNumber"])
    for row in (rows[2], rows[0], rows[1]):
        host.ledger.advance(host.ledger.clock.today + timedelta(days=1))
        host.app.people.write_memo(row["DocNumber"], "x")
    (block,) = host.changed("Invoice", moment)
    assert ids(block["Invoice"]) == [rows[one]["Id"] for one in (2, 0, 1, 3)]
    assert (block["startPosition"], block["maxResults"], block["totalCount"]) == (1, 4, 4)


def test_a_block_of_deleted_ones_alone_has_no_start(host: Played) -> None:
    moment = now(host)
    host.app.people.delete(host.open_invoice()["DocNumber"])
    block = next(one for one in host.changed("Invoice,Payment", moment) if "Invoice" in one)
    assert "startPosition" not in block
    assert (block["maxResults"], block["totalCount"]) == (1, 1)


def test_a_change_is_told_again_while_the_moment_asked_is_before_it(host: Played) -> None:
    moment = now(host)
    row = host.open_invoice()
    host.app.people.write_memo(row["DocNumber"], "x")
    assert captured(host, moment, "Invoice") == captured(host, moment, "Invoice") != {}


def test_a_change_within_the_second_of_the_last_answer_is_missed_without_an_overlap(host: Played) -> None:
    first, second = host.ask("select * from Invoice where Balance > '0' orderby Id maxresults 2")
    host.app.people.write_memo(first["DocNumber"], "x")
    told = now(host)
    host.app.people.write_memo(second["DocNumber"], "y")
    assert "Invoice" not in captured(host, told)
    assert second["Id"] in ids(captured(host, told[:19] + told[-6:])["Invoice"])


def test_a_thousand_records_are_the_most_and_what_comes_behind_is_cut_off() -> None:
    host = played(4, 10)
    moment = now(host)
    party = host.ledger.customers()[0]
    for _ in range(1005):
        host.ledger.invoice(party, Decimal("10"))
    blocks = captured(host, moment, "Invoice,Customer")
    assert [len(rows) for rows in blocks.values()] == [1000]
    assert [len(rows) for rows in captured(host, moment, "Customer,Invoice").values()] == [1, 999]


def test_more_than_thirty_days_back_is_refused_or_cut_as_the_options_say() -> None:
    for chosen in ("refuse", "clip"):
        host = played(12, 60, cdc_too_old=chosen)
        reply = host.call("GET", "cdc", entities="Invoice", changedSince="2026-10-01T00:00:00Z")
        if chosen == "refuse":
            assert (reply.status, reply.code) == (400, "4001")
        else:
            rows = [row for one in reply.json()["CDCResponse"][0]["QueryResponse"] for row in one["Invoice"]]
            assert min(row["MetaData"]["LastUpdatedTime"] for row in rows) >= "2026-10-21"


@pytest.mark.parametrize(
    ("entities", "since"),
    [("Invoice", ""), ("Invoice", "soon"), ("Nothing", OPENING), ("TaxCode", OPENING), ("", OPENING)],
)
def test_a_capture_that_cannot_be_is_refused(host: Played, entities: str, since: str) -> None:
    assert host.call("GET", "cdc", entities=entities, changedSince=since).status == 400


# -------------------------------------------------------------------- what people of ours see there


def test_whoever_bills_with_a_parent_is_a_sub_customer_of_it(host: Played) -> None:
    party = next(one for one in host.ledger.parties if one.is_customer and one.parent is not None)
    row = read(host, f"customer/{party.serial}")
    assert (row["Job"], row["BillWithParent"], row["Level"]) == (True, True, 1)
    assert row["ParentRef"]["value"] == str(party.payer.serial)
    assert row["FullyQualifiedName"].endswith(f":{row['DisplayName']}")


def test_a_sub_customer_that_pays_itself_does_not_bill_with_its_parent(host: Played) -> None:
    parent: Party = host.ledger.customers()[0]
    party = host.ledger.add_party("Filiale Exemple", parent=parent, is_company=True, is_customer=True)
    row = read(host, f"customer/{party.serial}")
    assert (row["Job"], row["BillWithParent"]) == (True, False)


def test_names_and_addresses_fit_what_the_fields_take() -> None:
    host = played(60, 60)
    names = []
    for row in host.ask("select * from Customer where Active in (true,false) maxresults 1000"):
        names.append(row["DisplayName"])
        assert not set(":\t\n") & set(row["DisplayName"])
        assert len(row.get("PrimaryEmailAddr", {"Address": ""})["Address"]) <= 100
        assert len(row.get("CompanyName", "")) <= 100
    assert len(names) == len(set(names))


def test_several_addresses_stand_in_the_one_field_with_commas(host: Played) -> None:
    party = host.ledger.add_party(
        "Deux Adresses Exemple", is_company=True, is_customer=True, email="a@un.example"
    )
    host.ledger.add_party("Compta", parent=party, kind="invoice", email="b@deux.example")
    row = read(host, f"customer/{party.serial}")
    assert row["PrimaryEmailAddr"] == {"Address": "a@un.example, b@deux.example"}


def test_a_foreign_invoice_has_its_rate_and_what_it_is_worth_at_home(host: Played) -> None:
    party = next(iter(host.ledger.customers()))
    made = host.ledger.invoice(party, Decimal("110.00"), currency="USD")
    row = read(host, f"invoice/{made.serial}")
    assert (row["CurrencyRef"]["value"], row["TotalAmt"], row["HomeTotalAmt"]) == ("USD", 110, 100)
    assert row["ExchangeRate"] == pytest.approx(100 / 110, abs=1e-6)


def test_the_copy_of_an_invoice_has_the_note_and_the_fields_of_the_first(host: Played) -> None:
    row = host.open_invoice()
    host.app.people.write_memo(row["DocNumber"], "marque")
    host.app.people.fill_custom(row["DocNumber"], 2, "2026-12-01")
    made = host.app.people.copy(row["DocNumber"])
    assert (host.app.people.memo(made), host.app.people.custom(made, 2)) == ("marque", "2026-12-01")
    host.app.people.write_memo(made, "autre")
    assert host.app.people.memo(row["DocNumber"]) == "marque"
