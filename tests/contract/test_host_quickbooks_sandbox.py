"""The QuickBooks adapter keeps the contract, over the sandbox on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from connector.hosts.quickbooks import QuickBooksHost, QuickBooksSettings
from connector.http import Http, Pace
from connector.mapping import FieldMapping, load_mapping
from connector.ports import Host, Memo
from connector.sandbox.quickbooks import QuickBooksOptions
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving
from connector.testing import Acts, HostTests, Opened
from tests.contract.quickbooks_acts import QuickBooksActs

TODAY = date(2026, 11, 20)
#: So many that no test waits.
PLENTY = 1_000_000


class TestSandboxQuickBooks(HostTests):
    @pytest.fixture
    def answers(self) -> QuickBooksOptions:
        return QuickBooksOptions(per_minute=PLENTY, per_second=PLENTY, batches=PLENTY)

    @pytest.fixture
    def sandbox(self, answers: QuickBooksOptions) -> Sandbox:
        return build(
            SandboxOptions(today=TODAY, host="quickbooks", customers=12, documents=60, quickbooks=answers)
        )

    @pytest.fixture
    def settings(self, sandbox: Sandbox) -> Iterator[QuickBooksSettings]:
        with serving(sandbox) as url:
            at = sandbox.address(url)
            yield QuickBooksSettings(
                token=at.key, realm=at.database, base_url=at.url, promise_field="Promise"
            )

    @pytest.fixture
    def memo(self) -> Memo:
        return {}

    @pytest.fixture
    def mapping(self) -> FieldMapping:
        return load_mapping("quickbooks")

    @pytest.fixture
    def opened(self, settings: QuickBooksSettings, mapping: FieldMapping, memo: Memo) -> Iterator[Opened]:
        hosts: list[QuickBooksHost] = []

        def open_() -> QuickBooksHost:
            hosts.append(unhurried(settings, mapping, memo))
            return hosts[-1]

        yield open_
        for host in hosts:
            host.close()

    @pytest.fixture
    def act(self, sandbox: Sandbox) -> Acts:
        return QuickBooksActs(sandbox)

    @pytest.fixture
    def intruder(self, settings: QuickBooksSettings, mapping: FieldMapping) -> Iterator[Host]:
        host = unhurried(replace(settings, token="0" * 40), mapping, {})
        yield host
        host.close()

    def test_a_quiet_pull_of_a_new_process_is_one_billed_call(self, opened: Opened) -> None:
        cursor = [page.cursor for page in opened().pull(None)][-1]
        host = opened()
        assert [page.records for page in host.pull(cursor)] == [()]
        assert (host.usage.calls, host.usage.billed) == (1, 1)


class TestSandboxQuickBooksOtherwise(TestSandboxQuickBooks):
    """Where companies differ, and where nobody knows how the real one answers."""

    @pytest.fixture
    def answers(self) -> QuickBooksOptions:
        return QuickBooksOptions(
            per_minute=PLENTY,
            per_second=PLENTY,
            batches=PLENTY,
            payment_sparse=True,
            other_content="replay",
            cdc_too_old="clip",
            attachable_touches=True,
            slots=("", "", ""),
            country="US",
        )


def unhurried(settings: QuickBooksSettings, mapping: FieldMapping, memo: Memo) -> QuickBooksHost:
    """A host that keeps no pace: the sandbox has no limit here."""
    return QuickBooksHost(settings, mapping, memo, http=Http(pace=Pace(sleep=lambda _seconds: None)))
