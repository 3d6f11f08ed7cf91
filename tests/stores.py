"""Where the stores of the tests lie: SQLite, and PostgreSQL where there is one.

``RELANCE_TEST_POSTGRESQL`` is the address of an empty database, such as
``postgresql://user@127.0.0.1:5432/relance_test``. Tests that want a database of their own make one beside it
and drop it at the end: that user must be allowed to create databases. With ``RELANCE_TEST_STORE=postgresql``
the system tests, which take SQLite, take PostgreSQL instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

POSTGRESQL = os.environ.get("RELANCE_TEST_POSTGRESQL", "")
#: The kind of store that the system tests take.
KIND = os.environ.get("RELANCE_TEST_STORE", "sqlite")
#: For what is about the file in which SQLite keeps a store.
about_the_file = pytest.mark.skipif(KIND != "sqlite", reason="the store is in no file")
#: All kinds that can be tested here.
KINDS = ("sqlite", "postgresql") if POSTGRESQL else ("sqlite",)


@contextmanager
def empty_store(kind: str, folder: Path) -> Iterator[str]:
    """Give the address of a store of that kind that nobody has made yet."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'store.sqlite'}"
        return
    with empty_database() as address:
        yield address


@contextmanager
def empty_database(letters: str = "ENCODING 'UTF8'") -> Iterator[str]:
    """An empty database of PostgreSQL, dropped at the end."""
    name = f"relance_test_{uuid4().hex}"
    _order(f"CREATE DATABASE {name} {letters} TEMPLATE template0")
    try:
        yield make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
    finally:
        _order(f"DROP DATABASE {name} WITH (FORCE)")  # whoever still holds a connection loses it


def _order(statement: str) -> None:
    engine = create_engine(make_url(POSTGRESQL).set(drivername="postgresql+psycopg"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()
