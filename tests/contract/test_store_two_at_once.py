"""The store's contract when two work at once: threads here, each with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from connector.model import Kind, Ref
from connector.store.database import open_store
from connector.store.ports import EffectState, Unit
from tests.builders import invoice, reminder
from tests.contract.test_store_base import NOW, TODAY, OnAStore, message, page

WORKERS = 4


class ConcurrencyTests(OnAStore):
    def at_once(self, work: Callable[[Unit, int], object]) -> list[object]:
        """Let four units start at the same moment and return what each gave."""
        start = Barrier(WORKERS)

        def run(number: int) -> object:
            start.wait(timeout=30)
            with self.unit() as unit:
                return work(unit, number)

        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(run, range(WORKERS)))

    def test_of_two_that_queue_the_same_step_one_succeeds(self) -> None:
        def queue(unit: Unit, number: int) -> bool:
            key = f"m{number}"
            return unit.queue_message(message(key), [reminder(message_key=key)], EffectState.READY, NOW)

        assert sorted(map(bool, self.at_once(queue))) == [False] * (WORKERS - 1) + [True]
        with self.unit() as unit:
            assert len(unit.effects()) == 1

    def test_of_two_that_attempt_the_same_message_one_has_it(self) -> None:
        with self.unit() as unit:
            unit.queue_message(message(), [reminder(message_key="m1")], EffectState.READY, NOW)
        taken = self.at_once(lambda unit, _: unit.attempt(["m1"], NOW))
        assert sorted(map(str, taken)) == ["['m1']", *["[]"] * (WORKERS - 1)]

    def test_of_two_that_open_the_same_follow_up_one_does(self) -> None:
        opened = self.at_once(lambda unit, _: unit.open_follow_up("c1", "covered", TODAY))
        assert sum(found is not None for found in opened) == 1

    def test_those_who_read_before_they_write_wait_for_each_other(self) -> None:
        def count(unit: Unit, number: int) -> None:
            done = int(unit.cursor() or 0)
            unit.save_page(page(invoice(f"i{number}"), cursor=str(done + 1)), NOW)

        self.at_once(count)
        with self.unit() as unit:
            assert unit.cursor() == str(WORKERS)
            assert set(unit.open_refs()) == {Ref(Kind.INVOICE, f"i{n}") for n in range(WORKERS)}

    def test_what_one_has_saved_another_connection_sees(self, address: str) -> None:
        other = open_store(address)
        try:
            self.save(invoice(), cursor="1")
            with other.begin(self.company) as unit:
                assert unit.cursor() == "1"
                assert unit.open_refs() == {Ref(Kind.INVOICE, "i1"): ""}
        finally:
            other.close()

    def test_what_fails_in_one_unit_does_not_stop_the_next(self) -> None:
        with pytest.raises(ZeroDivisionError), self.unit():
            raise ZeroDivisionError
        self.save(invoice(), cursor="1")
        with self.unit() as unit:
            assert unit.cursor() == "1"
