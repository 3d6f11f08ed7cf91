"""The store's contract: one process at a time works for a company, and its end ends the lease."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connector.errors import Busy
from connector.store.database import SqlStore, open_store
from tests.contract.test_store_base import OnAStore

_ROOT = Path(__file__).parents[2]
_OTHER = """
import sys
from connector.store.database import open_store
with open_store(sys.argv[1]).lease(*sys.argv[2:]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(address: str, *lease: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a lease until its input ends."""
    command = [sys.executable, "-c", _OTHER, address, *lease]
    process = subprocess.Popen(
        command, cwd=_ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        held = process.stdout.readline()
        assert held == "held\n", process.communicate()
        yield process
    finally:
        process.kill()
        process.communicate(timeout=60)


class LeaseTests(OnAStore):
    @pytest.fixture
    def second(self, address: str) -> Iterator[SqlStore]:
        """The same store, opened once more."""
        store = open_store(address)
        yield store
        store.close()

    def is_free(self, *work: str) -> bool:
        try:
            with self.store.lease(self.company, *work):
                return True
        except Busy:
            return False

    def test_whoever_comes_second_is_refused_and_told_who_has_it(self, second: SqlStore) -> None:
        held, refused = self.store.lease(self.company), pytest.raises(Busy)
        with held, refused as caught, second.lease(self.company):
            pass
        said = str(caught.value)
        assert self.company in said
        assert f"in process {os.getpid()} on " in said
        assert "nothing was done here" in said

    def test_the_holder_itself_is_refused_a_second_time(self) -> None:
        with self.store.lease(self.company):
            assert not self.is_free()
        assert self.is_free()

    def test_it_is_free_again_when_the_block_is_left_or_fails(self, second: SqlStore) -> None:
        with second.lease(self.company):
            pass
        with pytest.raises(ZeroDivisionError), second.lease(self.company):
            raise ZeroDivisionError
        assert self.is_free()

    def test_another_process_is_named(self, address: str) -> None:
        held, refused = holder(address, self.company), pytest.raises(Busy)
        with held as other, refused as caught, self.store.lease(self.company):
            pass
        assert f"in process {other.pid} on " in str(caught.value)

    def test_the_end_of_another_process_ends_its_lease(self, address: str) -> None:
        with holder(address, self.company) as other:
            assert not self.is_free()
            other.communicate("", timeout=60)
            assert other.returncode == 0
            assert self.becomes_free()

    def test_a_killed_process_holds_nothing(self, address: str) -> None:
        with holder(address, self.company) as other:
            assert not self.is_free()
            other.kill()
            assert other.wait(timeout=60) == -9
            assert self.becomes_free()

    def becomes_free(self) -> bool:
        """A server sees a moment later that a client is gone. Whoever waits this long has waited in vain."""
        deadline = time.monotonic() + 60
        while not self.is_free() and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.is_free()

    def test_two_companies_do_not_wait_for_each_other(self, second: SqlStore) -> None:
        with second.lease(f"{self.company}-2"):
            assert self.is_free()

    def test_another_work_for_the_same_company_is_another_lease(self, second: SqlStore) -> None:
        with second.lease(self.company, "oauth"):
            assert self.is_free()
            assert not self.is_free("oauth")
        with second.lease(self.company):
            assert self.is_free("oauth")

    def test_the_leases_of_many_companies_are_held_together(self, second: SqlStore) -> None:
        many = [f"{self.company}-{n}" for n in range(40)]
        with second.leases([*many, self.company, self.company], "timer"):
            assert not self.is_free("timer")
            with pytest.raises(Busy, match="A timer runs already"), self.store.lease(many[-1], "timer"):
                pass
            assert self.is_free()
        assert self.is_free("timer")

    def test_of_many_leases_none_is_held_when_one_is_refused(self, second: SqlStore) -> None:
        taken = f"{self.company}-2"
        with second.lease(taken, "timer"):
            with pytest.raises(Busy, match=taken), second.leases([self.company, taken], "timer"):
                pass
            assert self.is_free("timer")

    def test_a_lease_outlives_the_units_of_its_holder(self, second: SqlStore) -> None:
        with second.lease(self.company):
            with second.begin(self.company) as unit:
                unit.set_paused(True)
            with pytest.raises(ZeroDivisionError), second.begin(self.company):
                raise ZeroDivisionError
            assert not self.is_free()
