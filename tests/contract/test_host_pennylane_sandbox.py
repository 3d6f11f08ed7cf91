"""The Pennylane adapter against the sandbox, in each of the places where its entries may stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from connector.hosts.pennylane import PennylaneHost, PennylaneSettings, Place
from connector.mapping import FieldMapping, load_mapping
from connector.ports import Host, Memo
from connector.sandbox.pennylane import PennylaneOptions
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving
from connector.testing import Acts, HostTests, Opened
from tests.contract.pennylane_acts import PennylaneActs

TODAY = date(2026, 11, 20)
#: So many that no test waits for a window.
PLENTY = 100_000


class TestSandboxPennylane(HostTests):
    @pytest.fixture(params=list(Place))
    def place(self, request: pytest.FixtureRequest) -> Place:
        found: Place = request.param
        return found

    @pytest.fixture
    def answers(self) -> PennylaneOptions:
        return PennylaneOptions(rate=PLENTY)

    @pytest.fixture
    def sandbox(self, answers: PennylaneOptions) -> Sandbox:
        return build(
            SandboxOptions(today=TODAY, host="pennylane", customers=12, documents=60, pennylane=answers)
        )

    @pytest.fixture
    def settings(self, sandbox: Sandbox, place: Place) -> Iterator[PennylaneSettings]:
        with serving(sandbox) as url:
            at = sandbox.address(url)
            yield PennylaneSettings(token=at.key, base_url=at.url, write_to=(place,))

    @pytest.fixture
    def memo(self) -> Memo:
        return {}

    @pytest.fixture
    def mapping(self) -> FieldMapping:
        return load_mapping("pennylane")

    @pytest.fixture
    def opened(self, settings: PennylaneSettings, mapping: FieldMapping, memo: Memo) -> Iterator[Opened]:
        hosts: list[PennylaneHost] = []

        def open_() -> PennylaneHost:
            hosts.append(PennylaneHost(settings, mapping, memo))
            return hosts[-1]

        yield open_
        for host in hosts:
            host.close()

    @pytest.fixture
    def act(self, sandbox: Sandbox) -> Acts:
        return PennylaneActs(sandbox)

    @pytest.fixture
    def intruder(self, settings: PennylaneSettings, mapping: FieldMapping) -> Iterator[Host]:
        host = PennylaneHost(replace(settings, token="0" * 40), mapping, {})
        yield host
        host.close()

    def test_a_quiet_pull_of_a_new_process_takes_three_calls(self, opened: Opened) -> None:
        cursor = [page.cursor for page in opened().pull(None)][-1]
        host = opened()
        assert [page.records for page in host.pull(cursor)] == [()]
        assert host.usage.calls <= 3


class TestSandboxPennylaneOtherwise(TestSandboxPennylane):
    """Where accounts differ, and where nobody knows how the real one answers."""

    @pytest.fixture(params=[Place.NOTES])
    def place(self, request: pytest.FixtureRequest) -> Place:
        found: Place = request.param
        return found

    @pytest.fixture
    def answers(self) -> PennylaneOptions:
        return PennylaneOptions(
            rate=PLENTY,
            comments=False,
            installments=True,
            newest=True,
            remaining_in="invoice",
            inclusive=False,
            echo=True,
        )
