"""The stores of the system tests: SQLite, or PostgreSQL when RELANCE_TEST_STORE says so."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from pathlib import Path

from connector.store.database import SqlStore, open_store
from connector.store.tables import metadata
from tests.stores import KIND, empty_store
from tests.system.machine.mortal import FleetingStore, empty_file

_ends = ExitStack()
atexit.register(_ends.close)


def new_address(folder: Path) -> str:
    """Where no store is yet; what will be there stays until the tests end."""
    return _ends.enter_context(empty_store(KIND, folder))


def new_store(folder: Path | None) -> SqlStore:
    """An empty store with all its tables: in a file of ``folder``; without one it lives in memory."""
    if KIND == "postgresql":
        return EmptiedStore()
    return open_store(f"sqlite:///{empty_file(folder)}") if folder else FleetingStore()


class EmptiedStore(SqlStore):
    """The store of one story on PostgreSQL: a database of an earlier story, without what was in it."""

    def __init__(self) -> None:
        store = _idle.pop() if _idle else open_store(new_address(Path()))
        super().__init__(store._engine, "database of a story")
        with self._engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())

    def close(self) -> None:
        """The database goes on to the next story."""
        _idle.append(self)


_idle: list[SqlStore] = []
