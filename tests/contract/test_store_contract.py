"""The contract of the store, over each database that keeps it.

PostgreSQL is tried when RELANCE_TEST_POSTGRESQL holds the address of an empty database: see ``tests.stores``.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from connector.errors import StoreError
from connector.store.database import open_store
from tests.contract.test_store_accounts import AccountTests
from tests.contract.test_store_agreements import AgreementTests
from tests.contract.test_store_closed import ClosedTests
from tests.contract.test_store_facts import FactTests
from tests.contract.test_store_inbound import InboundTests
from tests.contract.test_store_lease import LeaseTests
from tests.contract.test_store_outbox import OutboxTests
from tests.contract.test_store_payers import PayerTests
from tests.contract.test_store_people import PeopleTests
from tests.contract.test_store_remarks import RemarkTests
from tests.contract.test_store_two_at_once import ConcurrencyTests
from tests.stores import POSTGRESQL, empty_database


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
    LeaseTests,
    ConcurrencyTests,
):
    """All of it; a subclass gives the ``address``."""


class TestSqlite(StoreTests):
    @pytest.fixture
    def address(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'store.sqlite'}"


if POSTGRESQL:

    class TestPostgresql(StoreTests):
        @pytest.fixture
        def address(self) -> str:
            return POSTGRESQL

        @pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
        def test_a_database_that_cannot_keep_all_letters_is_refused(self, encoding: str) -> None:
            with (
                empty_database(f"ENCODING '{encoding}' LOCALE 'C'") as address,
                pytest.raises(StoreError, match=f"its encoding is {encoding}.*--encoding UTF8"),
            ):
                open_store(address)

        def test_a_pass_outlives_the_loss_of_its_session(self) -> None:
            with self.store.lease(self.company):
                self.end_all_sessions()
                self.save(cursor="1")
            with self.store.lease(self.company), self.unit() as unit:
                assert unit.cursor() == "1"

        def end_all_sessions(self) -> None:
            """As the server does when it is restarted."""
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            with self.store._engine.connect() as connection:
                query = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"  # noqa: S608
                connection.execute(text(query))

else:

    @pytest.mark.skip(reason="RELANCE_TEST_POSTGRESQL is not set")
    def test_the_contract_over_postgresql() -> None:
        """Stands for all of it, so that the report has one line."""
