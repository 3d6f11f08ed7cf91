"""The contract of the store, over each database that keeps it.

PostgreSQL is tried when RELANCE_TEST_POSTGRESQL holds the address of an empty database, such as
``postgresql://user@127.0.0.1:5432/relance_test``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.contract.test_store_accounts import AccountTests
from tests.contract.test_store_agreements import AgreementTests
from tests.contract.test_store_closed import ClosedTests
from tests.contract.test_store_facts import FactTests
from tests.contract.test_store_inbound import InboundTests
from tests.contract.test_store_outbox import OutboxTests
from tests.contract.test_store_payers import PayerTests
from tests.contract.test_store_people import PeopleTests
from tests.contract.test_store_remarks import RemarkTests
from tests.contract.test_store_two_at_once import ConcurrencyTests


class StoreTests(
    FactTests,
    AccountTests,
    OutboxTests,
    PeopleTests,
    AgreementTests,
    ClosedTests,
    InboundTests,
    PayerTests,
    RemarkTests,
    ConcurrencyTests,
):
    """All of it; a subclass gives the ``address``."""


class TestSqlite(StoreTests):
    @pytest.fixture
    def address(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'store.sqlite'}"


POSTGRESQL = os.environ.get("RELANCE_TEST_POSTGRESQL", "")


if POSTGRESQL:

    class TestPostgresql(StoreTests):
        @pytest.fixture
        def address(self) -> str:
            return POSTGRESQL

else:

    @pytest.mark.skip(reason="RELANCE_TEST_POSTGRESQL is not set")
    def test_the_contract_over_postgresql() -> None:
        """Stands for all of it, so that the report has one line."""
