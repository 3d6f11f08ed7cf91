"""QuickBooks' limits: ten calls a second, five hundred a minute, forty batches, a pause after a 429."""

from __future__ import annotations

from dataclasses import dataclass

import requests

from connector.hosts.quickbooks.pace import BATCHES, CALLS, RealmGate, Window
from connector.http import Pace


@dataclass
class Clock:
    at: float = 1000.0

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def sent(calls: int, limits: tuple[tuple[int, float], ...] = CALLS) -> list[float]:
    """When so many calls leave, one after the other, without waiting for answers."""
    clock = Clock()
    window = Window(limits, Pace(clock.now, clock.sleep))
    found = []
    for _ in range(calls):
        window.before()
        found.append(clock.at)
    return found


def most_within(moments: list[float], seconds: float) -> int:
    return max(sum(at <= other < at + seconds for other in moments) for at in moments)


def test_never_more_than_ten_leave_in_a_second_nor_five_hundred_in_a_minute() -> None:
    moments = sent(1200)
    assert most_within(moments, 1.0) <= 10
    assert most_within(moments, 60.0) <= 500


def test_the_rate_is_used() -> None:
    moments = sent(1200)
    assert moments[-1] - moments[0] < 1200 / 480 * 60 + 5


def test_batches_have_a_limit_of_their_own() -> None:
    assert most_within(sent(100, BATCHES), 60.0) <= 40


def test_a_refusal_shuts_the_gate_for_a_minute() -> None:
    clock = Clock()
    window = Window(clock=Pace(clock.now, clock.sleep))
    answer = requests.Response()
    answer.status_code = 429
    window.before()
    window.after(answer)
    window.before()
    assert clock.at == 1060.0


def test_two_hosts_of_one_company_share_a_window_and_two_companies_do_not() -> None:
    one, same, other = (RealmGate("https://a.example", lambda r=realm: r) for realm in ("1", "1", "2"))  # type: ignore[misc]
    assert one._window() is same._window()
    assert one._window() is not other._window()
