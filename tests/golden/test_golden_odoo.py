"""What rows of Odoo become.

``odoo/<name>.json`` holds the rows as the server gives them (ids of currencies and users resolved),
``<name>.fact.json`` the fact. To change what is expected: ``pytest tests/golden --update-golden``, then read
the difference.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from connector.errors import MappingError
from connector.hosts.odoo import join, journal
from connector.mapping import load_mapping
from connector.model import Kind

FOLDER = Path(__file__).parent / "odoo"
NAMES = sorted(file.stem for file in FOLDER.glob("*.json") if not file.name.endswith(".fact.json"))


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
    try:
        fact: dict[str, Any] = asdict(load_mapping("odoo").to_fact(record))
    except MappingError as error:
        fact = {"set_aside": str(error)}
    return json.dumps(fact, indent=2, ensure_ascii=False, default=_plain) + "\n"


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


@pytest.mark.parametrize("name", NAMES)
def test_a_record_becomes_the_fact_beside_it(name: str, request: pytest.FixtureRequest) -> None:
    file, now = FOLDER / f"{name}.fact.json", became(name)
    if request.config.getoption("--update-golden", default=False):
        file.write_text(now, "utf-8")
    assert now == file.read_text("utf-8")


def test_there_are_golden_records() -> None:
    assert len(NAMES) >= 10
