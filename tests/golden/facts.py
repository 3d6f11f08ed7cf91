"""What the golden tests of all hosts share: a record becomes the text of the fact beside it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from connector.errors import MappingError
from connector.mapping import load_mapping
from connector.ports import Record


def names_in(folder: Path) -> list[str]:
    """The cases of a folder, by name."""
    return sorted(file.stem for file in folder.glob("*.json") if not file.name.endswith(".fact.json"))


def fact_of(mapping: str, record: Record) -> str:
    """The fact as text, or why the record was set aside."""
    try:
        fact: dict[str, Any] = asdict(load_mapping(mapping).to_fact(record))
    except MappingError as error:
        fact = {"set_aside": str(error)}
    return json.dumps(fact, indent=2, ensure_ascii=False, default=_plain) + "\n"


def assert_golden(file: Path, now: str, request: pytest.FixtureRequest) -> None:
    """``now`` is what stands in the file; with ``--update-golden`` it is put there first."""
    if request.config.getoption("--update-golden", default=False):
        file.write_text(now, "utf-8")
    assert now == file.read_text("utf-8")


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)
