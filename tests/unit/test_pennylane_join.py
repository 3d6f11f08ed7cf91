"""What Pennylane's fields mean together: open or not, how much, and who took off what."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.hosts import figures
from connector.hosts.pennylane import join, standing
from connector.hosts.pennylane.standing import Details

Row = dict[str, Any]


def invoice(**other: Any) -> Row:
    row: Row = {
        "id": 25465638002688,
        "invoice_number": "F-2026-0012",
        "label": "Facture Exemple SARL",
        "currency": "EUR",
        "amount": "600.0",
        "currency_amount": "600.0",
        "date": "2026-07-08",
        "deadline": "2026-08-15",
        "paid": False,
        "status": "upcoming",
        "remaining_amount_with_tax": "600.0",
        "draft": False,
        "customer": {"id": 1338468995072},
        "credited_invoice": None,
        "e_invoicing": None,
        "archived_at": None,
        "updated_at": "2026-07-08T12:35:55.675110Z",
    }
    return {**row, **other}


@pytest.mark.parametrize(
    ("told", "means"),
    [
        ({}, "open"),
        ({"status": "late"}, "open"),
        ({"status": "partially_paid", "remaining_amount_with_tax": "1.0"}, "open"),
        ({"status": "paid", "paid": True, "remaining_amount_with_tax": "0.0"}, "paid"),
        ({"status": "late", "remaining_amount_with_tax": "0.0"}, "paid"),
        ({"status": "late", "paid": True}, "in_payment"),
        ({"status": "late", "e_invoicing": {"status": "collected"}}, "in_payment"),
        ({"status": "incomplete", "paid": True, "remaining_amount_with_tax": "120.0"}, "paid"),
        ({"status": "incomplete"}, "draft"),
        ({"status": "cancelled", "paid": True}, "cancel"),
        ({"status": "archived"}, "cancel"),
        ({"archived_at": "2026-07-09T00:00:00Z"}, "cancel"),
        ({"status": "draft", "draft": True, "remaining_amount_with_tax": None}, "draft"),
        ({"status": "something_new"}, "something_new"),
    ],
)
def test_a_document_is_open_only_when_all_its_fields_agree(told: Row, means: str) -> None:
    assert standing.situation(invoice(**told)) == means


@pytest.mark.parametrize("status", ["proforma", "estimate_pending", "shipping_order"])
def test_what_is_no_invoice_is_no_document(status: str) -> None:
    assert not standing.is_document(invoice(status=status))


def test_late_and_upcoming_are_the_same_version() -> None:
    assert standing.version(invoice(status="late")) == standing.version(invoice(status="upcoming"))
    assert standing.version(invoice(deadline="2026-09-01")) != standing.version(invoice())


def test_money_seen_at_the_bank_and_through_pennylane_counts_once() -> None:
    row = invoice(status="partially_paid", remaining_amount_with_tax="200.0")
    bank = {"id": 7, "date": "2026-08-01", "currency": "EUR", "currency_amount": "400.0", "label": "VIR"}
    card = {"id": 9, "currency_amount": "400.0", "status": "paid_out", "updated_at": "2026-08-01T00:00:00Z"}
    found = join.invoice(row, Details([bank], [card]))["allocations"]
    assert [(each["id"], each["amount"]) for each in found] == [("transaction/7", "400")]


def test_a_transfer_for_several_invoices_takes_off_no_more_than_is_gone() -> None:
    row = invoice(status="paid", paid=True, remaining_amount_with_tax="0.0")
    bank = {"id": 7, "date": "2026-08-01", "currency": "EUR", "currency_amount": "5000.0"}
    (only,) = join.invoice(row, Details([bank]))["allocations"]
    assert (only["source"], only["amount"]) == ("payment", "600")


def test_what_no_money_explains_is_a_credit_note_or_unknown() -> None:
    bank = {"id": 7, "date": "2026-08-01", "currency": "EUR", "currency_amount": "100.0"}
    credited = invoice(status="partially_cancelled", remaining_amount_with_tax="500.0")
    assert [each["source"] for each in join.invoice(credited, Details())["allocations"]] == ["credit_note"]
    unknown = invoice(status="partially_paid", remaining_amount_with_tax="200.0")
    found = join.invoice(unknown, Details([bank]))["allocations"]
    assert [(each["source"], each["amount"]) for each in found] == [("payment", "100"), ("other", "300")]
    by_hand = invoice(status="paid", paid=True, remaining_amount_with_tax="0.0")
    assert [each["source"] for each in join.invoice(by_hand, Details())["allocations"]] == ["payment"]


def test_a_payment_that_failed_takes_nothing_off() -> None:
    row = invoice(status="partially_paid", remaining_amount_with_tax="500.0")
    failed = {"id": 9, "currency_amount": "100.0", "status": "failed", "updated_at": "2026-08-01T00:00:00Z"}
    (only,) = join.invoice(row, Details((), [failed]))["allocations"]
    assert only["source"] == "other"


def test_the_remaining_amount_of_a_foreign_invoice_is_read_in_the_currency_that_its_money_fits() -> None:
    dollars = {"currency": "USD", "amount": "100.0", "currency_amount": "110.0"}
    bank = {"id": 7, "date": "2026-08-01", "currency": "USD", "amount": "50.0", "currency_amount": "55.0"}
    in_euros = invoice(**dollars, status="partially_paid", remaining_amount_with_tax="50.0")
    in_dollars = invoice(**dollars, status="partially_paid", remaining_amount_with_tax="55.0")
    assert (
        standing.residual(in_euros, Details([bank])) == standing.residual(in_dollars, Details([bank])) == 55
    )


def test_of_a_foreign_invoice_that_nothing_explains_the_smaller_amount_is_asked_for() -> None:
    dollars = {"currency": "USD", "amount": "100.0", "currency_amount": "110.0"}
    assert standing.residual(invoice(**dollars, remaining_amount_with_tax="50.0")) == 50
    assert standing.residual(invoice(**dollars, remaining_amount_with_tax="100.0")) == 110
    assert standing.residual(invoice(**dollars, remaining_amount_with_tax="110.0")) == 110


def test_a_credit_note_counts_up_and_is_open_until_it_is_set_against_an_invoice() -> None:
    note = {"status": "credit_note", "amount": "-120.0", "currency_amount": "-120.0"}
    free = join.invoice(invoice(**note, remaining_amount_with_tax="-120.0"))
    used = join.invoice(invoice(**note, remaining_amount_with_tax="-120.0", credited_invoice={"id": 3}))
    assert (free["document"], free["total"], free["residual"]) == ("credit_note", "120", "120")
    assert (used["situation"], used["residual"]) == ("paid", "0")


def test_an_electronic_invoice_that_its_receiver_contests_is_not_chased() -> None:
    assert join.invoice(invoice(e_invoicing={"status": "in_dispute"}))["no_reminders"]
    assert join.invoice(invoice(payment_method_ledger_account={"id": 1}))["no_reminders"]
    assert not join.invoice(invoice(e_invoicing={"status": "accepted"}))["no_reminders"]


def test_what_is_left_of_a_schedule_is_left_of_its_latest_parts() -> None:
    parts = [
        {"id": 2, "deadline": "2026-09-15", "amount": "300.0", "status": "open"},
        {"id": 1, "deadline": "2026-08-15", "amount": "300.0", "status": "open"},
    ]
    row = invoice(status="partially_paid", remaining_amount_with_tax="350.0")
    found = join.invoice(row, Details((), (), parts))["installments"]
    assert [(part["due"], part["residual"]) for part in found] == [
        ("2026-08-15", "50"),
        ("2026-09-15", "300"),
    ]


@pytest.mark.parametrize(
    "parts", [[{"id": 1, "deadline": "2026-08-15", "amount": "1.0"}] * 2, [{"id": 1}, {"id": 2}]]
)
def test_a_schedule_that_does_not_add_up_or_cannot_be_read_is_one_due_date(parts: list[Row]) -> None:
    (only,) = join.invoice(invoice(), Details((), (), parts))["installments"]
    assert (only["due"], only["residual"]) == ("2026-08-15", "600")


def test_the_address_of_the_pdf_does_not_change_a_record() -> None:
    one, other = (
        join.record(join.Kind.INVOICE, join.invoice(invoice()), "1", also={"public_file_url": url})
        for url in ("a", "b")
    )
    assert one.digest == other.digest


def test_amounts_are_decimals_whatever_zeros_they_are_written_with() -> None:
    assert figures.number("1200.50") == Decimal("1200.5")
    assert figures.text(Decimal("1200.50")) == figures.text(Decimal("1200.5")) == "1200.5"
    assert figures.text(Decimal("100")) == "100"
    assert figures.number("beaucoup") is None
