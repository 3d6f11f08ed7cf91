"""One session per host: what is repeated, what is not, and what each failure is called."""

from __future__ import annotations

import socket

import pytest
import requests
import responses

from connector.errors import Conflict, RateLimited, Refused, Unauthorized, Unavailable
from connector.http import Http, Pace, Timeouts, raise_for, retry_after

URL = "https://books.example/call"
SECRET = "0123456789abcdef-secret"


class _Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def http(clock: _Clock) -> Http:
    return Http(pace=Pace(lambda: clock.at, clock.sleep))


def call(http: Http, *, safe: bool = True) -> object:
    def read(answer: requests.Response) -> object:
        raise_for(answer, "thing.read", safe=safe)
        return answer.json()

    headers = {"Authorization": f"bearer {SECRET}"}
    return http.request(
        "POST", URL, label="thing.read", read=read, safe=safe, headers=headers, params={"token": SECRET}
    )


@responses.activate
def test_a_read_is_repeated_until_it_succeeds(http: Http, clock: _Clock) -> None:
    for status in (502, 503):
        responses.post(URL, status=status, body="<html>")
    responses.post(URL, json={"fine": True})
    assert call(http) == {"fine": True}
    assert http.usage.calls == 3
    assert len(clock.slept) == 2


@responses.activate
def test_a_read_gives_up_after_its_tries(http: Http) -> None:
    responses.post(URL, status=503)
    with pytest.raises(Unavailable) as caught:
        call(http)
    assert http.usage.calls == 4
    assert not caught.value.maybe_done


@responses.activate
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_is_not_repeated_and_may_be_done(http: Http, status: int) -> None:
    responses.post(URL, status=status)
    with pytest.raises(Unavailable) as caught:
        call(http, safe=False)
    assert http.usage.calls == 1
    assert caught.value.maybe_done


@responses.activate
@pytest.mark.parametrize("fault", [requests.ReadTimeout, requests.exceptions.ChunkedEncodingError])
def test_a_write_whose_answer_was_lost_may_be_done(http: Http, fault: type[Exception]) -> None:
    responses.post(URL, body=fault())
    with pytest.raises(Unavailable) as caught:
        call(http, safe=False)
    assert caught.value.maybe_done
    assert http.usage.calls == 1


@responses.activate
def test_a_torn_body_of_a_write_may_be_done(http: Http) -> None:
    responses.post(URL, body='{"result": [1, 2', content_type="application/json")
    with pytest.raises(Unavailable) as caught:
        call(http, safe=False)
    assert caught.value.maybe_done


def test_a_refused_connection_is_tried_again_even_for_a_write_and_is_certainly_not_done(
    clock: _Clock,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    http = Http(pace=Pace(lambda: clock.at, clock.sleep), tries=2)
    with pytest.raises(Unavailable) as caught:
        http.request("GET", f"http://127.0.0.1:{port}/", label="thing.write", read=lambda a: a, safe=False)
    assert not caught.value.maybe_done
    assert http.usage.calls == 2


@responses.activate
def test_a_read_waits_as_long_as_it_is_asked_to(http: Http, clock: _Clock) -> None:
    responses.post(URL, status=429, headers={"Retry-After": "7"})
    responses.post(URL, json=1)
    assert call(http) == 1
    assert clock.slept == [7.0]


@responses.activate
def test_asked_to_wait_too_long_it_says_so_instead(http: Http, clock: _Clock) -> None:
    responses.post(URL, status=429, headers={"Retry-After": "3600"})
    with pytest.raises(RateLimited) as caught:
        call(http)
    assert caught.value.after == 3600
    assert clock.slept == []


def test_retry_after_may_be_a_date() -> None:
    answer = requests.Response()
    answer.headers["Date"] = "Sat, 21 Nov 2026 12:00:00 GMT"
    answer.headers["Retry-After"] = "Sat, 21 Nov 2026 12:01:30 GMT"
    assert retry_after(answer) == 90


@responses.activate
@pytest.mark.parametrize(
    ("status", "error"), [(401, Unauthorized), (403, Refused), (404, Refused), (409, Conflict)]
)
def test_each_refusal_has_its_error(http: Http, status: int, error: type[Exception]) -> None:
    responses.post(URL, status=status)
    with pytest.raises(error):
        call(http)
    assert http.usage.calls == 1


@responses.activate
def test_a_redirect_to_no_address_at_all_is_an_error_of_the_host(http: Http) -> None:
    responses.post(URL, status=302, headers={"Location": "http://[::1/nowhere"})
    with pytest.raises(Refused, match="no address"):
        call(http)


@responses.activate
def test_a_redirect_is_refused_and_names_the_address_without_its_query(http: Http) -> None:
    responses.post(URL, status=302, headers={"Location": f"https://other.example/login?token={SECRET}"})
    with pytest.raises(Refused, match=r"other\.example/login") as caught:
        call(http)
    assert SECRET not in str(caught.value)


@responses.activate
@pytest.mark.parametrize(
    "fault", [requests.ConnectionError("…" + SECRET), requests.exceptions.SSLError(SECRET)]
)
def test_no_error_holds_a_secret(http: Http, fault: Exception) -> None:
    responses.post(URL, body=fault)
    with pytest.raises(Unavailable) as caught:
        call(http)
    assert SECRET not in f"{caught.value!r}{caught.value}"
    assert caught.value.__cause__ is None


@responses.activate
def test_cookies_are_not_kept(http: Http) -> None:
    responses.post(URL, json=1, headers={"Set-Cookie": "session_id=abc; Path=/"})
    call(http)
    call(http)
    assert "Cookie" not in responses.calls[1].request.headers


@responses.activate
def test_it_says_who_it_is_and_takes_gzip(http: Http) -> None:
    responses.post(URL, json=1)
    call(http)
    headers = responses.calls[0].request.headers
    assert headers["User-Agent"].startswith("relance/")
    assert "gzip" in headers["Accept-Encoding"]


def test_a_password_in_netrc_does_not_replace_our_header(
    http: Http, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine books.example login x password y\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with responses.RequestsMock() as mocked:
        mocked.post(URL, json=1)
        call(http)
        assert mocked.calls[0].request.headers["Authorization"] == f"bearer {SECRET}"


@responses.activate
def test_reads_and_writes_have_their_own_patience(clock: _Clock) -> None:
    http = Http(timeouts=Timeouts(1, 2, 3), pace=Pace(lambda: clock.at, clock.sleep))
    responses.post(URL, json=1)
    call(http, safe=True)
    call(http, safe=False)
    assert [each.request.req_kwargs["timeout"] for each in responses.calls] == [(1, 2), (1, 3)]


@responses.activate
def test_no_more_calls_a_second_than_allowed(clock: _Clock) -> None:
    http = Http(calls_per_second=2, pace=Pace(lambda: clock.at, clock.sleep))
    responses.post(URL, json=1)
    for _ in range(5):
        call(http)
    assert clock.at == pytest.approx(2.0)


@responses.activate
def test_the_bytes_that_came_are_counted(http: Http) -> None:
    responses.post(URL, body=b'"' + b"x" * 998 + b'"', content_type="application/json")
    call(http)
    assert http.usage.bytes == 1000
    assert http.usage.by_method == {"thing.read": 1}


class _Gate:
    """Holds every call back for so long, and counts what it is told."""

    def __init__(self, clock: _Clock, seconds: float) -> None:
        self.clock, self.seconds = clock, seconds
        self.asked, self.told = 0, 0

    def before(self) -> None:
        self.asked += 1
        self.clock.sleep(self.seconds)

    def after(self, answer: requests.Response) -> None:
        self.told += 1


def fresh(clock: _Clock, held: float) -> tuple[Http, _Gate]:
    gate = _Gate(clock, held)
    return Http(pace=Pace(lambda: clock.at, clock.sleep), gate=gate), gate


@responses.activate
def test_a_call_that_carries_what_was_just_read_is_not_sent_late(clock: _Clock) -> None:
    http, gate = fresh(clock, 2.0)
    responses.put(URL, json={})
    with pytest.raises(RateLimited) as caught:
        http.request("PUT", URL, label="x", read=lambda answer: answer, safe=False, fresh=True)
    assert (caught.value.after, caught.value.maybe_done) == (0.0, False)
    assert len(responses.calls) == 0
    assert (gate.asked, gate.told) == (1, 1)


@responses.activate
def test_nor_is_it_tried_again(clock: _Clock) -> None:
    http, _ = fresh(clock, 0.0)
    responses.put(URL, body=requests.exceptions.ConnectTimeout())
    with pytest.raises(Unavailable):
        http.request("PUT", URL, label="x", read=lambda answer: answer, safe=False, fresh=True)
    assert len(responses.calls) == 1


@responses.activate
def test_a_gate_hears_of_a_call_that_got_no_answer(clock: _Clock) -> None:
    http, gate = fresh(clock, 0.0)
    responses.post(URL, body=requests.exceptions.ReadTimeout())
    with pytest.raises(Unavailable):
        http.request("POST", URL, label="x", read=lambda answer: answer, safe=False)
    assert (gate.asked, gate.told) == (1, 1)
