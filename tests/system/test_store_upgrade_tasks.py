"""A store from before the program listened to people: its tasks that stand in the host are known, and what
was done with the others before is nobody's order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from connector.model import Activity, Kind, Ref
from connector.ports import CloseTask, Entry, Task, TaskKind
from connector.store import codec
from connector.store.database import SqlStore
from connector.store.ports import HostTask, MappedPage
from tests.builders import NOW, TODAY
from tests.stores import KINDS
from tests.system.earlier import upgraded

I1 = Ref(Kind.INVOICE, "i1")
MOVED = TODAY + timedelta(days=4)


def task(key: str) -> Task:
    return Task(key, I1, TaskKind.PROMISE, "Promesse", "<p>Promesse</p>", TODAY)


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A store as revision 0003 made and filled it, opened by the program of today."""
    with upgraded(request.param, tmp_path, "0003", fill) as store:
        yield store


def fill(connection: Connection) -> None:
    for key, state, ref in (
        ("promise/1", "done", "a1"),  # open in the host, and moved there by a person
        ("promise/2", "done", "a2"),  # done or deleted by a person, long ago
        ("promise/3", "done", "a3"),  # closed by us
        ("promise/4", "ready", None),  # not written yet
        ("promise/5", "refused", None),
    ):
        put(connection, task(key), state, ref)
    put(connection, CloseTask("promise/3/kept", "promise/3", "tenue"), "done", "a3")
    show(connection, "a1", "promise/1", MOVED, gone=False)
    show(connection, "a2", "promise/2", TODAY, gone=True)
    statements = (
        "INSERT INTO follow_ups (company, customer_ref, reason, key, opened_on)"
        " VALUES ('exemple', 'c1', 'covered', 'follow_up/c1/covered/1', '2026-11-01')",
        "INSERT INTO accounts VALUES ('exemple', 'c1', false, '2026-12-01', '{}')",
    )
    for statement in statements:
        connection.execute(text(statement))


def put(connection: Connection, entry: Entry, state: str, ref: str | None) -> None:
    kind, item = codec.dump_item(entry)
    row = {"key": entry.key, "kind": kind, "state": state, "ref": ref, "item": item, "at": NOW.isoformat(" ")}
    connection.execute(
        text(
            "INSERT INTO outbox (company, key, item_kind, state, created_at, attempts, ref, detail,"
            " approved_by, item) VALUES ('exemple', :key, :kind, :state, :at, 1, :ref, '', '[]', :item)"
        ),
        row,
    )


def show(connection: Connection, ref: str, key: str, due_on: date, *, gone: bool) -> None:
    body = codec.dump_fact(Kind.ACTIVITY, Activity(ref, I1, "Promesse", due_on, marker=key))
    row = {"ref": ref, "body": body, "gone": gone, "at": NOW.isoformat(" ")}
    connection.execute(
        text(
            "INSERT INTO facts (company, kind, ref, open, gone, version, digest, saved_at, body)"
            " VALUES ('exemple', 'activity', :ref, false, :gone, '', 'd', :at, :body)"
        ),
        row,
    )


def test_the_tasks_that_stand_in_the_host_are_known_on_the_day_they_have_there(store: SqlStore) -> None:
    with store.begin("exemple") as unit:
        assert unit.host_tasks() == [
            HostTask("promise/1", TaskKind.PROMISE, I1, MOVED, MOVED),
            HostTask("promise/4", TaskKind.PROMISE, I1, TODAY),
        ]


def test_nothing_follows_from_what_was_done_before(store: SqlStore) -> None:
    with store.begin("exemple") as unit:
        assert unit.changed_tasks() == []
        assert unit.unseen_tasks() == []
        assert unit.new_remarks() == []


def test_what_is_done_from_now_on_is_seen(store: SqlStore) -> None:
    with store.begin("exemple") as unit:
        unit.save_page(MappedPage(gone=(Ref(Kind.ACTIVITY, "a1"),)), NOW)
        assert [t.key for t in unit.changed_tasks()] == ["promise/1"]


def test_follow_ups_and_accounts_are_what_they_were(store: SqlStore) -> None:
    with store.begin("exemple") as unit:
        assert unit.open_follow_up("c1", "covered", TODAY) is None
        account = unit.accounts(["c1"])[0]
        assert account.read_at is None
        assert [f.again_on for f in account.follow_ups] == [None]
