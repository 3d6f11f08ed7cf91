"""The floor: the records that a pull read, fetched again with nothing around it.

A pull is watched once, to learn which fields of which records it reads. The floor then reads the same fields
of the same records by id over one bare keep-alive session, each record once, at the page size that is best
here, and parses the answers as JSON. Nothing that reads them can be faster without reading several at a time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import requests

from bench.target import Target
from connector.hosts.odoo.client import OdooClient

PAGE_SIZES = (1000, 2500, 5000, 10_000)


@dataclass(slots=True)
class Share:
    """Records of one model read with the same fields and context."""

    model: str
    fields: tuple[str, ...]
    context: dict[str, Any]
    ids: dict[int, None] = field(default_factory=dict)  # a set that keeps the order


@contextmanager
def watched() -> Iterator[list[Share]]:
    """Note, within the block, what every ``search_read`` of the adapter brought. Each record counts once."""
    shares: dict[tuple[str, tuple[str, ...]], Share] = {}
    call = OdooClient.call

    def noting(self: OdooClient, model: str, method: str, *args: Any, **named: Any) -> Any:
        rows = call(self, model, method, *args, **named)
        if method == "search_read":
            key = (model, tuple(named["fields"]))
            share = shares.setdefault(key, Share(*key, named.get("context", {})))
            share.ids.update(dict.fromkeys(row["id"] for row in rows))
        return rows

    found: list[Share] = []
    with patch.object(OdooClient, "call", noting):
        yield found
    found += [share for share in shares.values() if share.ids]


class Floor:
    """A bare session on a target, logged in."""

    def __init__(self, target: Target) -> None:
        self._target, self._session = target, requests.Session()
        self._session.trust_env = False
        access = (target.database, target.login, target.key)
        self._access = (target.database, self._send("common", "login", *access), target.key)

    def fetch(self, shares: Sequence[Share], page_size: int) -> int:
        """Read all of it; return how many records came."""
        return sum(
            len(self._page(share, ids)) for share in shares for ids in _pages(list(share.ids), page_size)
        )

    def best_page_size(self, shares: Sequence[Share]) -> int:
        """Try each page size twice and return the fastest."""
        times = {size: min(self._timed(shares, size) for _ in range(2)) for size in PAGE_SIZES}
        return min(times, key=lambda size: times[size])

    def close(self) -> None:
        self._session.close()

    def _timed(self, shares: Sequence[Share], page_size: int) -> float:
        started = time.perf_counter()
        self.fetch(shares, page_size)
        return time.perf_counter() - started

    def _page(self, share: Share, ids: list[int]) -> list[dict[str, Any]]:
        named = {"fields": share.fields, "load": "", "context": share.context}
        rows: list[dict[str, Any]] = self._send(
            "object", "execute_kw", *self._access, share.model, "read", [ids], named
        )
        return rows

    def _send(self, service: str, method: str, *args: Any) -> Any:
        params = {"service": service, "method": method, "args": args}
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        answer = self._session.post(f"{self._target.url.rstrip('/')}/jsonrpc", json=body, timeout=300).json()
        if "error" in answer:
            raise SystemExit(f"The bare session was refused: {answer['error'].get('message')}")
        return answer["result"]


def _pages(ids: list[int], size: int) -> Iterator[list[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
