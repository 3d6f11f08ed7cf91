"""What objects of Pennylane become.

``pennylane/<name>.json`` holds the object as the API gives it, with what stands behind its links;
``<name>.fact.json`` the fact. To change what is expected: ``pytest tests/golden --update-golden``, then read
the difference.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connector.hosts.pennylane import join, standing
from connector.model import Kind
from tests.golden.facts import assert_golden, fact_of, names_in

FOLDER = Path(__file__).parent / "pennylane"
NAMES = names_in(FOLDER)
BEHIND = ("matched", "payments", "parts")


def joined(case: dict[str, Any]) -> dict[str, Any]:
    match Kind(case["kind"]):
        case Kind.INVOICE:
            asked = any(name in case for name in BEHIND)
            behind = standing.Details(*(case.get(name, ()) for name in BEHIND)) if asked else standing.NOTHING
            return join.invoice(case["row"], behind)
        case Kind.CUSTOMER:
            return join.customer(case["row"], case.get("contacts", []))
        case _:
            return join.payment(case["row"])


def became(name: str) -> str:
    case = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    record = join.record(Kind(case["kind"]), joined(case), "golden")
    return fact_of("pennylane", record)


@pytest.mark.parametrize("name", NAMES)
def test_an_object_becomes_the_fact_beside_it(name: str, request: pytest.FixtureRequest) -> None:
    assert_golden(FOLDER / f"{name}.fact.json", became(name), request)


def test_there_are_golden_objects() -> None:
    assert len(NAMES) >= 20
