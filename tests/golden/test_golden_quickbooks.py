"""What objects of QuickBooks become.

``quickbooks/<name>.json`` holds the object as the API gives it (after the documented samples), with the
payments linked to it; ``<name>.fact.json`` the fact. To change what is expected: ``pytest tests/golden
--update-golden``, then read the difference.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.hosts.quickbooks import join
from connector.model import Kind
from tests.golden.facts import assert_golden, fact_of, names_in

FOLDER = Path(__file__).parent / "quickbooks"
NAMES = names_in(FOLDER)
KINDS = {"customer": Kind.CUSTOMER, "payment": Kind.PAYMENT}
TERMS: dict[str, dict[str, Any]] = {
    "3": {"Name": "Net 30", "Type": "STANDARD", "DueDays": 30},
    "6": {"Name": "By the 1st", "Type": "DATE_DRIVEN", "DayOfMonthDue": 1, "DueNextMonthDays": 15},
}


def joined(case: dict[str, Any]) -> dict[str, Any]:
    row = case["row"]
    match case["entity"]:
        case "invoice":
            return join.invoice(
                row,
                case.get("payments", {}),
                TERMS,
                home_currency="USD",
                order_number_field="p.o. number",
                link=case.get("link"),
            )
        case "creditmemo":
            return join.credit_memo(row, TERMS, home_currency="USD")
        case "payment":
            return join.payment(row, home_currency="USD")
        case _:
            return join.customer(row, case.get("billed_to", ()))


def became(name: str) -> str:
    case = json.loads((FOLDER / f"{name}.json").read_text("utf-8"), parse_float=Decimal)
    record = join.record(KINDS.get(case["entity"], Kind.INVOICE), joined(case), "golden", None)
    return fact_of("quickbooks", record)


@pytest.mark.parametrize("name", NAMES)
def test_an_object_becomes_the_fact_beside_it(name: str, request: pytest.FixtureRequest) -> None:
    assert_golden(FOLDER / f"{name}.fact.json", became(name), request)


def test_there_are_golden_objects() -> None:
    assert len(NAMES) >= 30
