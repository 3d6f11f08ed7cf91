"""What objects of Pennylane become.

``pennylane/<name>.json`` holds the object as the API gives it, with what stands behind its links;
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
from connector.hosts.pennylane import join, standing
from connector.mapping import load_mapping
from connector.model import Kind

FOLDER = Path(__file__).parent / "pennylane"
NAMES = sorted(file.stem for file in FOLDER.glob("*.json") if not file.name.endswith(".fact.json"))
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
    try:
        fact: dict[str, Any] = asdict(load_mapping("pennylane").to_fact(record))
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
    assert len(NAMES) >= 20
