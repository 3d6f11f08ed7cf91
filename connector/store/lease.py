"""The lease of a company: one process at a time works for it. It ends with the process, however that ends.

On SQLite it is a lock of the operating system on a small file beside the store, on PostgreSQL a lock of a
session of its own. Who holds it stands in the memo, for people.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from connector.errors import Busy, StoreError

_HOLDER = "lease.{work}"
#: How often, and how long apart in seconds, the name of a holder is looked for.
_LOOKS, _A_MOMENT = 20, 0.05

#: A machine without power or network says no goodbye: PostgreSQL asks whether it is there, in seconds, and
#: ends its session, and the locks of that, when there is no answer. Otherwise it would ask after two hours.
_SIGNS_OF_LIFE = {"tcp_keepalives_idle": "60", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "6"}


@contextmanager
def lease(
    engine: Engine, memo_of: Callable[[str], MutableMapping[str, str]], companies: Iterable[str], work: str
) -> Iterator[None]:
    """Hold the leases of all these companies for ``work``, or none. Raises Busy, naming the holder, when
    another has one of them."""
    wanted = list(dict.fromkeys(companies))
    with _locks(engine, work) as take:
        for company in wanted:
            if not take(company):
                raise Busy(_who(memo_of(company), company, work))
        me = {"place": platform.node(), "pid": os.getpid(), "since": datetime.now(UTC).isoformat()}
        for company in wanted:
            memo_of(company)[_HOLDER.format(work=work)] = json.dumps(me)
        yield


@contextmanager
def _locks(engine: Engine, work: str) -> Iterator[Callable[[str], bool]]:
    """Give what takes the lock of a company if it is free; all are let go of at the end."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield from _session_locks(connection, work)
    elif engine.url.database in (None, "", ":memory:"):
        yield lambda _company: True  # no other process can see it
    else:
        database = Path(engine.url.database)
        with ExitStack() as held:
            yield lambda company: held.enter_context(_file_lock(database, company, work))


@contextmanager
def _file_lock(database: Path, company: str, work: str) -> Iterator[bool]:
    folder = database.with_name(f"{database.name}.locks")
    lock = FileLock(folder / f"{_digest(company, work):x}.lock", mode=0o600)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout:
        yield False
        return
    except OSError as error:
        raise StoreError(
            f"The lock beside the store {database} cannot be taken: {error.strerror}. "
            "Give this user the right to write the folder."
        ) from None
    try:
        yield True
    finally:
        lock.release()


def _session_locks(connection: Connection, work: str) -> Iterator[Callable[[str], bool]]:
    """All of them in one session, however many companies there are."""
    for name, value in _SIGNS_OF_LIFE.items():
        connection.execute(text("SELECT set_config(:name, :value, false)"), {"name": name, "value": value})

    def take(company: str) -> bool:
        key = {"key": _digest(company, work) - 2**63}
        return bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar_one())

    try:
        yield take
    finally:
        try:
            connection.execute(text("SELECT pg_advisory_unlock_all()"))
        except SQLAlchemyError:  # the server ends its locks with the session
            connection.invalidate()


def _digest(company: str, work: str) -> int:
    return int.from_bytes(hashlib.sha256(f"lease\n{company}\n{work}".encode()).digest()[:8])


def _named(memo: MutableMapping[str, str], key: str) -> str:
    """Who holds it: one who took it just now has not yet said so. Raises KeyError for one who does not."""
    for _ in range(_LOOKS):
        if key in memo:
            break
        time.sleep(_A_MOMENT)
    return memo[key]


def _who(memo: MutableMapping[str, str], company: str, work: str) -> str:
    """What to tell the person whose process came second."""
    what = f"A timer runs already for {company}" if work == "timer" else f"A pass for {company} is under way"
    try:
        holder = json.loads(_named(memo, _HOLDER.format(work=work)))
        since = datetime.fromisoformat(holder["since"]).astimezone()
        by = f"in process {holder['pid']} on {holder['place']}, since {since:%Y-%m-%d %H:%M:%S %Z}"
    except (KeyError, ValueError):
        by = "in another process"
    return f"{what}, {by}. Wait for its end, or end that process; nothing was done here."
