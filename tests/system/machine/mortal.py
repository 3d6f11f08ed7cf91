"""Stores whose process may die, and stores that cost little to make."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from connector.ports import Memo
from connector.store.database import SqlStore, open_store
from connector.store.ports import Store, Unit

_READS = frozenset(
    (
        "cursor", "digests", "open_refs", "set_aside", "standing", "customers_to_look_at", "accounts",
        "customers_with_open", "summary", "next_wake_on", "search", "effects", "reminders", "promises",
        "events", "settled_invoices", "ledger", "contacts_elsewhere", "sent_messages",
        "new_remarks", "found", "host_task", "host_tasks", "changed_tasks", "unseen_tasks", "idle_tasks",
    )
)  # fmt: skip


class Death(BaseException):
    """The process ends here and now: nothing of ours may catch it."""


class Lifetime:
    """How many more writes the process will live to see; None: all of them."""

    def __init__(self) -> None:
        self.left: int | None = None

    def tick(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Death


class MortalStore:
    """A store whose process may die before or after any write, before or after any commit. What was not
    committed is lost, as it is when a process ends."""

    def __init__(self, store: Store, life: Lifetime) -> None:
        self._store, self._life = store, life

    @contextmanager
    def begin(self, company: str) -> Iterator[Unit]:
        with self._store.begin(company) as unit:
            yield _MortalUnit(unit, self._life)  # type: ignore[misc]
            self._life.tick()
        self._life.tick()

    def memo(self, company: str) -> Memo:
        return _MortalMemo(self._store.memo(company), self._life)

    def lease(self, company: str, work: str = "pass") -> AbstractContextManager[None]:
        return self._store.lease(company, work)

    def leases(self, companies: Iterable[str], work: str) -> AbstractContextManager[None]:
        return self._store.leases(companies, work)

    def close(self) -> None:
        self._store.close()


class _MortalUnit:
    def __init__(self, unit: Unit, life: Lifetime) -> None:
        self._unit, self._life = unit, life

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._unit, name)
        if name in _READS:
            return method

        def mortal(*args: Any, **named: Any) -> Any:
            self._life.tick()
            return method(*args, **named)

        return mortal


class _MortalMemo(MutableMapping[str, str]):
    """Each write of a memo is a transaction of its own."""

    def __init__(self, memo: Memo, life: Lifetime) -> None:
        self._memo, self._life = memo, life

    def __getitem__(self, key: str) -> str:
        return self._memo[key]

    def __setitem__(self, key: str, value: str) -> None:
        self._life.tick()
        self._memo[key] = value
        self._life.tick()

    def __delitem__(self, key: str) -> None:
        self._life.tick()
        del self._memo[key]
        self._life.tick()

    def __iter__(self) -> Iterator[str]:
        return iter(self._memo)

    def __len__(self) -> int:
        return len(self._memo)


# stores of one story -------------------------------------------------------------------------------------
_idle: list[Engine] = []  # an engine keeps the statements it has compiled: the next story has them for free


class FleetingStore(SqlStore):
    """The store of one story: SQLite with our tables, transactions and rollback, but in memory. Migrations
    are run once for all stories."""

    def __init__(self) -> None:
        engine = _idle.pop() if _idle else _new_engine()
        with engine.connect() as connection:
            connection.connection.driver_connection.deserialize(_empty())  # type: ignore[union-attr]
        super().__init__(engine, "memory")

    def close(self) -> None:
        """The engine goes on to the next story."""
        _idle.append(self._engine)


def empty_file(folder: Path) -> Path:
    """Make a store in a file, with all its tables."""
    file = folder / "relance.sqlite"
    file.write_bytes(_empty())
    return file


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.sqlite"
        open_store(f"sqlite:///{file}").close()
        connection = sqlite3.connect(file)
        connection.execute("PRAGMA journal_mode = DELETE")  # the log beside the file is not in its bytes
        data = connection.serialize()
        connection.close()
    return data


def _new_engine() -> Engine:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _begin)
    return engine


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # as in the store itself: transactions begin where we say
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
