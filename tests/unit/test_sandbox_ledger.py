"""The sandbox's books: what is generated, and what people's acts do to amounts, states and write dates."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from connector.sandbox.generate import ledger as generated
from connector.sandbox.ledger import Ledger, LedgerError
from connector.sandbox.names import HOSTILE_NAMES, siren, vat
from connector.sandbox.nouns import Document

TODAY = date(2026, 11, 21)


@pytest.fixture
def ledger() -> Ledger:
    return generated(today=TODAY, seed=3, customers=30, documents=60)


@pytest.fixture
def invoice(ledger: Ledger) -> Document:
    return ledger.invoice(ledger.customers()[7], Decimal("900.00"), terms=ledger.terms[4])


def snapshot(ledger: Ledger) -> list[tuple[object, ...]]:
    return [(one.serial, one.number, one.total, one.open_amount, one.written_at) for one in ledger.entries]


def test_the_same_seed_gives_the_same_books() -> None:
    first, second = (generated(today=TODAY, seed=5, customers=40, documents=200) for _ in range(2))
    assert snapshot(first) == snapshot(second)
    assert snapshot(first) != snapshot(generated(today=TODAY, seed=6, customers=40, documents=200))


def test_the_share_of_open_and_overdue_invoices_is_that_of_a_real_business() -> None:
    books = generated(today=TODAY, customers=300, documents=3000)
    invoices = [one for one in books.documents() if one.kind == "invoice" and one.state == "posted"]
    open_ones = [one for one in invoices if one.open_amount]
    late = [one for one in open_ones if any(line.residual and line.due_on < TODAY for line in one.due_lines)]
    assert 0.18 < len(open_ones) / len(invoices) < 0.30
    assert 0.35 < len(late) / len(open_ones) < 0.65
    assert {one.currency.code for one in invoices} == {"EUR", "USD", "GBP"}
    assert any(one.state == "draft" for one in books.documents())
    assert any(one.state == "cancelled" for one in books.documents())
    assert any(one.kind == "credit_note" and one.open_amount for one in books.documents())
    assert any(payment.open_amount for payment in books.payments)


def test_every_residual_is_its_amount_less_its_allocations(ledger: Ledger) -> None:
    for entry in ledger.entries:
        for line in entry.due_lines:
            allocated = sum((one.amount for one in line.allocations), Decimal(0))
            assert abs(line.residual) == abs(line.amount) - allocated


def test_nothing_in_the_generated_books_was_written_after_the_day_begins(ledger: Ledger) -> None:
    assert all(entry.written_at < ledger.clock.now for entry in ledger.entries)
    assert all(entry.on <= TODAY for entry in ledger.entries)


def test_hostile_names_and_customers_without_email_or_language_are_there() -> None:
    customers = generated(today=TODAY, customers=120, documents=0).customers()
    assert [one.name for one in customers][: len(HOSTILE_NAMES)] == list(HOSTILE_NAMES)
    assert any(not one.email and not any(contact.email for contact in one.contacts) for one in customers)
    assert any(one.language is None for one in customers)
    assert {one.country.code for one in customers if one.country} == {"FR", "BE", "DE", "GB", "US"}


def test_every_address_is_under_a_domain_that_cannot_exist(ledger: Ledger) -> None:
    assert all(party.email.endswith(".example") for party in ledger.parties if party.email)


def test_numbers_of_registration_pass_their_check() -> None:
    digits = [int(one) for one in siren(42)]
    doubled = [
        digit if place % 2 == 0 else sum(divmod(digit * 2, 10))
        for place, digit in enumerate(reversed(digits))
    ]
    assert sum(doubled) % 10 == 0
    assert int(vat("FR", 42)[2:4]) == (12 + 3 * (int(siren(42)) % 97)) % 97
    assert 97 - int(vat("BE", 42)[2:-2]) % 97 == int(vat("BE", 42)[-2:])


def test_a_payment_consumes_the_installments_in_the_order_of_their_dates(
    ledger: Ledger, invoice: Document
) -> None:
    ledger.pay(invoice.number, Decimal("500.00"))
    assert [line.residual for line in invoice.due_lines] == [Decimal("0.00"), Decimal("400.00")]


def test_what_is_paid_too_much_stays_unapplied(ledger: Ledger, invoice: Document) -> None:
    payment = ledger.pay(invoice, Decimal("950.00"))
    assert invoice.open_amount == 0
    assert payment.open_amount == Decimal("50.00")


def test_a_payment_moves_the_write_date_of_invoice_and_lines(ledger: Ledger, invoice: Document) -> None:
    before = invoice.written_at
    ledger.pay(invoice)
    assert invoice.written_at > before
    assert {line.written_at for line in invoice.due_lines} == {invoice.written_at}


def test_unreconciling_opens_the_invoice_and_leaves_no_trace_but_the_write_date(
    ledger: Ledger, invoice: Document
) -> None:
    payment = ledger.pay(invoice)
    paid_at, allocations = invoice.written_at, len(ledger.allocations)
    removed = ledger.unreconcile(invoice.number)
    assert invoice.open_amount == Decimal("900.00") == payment.open_amount
    assert len(ledger.allocations) == allocations - removed
    assert invoice.written_at > paid_at


def test_a_credit_note_is_set_against_its_invoice_unless_left_open(ledger: Ledger, invoice: Document) -> None:
    left_open = ledger.credit(invoice, Decimal("100.00"), apply=False)
    applied = ledger.credit(invoice, Decimal("200.00"))
    assert (left_open.open_amount, applied.open_amount) == (Decimal("100.00"), Decimal("0.00"))
    assert invoice.open_amount == Decimal("700.00")
    assert invoice.corrections == [left_open, applied]


def test_a_late_document_is_older_than_what_was_seen_before_it(ledger: Ledger, invoice: Document) -> None:
    late = ledger.post_late(ledger.customers()[2], Decimal("80.00"), behind=timedelta(minutes=5))
    assert late.serial > invoice.serial
    assert late.written_at < invoice.written_at


def test_notes_and_activities_leave_the_invoices_write_date_alone(ledger: Ledger, invoice: Document) -> None:
    before = invoice.written_at
    ledger.customer_writes(invoice.number, "Bonjour <b>\n")
    ledger.person_writes(invoice.number, "#promise 15/12")
    ledger.schedule_activity(invoice.number, TODAY)
    assert invoice.written_at == before


def test_an_answer_of_the_customer_is_escaped(ledger: Ledger, invoice: Document) -> None:
    assert (
        ledger.customer_writes(invoice.number, "<script>x</script>").body
        == "<p>&lt;script&gt;x&lt;/script&gt;</p>"
    )


def test_a_document_is_deleted_only_after_going_back_to_draft(ledger: Ledger, invoice: Document) -> None:
    with pytest.raises(LedgerError, match="reset_to_draft"):
        ledger.delete(invoice)
    ledger.reset_to_draft(invoice)
    ledger.delete(invoice)
    assert invoice.serial not in ledger.entries
    assert not [line for line in ledger.lines if line.entry is invoice]


def test_a_merge_moves_the_entries_without_touching_them(ledger: Ledger, invoice: Document) -> None:
    gone, kept, before = invoice.customer, ledger.customers()[9], invoice.written_at
    ledger.merge_customer(gone, into=kept)
    assert invoice.customer is kept
    assert invoice.written_at == before
    assert gone.serial not in ledger.parties


def test_the_clock_jumps_to_a_later_day_and_never_back(ledger: Ledger) -> None:
    hour = ledger.clock.now.timetz()
    ledger.advance(TODAY + timedelta(days=30))
    assert ledger.clock.today == TODAY + timedelta(days=30)
    assert ledger.clock.now.timetz() == hour
    with pytest.raises(ValueError, match="cannot go back"):
        ledger.advance(TODAY)


@pytest.mark.parametrize("number", ["INV/1999/00001", "PBNK1/2026/00001"])
def test_an_unknown_number_is_refused_by_name(ledger: Ledger, number: str) -> None:
    with pytest.raises(LedgerError, match=number):
        ledger.pay(number)
