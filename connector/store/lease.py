"""The lease of a company: one process at a time works for it. It ends with the process, however that ends.

On SQLite it is a lock of the operating system on a small file beside the store, on PostgreSQL a lock of a
session of its own. Who holds it stands in the memo, for people.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text

from connector.errors import Busy, StoreError

_HOLDER = "lease.{work}"


@contextmanager
def lease(engine: Engine, memo: MutableMapping[str, str], company: str, work: str) -> Iterator[None]:
    """Hold the lease of ``company`` for ``work``. Raises Busy, naming the holder, when another has it."""
    held: AbstractContextManager[bool]
    if engine.dialect.name == "postgresql":
        held = _session_lock(engine, company, work)
    elif engine.url.database in (None, "", ":memory:"):
        held = nullcontext(True)  # no other process can see it
    else:
        held = _file_lock(Path(engine.url.database), company, work)
    with held as free:
        if not free:
            raise Busy(_who(memo, company, work))
        memo[_HOLDER.format(work=work)] = json.dumps(
            {"place": platform.node(), "pid": os.getpid(), "since": datetime.now(UTC).isoformat()}
        )
        yield


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


@contextmanager
def _session_lock(engine: Engine, company: str, work: str) -> Iterator[bool]:
    key = {"key": _digest(company, work) - 2**63}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        free = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar_one()
        try:
            yield bool(free)
        finally:
            if free:
                with suppress(Exception):  # the session is gone, and its lock with it
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def _digest(company: str, work: str) -> int:
    return int.from_bytes(hashlib.sha256(f"lease\n{company}\n{work}".encode()).digest()[:8])


def _who(memo: MutableMapping[str, str], company: str, work: str) -> str:
    """What to tell the person whose process came second."""
    what = "A timer runs already on this store" if work == "timer" else f"A pass for {company} is under way"
    try:
        holder = json.loads(memo[_HOLDER.format(work=work)])
        since = datetime.fromisoformat(holder["since"]).astimezone()
        by = f"in process {holder['pid']} on {holder['place']}, since {since:%Y-%m-%d %H:%M:%S %Z}"
    except (KeyError, ValueError):
        by = "in another process"
    return f"{what}, {by}. Wait for its end, or end that process; nothing was done here."
