"""What Odoo does oddly is put right before a record is mapped."""

from __future__ import annotations

from typing import Any

import pytest

from connector.hosts.odoo import join
from connector.model import Kind


def move(**changes: Any) -> dict[str, Any]:
    row = {
        "id": 1,
        "name": "FAC/2026/00001",
        "move_type": "out_invoice",
        "state": "posted",
        "payment_state": "not_paid",
        "amount_residual": 100.0,
        "partner_id": 3,
        "commercial_partner_id": 3,
        "invoice_date": "2026-01-01",
        "invoice_date_due": "2026-02-28",
        "date": "2026-01-01",
        "write_date": "2026-01-01 08:00:00",
    }
    return {**row, **changes}


def line(
    ref: int, amount: float, residual: float | None = None, due: object = "2026-01-31"
) -> dict[str, Any]:
    left = amount if residual is None else residual
    return {"id": ref, "date_maturity": due, "amount_currency": amount, "amount_residual_currency": left}


def partial(ref: int, debit: int, credit: int, amount: float, exchange: object = False) -> dict[str, Any]:
    return {
        "id": ref,
        "debit_move_id": debit,
        "credit_move_id": credit,
        "debit_amount_currency": amount,
        "credit_amount_currency": amount,
        "max_date": "2026-02-02",
        "exchange_move_id": exchange,
    }


@pytest.mark.parametrize(
    ("state", "payment_state", "residual", "ours"),
    [
        ("posted", "not_paid", 10.0, "open"),
        ("posted", "partial", 10.0, "open"),
        ("posted", "partial", 0.0, "paid"),
        ("posted", "blocked", 10.0, "open"),
        ("posted", "blocked", 0.0, "paid"),
        ("posted", "in_payment", 0.0, "in_payment"),
        ("posted", "in_payment", 10.0, "in_payment"),
        ("posted", "paid", 10.0, "paid"),
        ("posted", "reversed", 0.0, "paid"),
        ("posted", "invoicing_legacy", 10.0, "paid"),
        ("draft", "paid", 10.0, "draft"),
        ("cancel", "not_paid", 10.0, "cancel"),
        ("posted", "something_new", 10.0, "something_new"),
    ],
)
def test_the_situation_of_an_invoice(state: str, payment_state: str, residual: float, ours: str) -> None:
    row = move(state=state, payment_state=payment_state, amount_residual=residual)
    assert join.situation(row) == ours


def test_installments_rank_by_due_date_then_by_line_paid_ones_too() -> None:
    lines = [line(9, 50.0, due="2026-02-28"), line(8, 50.0, 0.0), line(7, 10.0, due="2026-02-28")]
    found = join.invoice(move(), lines, [], {})["installments"]
    assert [(part["position"], part["due"], part["residual"]) for part in found] == [
        (0, "2026-01-31", 0.0),
        (1, "2026-02-28", 10.0),
        (2, "2026-02-28", 50.0),
    ]


def test_an_installment_without_a_date_falls_due_with_its_invoice() -> None:
    assert join.due(line(1, 5.0, due=False), move()) == "2026-02-28"
    assert join.due(line(1, 5.0, due=False), move(invoice_date_due=False)) == "2026-01-01"


def test_a_credit_note_counts_up() -> None:
    (part,) = join.installments(move(move_type="out_refund"), [line(1, -80.0, -30.0)])
    assert (part["amount"], part["residual"]) == (80.0, 30.0)


def test_a_deposit_on_the_receivable_account_pays_the_earliest_installment() -> None:
    parts = join.installments(move(), [line(1, 60.0), line(2, -40.0), line(3, 60.0)])
    assert [part["residual"] for part in parts] == [20.0, 0.0, 60.0]
    assert min(part["amount"] for part in parts) >= 0


@pytest.mark.parametrize(
    ("other", "source"),
    [
        ({"payment_id": 5, "move_type": "entry"}, "payment"),
        ({"statement_line_id": 5, "move_type": "entry"}, "payment"),
        ({"move_type": "out_refund"}, "credit_note"),
        ({"move_type": "entry"}, "other"),
        ({}, "other"),
    ],
)
def test_the_source_of_an_allocation_is_what_stands_on_its_other_side(
    other: dict[str, Any], source: str
) -> None:
    others = {99: {"id": 99, "date": "2026-02-01", "move_name": "BNK1", "move_id": 44, **other}}
    (found,) = join.allocations(move(), {1: 0}, [partial(5, 1, 99, 12.5)], others)
    assert (found["source"], found["amount"], found["position"]) == (source, 12.5, 0)


def test_an_exchange_difference_is_no_payment() -> None:
    others = {
        90: {"id": 90, "date": "2026-02-01", "move_id": 30, "move_name": "PAY", "payment_id": 5},
        91: {"id": 91, "date": "2026-02-01", "move_id": 31, "move_name": "EXCH", "payment_id": False},
    }
    rows = [partial(1, 1, 90, 99.0, exchange=31), partial(2, 1, 91, 1.0), partial(3, 1, 91, 0.0)]
    found = join.allocations(move(), {1: 0}, rows, others)
    assert [(each["id"], each["source"]) for each in found] == [(1, "payment"), (2, "other")]


def test_the_allocations_of_a_credit_note_are_on_its_credit_side() -> None:
    others = {
        7: {"id": 7, "date": "2026-02-01", "move_id": 2, "move_name": "FAC/2", "move_type": "out_invoice"}
    }
    found = join.allocations(move(move_type="out_refund"), {1: 0}, [partial(1, 7, 1, 30.0)], others)
    assert [(each["source"], each["label"]) for each in found] == [("credit_note", "FAC/2")]


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({"payment_state": "blocked"}, {}),
        ({}, {"no_followup": True}),
        ({}, {"blocked": True}),
        ({"no_overdue_reminder": True}, {}),
    ],
)
def test_each_way_of_saying_do_not_chase_is_heard(changes: dict[str, Any], flags: dict[str, Any]) -> None:
    assert join.invoice(move(**changes), [{**line(1, 5.0), **flags}], [], {})["no_reminders"]
    assert not join.invoice(move(), [line(1, 5.0)], [], {})["no_reminders"]


def test_the_version_of_an_invoice_tells_a_merged_customer_and_not_a_mere_save() -> None:
    assert join.version(move()) != join.version(move(commercial_partner_id=4))
    assert join.version(move()) != join.version(move(amount_residual=99.0))
    assert join.version(move()) == join.version(move(write_date="2026-05-05 05:05:05"))


@pytest.mark.parametrize(
    ("kind", "title", "roles"),
    [
        ("invoice", "", ["accounting"]),
        ("contact", "Comptabilité fournisseurs", ["accounting"]),
        ("contact", "Accounts payable", ["accounting"]),
        ("contact", "Responsable achats", ["purchasing"]),
        ("contact", "Gérante", ["decision_maker"]),
        ("contact", "Managing Director", ["decision_maker"]),
        ("contact", "CEO", ["decision_maker"]),
        ("contact", "Assistante de direction", []),
        ("contact", False, []),
    ],
)
def test_the_roles_of_a_contact(kind: str, title: object, roles: list[str]) -> None:
    assert join.roles({"type": kind, "function": title}) == roles


def test_customers_come_with_their_active_contacts_alone() -> None:
    base = {"write_date": "x", "type": "contact", "active": True}
    rows = [
        {**base, "id": 1, "commercial_partner_id": 1},
        {**base, "id": 2, "commercial_partner_id": 1},
        {**base, "id": 3, "commercial_partner_id": 1, "active": False},
        {**base, "id": 4, "commercial_partner_id": 1, "type": "private"},
    ]
    (customer,) = join.customers(rows)
    assert [contact["id"] for contact in customer["contacts"]] == [2]


@pytest.mark.parametrize("key", ["promise/12", "chase:EX-1.2:a@b", "x" * 101, "a b", "<b>", "ends."])
def test_a_marker_is_read_back_from_the_note_it_was_written_in(key: str) -> None:
    mark = join.marker(key, 1)
    read = join.marker_in(f'<p>Appeler</p><p style="color:#999">{mark}</p>', 1)
    assert join.marker(read or "", 1) == mark
    assert read == key or len(read or "") == 24
    assert join.marker_in(f"<p>{mark}</p>", 2) is None


def test_the_digest_changes_with_content_and_mapping_but_not_with_a_save() -> None:
    row = {"id": 1, "write_date": "a", "amount": 1.0}
    digest = join.record(Kind.INVOICE, row, "m1").digest
    assert join.record(Kind.INVOICE, {**row, "write_date": "b"}, "m1").digest == digest
    assert join.record(Kind.INVOICE, {**row, "amount": 2.0}, "m1").digest != digest
    assert join.record(Kind.INVOICE, row, "m2").digest != digest


def test_hostile_html_becomes_plain_text() -> None:
    assert join.plain("<script>alert(1)</script><p>Bonjour <b>Léa</b></p>") == "Bonjour Léa"
