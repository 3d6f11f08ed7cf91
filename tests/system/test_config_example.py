"""The example tells the truth: every option is in it, and nothing else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from connector.config import CompanySettings, OdooSettings, json_schema, load
from connector.config.refusals import TOP, submodel
from connector.resources import shipped

EXAMPLE = shipped("config.example.toml")


@pytest.fixture(scope="module")
def text() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def everything(text: str) -> str:
    """Return the example with its optional options switched on (a # with no blank after it)."""
    return re.sub(r"(?m)^#(?=[a-z\[\"])", "", text)


def options(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every option under a model, with its description."""
    for name, field in model.model_fields.items():
        path = (*above, name)
        yield path, field.description or ""
        inner = OdooSettings if path == ("host",) else submodel(field)
        if inner:
            yield from options(inner, path)


ALL = [*options(CompanySettings), *(one for name, model in TOP.items() for one in options(model, (name,)))]


def named(value: object, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every path of a document, without the ranks of lists."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*above, name)
            yield from named(inner, (*above, name))
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner, above)


def test_it_loads_as_it_is_without_a_warning() -> None:
    assert load(EXAMPLE).warnings == ()


def test_it_loads_with_every_option_switched_on(everything: str, tmp_path: Path) -> None:
    file = tmp_path / "all.toml"
    file.write_text(everything, encoding="utf-8")
    [company] = load(file).companies
    assert company.email.smtp is not None
    assert company.host.mapping
    assert company.segments


def test_it_names_every_option(everything: str) -> None:
    present = set(named(tomllib.loads(everything)))
    assert [path for path, _ in ALL if path not in present] == []


#: A table's own sentence is its heading in the example.
TABLES = {path[:-1] for path, _ in ALL} | {(name,) for name in TOP}
TABLES -= {("scenario", "when"), ("scenario", "when", "amount"), ("email", "smtp"), ("rules", "budget")}


@pytest.mark.parametrize(
    "sentence", [sentence for path, sentence in ALL if path not in TABLES], ids=lambda sentence: sentence[:40]
)
def test_every_option_has_its_sentence(text: str, sentence: str) -> None:
    prose = " ".join(line.lstrip("# ") for line in text.splitlines())
    assert sentence
    assert sentence in prose


def test_the_defaults_it_shows_are_the_real_ones() -> None:
    """An option that is switched on in the example and has a default shows that default."""
    differs = {("sender", "address"), ("rules", "exclude_tags"), ("host", "mapping")}
    [company] = load(EXAMPLE).companies
    for name in ("email", "rules", "calendar", "host", "sender"):
        table = getattr(company, name)
        context = {"folder": EXAMPLE.parent.absolute()}
        required = {key: value for key, value in table if type(table).model_fields[key].is_required()}
        plain = type(table).model_validate(required, context=context)
        for key, value in table:
            if (name, key) not in differs:
                assert getattr(plain, key) == value, f"{name}.{key}"


def test_the_several_companies_of_its_last_comment_load(text: str, tmp_path: Path) -> None:
    head, _, tail = text.partition("\n# ── The program as a whole")
    shown = re.findall(r"(?m)^#   (.*)$|^#$", tail.partition("Several companies")[2])
    defaults = head.split("# ── The accounting system")[1]
    defaults = re.sub(r"(?s)\[host\].*?(?=# ── Who writes)", "", "#" + defaults)
    top = 'language = "fr"\ncountry = "FR"\ntime_zone = "Europe/Paris"\n'
    file = tmp_path / "several.toml"
    file.write_text(top + defaults + "\n" + "\n".join(shown), encoding="utf-8")
    nord, sud = load(file).companies
    assert (nord.id, sud.id) == ("nord", "sud")
    assert sud.sender.email == "compta.sud@example.com"
    assert isinstance(sud.host, OdooSettings)
    assert (sud.host.company, sud.host.login) == (2, "relance@example.com")


def test_the_schema_describes_every_option_and_every_reference_of_it_leads_somewhere() -> None:
    schema = json_schema()
    definitions = schema["$defs"]
    refs = set(re.findall(r"'\$ref': '#/\$defs/(\w+)'", str(schema)))
    assert refs
    assert refs <= set(definitions)
    company = definitions["CompanySettings"]
    assert set(company["properties"]) == set(CompanySettings.model_fields)
    assert company["properties"]["id"]["description"].startswith("Short name")
    assert definitions["OdooSettings"]["additionalProperties"] is False
    assert "required" not in definitions["AnyOdooSettings"]
