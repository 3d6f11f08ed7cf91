"""The answers that a task offers are read as what it says follows from them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from connector.grammar import read_feedback
from connector.grammar.sayings import (
    SaysCallAgain,
    SaysDispute,
    SaysNo,
    SaysNothing,
    SaysPromise,
)
from connector.ports import TaskKind
from connector.tasks.sheet import answers

DAYS = [date(2026, 11, 23) + timedelta(days=n) for n in range(0, 60, 7)]
MEANT = {
    TaskKind.CALL: (SaysPromise, SaysDispute, SaysCallAgain),
    TaskKind.FIX_CONTACT: (SaysPromise, SaysDispute, SaysCallAgain),
    TaskKind.TODO: (SaysNothing, SaysPromise, SaysDispute),
    TaskKind.PROMISE: (SaysPromise, SaysNo),
}


@pytest.mark.parametrize("country", ["FR", "BE", "CA", "GB", "US"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", MEANT)
def test_each_answer_is_read_as_it_is_meant(kind: TaskKind, language: str, country: str) -> None:
    for today in DAYS:
        offered = answers(language, kind, today, country)
        read = [read_feedback(text, kind, today, country=country) for text, _ in offered]
        assert tuple(type(saying) for saying in read) == MEANT[kind], (today, offered)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_their_days_lie_ahead_and_nobody_works_on_a_sunday(language: str) -> None:
    for today in DAYS:
        promised, _, again = (
            read_feedback(text, TaskKind.CALL, today)
            for text, _ in answers(language, TaskKind.CALL, today, "FR")
        )
        assert isinstance(promised, SaysPromise)
        assert isinstance(again, SaysCallAgain)
        assert again.on is not None
        assert today < again.on < promised.on
        assert {promised.on.weekday(), again.on.weekday()} <= set(range(5))


def test_each_answer_says_what_follows_from_it() -> None:
    for kind in MEANT:
        assert all(meant for _, meant in answers("fr", kind, DAYS[0]))
