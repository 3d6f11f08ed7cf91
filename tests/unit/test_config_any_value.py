"""Whatever stands where a value belongs, the answer is a configuration or problems that can be mended."""

from __future__ import annotations

import copy
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.config import load
from connector.config.refusals import toml
from connector.errors import ConfigError
from connector.resources import shipped

EXAMPLE: dict[str, Any] = tomllib.loads(shipped("config.example.toml").read_text(encoding="utf-8"))
EXAMPLE["email"]["smtp"] = {"host": "smtp.example.com", "password": {"env": "SMTP_PASSWORD"}}
EXAMPLE["host"]["mapping"] = {"customer": {"language": {"from": "x", "as": "text"}}}
EXAMPLE["rules"] |= {
    "budget": {"contacts": 3, "days": 7},
    "tolerance": {"EUR": "0.50"},
    "forecast_factor": 3.0,
}
EXAMPLE["calendar"] |= {"closed": ["sat", "dim"], "hours": "08:00-19:00"}
EXAMPLE["segments"] = {"vip": "key_account"}
EXAMPLE["scenario"][1]["when"] |= {"segment": ["sme"], "amount": {"at_least": "10000", "below": "50000"}}
SECRET = "hunter2-very-secret"

Place = tuple[str | int, ...]


def places(value: object, above: Place = ()) -> Iterator[Place]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*above, key)
        yield from places(inner, (*above, key))


PLACES = list(places(EXAMPLE))
scalars = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.just(SECRET),
)
names = st.sampled_from(["env", "file", "command", "keyring", "type", "name", "day", "step", "smtp", "id"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


def read(document: dict[str, Any]) -> tuple[str, ...]:
    """Load a document; return all that is said about it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "relance.toml"
        text = "\n".join(f"{key} = {toml(value)}" for key, value in document.items())
        file.write_text(text, encoding="utf-8", newline="\n")
        try:
            return tuple(map(str, load(file).warnings))
        except ConfigError as error:
            problems = error.problems
    assert all(problem.message and problem.remedy for problem in problems), problems
    return tuple(map(str, problems))


@settings(deadline=None)
@given(st.sampled_from(PLACES), values)
def test_any_value_in_any_place_loads_or_is_refused_with_a_remedy(place: Place, value: object) -> None:
    document = copy.deepcopy(EXAMPLE)
    table: Any = document
    for part in place[:-1]:
        table = table[part]
    table[place[-1]] = value
    said = "\n".join(read(document))
    if place in (("host", "key"), ("email", "smtp", "password")):
        assert SECRET not in said


@settings(deadline=None)
@given(st.sampled_from(PLACES))
def test_whatever_is_left_out_is_optional_or_asked_for(place: Place) -> None:
    document = copy.deepcopy(EXAMPLE)
    table: Any = document
    for part in place[:-1]:
        table = table[part]
    del table[place[-1]]
    read(document)
