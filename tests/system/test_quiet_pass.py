"""A quiet pass over a large store asks only what an index answers."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from tests.builders import TODAY
from tests.stores import about_the_file
from tests.system.world import World

#: Tables that grow with the ledger and with time. Of the accounts every pass counts the summaries.
GROWING = ("facts", "outbox", "reminders", "events", "tasks", "remarks")


#: A quiet pass, over a store in order, asks so much and no more; each waits for an answer on PostgreSQL.
MOST_QUESTIONS = 41


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """Note every question asked within the block, with its values."""
    found: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, text: str, values: Any, *_: object) -> None:
        if text.startswith("SELECT"):
            found.append((text, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def reads_all(plan: str) -> bool:
    """True for a step that reads all rows of a company, or of all companies, in a table that grows. An index
    of our own that is asked for the company alone is one of few rows."""
    table = re.match(r"(SCAN|SEARCH) (\w+)", plan)
    if table is None or table[2] not in GROWING:
        return False
    return table[1] == "SCAN" or bool(re.search(r"autoindex_\w+ \(company=\?\)", plan))


@about_the_file
def test_no_question_of_a_quiet_pass_reads_a_growing_table_from_end_to_end(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.host.customer("c1")
    world.host.invoice("i1", "c1", [(TODAY, "1200.00")])
    world.run(accept=True)
    world.move(hours=1)
    with asked() as questions:
        report = world.run()
    world.close()
    assert report is not None
    assert not report.errors
    file = next(path for path in tmp_path.rglob("*.sqlite") if path.is_file())
    connection = sqlite3.connect(file)
    for text, values in questions:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", values)]
        assert not any(map(reads_all, plan)), (text, plan)
    connection.close()
    assert 10 < len(questions) <= MOST_QUESTIONS
