"""What people mark in Odoo reaches our model: our tags by external id, fields of known modules by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from connector.hosts.odoo import OdooHost, OdooSettings, meanings
from connector.hosts.odoo.setup_parts import TAGS
from connector.mapping import load_mapping
from connector.model import Customer, Kind, Ref
from connector.sandbox.odoo.chatter import EXTERNAL_IDS
from connector.sandbox.odoo.records import MODELS
from connector.sandbox.odoo.schema import Field
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving

MEANING = {7: meanings.DO_NOT_CHASE, 8: "relance.tag_sme", 9: "relance.tag_key_account"}
METHODS = {
    "property_inbound_payment_method_line_id": {
        1: {"name": "Manual Payment", "code": "manual"},
        2: {"name": "Prélèvement SEPA", "code": "manual"},
        3: {"name": "SEPA", "code": "sdd"},
    },
    "customer_payment_mode_id": {4: {"name": "SEPA Direct Debit of customers"}},
}


def marked(**row: Any) -> dict[str, Any]:
    return meanings.marked({"id": 1, **row}, MEANING, lambda field: METHODS.get(field, {}), no_policy=5)


def test_every_tag_that_setup_makes_means_something() -> None:
    assert {part.xml_id for part in TAGS} == set(meanings.TAGS)


def test_without_marks_a_customer_is_like_any_other() -> None:
    row = marked(category_id=[1, 2])
    assert [row[f"marked_{name}"] for name in ("no_reminders", "insolvent", "segment")] == [False] * 3
    assert row["marked_payment_method"] is False


def test_of_two_segments_the_one_that_needs_more_care_counts() -> None:
    assert marked(category_id=[8, 9])["marked_segment"] == "key_account"


@pytest.mark.parametrize(
    ("row", "excluded"),
    [
        ({"category_id": [7]}, True),
        ({"no_overdue_reminder": True}, True),
        ({"manual_followup": True}, True),
        ({"credit_policy_id": 5}, True),
        ({"credit_policy_id": 6}, False),
        ({"followup_reminder_type": "manual"}, False),
    ],
)
def test_who_is_taken_out_of_reminders(row: dict[str, Any], excluded: bool) -> None:
    assert marked(**row)["marked_no_reminders"] is excluded


@pytest.mark.parametrize(
    ("row", "method"),
    [
        ({"property_inbound_payment_method_line_id": 1}, "manual"),
        ({"property_inbound_payment_method_line_id": 2}, "direct_debit"),
        ({"property_inbound_payment_method_line_id": 3}, "direct_debit"),
        ({"property_inbound_payment_method_line_id": 99, "customer_payment_mode_id": 4}, "direct_debit"),
        ({"property_inbound_payment_method_line_id": False}, False),
    ],
)
def test_how_a_customer_pays(row: dict[str, Any], method: str | bool) -> None:
    assert marked(**row)["marked_payment_method"] == method


# through the whole adapter --------------------------------------------------------------------------------
@pytest.fixture
def odoo(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """An Odoo with the opt-out of OCA's reminder module, which the played one does not have."""
    partner = MODELS["res.partner"]
    opted_out = Field("no_overdue_reminder", "boolean", lambda party, _view: party.reference == "out")
    monkeypatch.setitem(MODELS, "res.partner", replace(partner, fields=(*partner.fields, opted_out)))
    return build(SandboxOptions(today=date(2026, 11, 20), customers=6, documents=20, version=request.param))


@pytest.fixture
def settings(odoo: Sandbox) -> Iterator[OdooSettings]:
    with serving(odoo) as url:
        at = odoo.address(url)
        company = next(iter(odoo.ledger.companies)).name
        yield OdooSettings(at.url, at.database, at.login, at.key, company=company)


def customers(host: OdooHost, cursor: str | None) -> tuple[dict[str, Customer], str]:
    mapping, found = load_mapping("odoo"), {}
    pages = list(host.pull(cursor))
    for record in (record for page in pages for record in page.records):
        if record.ref.kind is Kind.CUSTOMER:
            fact = mapping.to_fact(record)
            assert isinstance(fact, Customer)
            found[fact.name] = fact
    return found, str(pages[-1].cursor)


@pytest.mark.parametrize("odoo", [16, 17, 18, 19], indirect=True)
def test_a_field_that_only_some_servers_have_is_read_where_it_is(
    odoo: Sandbox, settings: OdooSettings
) -> None:
    party = next(each for each in odoo.ledger.parties if each.is_customer and each.payer is each)
    party.reference = "out"
    host = OdooHost(settings, load_mapping("odoo"), {})
    [record, *_] = host.read([Ref(Kind.CUSTOMER, str(party.serial))])
    fact = load_mapping("odoo").to_fact(record)
    assert isinstance(fact, Customer)
    assert fact.no_reminders
    host.close()


@pytest.mark.parametrize("odoo", [18, 19], indirect=True)
def test_a_tag_that_gets_its_meaning_later_is_read_again_on_all_who_carry_it(
    odoo: Sandbox, settings: OdooSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = next(each for each in odoo.ledger.parties if each.is_customer and each.payer is each)
    odoo.ledger.tag_customer(party, "Sensible")
    tag = odoo.ledger.tag("Sensible").serial
    host = OdooHost(settings, load_mapping("odoo"), {})
    before, cursor = customers(host, None)
    assert not before[party.name].insolvent
    host.close()
    monkeypatch.setitem(EXTERNAL_IDS, ("relance", "tag_insolvent"), ("res.partner.category", tag))
    host = OdooHost(settings, load_mapping("odoo"), {})
    after, cursor = customers(host, cursor)
    assert after[party.name].insolvent
    assert customers(host, cursor)[0] == {}  # once is enough
    host.close()
