"""The durable map that a host's adapter keeps what it learned in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import AbstractContextManager

from sqlalchemy import Connection, delete, select

from connector.store.scope import upsert
from connector.store.tables import memo


class SqlMemo(MutableMapping[str, str]):
    """A map of strings of one company. Each read and each write is a transaction of its own, so it must
    not be written while a unit is open in the same thread. Raises StoreError."""

    def __init__(
        self,
        company: str,
        read: Callable[[], AbstractContextManager[Connection]],
        write: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._company, self._read, self._write = company, read, write

    def __getitem__(self, key: str) -> str:
        query = select(memo.c.value).where(memo.c.company == self._company, memo.c.key == key)
        with self._read() as connection:
            value: str | None = connection.execute(query).scalar_one_or_none()
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key: str, value: str) -> None:
        with self._write() as connection:
            upsert(connection, memo, [{"company": self._company, "key": key, "value": value}])

    def __delitem__(self, key: str) -> None:
        query = delete(memo).where(memo.c.company == self._company, memo.c.key == key)
        with self._write() as connection:
            if not connection.execute(query).rowcount:
                raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        query = select(memo.c.key).where(memo.c.company == self._company).order_by(memo.c.key)
        with self._read() as connection:
            keys = connection.execute(query).scalars().all()
        return iter(keys)

    def __len__(self) -> int:
        return sum(1 for _ in self)
