"""What a database says, turned into what a person can do about it. No values, no secrets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from connector.errors import StoreError

#: Seconds to wait for another process that is writing.
PATIENCE = 30

_LOCKED = (
    f"is locked: another process has been writing for more than {PATIENCE} seconds.",
    "Wait for its pass to end, or end that process.",
)
_FULL = ("cannot grow: the disk is full.", "Make room on the disk and run again; nothing was lost.")
_READ_ONLY = (
    "cannot be written.",
    "Give the user who runs this program the right to write the file and its folder.",
)
_CANNOT_OPEN = (
    "cannot be opened.",
    "Check that the path names a file in a folder that this user can read and write.",
)
_NO_DATABASE = ("is not a database.", "Name another file; this one was not touched.")
_DAMAGED = ("is damaged.", "Restore it from a backup.")
_DISK = ("cannot be read or written: the disk reports an error.", "Look at the disk and at the file system.")

#: Beginnings of SQLite's error names; the longer ones first.
_SQLITE = (
    ("SQLITE_BUSY", _LOCKED),
    ("SQLITE_LOCKED", _LOCKED),
    ("SQLITE_FULL", _FULL),
    ("SQLITE_READONLY", _READ_ONLY),
    ("SQLITE_PERM", _READ_ONLY),
    ("SQLITE_CANTOPEN", _CANNOT_OPEN),
    ("SQLITE_NOTADB", _NO_DATABASE),
    ("SQLITE_CORRUPT", _DAMAGED),
    ("SQLITE_IOERR", _DISK),
)
#: Beginnings of PostgreSQL's SQLSTATE; the longer ones first.
_POSTGRESQL = (
    ("55P03", _LOCKED),
    ("40", ("was in demand by two processes at once.", "Run again.")),
    ("53100", _FULL),
    ("53300", ("takes no more connections.", "Raise max_connections, or run fewer workers.")),
    ("53", ("is short of resources.", "Look at the server's memory and disk.")),
    ("57P", ("is shutting down or starting.", "Run again once it is up.")),
    ("25006", ("takes no writes: it is a standby.", "Name the primary server in the store's address.")),
    ("42501", ("refused us a right.", "Let the store's user create and write tables in its schema.")),
    ("28", ("refused our login.", "Check the user and the password of the store's address.")),
    ("3D000", ("does not exist.", "Create the database: createdb NAME.")),
    ("08", ("cannot be reached.", "Check that the server runs and that its address is right.")),
)
_UNREACHABLE_REMEDY = "Check that the server runs, and the address, user and password of the store."


def explain(error: SQLAlchemyError, place: str) -> StoreError:
    """Return the StoreError for what the driver raised. ``place`` names the store without its password."""
    original = error.orig if isinstance(error, StatementError) else None
    what = _known(original, error)
    if what is None:
        kind = type(original or error).__name__
        said = _first_line(original or error)
        return StoreError(f"The store {place} failed: {kind}: {said}. Please report this.")
    said, remedy = what
    return StoreError(f"The store {place} {said} {remedy}")


def _known(original: BaseException | None, error: SQLAlchemyError) -> tuple[str, str] | None:
    name = getattr(original, "sqlite_errorname", None)
    if name:
        return _first(str(name), _SQLITE)
    state = getattr(original, "sqlstate", None)
    if state:
        return _first(str(state), _POSTGRESQL)
    if isinstance(error, DBAPIError) and type(original).__name__ == "OperationalError":
        # psycopg gives no state for a connection that was not made; its words name no password
        return f"cannot be reached: {_first_line(original)}.", _UNREACHABLE_REMEDY
    return None


def _first_line(error: BaseException | None) -> str:
    """What was said, without the lines that quote values."""
    return str(error).strip().partition("\n")[0].rstrip(".")


def _first(name: str, table: Sequence[tuple[str, tuple[str, str]]]) -> tuple[str, str] | None:
    return next((what for beginning, what in table if name.startswith(beginning)), None)


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Raise StoreError for whatever the database raises inside."""
    try:
        yield
    except SQLAlchemyError as error:
        raise explain(_first_cause(error), place) from error


def _first_cause(error: SQLAlchemyError) -> SQLAlchemyError:
    """What went wrong first. On a full disk SQLite ends the whole transaction, and going back to a savepoint
    of it fails in its turn: that says nothing to anybody."""
    first = error
    cause = error.__context__
    while cause is not None:
        if isinstance(cause, SQLAlchemyError):
            first = cause
        cause = cause.__context__
    return first
