"""What breaks around the program, and what it answers: each error says what to do, and nothing is lost."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from connector.store import database
from tests.stores import about_the_file
from tests.system.desk import TODAY, Desk

STORE = "relance.sqlite"


def to_customers(desk: Desk) -> list[EmailMessage]:
    """The mails of the folder, but those to our own desk."""
    return [mail for mail in desk.mails() if "compta@example.com" not in mail["To"]]


def everything_left_once(desk: Desk) -> None:
    """After the trouble: one more day, and all is done, nothing twice."""
    tomorrow = TODAY + timedelta(days=1)
    for _ in range(2):
        result = desk.relance("run", "--once", today=tomorrow)
        assert result.code == 0, result.err
    states = {o["state"] for o in desk.relance("outbox", "list", "--json").objects}
    assert states <= {"approval"}
    keys = Counter(m["Message-ID"] for m in desk.mails())
    assert keys
    assert max(keys.values()) == 1
    notes = Counter(n.token for n in desk.our_notes())
    assert notes
    assert max(notes.values()) == 1


@about_the_file
def test_a_locked_store_names_itself_and_the_next_pass_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.relance("pull")
    monkeypatch.setattr(database, "PATIENCE", 1)
    other = sqlite3.connect(desk.folder / STORE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    result = desk.relance("run", "--once")
    assert result.code == 1
    assert "is locked: another process has been writing" in result.err
    assert "Wait for its pass to end" in result.err
    assert to_customers(desk) == []
    other.execute("ROLLBACK")
    other.close()
    everything_left_once(desk)


@about_the_file
@pytest.mark.parametrize("room", [0, 1, 3, 6], ids="{} pages".format)
def test_a_full_disk_stops_the_pass_where_it_is_and_the_next_one_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    desk.relance("pull")
    pragmas = database._set_pragmas

    def on_a_small_disk(connection: Any, record: object) -> None:
        pragmas(connection, record)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + room}")

    monkeypatch.setattr(database, "_set_pragmas", on_a_small_disk)
    result = desk.relance("run", "--once")
    assert result.code == 1
    assert "the disk is full" in result.err
    assert "Make room on the disk and run again" in result.err
    monkeypatch.setattr(database, "_set_pragmas", pragmas)
    everything_left_once(desk)


def test_a_dead_host_is_named_with_what_to_look_at_and_nothing_leaves(desk: Desk) -> None:
    desk.relance("pull")
    desk.edit(f'url = "{desk.url}"\n', 'url = "http://127.0.0.1:9"\n')  # where nobody listens
    result = desk.relance("run", "--once")
    assert result.code == 1
    assert "127.0.0.1:9" in result.err
    assert "Traceback" not in result.err
    assert to_customers(desk) == []
    desk.edit('url = "http://127.0.0.1:9"\n', f'url = "{desk.url}"\n')
    everything_left_once(desk)


def test_a_poisoned_record_holds_its_customer_alone_until_it_can_be_read(desk: Desk) -> None:
    number = desk.reminded_number()
    document = desk.document(number)
    good, document.currency = document.currency, None  # type: ignore[assignment]
    desk.ledger.touch(document, desk.ledger.clock.tick())
    result = desk.relance("run", "--once", "--json")
    assert result.code == 0, result.err
    assert result.object["pulled"]["set_aside"] == 1
    assert result.object["delivered"]["sent"] > 0
    (aside,) = desk.relance("show", "--set-aside", "--json").objects
    assert "currency" in aside["field"]
    assert all(number not in m.as_string() for m in desk.mails())
    document.currency = good
    desk.ledger.touch(document, desk.ledger.clock.tick())
    everything_left_once(desk)
    assert desk.relance("show", "--set-aside", "--json").objects == []


def test_a_second_pass_on_the_same_store_stops_and_names_the_first(desk: Desk) -> None:
    desk.relance("pull")
    store = database.open_store(desk.store)
    with store.lease("sandbox"):
        result = desk.relance("run", "--once")
    store.close()
    assert result.code == 1
    assert "A pass for" in result.err
    assert "is under way, in process" in result.err
    assert to_customers(desk) == []
    everything_left_once(desk)


@about_the_file
def test_a_second_store_on_the_same_company_stops_before_it_sends(desk: Desk, tmp_path: Path) -> None:
    assert desk.relance("run", "--once").code == 0
    sent = len(to_customers(desk))
    (desk.folder / STORE).rename(tmp_path / "away.sqlite")
    result = desk.relance("run", "--once")
    assert result.code == 3
    assert "Another store of Relance" in result.err
    assert "Stop one of the two" in result.err
    assert len(to_customers(desk)) == sent


@about_the_file
def test_an_old_copy_of_the_store_stops_before_it_sends_again(desk: Desk) -> None:
    assert desk.relance("run", "--once").code == 0
    copy = (desk.folder / STORE).read_bytes()
    later = TODAY + timedelta(days=8)
    assert desk.relance("run", "--once", today=later).code == 0
    sent = len(to_customers(desk))
    for file in desk.folder.glob(f"{STORE}-*"):
        file.unlink()
    (desk.folder / STORE).write_bytes(copy)
    for _ in range(3):  # trying again does not wear it down
        result = desk.relance("run", "--once", today=later)
        assert result.code == 3
        assert "is an old copy" in result.err
        assert len(to_customers(desk)) == sent


def test_two_timers_for_one_company_are_one_too_many(desk: Desk) -> None:
    store = database.open_store(desk.store)
    with store.leases(["another", "sandbox"], "timer"):
        second = desk.spawn("run")
        try:
            _, said = second.communicate(timeout=60)
        finally:
            second.kill()
    store.close()
    assert second.returncode == 1
    assert "A timer runs already for sandbox" in said
