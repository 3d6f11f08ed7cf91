"""Pages of a list that changes while it is read.

A row that leaves a list (an invoice is paid, or made void) moves all behind it forward, and the next page by
position would pass over as many. So each page is asked for by the moment at which its rows were made, which
never changes: from the last one's on. Rows of that moment come twice and are given once. Where more rows than
fit on a page were made in one moment, nothing but the position is left: then pages overlap by half.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connector.hosts.quickbooks.client import Client
from connector.hosts.quickbooks.cursor import created, moment, updated, written
from connector.hosts.quickbooks.query import CREATED, PAGE, Condition, select

Row = dict[str, Any]


def pages(
    client: Client, entity: str, *conditions: Condition, after: str = "", by: str = CREATED, limit: int = PAGE
) -> Iterator[list[Row]]:
    """The rows that meet the conditions, a thousand a billed call, in the order in which they were made
    (``by`` UPDATED: changed; a row that changes meanwhile comes again). ``after`` is a moment as QuickBooks
    wrote it, to go on from. Raises HostError."""
    told = created if by == CREATED else updated
    before: set[tuple[str, str]] = set()
    start = 1
    while True:
        since: tuple[Condition, ...] = ((by, ">=", written(moment(after))),) if after else ()
        statement = select(entity, *conditions, *since, order=by, start=start, limit=limit)
        rows = client.query(statement)
        new = [row for row in rows if _state(row) not in before]
        if new:
            yield new
        if len(rows) < limit:
            return
        last = told(rows[-1])
        if after and moment(last) == moment(after):
            start += max(1, limit // 2)
        else:
            after, start = last, 1
        before = {_state(row) for row in rows} | (before if start > 1 else set())


def _state(row: Row) -> tuple[str, str]:
    """What tells a row, as it was then: one that changed meanwhile is given again."""
    return str(row["Id"]), updated(row)
