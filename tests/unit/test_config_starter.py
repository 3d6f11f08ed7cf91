"""The file that ``relance init`` writes."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path

import pytest

from connector.config import OdooSettings, load, starter
from connector.errors import ConfigError
from connector.model import Segment


def write(tmp_path: Path, **values: str) -> Path:
    given = {
        "url": "https://exemple.odoo.com",
        "database": "exemple",
        "login": "relance@example.com",
        "key_env": "ODOO_KEY",
        "company_id": "exemple",
        "company_name": "Exemple SARL",
    }
    file = tmp_path / "exemple.toml"
    file.write_text(starter(**(given | values)), encoding="utf-8")
    return file


@pytest.mark.parametrize("language", ["fr", "en", "de"])
def test_it_loads_as_it_is_and_lets_nothing_leave(tmp_path: Path, language: str) -> None:
    configuration = load(write(tmp_path, language=language))
    [company] = configuration.companies
    assert (company.language, company.email.via, configuration.warnings) == (language, "folder", ())


def test_the_two_languages_say_the_same(tmp_path: Path) -> None:
    scenarios = {load(write(tmp_path, language=one)).companies[0].scenarios_model() for one in ("fr", "en")}
    [[scenario]] = scenarios
    days = {step.name: step.day for step in scenario.steps}
    expected = {"pre_due": -5, "reminder_1": 7, "reminder_2": 15, "reminder_3": 30, "formal_notice": 45}
    assert days == expected
    assert (scenario.steps[-1].include, scenario.steps[-1].approval) == ("same_step", 1)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_loads_with_all_it_recommends_switched_on(tmp_path: Path, language: str) -> None:
    file = write(tmp_path, language=language)
    text = re.sub(r'(?m)^# (?=\[|"|[a-z_]+ = )', "", file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")
    [company] = load(file).companies
    assert (company.calendar.closed, company.calendar.hours) == ((5, 6), (time(8), time(19)))
    assert company.rules.promise_max == 45
    assert list(company.segments.values()) == [Segment.KEY_ACCOUNT]


def test_its_comments_are_in_the_language_of_the_company(tmp_path: Path) -> None:
    assert "rien ne part" in write(tmp_path, language="fr").read_text(encoding="utf-8")
    assert "nothing leaves" in write(tmp_path, language="en").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ['L\'"Exemple" & Cie', "C:\\Exemple", "Éts Exemple €", "$name ${url}", '"]\n[x']
)
def test_no_value_breaks_out_of_its_quotes(tmp_path: Path, name: str) -> None:
    company = load(
        write(tmp_path, database=name.replace("\n", " "), company_name=name.replace("\n", ""))
    ).companies[0]
    assert isinstance(company.host, OdooSettings)
    assert (company.host.database, company.name) == (name.replace("\n", " "), name.replace("\n", ""))


def test_a_line_break_in_a_value_stays_inside_and_is_judged_on_loading(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, database='x"\n[store]\nurl = "'))
    assert [problem.path for problem in caught.value.problems] == ["host.database"]


def test_an_unknown_host_is_refused() -> None:
    with pytest.raises(ConfigError, match='"odoo"'):
        starter(host="odo", url="", database="", login="", key_env="", company_id="", company_name="")
