"""What objects of QuickBooks become.

``quickbooks/<name>.json`` holds the object as the API gives it (after the documented samples), with the
payments linked to it; ``<name>.fact.json`` the fact. To change what is expected: ``pytest tests/golden
--update-golden``, then read the difference.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.errors import MappingError
from connector.hosts.quickbooks import join
from connector.mapping import load_mapping
from connector.model import Kind

FOLDER = Path(__file__).parent / "quickbooks"
NAMES = sorted(file.stem for file in FOLDER.glob("*.json") if not file.name.endswith(".fact.json"))
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
    try:
        fact: dict[str, Any] = asdict(load_mapping("quickbooks").to_fact(record))
    except MappingError as error:
        fact = {"set_aside": str(error)}
    return json.dumps(fact, indent=2, ensure_ascii=False, default=_plain) + "\n"


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


@pytest.mark.parametrize("name", NAMES)
def test_an_object_becomes_the_fact_beside_it(name: str, request: pytest.FixtureRequest) -> None:
    file, now = FOLDER / f"{name}.fact.json", became(name)
    if request.config.getoption("--update-golden", default=False):
        file.write_text(now, "utf-8")
    assert now == file.read_text("utf-8")


def test_there_are_golden_objects() -> None:
    assert len(NAMES) >= 30
