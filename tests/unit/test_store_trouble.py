"""What a database says, as a person reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from connector.errors import StoreError
from connector.store.trouble import explain, explained


class _DriverError(Exception):
    """Stands for an error of the PostgreSQL driver."""

    def __init__(self, said: str, sqlstate: str | None) -> None:
        super().__init__(said)
        self.sqlstate = sqlstate


class OperationalErrorOfDriver(_DriverError):
    pass


OperationalErrorOfDriver.__name__ = "OperationalError"


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'small.sqlite'}")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA max_page_count = 2"))
        connection.execute(text("CREATE TABLE t (x)"))
        with (
            pytest.raises(StoreError, match=r"here/db cannot grow: the disk is full.*Make room"),
            explained("here/db"),
        ):
            connection.execute(text("INSERT INTO t VALUES (zeroblob(100000))"))
    engine.dispose()


@pytest.mark.parametrize(
    ("sqlstate", "said"),
    [
        ("55P03", "is locked"),
        ("53100", "disk is full"),
        ("53300", "takes no more connections"),
        ("40P01", "Run again"),
        ("57P01", "shutting down"),
        ("25006", "standby"),
        ("42501", "refused us a right"),
        ("28P01", "password"),
        ("3D000", "does not exist"),
        ("08006", "cannot be reached"),
    ],
)
def test_a_state_of_postgresql_has_its_remedy(sqlstate: str, said: str) -> None:
    error = OperationalError("SELECT 1", {}, OperationalErrorOfDriver("server words", sqlstate))
    assert said in str(explain(error, "server/db"))


def test_no_state_means_that_there_was_no_server() -> None:
    error = OperationalError("SELECT 1", {}, OperationalErrorOfDriver("connection refused", None))
    assert "server/db cannot be reached" in str(explain(error, "server/db"))


def test_what_is_not_foreseen_is_told_without_the_values() -> None:
    said = _DriverError("duplicate key\nDETAIL: Key (name)=(Exemple SARL)", "23505")
    told = str(explain(IntegrityError("INSERT", {"name": "Exemple SARL"}, said), "db"))
    assert "duplicate key" in told
    assert "report" in told
    assert "Exemple" not in told


def test_a_missing_table_is_no_lack_of_a_server() -> None:
    error = ProgrammingError("SELECT 1", {}, _DriverError("relation does not exist", "42P01"))
    assert "relation does not exist" in str(explain(error, "db"))
