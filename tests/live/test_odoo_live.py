"""The contract against a real Odoo, which it changes: payments are made, an invoice is cancelled.

RELANCE_ODOO_URL, RELANCE_ODOO_DATABASE, RELANCE_ODOO_LOGIN, RELANCE_ODOO_KEY, and RELANCE_ODOO_COMPANY when
the user sees several. RELANCE_ODOO_PERSON and RELANCE_ODOO_PERSON_PASSWORD are those of a colleague who pays,
writes and marks tasks done; without them our own user does it, as in a firm that runs us under a person's
login.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from connector.hosts.odoo import OdooHost, OdooSettings
from connector.mapping import FieldMapping, load_mapping
from connector.ports import Host, Memo
from connector.testing import Acts, HostTests, Opened
from tests.contract.odoo_acts import OdooActs

_NAMES = ("URL", "DATABASE", "LOGIN", "KEY")

pytestmark = pytest.mark.skipif(
    not all(os.environ.get(f"RELANCE_ODOO_{name}") for name in _NAMES),
    reason="no RELANCE_ODOO_URL, _DATABASE, _LOGIN and _KEY in the environment",
)


class TestRealOdoo(HostTests):
    @pytest.fixture
    def settings(self) -> OdooSettings:
        url, database, login, key = (os.environ[f"RELANCE_ODOO_{name}"] for name in _NAMES)
        company = os.environ.get("RELANCE_ODOO_COMPANY")
        return OdooSettings(url, database, login, key, company=company)

    @pytest.fixture
    def memo(self) -> Memo:
        return {}

    @pytest.fixture
    def mapping(self) -> FieldMapping:
        return load_mapping("odoo")

    @pytest.fixture
    def opened(self, settings: OdooSettings, mapping: FieldMapping, memo: Memo) -> Opened:
        return lambda: OdooHost(settings, mapping, memo)

    @pytest.fixture
    def act(self, settings: OdooSettings, opened: Opened) -> Acts:
        host = opened()
        assert isinstance(host, OdooHost)
        login = os.environ.get("RELANCE_ODOO_PERSON", settings.login)
        password = os.environ.get("RELANCE_ODOO_PERSON_PASSWORD", settings.key)
        return OdooActs(settings, host.company_id, login, password)

    @pytest.fixture
    def intruder(self, settings: OdooSettings, mapping: FieldMapping) -> Host:
        return OdooHost(replace(settings, key="0" * 40), mapping, {})

    def test_a_quiet_pull_of_a_new_process_takes_six_calls(self, opened: Opened) -> None:
        cursor = [page.cursor for page in opened().pull(None)][-1]
        host = opened()
        pages = list(host.pull(cursor))
        assert [page.records for page in pages] == [()]
        assert host.usage.calls <= 6
