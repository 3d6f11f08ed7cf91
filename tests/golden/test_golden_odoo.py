"""What rows of Odoo become.

``odoo/<name>.json`` holds the rows as the server gives them (ids of currencies and users resolved),
``<name>.fact.json`` the fact. To change what is expected: ``pytest tests/golden --update-golden``, then read
the difference.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connector.hosts.odoo import join, journal
from connector.model import Kind
from tests.golden.facts import assert_golden, fact_of, names_in

FOLDER = Path(__file__).parent / "odoo"
NAMES = names_in(FOLDER)


def joined(case: dict[str, Any]) -> dict[str, Any]:
    """The join of a case's rows, its ids being resolved already."""
    match Kind(case["kind"]):
        case Kind.INVOICE:
            others = {row["id"]: row for row in case.get("others", [])}
            return join.invoice(case["row"], case["lines"], case.get("partials", []), others)
        case Kind.CUSTOMER:
            (customer,) = join.customers([case["row"], *case.get("contacts", [])])
            return customer
        case Kind.PAYMENT:
            return join.payment(case["row"], {})
        case Kind.ACTIVITY:
            return join.activity(case["row"], 1)
        case Kind.INBOUND:
            return join.inbound(case["row"])
        case Kind.REMARK:
            users = {row["id"]: row for row in case["users"]}
            who = journal.author(case["row"], users)
            return journal.remark(case["row"], who, 1, journal.OurTasks(1, {})) or {}


def became(name: str) -> str:
    case = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    record = join.record(Kind(case["kind"]), joined(case), "golden")
    return fact_of("odoo", record)


@pytest.mark.parametrize("name", NAMES)
def test_a_record_becomes_the_fact_beside_it(name: str, request: pytest.FixtureRequest) -> None:
    assert_golden(FOLDER / f"{name}.fact.json", became(name), request)


def test_there_are_golden_records() -> None:
    assert len(NAMES) >= 10
