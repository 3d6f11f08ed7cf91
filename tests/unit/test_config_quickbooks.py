"""The settings of a company in QuickBooks: how it is entered, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.config import QuickBooksSettings, load, secrets_of, starter
from connector.errors import ConfigError
from connector.host_options import host_options
from connector.hosts.oauth import Credentials
from connector.hosts.quickbooks.settings import QuickBooksSettings as Taken
from connector.resources import shipped
from connector.store.database import open_store

APP = 'client_id = "exemple-client-id"\nclient_secret = { env = "T" }'
TOKEN = 'token = { env = "T" }'
REALM = 'realm = "9341452120600001"'


def written(tmp_path: Path, host: str) -> Path:
    text = starter(host="quickbooks", key_env="T", company_id="exemple", company_name="Exemple SARL")
    assert APP in text
    file = tmp_path / "relance.toml"
    file.write_text(text.replace(APP, host), encoding="utf-8")
    return file


def problems(tmp_path: Path, host: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, host))
    return str(caught.value)


@pytest.mark.parametrize(("host", "secret"), [(APP, "client_secret"), (f"{TOKEN}\n{REALM}", "token")])
def test_an_app_is_enough_and_so_is_a_token_with_its_company(tmp_path: Path, host: str, secret: str) -> None:
    (company,) = load(written(tmp_path, host)).companies
    assert isinstance(company.host, QuickBooksSettings)
    assert [path for path, _ in secrets_of(company)] == [("host", secret)]


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("", "host.client_id: it is missing"),
        ('client_id = "x"', "host.client_secret: it is missing"),
        (TOKEN, "host.realm: it is missing"),
        (f"{TOKEN}\n{REALM}\n{APP}", "client_id is there too"),
        (f"{APP}\nrealm = 'Exemple SARL'", "not the number of a company"),
        (f"{APP}\nmonthly_reads = 0", "monthly_reads"),
        (f'{APP}\nbase_url = "quickbooks.api.intuit.com"', "not a web address"),
        ('client_id = "x"\nclient_secret = "abc"', "does not belong in this file"),
        (f'{APP}\ndatabase = "x"', "no such option"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, host: str, said: str) -> None:
    assert said in problems(tmp_path, host)


def test_secrets_in_clear_are_worth_a_word(tmp_path: Path) -> None:
    more = 'base_url = "http://books.example"\ntoken_url = "http://books.example/token"'
    warned = [warning.path for warning in load(written(tmp_path, f"{APP}\n{more}")).warnings]
    assert {"host.base_url", "host.token_url"} <= set(warned)


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("http://127.0.0.1:8069", True),
        ("http://127.0.0.1:8069/", True),
        ("https://sandbox-quickbooks.api.intuit.com", False),
        ("", False),
    ],
)
def test_an_app_at_a_server_that_is_not_intuits_is_let_in_there(
    tmp_path: Path, url: str, there: bool
) -> None:
    file = tmp_path / "relance.toml"
    text = starter(host="quickbooks", url=url, key_env="T", company_id="exemple", company_name="Exemple")
    file.write_text(text, encoding="utf-8")
    configuration = load(file)
    host = configuration.companies[0].host
    assert isinstance(host, QuickBooksSettings)
    addresses = (host.authorize_url, host.token_url, host.revoke_url)
    paths = ("/connect/oauth2", "/oauth2/v1/tokens/bearer", "/v2/oauth2/tokens/revoke")
    served = tuple(f"http://127.0.0.1:8069{path}" for path in paths)
    assert (addresses == served) is there
    assert ("intuit.com" in host.token_url) is not there
    assert configuration.warnings == ()


@pytest.mark.parametrize(
    ("base", "token", "warned"),
    [
        ("http://127.0.0.1:8069", "", {"authorize_url", "token_url", "revoke_url"}),
        ("https://sandbox-quickbooks.api.intuit.com", "", set()),
        ("https://quickbooks.api.intuit.com", "https://tokens.exemple.example/bearer", {"token_url"}),
    ],
)
def test_addresses_of_two_houses_are_worth_a_word(
    tmp_path: Path, base: str, token: str, warned: set[str]
) -> None:
    more = f'base_url = "{base}"' + (f'\ntoken_url = "{token}"' if token else "")
    found = {warning.path for warning in load(written(tmp_path, f"{APP}\n{more}")).warnings}
    assert found == {f"host.{name}" for name in warned}


def test_a_token_of_ones_own_needs_no_addresses(tmp_path: Path) -> None:
    more = 'base_url = "http://127.0.0.1:8069"'
    assert load(written(tmp_path, f"{TOKEN}\n{REALM}\n{more}")).warnings == ()


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "ne montre pas d'écritures"), ("en", "no bank entries")]
)
def test_the_starter_says_what_quickbooks_does_not_show(language: str, said: str) -> None:
    text = starter(
        host="quickbooks", key_env="T", company_id="exemple", company_name="Exemple", language=language
    )
    assert said in text


def test_the_adapter_takes_all_that_the_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T", "secret-of-the-example")
    more = (
        f'{REALM}\npromise_field = "2"\norder_number_field = "PO"\ninvoice_links = true\nhistory = "6 months"'
    )
    (company,) = load(written(tmp_path, f"{APP}\n{more}")).companies
    store = open_store(f"sqlite:///{tmp_path}/x.sqlite")
    taken = Taken(**host_options(company, store))  # type: ignore[arg-type]
    store.close()
    assert isinstance(taken.credentials, Credentials)
    assert (taken.realm, taken.promise_field, taken.order_number_field) == ("9341452120600001", 2, "PO")
    assert (taken.invoice_links, taken.history_months, taken.language) == (True, 6, company.language)
    assert "secret-of-the-example" not in repr(taken)


def test_the_example_names_every_option() -> None:
    text = shipped("config.example.toml").read_text(encoding="utf-8")
    part = text[text.index('# type = "quickbooks"') :]
    absent = [name for name in QuickBooksSettings.model_fields if f"\n# {name} = " not in f"\n{part}"]
    assert [name for name in absent if name != "mapping"] == []
