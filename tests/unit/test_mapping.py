"""A mapping file reads a host's records into the model, and says what is wrong with itself or with them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.convert import CONVERTERS, Unreadable, converter
from connector.errors import ConfigError, MappingError
from connector.mapping import load_mapping, make_mapping
from connector.model import Customer, Invoice, InvoiceState, Kind, PayerType, Person, Ref, Segment, quantize
from connector.ports import Record


def record(kind: Kind, **data: Any) -> Record:
    return Record(Ref(kind, str(data["id"])), data, "")


def invoice(**changes: Any) -> Record:
    row = {
        "id": 7,
        "name": "F-7",
        "commercial_partner_id": 3,
        "invoice_date": "2026-01-01",
        "currency_id": "EUR",
        "amount_total": 100.1,
        "amount_residual": 50.05,
        "move_type": "out_invoice",
        "situation": "open",
        "installments": [{"position": 0, "due": "2026-01-31", "amount": 100.1, "residual": 50.05}],
        "allocations": [],
    }
    return record(Kind.INVOICE, **{**row, **changes})


@pytest.mark.parametrize(
    ("name", "raw", "ours"),
    [
        ("text", "  Exemple  ", "Exemple"),
        ("text", 12, "12"),
        ("text", False, None),
        ("text", "", None),
        ("date", "2026-02-28", date(2026, 2, 28)),
        ("date", False, None),
        ("datetime", "2026-02-28 10:00:00", datetime(2026, 2, 28, 10, tzinfo=UTC)),
        ("datetime", "2026-02-28T12:00:00+02:00", datetime(2026, 2, 28, 10, tzinfo=UTC)),
        ("flag", True, True),
        ("number", 0, 0),
        ("language", "fr_FR", "fr"),
        ("language", "sr@latin", "sr"),
        ("language", False, None),
        ("list", ["VIP", False, " x "], ("VIP", "x")),
        ("list", "VIP", ("VIP",)),
        ("person", {"id": 4, "name": "Camille", "email": False}, Person("4", "Camille")),
        ("person", False, None),
    ],
)
def test_each_converter_reads_what_hosts_write(name: str, raw: object, ours: object) -> None:
    assert converter(name, None)(raw, "EUR") == ours


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("text", ["a"]),
        ("date", "31/01/2026"),
        ("datetime", "soon"),
        ("money", "twelve"),
        ("money", float("nan")),
        ("money", float("inf")),
        ("flag", "yes"),
        ("number", 1.5),
        ("language", "42"),
        ("person", "Camille"),
    ],
)
def test_what_makes_no_sense_is_refused(name: str, raw: object) -> None:
    with pytest.raises(Unreadable):
        converter(name, None)(raw, "EUR")


@given(st.decimals(min_value=0, max_value=10**11, places=2))
def test_an_amount_survives_the_way_through_a_float(amount: Decimal) -> None:
    assert converter("money", None)(float(amount), "EUR") == amount


def test_amounts_are_rounded_to_the_currency_of_their_record() -> None:
    fact = load_mapping("odoo").to_fact(invoice(currency_id="JPY", amount_total=100.6))
    assert isinstance(fact, Invoice)
    assert fact.total == quantize(Decimal("100.6"), "JPY") == Decimal(101)
    assert fact.installments[0].residual == Decimal(50)


def test_an_invoice_is_read_with_its_installments() -> None:
    fact = load_mapping("odoo").to_fact(invoice())
    assert isinstance(fact, Invoice)
    assert (fact.ref, fact.customer_ref, fact.state) == ("7", "3", InvoiceState.OPEN)
    assert fact.installments[0].due_on == date(2026, 1, 31)
    assert fact.residual == Decimal("50.05")


@pytest.mark.parametrize(
    ("field", "changes", "reason"),
    [
        ("number", {"name": False}, "is empty"),
        ("state", {"situation": "in_dispute"}, "'in_dispute', which is none of"),
        ("total", {"amount_total": -5.0}, "is negative"),
        ("issued_on", {"invoice_date": "yesterday"}, "is not a date"),
        ("due_on", {"installments": [{"position": 0, "amount": 1.0, "residual": 1.0}]}, "is empty"),
        ("installments", {"installments": "many"}, "is not a list"),
    ],
)
def test_a_record_that_does_not_fit_names_the_field_and_what_was_found(
    field: str, changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(MappingError) as caught:
        load_mapping("odoo").to_fact(invoice(**changes))
    assert caught.value.field == field
    assert caught.value.ref == "7"
    assert reason in caught.value.reason


def test_the_first_source_that_the_host_has_is_asked_for_and_read() -> None:
    mapping = load_mapping("odoo", {"customer": {"registry": {"from": ["x_siren", "company_registry"]}}})
    assert "x_siren" in mapping.fields("customer", {"x_siren", "company_registry", "name"})
    asked = mapping.fields("customer", {"company_registry", "name"})
    assert asked == ["company_registry", "name"]
    fact = mapping.to_fact(record(Kind.CUSTOMER, id=1, name="Exemple SARL", company_registry="732829320"))
    assert isinstance(fact, Customer)
    assert fact.registry == "732829320"


def test_an_override_changes_one_field_keeps_the_rest_of_its_entry_and_the_version() -> None:
    plain, mine = load_mapping("odoo"), load_mapping("odoo", {"customer": {"language": {"from": "x_lang"}}})
    fact = mine.to_fact(record(Kind.CUSTOMER, id=1, name="Exemple SARL", lang="en_GB", x_lang="fr_BE"))
    assert isinstance(fact, Customer)
    assert fact.language == "fr"  # still converted as a language
    assert plain.version != mine.version
    assert plain.version == load_mapping("odoo", {}).version


def test_an_override_of_a_field_that_the_host_lacks_is_told() -> None:
    mapping = load_mapping("odoo", {"customer": {"registry": {"from": "x_siren"}}})
    assert mapping.absent("customer", {"name", "company_registry"}) == ["x_siren"]
    assert load_mapping("odoo").absent("customer", set()) == []


def test_a_bad_override_tells_every_problem_with_the_nearest_spelling() -> None:
    with pytest.raises(ConfigError) as caught:
        load_mapping(
            "odoo",
            {
                "custmer": {},
                "customer": {
                    "langage": {"from": "lang", "as": "langage"},
                    "email": {"from": "email", "form": "x"},
                    "tags": {"from": []},
                },
                "invoice": {"kind": {"values": {}}, "installments": {"of": "instalment"}},
            },
        )
    told = "\n".join(str(problem) for problem in caught.value.problems)
    for words in (
        "host.mapping.custmer: no such table - did you mean 'customer'?",
        "host.mapping.customer.langage: we have no such field - did you mean 'language'?",
        "cannot convert to 'langage' - did you mean 'language'?",
        "unknown key 'form' - did you mean 'from'?",
        "host.mapping.customer.tags: 'from' must be a field's name",
        "host.mapping.invoice.kind: a choice needs 'values'",
        "no table 'instalment' - did you mean 'installment'?",
    ):
        assert words in told


def test_a_company_gives_from_its_own_fields_what_odoo_does_not_hold() -> None:
    mapping = load_mapping(
        "odoo",
        {
            "customer": {
                "segment": {"from": "x_kind", "as": "choice", "values": {"PME": "sme", "GC": "key_account"}},
                "scenario": {"from": "x_scenario", "as": "text"},
                "payment_method": {"from": "x_mode", "as": "choice", "values": {"7": "direct_debit"}},
                "payer_type": {"from": "x_payer", "as": "text"},
                "insolvent": {"from": "x_proc", "as": "choice", "values": {"open": True, "none": False}},
                "credit_limit": {"from": "x_limit", "as": "money"},
            },
            "invoice": {"scenario": {"from": "x_scenario", "as": "text"}},
        },
    )
    row = {"x_kind": "GC", "x_scenario": "gentle", "x_mode": 7, "x_payer": "chronic", "x_proc": "open"}
    fact = mapping.to_fact(record(Kind.CUSTOMER, id=1, name="Exemple SARL", x_limit=1500.0, **row))
    assert isinstance(fact, Customer)
    assert (fact.segment, fact.payer_type) == (Segment.KEY_ACCOUNT, PayerType.CHRONIC)
    assert (fact.scenario, fact.payment_method, fact.insolvent) == ("gentle", "direct_debit", True)
    assert fact.credit_limit == Decimal(1500)
    document = mapping.to_fact(invoice(x_scenario="gentle"))
    assert isinstance(document, Invoice)
    assert document.scenario == "gentle"
    assert {"x_kind", "x_scenario", "x_mode"} <= mapping.names(["customer"])


def test_without_them_a_customer_is_nobody_in_particular() -> None:
    fact = load_mapping("odoo").to_fact(record(Kind.CUSTOMER, id=1, name="Exemple SARL"))
    assert isinstance(fact, Customer)
    assert (fact.segment, fact.scenario, fact.payer_type, fact.insolvent) == (None, None, None, False)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            {"segment": {"from": "x", "as": "choice", "values": {"PME": "smee"}}},
            "customer.segment: 'smee' is none of our words - did you mean 'sme'?",
        ),
        (
            {"insolvent": {"from": "x", "as": "text"}},
            "customer.insolvent: it cannot be read as 'text' - as = 'flag'",
        ),
        (
            {"insolvent": {"from": "x", "as": "choice", "values": {"open": "yes"}}},
            "neither true nor false",
        ),
        ({"credit_limit": {"from": "x", "as": "number"}}, "as = 'money'"),
        ({"payment_method": {"from": "x", "as": "list"}}, "as = 'text'"),
    ],
)
def test_an_override_that_no_record_could_follow_is_told_before_any_is_read(
    entry: dict[str, dict[str, object]], words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_mapping("odoo", {"customer": entry})
    assert words in "\n".join(map(str, caught.value.problems))


def test_the_products_of_an_invoice_are_a_list() -> None:
    with pytest.raises(ConfigError, match="as = 'list'"):
        load_mapping("odoo", {"invoice": {"products": {"from": "x_product", "as": "text"}}})


def test_a_segment_in_a_record_that_is_none_of_ours_sets_that_record_aside() -> None:
    mapping = load_mapping("odoo", {"customer": {"segment": {"from": "x_kind", "as": "text"}}})
    with pytest.raises(MappingError, match="segment"):
        mapping.to_fact(record(Kind.CUSTOMER, id=1, name="Exemple SARL", x_kind="nobody"))


def test_a_mapping_must_give_every_field_that_a_record_needs() -> None:
    with pytest.raises(ConfigError, match=r"customer\.name: is missing"):
        make_mapping({"customer": {"ref": {"from": "id", "as": "text"}}})


def test_every_converter_leaves_what_is_empty_empty() -> None:
    assert [convert(None, "EUR") for convert in CONVERTERS.values()] == [None] * len(CONVERTERS)


def test_a_host_without_a_mapping_is_told() -> None:
    with pytest.raises(ConfigError, match="no mapping for this host"):
        load_mapping("nowhere")
