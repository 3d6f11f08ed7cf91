"""The rate of Pennylane, on a clock that only waiting and calling move: used nearly whole, never exceeded."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
import requests

from connector.hosts.pennylane import PennylaneHost, PennylaneSettings
from connector.hosts.pennylane.settings import lent
from connector.hosts.pennylane.window import Window
from connector.http import Pace
from connector.mapping import load_mapping

ALLOWED = 25 / 5  # calls a second


@dataclass
class Server:
    """Counts calls in windows of five seconds of its own clock, which is ``ahead`` of ours."""

    ahead: float
    at: float = 1000.3  # our clock
    limit: int = 25
    counts: dict[int, int] = field(default_factory=dict)
    refused: int = 0

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.at += seconds

    def call(self, latency: float, others: int = 0) -> requests.Response:
        """A call that takes ``latency``; others may use the same token in the meantime."""
        self.at += latency / 2
        answer = self.answer(others)
        self.at += latency / 2
        return answer

    def answer(self, others: int = 0) -> requests.Response:
        """What a call gets that arrives now."""
        now = self.at + self.ahead
        window = math.floor(now / 5)
        self.counts[window] = self.counts.get(window, 0) + 1 + others
        left = self.limit - self.counts[window]
        answer = requests.Response()
        answer.status_code = 429 if left < 0 else 200
        self.refused += left < 0
        reset = (window + 1) * 5
        told = {"limit": self.limit, "remaining": max(0, left), "reset": reset}
        answer.headers.update({f"ratelimit-{name}": str(value) for name, value in told.items()})
        answer.headers["Date"] = format_datetime(datetime.fromtimestamp(math.floor(now), UTC), usegmt=True)
        if left < 0:
            answer.headers["retry-after"] = str(math.ceil(reset - now))
        return answer


def calls(server: Server, window: Window, count: int, latency: float) -> float:
    """Make so many calls and return how long they took."""
    began = server.at
    for _ in range(count):
        window.before()
        window.after(server.call(latency))
    return server.at - began


@pytest.mark.parametrize("ahead", [0.0, 0.37, -3.2, 86_400.9, -1_000_000.51])
@pytest.mark.parametrize("latency", [0.01, 0.05, 0.12, 0.19])
def test_a_long_pull_uses_nine_tenths_of_the_rate_and_is_never_refused(ahead: float, latency: float) -> None:
    server = Server(ahead, 2_000_000.3)
    window = Window(Pace(lambda: server.at, server.sleep))
    took = calls(server, window, 2000, latency)
    assert server.refused == 0
    assert 2000 / took >= 0.9 * ALLOWED


def test_who_calls_seldom_never_waits() -> None:
    server = Server(0.5)
    window = Window(Pace(lambda: server.at, lambda _seconds: pytest.fail("it waited")))
    for _ in range(40):
        window.before()
        window.after(server.call(0.05))
        server.at += 0.3


def test_the_calls_of_another_process_are_seen_in_what_is_left() -> None:
    server = Server(0.2)
    window = Window(Pace(lambda: server.at, server.sleep))
    for _ in range(500):
        window.before()
        window.after(server.call(0.03, others=1))
    assert server.refused <= 1  # the first meeting alone


def test_after_a_refusal_it_waits_as_long_as_it_is_told() -> None:
    server = Server(0.0)
    window = Window(Pace(lambda: server.at, server.sleep))
    server.counts[math.floor(server.at / 5)] = 25
    window.before()
    answer = server.call(0.05)
    assert answer.status_code == 429
    window.after(answer)
    before = server.at
    window.before()
    assert server.at - before >= float(answer.headers["retry-after"])


def test_a_server_that_tells_nothing_is_called_at_the_known_rate() -> None:
    server = Server(0.0)
    window = Window(Pace(lambda: server.at, server.sleep))
    silent = requests.Response()
    silent.status_code = 200
    began = server.at
    for _ in range(100):
        window.before()
        window.after(silent)
    assert server.at - began >= 100 / ALLOWED - 5


def test_calls_that_got_no_answer_do_not_narrow_it_for_ever() -> None:
    server = Server(0.0)
    window = Window(Pace(lambda: server.at, server.sleep))
    for _ in range(60):
        window.before()
        window.after(requests.Response())
    assert 500 / calls(server, window, 500, 0.05) >= 0.9 * ALLOWED
    assert server.refused == 0


def test_companies_that_one_partner_serves_have_a_rate_each() -> None:
    access = lent("https://books.example", "client", "secret-of-the-example")
    hosts = [
        PennylaneHost(PennylaneSettings(credentials=access, company=name), load_mapping("pennylane"), {})
        for name in ("a", "b", "a")
    ]
    gates = [host._http._gate for host in hosts]
    assert gates[0] is gates[2]
    assert gates[0] is not gates[1]


def test_a_larger_allowance_is_taken_as_it_is_told() -> None:
    server = Server(0.0, limit=500)
    window = Window(Pace(lambda: server.at, server.sleep))
    assert calls(server, window, 400, 0.001) < 5


@pytest.mark.parametrize("ahead", [0.0, 0.37, -3.2])
@pytest.mark.parametrize(("workers", "latency"), [(2, 0.3), (4, 0.15), (4, 0.5)])
def test_several_calls_at_once_use_the_rate_of_a_slow_server_and_are_never_refused(
    workers: int, latency: float, ahead: float
) -> None:
    server = Server(ahead, 2_000_000.3)
    window = Window(Pace(lambda: server.at, server.sleep))
    began, done = server.at, 0
    todo: list[tuple[float, int, float | None, requests.Response | None]]
    todo = [(server.at, n, None, None) for n in range(workers)]
    while done < 1500:
        server.at, worker, sent, answer = heapq.heappop(todo)
        if answer is not None:
            window.after(answer, sent=sent)
            done += 1
            heapq.heappush(todo, (server.at, worker, None, None))
        elif sent is not None:
            heapq.heappush(todo, (sent + latency, worker, sent, server.answer()))
        elif wait := window.take():
            heapq.heappush(todo, (server.at + wait, worker, None, None))
        else:
            heapq.heappush(todo, (server.at + latency / 2, worker, server.at, None))
    assert server.refused == 0
    assert done / (server.at - began) >= 0.9 * ALLOWED
