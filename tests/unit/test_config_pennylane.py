"""The settings of a company in Pennylane: how it is entered, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.config import PennylaneSettings, load, secrets_of, starter
from connector.config.plugins import HOSTS
from connector.errors import ConfigError
from connector.hosts import host_names
from connector.resources import shipped

TOKEN = 'token = { env = "T" }'


def written(tmp_path: Path, host: str) -> Path:
    text = starter(host="pennylane", key_env="T", company_id="exemple", company_name="Exemple SARL")
    assert TOKEN in text
    file = tmp_path / "relance.toml"
    file.write_text(text.replace(TOKEN, host), encoding="utf-8")
    return file


def problems(tmp_path: Path, host: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, host))
    return str(caught.value)


def test_a_token_is_enough(tmp_path: Path) -> None:
    (company,) = load(written(tmp_path, TOKEN)).companies
    assert isinstance(company.host, PennylaneSettings)
    assert [path for path, _ in secrets_of(company)] == [("host", "token")]


def test_a_partner_has_an_id_and_a_secret(tmp_path: Path) -> None:
    partner = 'client_id = "x"\nclient_secret = { env = "S" }'
    (company,) = load(written(tmp_path, partner)).companies
    assert [path for path, _ in secrets_of(company)] == [("host", "client_secret")]


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("", "host.token: it is missing"),
        ('client_id = "x"', "host.token: it is missing"),
        (f'{TOKEN}\nclient_id = "x"', "client_id is there too"),
        ('token = "abc"', "does not belong in this file"),
        (f'{TOKEN}\nwrite_to = ["chatter"]', "write_to"),
        (f'{TOKEN}\ncomment_path = "https://elsewhere.example/"', "not the path of an endpoint"),
        (f'{TOKEN}\ndatabase = "x"', "no such option"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, host: str, said: str) -> None:
    assert said in problems(tmp_path, host)


def test_a_token_in_clear_is_worth_a_word(tmp_path: Path) -> None:
    file = written(tmp_path, f'{TOKEN}\nbase_url = "http://pennylane.example"')
    assert any("in clear" in warning.message for warning in load(file).warnings)


def test_each_host_of_ours_can_be_made_and_has_a_starter() -> None:
    assert set(host_names()) >= HOSTS
    for host in HOSTS:
        assert starter(host=host, url="https://x.example", key_env="K", company_id="x", company_name="X")


def test_the_example_names_every_option() -> None:
    text = shipped("config.example.toml").read_text(encoding="utf-8")
    part = text[text.index('# type = "pennylane"') :]
    absent = [name for name in PennylaneSettings.model_fields if f"\n# {name} = " not in f"\n{part}"]
    assert [name for name in absent if name != "mapping"] == []
