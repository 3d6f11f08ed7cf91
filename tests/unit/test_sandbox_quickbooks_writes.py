"""Writing into the QuickBooks sandbox: versions, sparse and full updates, what is refused and how."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.quickbooks_client import Played, played


@pytest.fixture
def host() -> Played:
    return played(12, 60)


def read(host: Played, path: str) -> Any:
    answer = host.get(path)
    return next(value for name, value in answer.items() if name != "time")


def sparse(row: Any, **facts: Any) -> dict[str, Any]:
    return {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, **facts}


def line(amount: Any, **more: Any) -> dict[str, Any]:
    return {"DetailType": "SalesItemLineDetail", "Amount": amount, "SalesItemLineDetail": {}, **more}


def linked(amount: Any, number: str, kind: str = "Invoice") -> dict[str, Any]:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": number, "TxnType": kind}]}


def customer(host: Played) -> dict[str, str]:
    """A customer of the home currency."""
    return {"value": str(host.open_invoice()["CustomerRef"]["value"])}


# -------------------------------------------------------------------- versions


def test_a_sparse_update_changes_what_it_names_and_nothing_else(host: Played) -> None:
    before = host.open_invoice()
    after = host.post("invoice", sparse(before, PrivateNote="Promis le 15/12 – « merci » & <b>"))
    assert after["PrivateNote"] == "Promis le 15/12 – « merci » & <b>"
    assert after["SyncToken"] == str(int(before["SyncToken"]) + 1)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"PrivateNote", "SyncToken", "MetaData"}
    assert read(host, f"invoice/{before['Id']}") == after


def test_an_old_version_is_refused_and_nothing_is_written(host: Played) -> None:
    row = host.open_invoice()
    host.post("invoice", sparse(row, PrivateNote="one"))
    assert host.refused("invoice", sparse(row, PrivateNote="two")) == (400, "5010")
    assert read(host, f"invoice/{row['Id']}")["PrivateNote"] == "one"


def test_a_payment_between_reading_and_writing_makes_the_version_old(host: Played) -> None:
    row = host.open_invoice()
    host.ledger.pay(row["DocNumber"])
    assert host.refused("invoice", sparse(row, PrivateNote="late")) == (400, "5010")


def test_a_full_update_takes_away_what_it_does_not_name(host: Played) -> None:
    row = host.post("invoice", sparse(host.open_invoice(), PrivateNote="ours", CustomerMemo={"value": "x"}))
    whole = {name: row[name] for name in ("Id", "SyncToken", "CustomerRef", "Line", "CustomerMemo")}
    after = host.post("invoice", whole)
    assert "PrivateNote" not in after
    assert after["CustomerMemo"] == {"value": "x"}
    assert (after["TotalAmt"], after["DueDate"]) == (row["TotalAmt"], row["DueDate"])


@pytest.mark.parametrize("missing", ["Line", "CustomerRef"])
def test_a_full_update_without_lines_or_customer_is_refused(host: Played, missing: str) -> None:
    row = host.open_invoice()
    del row[missing]
    assert host.refused("invoice", row) == (400, "2020")


def test_an_unknown_id_and_a_deleted_one_are_told_apart(host: Played) -> None:
    row = host.open_invoice()
    assert host.post("invoice", {"Id": row["Id"], "SyncToken": row["SyncToken"]}, operation="delete") == {
        "status": "Deleted",
        "domain": "QBO",
        "Id": row["Id"],
    }
    gone = host.call("POST", "invoice", sparse(row, PrivateNote="x"))
    never = host.call("POST", "invoice", sparse({"Id": "987654321", "SyncToken": "0"}, PrivateNote="x"))
    assert (gone.code, never.code) == ("610", "610")
    assert "Another user has deleted" in gone.detail
    assert "made inactive" in never.detail


# -------------------------------------------------------------------- what a body may say


@pytest.mark.parametrize(
    ("entity", "facts", "code"),
    [
        ("invoice", {"Nothing": 1}, "2010"),
        ("invoice", {"privateNote": "x"}, "2010"),
        ("invoice", {"PrivateNote": "x" * 4001}, "2050"),
        ("invoice", {"CustomerMemo": {"value": "x" * 1001}}, "2050"),
        ("invoice", {"DocNumber": "x" * 22}, "2050"),
        ("invoice", {"EmailStatus": "Maybe"}, "2170"),
        ("invoice", {"TxnDate": "soon"}, "2010"),
        ("invoice", {"CustomerRef": {"value": "987654321"}}, "2500"),
        ("invoice", {"Line": []}, "2020"),
        ("invoice", {"Line": [{"DetailType": "Nothing", "Amount": 1}]}, "2170"),
        ("customer", {"Notes": "x" * 2001}, "2050"),
        ("customer", {"DisplayName": "a:b"}, "6000"),
        ("customer", {"PrimaryEmailAddr": {"Address": "nobody"}}, "6000"),
        ("customer", {"CurrencyRef": {"value": "XXX"}}, "6000"),
        ("customer", {"Nothing": 1}, "2010"),
    ],
)
def test_what_the_real_one_refuses_is_refused(
    host: Played, entity: str, facts: dict[str, Any], code: str
) -> None:
    row = host.open_invoice()
    found = row if entity == "invoice" else read(host, f"customer/{row['CustomerRef']['value']}")
    assert host.refused(entity, sparse(found, **facts)) == (400, code)
    assert read(host, f"{entity}/{found['Id']}")["SyncToken"] == found["SyncToken"]


def test_texts_as_long_as_they_may_be_are_kept_whole(host: Played) -> None:
    row = host.open_invoice()
    assert len(host.post("invoice", sparse(row, PrivateNote="é" * 4000))["PrivateNote"]) == 4000
    found = read(host, f"customer/{row['CustomerRef']['value']}")
    assert len(host.post("customer", sparse(found, Notes="é" * 2000))["Notes"]) == 2000


def test_what_is_read_only_is_passed_over(host: Played) -> None:
    row = host.open_invoice()
    after = host.post("invoice", sparse(row, Balance=0, TotalAmt=1, LinkedTxn=[], domain="QBO"))
    assert (after["Balance"], after["TotalAmt"]) == (row["Balance"], row["TotalAmt"])


def test_bytes_that_are_no_text_and_text_that_is_no_json_are_refused(host: Played) -> None:
    assert host.call("POST", "invoice", raw=b'{"Id":"\xe9"}').code == "500"
    assert host.call("POST", "invoice", raw=b"{").code == "2010"


@pytest.mark.parametrize("path", ["companyinfo", "preferences", "item"])
def test_what_can_only_be_read_is_not_written(host: Played, path: str) -> None:
    assert host.refused(path, {"Id": "1", "SyncToken": "4", "sparse": True}) == (400, "500")


# -------------------------------------------------------------------- custom fields


def test_a_custom_field_is_set_and_emptied_and_the_others_stay(host: Played) -> None:
    row = host.open_invoice()
    set_ = host.post("invoice", sparse(row, CustomField=[{"DefinitionId": "2", "StringValue": "2026-12-15"}]))
    fields = {one["DefinitionId"]: one for one in set_["CustomField"]}
    assert fields["2"] == {
        "DefinitionId": "2", "Name": "Promise", "Type": "StringType", "StringValue": "2026-12-15"
    }  # fmt: skip
    assert fields["1"] == next(one for one in row["CustomField"] if one["DefinitionId"] == "1")
    emptied = host.post("invoice", sparse(set_, CustomField=[{"DefinitionId": "2"}]))
    assert "StringValue" not in {one["DefinitionId"]: one for one in emptied["CustomField"]}["2"]


def test_a_custom_field_that_is_off_takes_nothing(host: Played) -> None:
    row = host.open_invoice()
    after = host.post("invoice", sparse(row, CustomField=[{"DefinitionId": "3", "StringValue": "x"}]))
    assert [one["DefinitionId"] for one in after["CustomField"]] == ["1", "2"]


def test_a_custom_field_takes_thirty_one_characters(host: Played) -> None:
    row = host.open_invoice()
    long = [{"DefinitionId": "2", "StringValue": "x" * 32}]
    assert host.refused("invoice", sparse(row, CustomField=long)) == (400, "6000")


# -------------------------------------------------------------------- making and ending


def test_an_invoice_is_made_of_little_and_takes_only_its_due_date_from_the_customer(host: Played) -> None:
    who = customer(host)
    party = host.app.people.customer_of(who["value"]).payer
    party.terms = host.ledger.terms[2]  # 45 days
    made = host.post("invoice", {"Line": [line(100.0)], "CustomerRef": who})
    assert (made["SyncToken"], made["TotalAmt"], made["Balance"]) == ("0", 100, 100)
    assert (made["TxnDate"], made["DueDate"]) == ("2026-11-20", "2027-01-04")
    assert made["Line"][0]["SalesItemLineDetail"]["ItemRef"] == {"value": "1", "name": "Services"}
    assert "BillEmail" not in made
    assert "SalesTermRef" not in made
    assert made["DocNumber"]


def test_two_invoices_may_have_one_number(host: Played) -> None:
    body = {"Line": [line(10)], "CustomerRef": customer(host), "DocNumber": "F-1"}
    first, second = host.post("invoice", body), host.post("invoice", body)
    assert (first["DocNumber"], second["DocNumber"]) == ("F-1", "F-1")
    assert first["Id"] != second["Id"]


def test_other_lines_change_what_is_owed_but_not_below_what_was_paid(host: Played) -> None:
    made = host.post("invoice", {"Line": [line(100)], "CustomerRef": customer(host)})
    host.ledger.pay(made["DocNumber"], Decimal("60.00"))
    row = read(host, f"invoice/{made['Id']}")
    assert host.refused("invoice", sparse(row, Line=[line(50)])) == (400, "6000")
    after = host.post("invoice", sparse(row, Line=[line(70), line(20.5)]))
    assert (after["TotalAmt"], after["Balance"]) == (90.5, 30.5)


def test_a_void_through_the_api_leaves_the_invoice_over_nothing(host: Played) -> None:
    row = host.open_invoice()
    body = {"Id": row["Id"], "SyncToken": row["SyncToken"]}
    void = host.post("invoice", body, operation="void")
    assert (void["TotalAmt"], void["Balance"], void["PrivateNote"]) == (0, 0, "Voided")
    assert void["SyncToken"] == str(int(row["SyncToken"]) + 1)


def test_an_invoice_that_was_paid_is_not_deleted(host: Played) -> None:
    row = host.open_invoice()
    host.ledger.pay(row["DocNumber"], Decimal("1.00"))
    body = read(host, f"invoice/{row['Id']}")
    assert host.refused("invoice", body, operation="delete") == (400, "6000")


def test_customers_are_made_inactive_and_never_deleted(host: Played) -> None:
    made = host.post("customer", {"DisplayName": "Neuve Exemple SARL", "CompanyName": "Neuve Exemple SARL"})
    assert (made["Active"], made["Job"], made["CurrencyRef"]["value"]) == (True, False, "EUR")
    assert host.refused("customer", made, operation="delete") == (400, "500")
    assert host.post("customer", sparse(made, Active=False))["Active"] is False
    assert host.refused("customer", {"DisplayName": "neuve exemple sarl"}) == (400, "6240")


def test_a_sub_customer_bills_with_its_parent_when_told_to(host: Played) -> None:
    parent = customer(host)
    body = {"DisplayName": "Chantier 7", "Job": True, "ParentRef": parent, "BillWithParent": True}
    made = host.post("customer", body)
    party = host.app.people.customer_of(made["Id"])
    assert str(party.payer.serial) != made["Id"]
    alone = host.post("customer", sparse(made, BillWithParent=False))
    assert alone["BillWithParent"] is False
    assert party.payer is party


def test_terms_are_made_and_read(host: Played) -> None:
    made = host.post("term", {"Name": "90 jours", "DueDays": 90, "Type": "STANDARD"})
    assert host.ask("select * from Term where Name = '90 jours'") == [made]


# -------------------------------------------------------------------- payments


def test_a_payment_is_set_against_the_invoices_of_its_lines(host: Played) -> None:
    row = host.open_invoice()
    made = host.post(
        "payment", {"TotalAmt": 30, "CustomerRef": row["CustomerRef"], "Line": [linked(20, row["Id"])]}
    )
    assert (made["TotalAmt"], made["UnappliedAmt"]) == (30, 10)
    after = read(host, f"invoice/{row['Id']}")
    assert after["Balance"] == pytest.approx(row["Balance"] - 20)
    assert host.post("payment", {"Id": made["Id"], "SyncToken": made["SyncToken"]}, operation="delete") == {
        "status": "Deleted", "domain": "QBO", "Id": made["Id"],
    }  # fmt: skip
    assert read(host, f"invoice/{row['Id']}")["Balance"] == row["Balance"]


def test_a_payment_without_lines_stays_unapplied(host: Played) -> None:
    made = host.post("payment", {"TotalAmt": 25.0, "CustomerRef": customer(host)})
    assert (made["UnappliedAmt"], made["Line"]) == (25, [])
    assert host.refused("payment", {"TotalAmt": 0, "CustomerRef": customer(host)}) == (400, "6000")
    assert host.refused("payment", {"CustomerRef": customer(host)}) == (400, "2020")


def test_a_full_update_with_no_lines_takes_a_payment_off_its_invoices(host: Played) -> None:
    row = host.open_invoice()
    payment = host.ledger.pay(row["DocNumber"])
    paid = read(host, f"payment/{payment.serial}")
    after = host.post("payment", {**paid, "Line": []})
    assert after["UnappliedAmt"] == after["TotalAmt"]
    assert read(host, f"invoice/{row['Id']}")["Balance"] == row["TotalAmt"]


def test_a_sparse_update_of_a_payment_is_refused_unless_the_options_allow_it() -> None:
    for allowed in (False, True):
        host = played(12, 60, payment_sparse=allowed)
        payment = host.ledger.pay(host.open_invoice()["DocNumber"])
        paid = read(host, f"payment/{payment.serial}")
        reply = host.call("POST", "payment", sparse(paid, PrivateNote="x"))
        if allowed:
            assert reply.json()["Payment"]["PrivateNote"] == "x"
            assert reply.json()["Payment"]["Line"] == paid["Line"]
        else:
            assert (reply.status, reply.code) == (400, "2020")


def test_a_payment_is_voided_by_an_update_with_the_whole_of_it(host: Played) -> None:
    row = host.open_invoice()
    payment = host.ledger.pay(row["DocNumber"])
    paid = read(host, f"payment/{payment.serial}")
    bare = {"Id": paid["Id"], "SyncToken": paid["SyncToken"]}
    assert host.refused("payment", bare, operation="update", include="void") == (400, "2020")
    void = host.post("payment", paid, operation="update", include="void")
    assert (void["TotalAmt"], void["UnappliedAmt"], void["Line"]) == (0, 0, [])
    assert read(host, f"invoice/{row['Id']}")["Balance"] == row["TotalAmt"]


def test_a_payment_of_nothing_sets_a_credit_memo_against_an_invoice(host: Played) -> None:
    row = host.open_invoice()
    memo = host.post("creditmemo", {"Line": [line(15)], "CustomerRef": row["CustomerRef"]})
    body = {
        "TotalAmt": 0,
        "CustomerRef": row["CustomerRef"],
        "Line": [linked(15, row["Id"]), linked(15, memo["Id"], "CreditMemo")],
    }
    made = host.post("payment", body)
    assert (made["TotalAmt"], made["UnappliedAmt"], len(made["Line"])) == (0, 0, 2)
    assert read(host, f"creditmemo/{memo['Id']}")["RemainingCredit"] == 0
    assert read(host, f"invoice/{row['Id']}")["Balance"] == pytest.approx(row["Balance"] - 15)


# -------------------------------------------------------------------- companies that may not


def test_closed_books_refuse_changes_of_what_lies_in_them_and_take_notes(host: Played) -> None:
    row = host.open_invoice()
    host.app.people.close_books(date.fromisoformat(row["TxnDate"]))
    assert host.refused("invoice", sparse(row, PrivateNote="x")) == (400, "6210")
    assert host.refused("invoice", row, operation="void") == (400, "6210")
    closed = host.get("preferences")["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"]
    assert closed == row["TxnDate"]
    ref = {"EntityRef": {"type": "Invoice", "value": row["Id"]}}
    assert host.post("attachable", {"Note": "x", "AttachableRef": [ref]})["Note"] == "x"
    host.app.people.close_books(None)
    assert host.post("invoice", sparse(row, PrivateNote="x"))["PrivateNote"] == "x"


def test_a_lapsed_subscription_reads_and_writes_nothing(host: Played) -> None:
    row = host.open_invoice()
    host.app.people.subscribe("SUSPENDED")
    assert host.refused("invoice", sparse(row, PrivateNote="x")) == (400, "6190")
    assert host.refused("attachable", {"Note": "x"}) == (400, "6190")
    assert host.refused("invoice/1/send", None) == (400, "6190")
    facts = {one["Name"]: one["Value"] for one in read(host, f"companyinfo/{host.realm}")["NameValue"]}
    assert facts["SubscriptionStatus"] == "SUSPENDED"
    host.app.people.subscribe("RESTRICTED")
    assert host.post("invoice", sparse(row, PrivateNote="x"))["PrivateNote"] == "x"


# -------------------------------------------------------------------- mail, paper, links


def test_a_sent_invoice_keeps_the_address_it_went_to(host: Played) -> None:
    row = host.open_invoice()
    sent = host.call("POST", f"invoice/{row['Id']}/send", sendTo="compta@exemple.example")
    after = sent.json()["Invoice"]
    assert (after["EmailStatus"], after["BillEmail"]) == ("EmailSent", {"Address": "compta@exemple.example"})
    assert after["DeliveryInfo"]["DeliveryType"] == "Email"
    assert host.ledger.mails[-1].to == ("compta@exemple.example",)


def test_forty_invoices_are_mailed_a_day_and_no_more() -> None:
    host = played(8, 20, sends=2)
    path = f"invoice/{host.open_invoice()['Id']}/send"
    told = [host.call("POST", path, sendTo="a@exemple.example").status for _ in range(3)]
    assert told == [200, 200, 429]
    host.ledger.advance(date(2026, 11, 21))
    assert host.call("POST", path, sendTo="a@exemple.example").status == 200


def test_an_invoice_is_printed(host: Played) -> None:
    printed = host.call("GET", f"invoice/{host.open_invoice()['Id']}/pdf")
    assert (printed.status, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.body.startswith(b"%PDF-1.4")


def test_a_payment_link_comes_when_asked_for_and_payable_online(host: Played) -> None:
    row = host.open_invoice()
    path = f"invoice/{row['Id']}"
    assert "InvoiceLink" not in host.get(path, include="invoiceLink")["Invoice"]
    host.app.people.offer_online_payment(row["DocNumber"])
    assert "InvoiceLink" not in host.get(path)["Invoice"]
    assert host.get(path, include="invoiceLink")["Invoice"]["InvoiceLink"].startswith("http")
