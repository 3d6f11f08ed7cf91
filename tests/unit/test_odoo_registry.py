"""A host is made by its name from plain values, and contacts nobody before it is used."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.errors import ConfigError
from connector.hosts import host_names, make_host
from connector.hosts.odoo import OdooHost, OdooSettings
from connector.mapping import load_mapping

SETTINGS = {
    "url": "https://exemple.odoo.com",
    "database": "exemple",
    "login": "relance@example.com",
    "key": "0123456789-secret",
}


def test_a_host_is_made_by_its_name_without_a_call() -> None:
    host = make_host("odoo", SETTINGS, load_mapping("odoo"), {})
    assert isinstance(host, OdooHost)
    assert host.usage.calls == 0


def test_an_unknown_host_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="did you mean 'odoo'"):
        make_host("odo", {}, load_mapping("odoo"), {})
    assert "odoo" in host_names()


@pytest.mark.parametrize(
    ("url", "asked", "pace"),
    [
        ("https://exemple.odoo.com", None, 1.0),
        ("https://exemple.dev.odoo.sh/", None, 1.0),
        ("https://odoo.exemple.example", None, None),
        ("https://odoo.com.exemple.example", None, None),
        ("https://exemple.odoo.com", 3.0, 3.0),
    ],
)
def test_odoos_own_servers_are_called_once_a_second(
    url: str, asked: float | None, pace: float | None
) -> None:
    settings = OdooSettings(**{**SETTINGS, "url": url}, calls_per_second=asked)
    assert settings.pace == pace


def test_the_settings_show_no_key_and_their_fingerprint_does_not_depend_on_it() -> None:
    settings = OdooSettings(**SETTINGS, overlap=timedelta(minutes=5))
    other = OdooSettings(**{**SETTINGS, "key": "another"})
    assert "secret" not in repr(settings)
    assert settings.fingerprint == other.fingerprint
