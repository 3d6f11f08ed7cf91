"""The Pennylane sandbox as a reader meets it: lists, filters, cursors, statuses, the one ledger behind."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from connector.sandbox.nouns import Document
from connector.sandbox.odoo import OdooApp
from connector.sandbox.odoo.dispatch import Asked, perform
from connector.sandbox.odoo.records import schema_of
from connector.sandbox.server import SandboxOptions, build
from tests.contract.pennylane_client import TODAY, Played, played


@pytest.fixture
def host() -> Played:
    return played(20, 90)


def asked(field: str, operator: str, value: Any) -> list[dict[str, Any]]:
    return [{"field": field, "operator": operator, "value": value}]


def invoice(host: Played, total: str = "120.00") -> Document:
    company = next(iter(host.ledger.companies))
    party = next(one for one in host.ledger.customers() if one.country and one.country.code == "FR")
    return host.ledger.invoice(party, Decimal(total), company=company)


def shown(host: Played, document: Document) -> dict[str, Any]:
    return dict(host.get(f"customer_invoices/{host.id_of(document)}"))


# -------------------------------------------------------------------- lists


def test_a_list_comes_newest_first_in_pages_of_twenty(host: Played) -> None:
    first = host.get("customer_invoices")
    ids = [one["id"] for one in first["items"]]
    assert len(ids) == 20
    assert ids == sorted(ids, reverse=True)
    assert first["has_more"] is True


@pytest.mark.parametrize("sort", ["id", "-id", "date", "-date"])
@pytest.mark.parametrize("limit", [1, 7, 100])
def test_the_pages_of_a_list_make_the_whole_of_it_once(host: Played, sort: str, limit: int) -> None:
    found = [one["id"] for one in host.all("customer_invoices", sort=sort, limit=limit)]
    company = next(iter(host.ledger.companies))
    mine = {host.id_of(one) for one in host.ledger.documents() if one.company is company}
    assert len(found) == len(set(found))
    assert set(found) == mine


def test_a_cursor_without_its_filter_goes_on_through_everything(host: Played) -> None:
    invoices = asked("credit_note", "eq", "false")
    cursor = host.get("customer_invoices", limit=1, sort="id", filter=invoices)["next_cursor"]
    kept = host.get("customer_invoices", sort="id", limit=100, cursor=cursor, filter=invoices)
    lost = host.get("customer_invoices", sort="id", limit=100, cursor=cursor)
    assert "credit_note" not in {one["status"] for one in kept["items"]}
    assert "credit_note" in {one["status"] for one in lost["items"]}


def test_a_cursor_without_its_sort_turns_back(host: Played) -> None:
    page = host.get("customer_invoices", sort="id", limit=5)
    back = host.get("customer_invoices", limit=100, cursor=page["next_cursor"])
    assert [one["id"] for one in back["items"]] == [one["id"] for one in page["items"][:-1]][::-1]


@pytest.mark.parametrize(("limit", "code"), [("0", "LessThanMinimum"), ("101", "MoreThanMaximum"),
                                             ("ten", "ValidateError")])  # fmt: skip
def test_a_limit_out_of_range_is_refused(host: Played, limit: str, code: str) -> None:
    reply = host.call("GET", "customers", limit=limit)
    assert (reply.status, reply.json()["code"]) == (400, code)


@pytest.mark.parametrize("cursor", ["nonsense", "e30=", "W10=", "eyJjdXJzb3JfYXR0cmlidXRlcyI6W119"])
def test_a_cursor_that_is_none_is_refused(host: Played, cursor: str) -> None:
    assert host.call("GET", "customers", cursor=cursor).status == 400


@pytest.mark.parametrize(
    ("path", "filters"),
    [
        ("customer_invoices", asked("status", "eq", "late")),
        ("customer_invoices", asked("deadline", "lt", "2026-11-20")),
        ("customer_invoices", asked("paid", "eq", "false")),
        ("customer_invoices", asked("updated_at", "gt", "2026-11-20T00:00:00Z")),
        ("customer_invoices", asked("draft", "not_eq", "true")),
        ("customer_invoices", asked("id", "start_with", "25")),
        ("customer_invoices", asked("id", "eq", "many")),
        ("customer_invoices", asked("id", "in", "25460000000000")),
        ("customer_invoices", asked("date", "gteq", "20/11/2026")),
        ("customer_invoices", [{"field": "id", "value": 1}]),
        ("customer_invoices", {"field": "id"}),
        ("transactions", asked("id", "gt", 1)),
        ("bank_accounts", asked("id", "eq", 1)),
    ],
)
def test_a_filter_that_is_not_declared_is_refused(host: Played, path: str, filters: Any) -> None:
    reply = host.call("GET", path, filter=json.dumps(filters))
    assert reply.status == 400
    assert set(reply.json()) == {"status", "error"}


def test_the_parameter_of_the_guides_is_ignored_without_a_word(host: Played) -> None:
    told = list(host.all("customer_invoices", limit=100, filters='[{"field":"status"}]'))
    assert told
    assert len(told) == len(list(host.all("customer_invoices")))


def test_the_declared_filters_find_what_they_name(host: Played) -> None:
    every = list(host.all("customer_invoices", limit=100))
    one, two = every[3], every[9]
    customer = one["customer"]["id"]

    def ids(*conditions: Any) -> list[int]:
        return [each["id"] for each in host.all("customer_invoices", filter=list(conditions), limit=100)]

    assert ids(*asked("id", "in", [one["id"], str(two["id"])])) == [one["id"], two["id"]]
    assert ids(*asked("id", "gt", one["id"])) == [each["id"] for each in every[:3]]
    assert ids(*asked("customer_id", "eq", str(customer))) == [
        each["id"] for each in every if each["customer"]["id"] == customer
    ]
    assert ids(*asked("invoice_number", "in", [one["invoice_number"]])) == [one["id"]]
    assert ids(*asked("external_reference", "eq", two["external_reference"])) == [two["id"]]
    assert ids(*asked("date", "lteq", one["date"]), *asked("credit_note", "eq", "true")) == [
        each["id"] for each in every if each["date"] <= one["date"] and each["status"] == "credit_note"
    ]


def test_customers_are_found_by_kind_name_and_address(host: Played) -> None:
    every = list(host.all("customers", limit=100))
    people = list(host.all("customers", filter=asked("customer_type", "eq", "individual")))
    with_mail = next(one for one in every if one["emails"])
    assert people
    assert all("first_name" in one and "reg_no" not in one for one in people)
    assert with_mail in list(host.all("customers", filter=asked("emails", "in", with_mail["emails"])))
    assert with_mail in list(host.all("customers", filter=asked("name", "start_with", with_mail["name"][:5])))


def test_an_address_that_is_too_long_is_refused(host: Played) -> None:
    reply = host.call("GET", "customer_invoices", filter=asked("id", "in", list(range(10**12, 10**12 + 900))))
    assert reply.status == 414


def test_ten_thousand_invoices_are_served_in_a_hundred_calls() -> None:
    host = played(1500, 10_900)
    found = sum(1 for _ in host.all("customer_invoices", limit=100))
    assert found >= 10_000
    assert host.sandbox.meter.calls == {"customer_invoices": -(-found // 100)}


# -------------------------------------------------------------------- the ledger behind


def test_the_ledger_is_the_one_that_odoo_shows(host: Played) -> None:
    """Same open documents, same amounts, same days, same customers, from the same books."""
    ledger = host.ledger
    odoo = OdooApp(ledger, version=18)
    domain = [
        ["move_type", "in", ["out_invoice", "out_refund"]],
        ["company_id", "=", 1],
        ["state", "=", "posted"],
    ]
    fields = ["name", "move_type", "amount_total_signed", "amount_residual_signed", "invoice_date_due",
              "commercial_partner_id"]  # fmt: skip
    named = {"domain": domain, "fields": fields}
    call = Asked(ledger.user("relance"), "account.move", "search_read", None, [], named, "", False)
    theirs = {row["name"]: row for row in perform(call, odoo.ledger, schema_of(18))}
    ours = {one["invoice_number"]: one for one in host.all("customer_invoices", limit=100)
            if not one["draft"] and one["invoice_number"] in theirs}  # fmt: skip
    assert set(ours) == set(theirs)
    for number, row in theirs.items():
        mine = ours[number]
        assert Decimal(mine["amount"]) == Decimal(str(row["amount_total_signed"]))
        assert Decimal(mine["remaining_amount_with_tax"]) == Decimal(str(row["amount_residual_signed"]))
        assert mine["deadline"] == row["invoice_date_due"]
        assert mine["paid"] is (row["amount_residual_signed"] == 0)
        customer = host.app.people.customer_of(mine["customer"]["id"])
        assert customer.serial == row["commercial_partner_id"][0]


def test_the_money_that_no_invoice_took_is_the_outstanding_balance_turned_round(host: Played) -> None:
    for payment in host.ledger.payments:
        if payment.company.serial != 1:
            continue
        told = host.get(f"transactions/{host.id_of(payment)}")["outstanding_balance"]
        left = payment.currency.in_euros(payment.open_amount)
        assert Decimal(told or 0) == -left
        assert (told is None) is (left == 0)


def test_another_company_is_another_token(host: Played) -> None:
    second = list(host.ledger.companies)[1]
    foreign = next(one for one in host.ledger.documents() if one.company is second)
    assert host.call("GET", f"customer_invoices/{host.id_of(foreign)}").status == 404
    host.token = host.app.tokens.issue(company=second.name).value
    assert shown(host, foreign)["invoice_number"] == foreign.number
    assert host.get("me")["company"]["name"] == second.name


# -------------------------------------------------------------------- statuses


def test_an_invoice_becomes_late_by_the_date_alone(host: Played) -> None:
    document = invoice(host)
    before = shown(host, document)
    host.ledger.advance(date(2027, 6, 1))
    after = shown(host, document)
    assert (before["status"], after["status"]) == ("upcoming", "late")
    assert before["updated_at"] == after["updated_at"]


def test_a_payment_leaves_what_remains_and_then_nothing(host: Played) -> None:
    document = invoice(host)
    host.ledger.pay(document, Decimal("20.00"))
    part = shown(host, document)
    host.ledger.pay(document)
    whole = shown(host, document)
    assert (part["status"], part["paid"], part["remaining_amount_with_tax"]) == (
        "partially_paid",
        False,
        "100.0",
    )
    assert part["remaining_amount_without_tax"] == "83.33"
    assert (whole["status"], whole["paid"], whole["remaining_amount_with_tax"]) == ("paid", True, "0.0")


def test_a_credit_note_over_all_leaves_a_cancelled_invoice_that_claims_to_be_paid(host: Played) -> None:
    document = invoice(host)
    note = host.ledger.credit(document)
    cancelled, credit = shown(host, document), shown(host, note)
    assert (cancelled["status"], cancelled["paid"]) == ("cancelled", True)
    assert (credit["status"], credit["amount"]) == ("credit_note", "-120.0")
    assert credit["credited_invoice"]["id"] == cancelled["id"]


def test_an_invoice_that_was_cancelled_claims_to_be_paid_and_nothing_remains(host: Played) -> None:
    document = invoice(host)
    host.ledger.cancel(document)
    told = shown(host, document)
    assert (told["status"], told["paid"], told["remaining_amount_with_tax"]) == ("cancelled", True, "0.0")


def test_the_contacts_are_people_and_no_delivery_address(host: Played) -> None:
    party = next(one for one in host.ledger.customers() if one.is_company)
    for name, kind in (("Jeanne Exemple", "invoice"), ("Entrepôt d’exemple", "delivery")):
        host.ledger.add_party(name, parent=party, kind=kind)
    listed = host.get(f"customers/{host.id_of(party)}/contacts")["items"]
    names = [f"{one['first_name']} {one['last_name']}" for one in listed]
    assert "Jeanne Exemple" in names
    assert "Entrepôt d’exemple" not in names


def test_an_incomplete_import_is_paid_with_money_remaining(host: Played) -> None:
    document = invoice(host)
    host.app.people.leave_incomplete(document)
    host.ledger.pay(document)
    told = shown(host, document)
    assert (told["status"], told["paid"], told["remaining_amount_with_tax"]) == ("incomplete", True, "120.0")


def test_a_draft_has_no_number_and_nothing_remains_of_it(host: Played) -> None:
    document = invoice(host)
    host.ledger.reset_to_draft(document)
    told = shown(host, document)
    assert (told["status"], told["invoice_number"], told["draft"]) == ("draft", "", True)
    assert told["remaining_amount_with_tax"] is None


def test_what_remains_in_a_foreign_currency_is_told_in_euros_or_as_the_option_says() -> None:
    for told_in, expected in (("euros", "100.0"), ("invoice", "110.0")):
        host = played(12, 0, remaining_in=told_in)
        party = host.ledger.customers()[0]
        document = host.ledger.invoice(party, Decimal("110.00"), currency="USD")
        told = shown(host, document)
        assert told["remaining_amount_with_tax"] == expected
        assert (told["currency_amount"], told["amount"]) == ("110.0", "100.0")


def test_money_paid_online_stands_in_both_lists(host: Played) -> None:
    both, only_bank = 0, 0
    for one in host.all("customer_invoices", limit=100):
        payments = host.get(f"customer_invoices/{one['id']}/payments")["items"]
        matched = host.get(f"customer_invoices/{one['id']}/matched_transactions")["items"]
        both += bool(payments and matched)
        only_bank += bool(matched and not payments)
        assert not payments or matched
    assert both
    assert only_bank


def test_a_public_link_changes_at_each_reading_and_dies() -> None:
    host = played(4, 6)
    document = invoice(host)
    first, second = (shown(host, document)["public_file_url"] for _ in range(2))
    assert first != second
    query = parse_qs(urlsplit(first).query)["encrypted_id"][0]
    assert host.call("GET", "/public/invoice/pdf", encrypted_id=query).body.startswith(b"%PDF-")
    host.ledger.advance(date(2026, 11, 21))
    assert host.call("GET", "/public/invoice/pdf", encrypted_id=query).status == 404


def test_a_payment_taken_back_by_the_bank_is_archived_and_holds_no_money(host: Played) -> None:
    document = invoice(host)
    payment = host.ledger.pay(document)
    host.ledger.cancel_payment(payment)
    told = host.get(f"transactions/{host.id_of(payment)}")
    assert told["archived_at"]
    assert told["outstanding_balance"] is None
    assert shown(host, document)["status"] == "upcoming"


def test_the_wrong_host_has_no_pennylane() -> None:
    with pytest.raises(TypeError, match="plays odoo"):
        _ = build(SandboxOptions(today=TODAY, customers=1, documents=0)).pennylane
