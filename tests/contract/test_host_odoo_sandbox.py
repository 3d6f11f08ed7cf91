"""The Odoo adapter against the sandbox, over both protocols and every version that we support."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from connector.hosts.odoo import OdooHost, OdooSettings
from connector.mapping import FieldMapping, load_mapping
from connector.ports import Host, Memo
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving
from connector.testing import Acts, HostTests, Opened
from tests.contract.odoo_acts import OdooActs

TODAY = date(2026, 11, 20)


class TestSandboxOdoo(HostTests):
    @pytest.fixture(params=[16, 17, 18, 19])
    def sandbox(self, request: pytest.FixtureRequest) -> Sandbox:
        return build(SandboxOptions(today=TODAY, version=request.param, customers=12, documents=60))

    @pytest.fixture
    def settings(self, sandbox: Sandbox) -> Iterator[OdooSettings]:
        with serving(sandbox) as url:
            at = sandbox.address(url)
            company = next(iter(sandbox.ledger.companies)).name
            yield OdooSettings(at.url, at.database, at.login, at.key, company=company)

    @pytest.fixture
    def memo(self) -> Memo:
        return {}

    @pytest.fixture
    def mapping(self) -> FieldMapping:
        return load_mapping("odoo")

    @pytest.fixture
    def opened(self, settings: OdooSettings, mapping: FieldMapping, memo: Memo) -> Iterator[Opened]:
        hosts: list[OdooHost] = []

        def open_() -> OdooHost:
            hosts.append(OdooHost(settings, mapping, memo))
            return hosts[-1]

        yield open_
        for host in hosts:
            host.close()

    @pytest.fixture
    def act(self, settings: OdooSettings, sandbox: Sandbox) -> Acts:
        person = sandbox.ledger.user("camille")
        return OdooActs(settings, next(iter(sandbox.ledger.companies)).serial, person.login, person.password)

    @pytest.fixture
    def intruder(self, settings: OdooSettings, mapping: FieldMapping) -> Iterator[Host]:
        host = OdooHost(replace(settings, key="0" * 40), mapping, {})
        yield host
        host.close()

    def test_a_quiet_pull_of_a_new_process_takes_six_calls(self, opened: Opened) -> None:
        cursor = [page.cursor for page in opened().pull(None)][-1]
        host = opened()
        assert [page.records for page in host.pull(cursor)] == [()]
        assert host.usage.calls <= 6
