"""Several processes on one store, and processes that are killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.model import Kind, Ref
from connector.store.database import open_store
from tests.stores import KINDS, empty_store

ROOT = Path(__file__).parents[2]
BEGINNING = """
import os, signal, sys
from tests.builders import customer, invoice, reminder
from tests.contract.test_store_base import NOW, TODAY, message, page
from connector.store.database import open_store
from connector.store.ports import EffectState
store = open_store(sys.argv[1])
"""


def start(url: str, script: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BEGINNING + script, url, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end(process: subprocess.Popen[str]) -> str:
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return out.strip()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_store(request.param, tmp_path) as address:
        yield address


def test_processes_that_open_a_new_store_at_once_all_have_it(url: str) -> None:
    script = "store.memo('exemple')[sys.argv[2]] = 'here'"
    for process in [start(url, script, str(number)) for number in range(3)]:
        end(process)
    store = open_store(url)
    assert dict(store.memo("exemple")) == dict.fromkeys("012", "here")
    store.close()


def test_processes_that_write_at_once_lose_nothing_and_send_nothing_twice(url: str) -> None:
    script = """
won = 0
for number in range(20):
    with store.begin("exemple") as unit:
        done = int(unit.cursor() or 0)
        unit.save_page(page(cursor=str(done + 1)), NOW)
        key = f"m{number}"
        own = message(f"{key}-by-{sys.argv[2]}")
        rows = [reminder(message_key=own.key, occurrence=number)]
        won += unit.queue_message(own, rows, EffectState.READY, NOW)
print(won)
"""
    running = [start(url, script, str(number)) for number in range(2)]
    assert sum(int(end(process)) for process in running) == 20
    store = open_store(url)
    with store.begin("exemple") as unit:
        assert unit.cursor() == "40"
        assert len(unit.accounts(["c1"])[0].reminders) == 20
    store.close()


@pytest.mark.parametrize(
    ("moment", "cursor", "saved"),
    [("within", "1", False), ("after", "2", True)],
    ids=["killed before the commit", "killed after the commit"],
)
def test_a_killed_process_leaves_the_page_and_its_cursor_together(
    url: str, moment: str, cursor: str, saved: bool
) -> None:
    script = """
with store.begin("exemple") as unit:
    unit.save_page(page(customer(), cursor="1"), NOW)
with store.begin("exemple") as unit:
    unit.save_page(page(*(invoice(f"i{n}") for n in range(2000)), cursor="2"), NOW)
    unit.queue_message(message(), [reminder(message_key="m1")], EffectState.READY, NOW)
    if sys.argv[2] == "within":
        os.kill(os.getpid(), signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""
    process = start(url, script, moment)
    process.communicate(timeout=120)
    assert process.returncode == -9
    store = open_store(url)
    with store.begin("exemple") as unit:
        assert unit.cursor() == cursor
        assert (Ref(Kind.INVOICE, "i1999") in unit.open_refs()) is saved
        assert bool(unit.effects(keys=["m1"])) is saved
        assert bool(unit.accounts(["c1"])[0].reminders) is saved
    store.close()
