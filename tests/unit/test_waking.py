"""When a company that was announced is looked at: once for a burst, not too often, never lost."""

from __future__ import annotations

import threading
from datetime import timedelta
from queue import Queue

from connector.serve.waking import Wakes


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def wakes(clock: Clock, *, quiet: int = 30, at_most: int = 3) -> Wakes:
    return Wakes(timedelta(seconds=quiet), at_most, clock=clock)


def woken(ours: Wakes) -> str | None:
    """The company for which a pass begins now."""
    company = ours.due()
    return company if company is not None and ours.take(company) else None


def test_it_is_looked_at_after_a_moment_of_quiet() -> None:
    clock = Clock()
    ours = wakes(clock)
    assert woken(ours) is None
    ours.tell("nord")
    assert woken(ours) is None
    clock.now += 30
    assert woken(ours) == "nord"
    assert woken(ours) is None


def test_a_burst_makes_one_pass_and_begins_the_quiet_anew() -> None:
    clock = Clock()
    ours = wakes(clock)
    for _ in range(5):
        ours.tell("nord")
        clock.now += 20
        assert woken(ours) is None
    clock.now += 10
    assert woken(ours) == "nord"
    clock.now += 1000
    assert woken(ours) is None


def test_a_host_that_never_falls_silent_is_looked_at_all_the_same() -> None:
    clock = Clock()
    ours = wakes(clock)
    found = None
    told = 0
    while found is None and told < 1000:
        ours.tell("nord")
        told += 1
        clock.now += 29
        found = woken(ours)
    assert found == "nord"
    assert clock.now - 1000 <= 300 + 29


def test_a_pass_of_the_timer_sees_to_what_was_announced_before_it() -> None:
    clock = Clock()
    ours = wakes(clock)
    ours.tell("nord")
    assert ours.waits("nord")
    ours.see_to("nord")
    clock.now += 60
    assert (woken(ours), ours.waits("nord")) == (None, False)


def test_what_is_announced_during_a_pass_makes_another() -> None:
    clock = Clock()
    ours = wakes(clock)
    ours.tell("nord")
    clock.now += 30
    assert woken(ours) == "nord"
    ours.see_to("nord")  # the pass begins
    ours.tell("nord")
    clock.now += 30
    assert woken(ours) == "nord"


def test_an_hour_holds_so_many_and_what_comes_beyond_waits_and_is_not_lost() -> None:
    clock = Clock()
    ours = wakes(clock, at_most=3)
    for _ in range(3):
        ours.tell("nord")
        clock.now += 60
        assert woken(ours) == "nord"
    first_at = 1060.0
    for _ in range(100):
        ours.tell("nord")
        clock.now += 10
        assert woken(ours) is None
    ours.tell("sud")
    clock.now += 30
    assert woken(ours) == "sud", "the hour of one company is not that of another"
    clock.now = first_at + 3599
    assert woken(ours) is None
    clock.now = first_at + 3601
    assert woken(ours) == "nord"


def test_whoever_waited_longest_comes_first() -> None:
    clock = Clock()
    ours = wakes(clock)
    ours.tell("sud")
    clock.now += 1
    ours.tell("nord")
    clock.now += 60
    assert [woken(ours), woken(ours), woken(ours)] == ["sud", "nord", None]


def test_while_it_waits_for_its_turn_another_pass_may_see_to_it() -> None:
    clock = Clock()
    ours = wakes(clock)
    ours.tell("nord")
    clock.now += 30
    assert ours.due() == "nord"
    ours.see_to("nord")
    assert not ours.take("nord")
    ours.tell("nord")
    clock.now += 30
    assert ours.due() == "nord"
    ours.tell("nord")
    assert not ours.take("nord"), "the host goes on announcing"


def test_one_who_waits_is_given_what_is_due_and_let_go_at_the_end() -> None:
    ours = Wakes(timedelta(0), 3)
    given: Queue[str | None] = Queue()

    def wait() -> None:
        while (company := ours.wait()) is not None:
            ours.take(company)
            given.put(company)
        given.put(None)

    waiting = threading.Thread(target=wait)
    waiting.start()
    for name in ("nord", "sud"):
        ours.tell(name)
        assert given.get(timeout=60) == name
    ours.close()
    assert given.get(timeout=60) is None
    waiting.join(60)
