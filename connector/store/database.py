"""Open a store: the engine, its pragmas and locks, and the two kinds of transaction."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from connector.errors import StoreError
from connector.ports import Memo
from connector.store.lease import lease
from connector.store.memo import SqlMemo
from connector.store.migrate import bring_up_to_date
from connector.store.ports import Unit
from connector.store.trouble import PATIENCE, explain, explained
from connector.store.unit import SqlUnit

_FORMS = '"sqlite:///relance.sqlite" or "postgresql://user@server/database"'


def open_store(url: str | URL, *, create: bool = True) -> SqlStore:
    """Open the store at a SQLAlchemy address and bring its tables up to date.

    A new SQLite file (with ``create``; else it must be there) is readable by its owner alone. PostgreSQL
    needs the extra ``postgresql``. Raises StoreError, with the remedy, when the store was made by a newer
    version, is no store, cannot keep all letters, cannot be reached, read or written, or stays locked for 30
    seconds.
    """
    address = _address(url)
    place = _place(address)
    if address.get_backend_name() == "sqlite":
        _prepare_file(Path(address.database or ""), place, create=create)
    engine = _engine(address)
    try:
        with explained(place):
            if engine.dialect.name == "postgresql":
                _check_letters(engine, place)
            bring_up_to_date(engine, place, create=create)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine, place)


class SqlStore:
    """A ``Store`` on SQLite or PostgreSQL. May be shared by threads; each has its own transactions.

    A unit is the company's turn: on SQLite it takes the file's write lock, on PostgreSQL a lock of the
    company, so two processes wait for each other and never deadlock.
    """

    def __init__(self, engine: Engine, place: str) -> None:
        self._engine, self._place = engine, place
        self._thread = threading.local()

    @contextmanager
    def begin(self, company: str) -> Iterator[Unit]:
        """Open a unit. Raises StoreError for whatever the database says, at the start, inside or at the
        end; then nothing of the unit was saved."""
        with self._writing(company) as connection:
            yield SqlUnit(connection, company)

    def memo(self, company: str) -> Memo:
        """Return the company's map of strings."""
        return SqlMemo(company, self._reading, lambda: self._writing(company))

    @contextmanager
    def lease(self, company: str, work: str = "pass") -> Iterator[None]:
        """Be the only process that does this ``work`` for a company. Raises Busy when another does."""
        with self.leases([company], work):
            yield

    @contextmanager
    def leases(self, companies: Iterable[str], work: str) -> Iterator[None]:
        """Be the only process that does this ``work`` for all these companies. Raises Busy."""
        with explained(self._place), lease(self._engine, self.memo, companies, work):
            yield

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def __repr__(self) -> str:
        return f"SqlStore({self._place})"

    @contextmanager
    def _writing(self, company: str) -> Iterator[Connection]:
        if getattr(self._thread, "busy", False):  # it would wait for itself
            raise StoreError("A transaction of the store is open already in this thread. Please report this.")
        self._thread.busy = True
        try:
            with explained(self._place), self._engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    _take_turn(connection, company)
                yield connection
        finally:
            self._thread.busy = False

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self._place), self._engine.connect() as connection:
            yield connection.execution_options(relance_reads=True)


def _check_letters(engine: Engine, place: str) -> None:
    """Refuse a database that would fail at the first name it has no letters for."""
    with engine.connect() as connection:
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise StoreError(
            f"The store {place} cannot keep all letters: its encoding is {encoding}. "
            "Create the database anew: createdb --encoding UTF8 --template template0 NAME."
        )


def _take_turn(connection: Connection, company: str) -> None:
    key = int.from_bytes(hashlib.sha256(company.encode()).digest()[:8], signed=True)
    connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": f"{PATIENCE}s"})
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _address(url: str | URL) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # its message quotes the address, which may hold a password
        raise StoreError(f"The address of the store cannot be read. Write {_FORMS}.") from None
    backend = address.get_backend_name()
    if backend in ("postgres", "postgresql"):
        return address.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise StoreError(f'"{backend}" is no kind of store. Write {_FORMS}.')
    if address.database in (None, "", ":memory:"):
        raise StoreError(
            "A store in memory forgets what was sent, and would send it again. "
            'Name a file: "sqlite:///relance.sqlite".'
        )
    return address


def _place(address: URL) -> str:
    """What a person calls the store: a file, or server and database; never a password."""
    if address.get_backend_name() == "sqlite":
        return str(address.database)
    port = f":{address.port}" if address.port else ""
    return f"{address.host or 'local server'}{port}/{address.database or ''}"


def _prepare_file(file: Path, place: str, *, create: bool) -> None:
    """Make a new file with mode 0600; SQLite gives its side files the same mode."""
    if file.exists():
        if not file.is_file():
            raise StoreError(f"The store {place} is not a file. Name a file: it is made when missing.")
        return
    if not create:
        raise StoreError(f"There is no store in {place} yet. Run `relance pull` or `relance run` first.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"The store {place} cannot be made: {error.strerror}. "
            "Give this user the right to write the folder, or name another place."
        ) from None


def _engine(address: URL) -> Engine:
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, connect_args={"timeout": PATIENCE}, hide_parameters=True)
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options: dict[str, Any] = {"client_encoding": "utf8"}  # whatever the server or the environment prefers
    if "connect_timeout" not in address.query:
        options["connect_timeout"] = 10
    try:
        return create_engine(address, connect_args=options, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError:
        raise StoreError(
            "PostgreSQL needs a driver that is not installed. Install it: pip install 'relance[postgresql]'."
        ) from None
    except SQLAlchemyError as error:
        raise explain(error, _place(address)) from None


def _set_pragmas(connection: Any, record: object) -> None:
    # the driver must not begin transactions by itself: see _begin_sqlite
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous = FULL")  # what was said to be sent is known after a power cut
    connection.execute("PRAGMA foreign_keys = ON")


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Readers and a writer then do not wait for each other. SQLite does not wait by itself for another
    process that makes the same change, so we do."""
    for _ in range(PATIENCE * 10):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not (error.sqlite_errorname or "").startswith("SQLITE_BUSY"):
                raise
            time.sleep(0.1)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("relance_reads", False)
    # a transaction that reads first and writes later could be refused half way: take the lock at once
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
