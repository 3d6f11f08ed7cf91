"""Search domains: what each operator keeps, and Odoo's words for what it refuses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.sandbox.generate import ledger as generated
from connector.sandbox.ledger import Ledger
from connector.sandbox.odoo.errors import OdooError
from connector.sandbox.odoo.records import MODELS, Records, schema_of
from connector.sandbox.odoo.schema import View

TODAY = date(2026, 11, 21)
LEDGER = generated(today=TODAY, seed=2, customers=40, documents=150)


def window(version: int = 18, ledger: Ledger = LEDGER, **options: Any) -> Records:
    user = ledger.user("relance")
    return Records(View(ledger, version, user, tuple(user.companies)), schema_of(version), **options)


def found(model: str, domain: list[Any], **options: Any) -> list[Any]:
    return window(**options).search(MODELS[model], domain, order="id")


def moves(domain: list[Any]) -> set[str]:
    return {one.number for one in found("account.move", domain)}


INVOICES = [["move_type", "=", "out_invoice"], ["state", "=", "posted"]]


def test_terms_side_by_side_must_all_hold() -> None:
    open_ones = moves([*INVOICES, ["amount_residual", "!=", 0]])
    assert open_ones == {
        one.number
        for one in LEDGER.documents()
        if one.kind == "invoice" and one.state == "posted" and one.open_amount
    }


def test_an_or_in_prefix_notation_joins_the_next_two() -> None:
    both = moves(["|", ["move_type", "=", "out_invoice"], ["move_type", "=", "out_refund"]])
    assert both == moves([["move_type", "in", ["out_invoice", "out_refund"]]])


def test_a_negation_keeps_the_others() -> None:
    everything = moves([])
    assert moves(["!", ["state", "=", "posted"]]) == everything - moves([["state", "=", "posted"]])


def test_unequal_keeps_the_empty_ones_too() -> None:
    without = moves([["ref", "=", False], *INVOICES])
    assert without
    assert without <= moves([["ref", "!=", "PO-00000"], *INVOICES])


def test_not_in_with_false_drops_the_empty_ones() -> None:
    assert not moves([["ref", "not in", [False]], ["ref", "=", False]])


def test_equal_to_a_list_means_in() -> None:
    assert [one.serial for one in found("account.move", [["id", "=", [2, 3]]])] == [2, 3]


def test_a_dotted_path_follows_the_relation() -> None:
    serials = {
        one.debit.entry.serial
        for one in found("account.partial.reconcile", [["debit_move_id.move_id", "!=", 0]])
    }
    one = min(serials)
    kept = found("account.partial.reconcile", [["debit_move_id.move_id", "in", [one]]])
    assert kept
    assert {each.debit.entry.serial for each in kept} == {one}


@pytest.mark.parametrize(
    "domain",
    [
        [["debit_move_id.move_id", "in", [1, 2, 3, 4, 5, 6, 7, 8]]],
        [["debit_move_id", "in", list(range(40))]],
        [["credit_move_id.move_id", "in", list(range(160, 200))]],
    ],
)
def test_an_index_finds_what_a_full_search_finds(domain: list[Any]) -> None:
    through_index = found("account.partial.reconcile", domain)
    slowly = found("account.partial.reconcile", ["|", [0, "=", 1], *domain])
    assert through_index == slowly
    assert through_index


def test_a_cursor_page_starts_after_the_last_id() -> None:
    page = window().search(
        MODELS["account.move"], [["id", ">", 10], ["write_date", ">=", "2020-01-01"]], 0, 5, "id"
    )
    assert [one.serial for one in page] == [11, 12, 13, 14, 15]


def test_a_second_that_was_cut_off_on_the_wire_matches_again() -> None:
    ledger = generated(today=TODAY, customers=8, documents=0)
    invoice = ledger.invoice(ledger.customers()[0], Decimal(10))
    seen = str(invoice.written_at)[:19]
    assert invoice.written_at.microsecond
    kept = window(ledger=ledger).search(MODELS["account.move"], [["write_date", ">", seen]])
    assert invoice in kept


def test_a_bare_date_after_greater_means_the_end_of_that_day() -> None:
    day = str(LEDGER.entries.get(1).written_at)[:10]  # type: ignore[union-attr]
    same_day = [["id", "=", 1]]
    assert not moves([["write_date", ">", day], *same_day])
    assert moves([["write_date", ">=", day], *same_day]) == moves(same_day)


@pytest.mark.parametrize(
    ("operator", "value"),
    [("like", "Évil"), ("ilike", "évil"), ("=like", "<b>%"), ("=ilike", "<B>%"), ("=", "<b>Évil & Co</b>")],
)
def test_patterns_find_a_hostile_name(operator: str, value: str) -> None:
    assert [one.name for one in found("res.partner", [["name", operator, value]])] == ["<b>Évil & Co</b>"]


def test_a_pattern_of_characters_is_not_a_regular_expression() -> None:
    assert not found("res.partner", [["name", "like", ".*"]])


def test_a_relation_can_be_matched_by_its_name() -> None:
    party = LEDGER.customers()[6]
    assert found("res.partner", [["commercial_partner_id", "=", party.name]]) == [party, *party.contacts]


def test_archived_records_hide_unless_asked_for() -> None:
    ledger = generated(today=TODAY, customers=6, documents=0)
    party = ledger.customers()[5]
    ledger.archive_customer(party)
    domain = [["name", "=", party.name]]
    assert not found("res.partner", domain, ledger=ledger)
    assert found("res.partner", domain, ledger=ledger, active_test=False) == [party]
    assert found("res.partner", [*domain, ["active", "in", [True, False]]], ledger=ledger) == [party]


@pytest.mark.parametrize(
    ("version", "domain", "text"),
    [
        (18, [["x_no", "=", 1]], "Invalid field account.move.x_no in leaf ('x_no', '=', 1)"),
        (19, [["x_no", "=", 1]], "Invalid field account.move.x_no in condition ('x_no', '=', 1)"),
        (
            18,
            [["partner_id.x_no", "=", 1]],
            "Invalid field res.partner.x_no in leaf ('x_no', '=', 1)",
        ),
        (18, [["id", "in", 5]], "Invalid domain term ('id', 'in', 5)"),
        (18, [["name", "like-ish", "x"]], "Invalid leaf ('name', 'like-ish', 'x')"),
        (19, [["name", "like-ish", "x"]], "Invalid operator in condition ('name', 'like-ish', 'x')"),
        (18, ["&", ["id", "=", 1]], "Domain ['&', ['id', '=', 1]] is syntactically not correct."),
        (19, ["&", ["id", "=", 1]], "Domain() malformed domain ['&', ['id', '=', 1]]"),
    ],
)
def test_a_wrong_domain_is_refused_in_the_versions_words(version: int, domain: list[Any], text: str) -> None:
    with pytest.raises(OdooError) as refused:
        window(version).search(MODELS["account.move"], domain)
    assert refused.value.name == "builtins.ValueError"
    assert refused.value.message == text


def test_empty_values_come_last_going_up_and_first_going_down() -> None:
    for order, place in (("ref, id", -1), ("ref desc, id", 0)):
        rows = window().search(MODELS["account.move"], INVOICES, 0, None, order)
        assert not rows[place].reference
        assert rows[-1 - place].reference


def test_zero_is_a_value_and_false_is_empty() -> None:
    settled = moves([*INVOICES, ["amount_residual", "=", 0]])
    assert settled == moves(INVOICES) - moves([*INVOICES, ["amount_residual", "!=", 0]])
    assert settled
