"""A store that an earlier version of the program made and somebody filled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from connector.store import database, migrate
from connector.store.database import SqlStore, open_store
from tests.stores import empty_store


@contextmanager
def upgraded(
    kind: str, folder: Path, revision: str, fill: Callable[[Connection], None]
) -> Iterator[SqlStore]:
    """Make a store as ``revision`` did, fill it, and open it with the program of today."""
    with empty_store(kind, folder) as address:
        engine = database._engine(database._address(address))
        with engine.begin() as connection:
            config = migrate._config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            fill(connection)
        engine.dispose()
        store = open_store(address)
        yield store
        store.close()
