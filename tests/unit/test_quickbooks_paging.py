"""Pages of a list from which rows vanish while it is read: nothing that stays is passed over, nothing comes
twice."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connector.hosts.quickbooks.cursor import moment
from connector.hosts.quickbooks.paging import pages

START = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = 6


@dataclass
class Books:
    """Answers statements like QuickBooks. ``leaving`` are the rows that vanish before each further page."""

    made: dict[str, int]  # id -> second in which it was made
    leaving: list[list[str]] = field(default_factory=list)
    asked: int = 0

    def query(self, statement: str) -> list[dict[str, Any]]:
        if self.asked and self.leaving:
            for number in self.leaving.pop(0):
                self.made.pop(number, None)
        self.asked += 1
        since = re.search(r"CreateTime >= '([^']+)'", statement)
        first = moment(since[1]) if since else START
        start, most = (int(n) for n in re.findall(r"(?:startposition|maxresults) (\d+)", statement))
        found = sorted(
            (at, number) for number, at in self.made.items() if START + timedelta(seconds=at) >= first
        )
        return [row(number, at) for at, number in found[start - 1 : start - 1 + most]]


def row(number: str, at: int) -> dict[str, Any]:
    told = (START + timedelta(seconds=at)).isoformat()
    return {"Id": number, "MetaData": {"CreateTime": told, "LastUpdatedTime": told}}


def read(books: Books, after: str = "") -> list[str]:
    return [each["Id"] for page in pages(books, "Invoice", after=after, limit=LIMIT) for each in page]  # type: ignore[arg-type]


@given(
    st.lists(st.integers(0, 9), max_size=60),
    st.lists(st.lists(st.integers(0, 59), max_size=LIMIT // 2), max_size=30),
)
def test_every_row_that_stays_is_read_once(made: list[int], leaving: list[list[int]]) -> None:
    books = Books({str(n): at for n, at in enumerate(made)}, [[str(n) for n in each] for each in leaving])
    found = read(books)
    assert books.made.keys() <= set(found)
    assert len(found) == len(set(found))
    assert books.asked <= len(made) + 2


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(0, 9))
def test_a_list_is_gone_on_with_from_a_moment(made: list[int], second: int) -> None:
    books = Books({str(n): at for n, at in enumerate(made)})
    after = (START + timedelta(seconds=second)).isoformat()
    assert set(read(books, after)) == {str(n) for n, at in enumerate(made) if at >= second}


def test_an_empty_list_is_one_call() -> None:
    books = Books({})
    assert read(books) == []
    assert books.asked == 1


def test_a_full_last_page_ends_with_one_more_call() -> None:
    books = Books({str(n): n for n in range(LIMIT)})
    assert read(books) == [str(n) for n in range(LIMIT)]
    assert books.asked == 2
