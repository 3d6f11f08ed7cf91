"""The host's clock against ours, as its answers tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import responses

from connector.http import Http

URL = "https://books.example/call"


def call(http: Http, headers: dict[str, str]) -> None:
    with responses.RequestsMock() as mock:
        mock.post(URL, json={}, headers=headers)
        http.request("POST", URL, label="thing.read", read=lambda answer: answer.json(), safe=True)


@pytest.mark.parametrize("hours", [-3, 0, 26])
def test_how_far_it_is_ahead_is_known_after_an_answer(hours: int) -> None:
    http = Http()
    call(http, {"Date": format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)})
    ahead = http.usage.clock_ahead
    assert ahead is not None
    assert round(ahead / timedelta(hours=1)) == hours


def test_a_host_that_does_not_tell_it_is_not_judged() -> None:
    http = Http()
    call(http, {})
    assert http.usage.clock_ahead is None
    call(http, {"Date": "some day"})
    assert http.usage.clock_ahead is None
