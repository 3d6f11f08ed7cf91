"""Tokens that are lent: saved before they are used, renewed by one at a time, sealed where they lie."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import responses

from connector.errors import Busy, Unauthorized, Unavailable
from connector.hosts.oauth import Credentials, LentTokens, Pair
from connector.hosts.oauth_calls import address, fetch, give_back

SERVER = "https://books.example"
SECRET = "partner-secret-of-the-example"
WE = Credentials(
    "pennylane", "client", SECRET, f"{SERVER}/oauth/authorize", f"{SERVER}/oauth/token", ("a:all",)
)
BACK = "http://localhost:8745/callback"


def pair(n: int, ends: float = 5000.0) -> dict[str, object]:
    return {"access_token": f"access-{n}", "refresh_token": f"refresh-{n}", "expires_at": ends}


class Lock:
    """Held by one at a time; ``busy`` times another process has it."""

    def __init__(self, busy: int = 0) -> None:
        self.busy, self.held = busy, 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        if self.busy:
            self.busy -= 1
            raise Busy("another has it")
        self.held += 1
        yield


def tokens(memo: dict[str, str], lock: Lock | None = None, now: float = 1000.0) -> LentTokens:
    return LentTokens(WE, memo, lock or Lock(), now=lambda: now, sleep=lambda _seconds: None)


def answer(n: int) -> None:
    responses.post(
        WE.token_url,
        json={"access_token": f"access-{n}", "refresh_token": f"refresh-{n}", "expires_in": 86400},
    )


def test_the_tokens_lie_sealed_with_the_partners_secret() -> None:
    memo: dict[str, str] = {}
    Pair(WE, memo).save(pair(1))
    assert "access-1" not in repr(memo)
    assert (Pair(WE, memo).load() or {})["refresh_token"] == "refresh-1"
    other = Credentials("pennylane", "client", "another", WE.authorize_url, WE.token_url, WE.scopes)
    assert Pair(other, memo).load() is None
    assert SECRET not in repr(WE)


def test_a_token_that_lasts_is_used_as_it_is() -> None:
    memo: dict[str, str] = {}
    Pair(WE, memo).save(pair(1))
    lock = Lock()
    assert tokens(memo, lock).bearer() == "access-1"
    assert lock.held == 0


@responses.activate
def test_a_token_about_to_end_is_renewed_and_saved_before_it_is_used() -> None:
    memo: dict[str, str] = {}
    Pair(WE, memo).save(pair(1, ends=1010.0))
    answer(2)
    assert tokens(memo).bearer() == "access-2"
    assert (Pair(WE, memo).load() or {})["refresh_token"] == "refresh-2"
    assert "refresh_token=refresh-1" in str(responses.calls[0].request.body)


@responses.activate
def test_what_another_process_renewed_in_the_meantime_is_taken() -> None:
    memo: dict[str, str] = {}
    Pair(WE, memo).save(pair(1))
    ours = tokens(memo, Lock(busy=3))
    assert ours.bearer() == "access-1"
    Pair(WE, memo).save(pair(2))
    assert ours.renewed("access-1")
    assert ours.bearer() == "access-2"
    assert len(responses.calls) == 0


@responses.activate
def test_a_dead_refresh_token_asks_to_connect_again() -> None:
    memo: dict[str, str] = {}
    Pair(WE, memo).save(pair(1, ends=0.0))
    responses.post(WE.token_url, json={"error": "invalid_grant"}, status=401)
    with pytest.raises(Unauthorized, match="relance connect pennylane") as caught:
        tokens(memo).bearer()
    assert "refresh-1" not in str(caught.value)


@responses.activate
def test_a_server_that_does_not_answer_keeps_the_tokens_for_later() -> None:
    memo: dict[str, str] = {}
    Pair(WE, memo).save(pair(1, ends=0.0))
    responses.post(WE.token_url, status=502, body="<html>")
    with pytest.raises(Unavailable):
        tokens(memo).bearer()
    answer(2)
    assert tokens(memo).bearer() == "access-2"


def test_without_tokens_it_says_how_to_get_them() -> None:
    with pytest.raises(Unauthorized, match="relance connect pennylane"):
        tokens({}).bearer()


def test_another_who_never_ends_is_not_waited_for_for_ever() -> None:
    memo: dict[str, str] = {}
    Pair(WE, memo).save(pair(1, ends=0.0))
    with pytest.raises(Unavailable):
        tokens(memo, Lock(busy=10_000)).bearer()


@responses.activate
def test_an_answer_with_another_state_is_refused() -> None:
    _url, state, verifier = address(WE, BACK)
    with pytest.raises(Unauthorized, match="state"):
        fetch(WE, BACK, f"{BACK}?code=c&state=x{state}", state, verifier)
    assert len(responses.calls) == 0


@responses.activate
def test_a_person_who_says_no_is_understood() -> None:
    _url, state, verifier = address(WE, BACK)
    with pytest.raises(Unauthorized):
        fetch(WE, BACK, f"{BACK}?error=access_denied&state={state}", state, verifier)


@responses.activate
def test_the_code_is_exchanged_with_the_verifier_of_its_own_question() -> None:
    url, state, verifier = address(WE, BACK)
    answer(1)
    token = fetch(WE, BACK, f"{BACK}?code=c1&state={state}", state, verifier)
    assert token["access_token"] == "access-1"
    assert "code_challenge=" in url
    assert f"code_verifier={verifier}" in str(responses.calls[0].request.body)


# hosts that want it otherwise ----------------------------------------------------------------------------
THEY = replace(
    WE,
    host="quickbooks",
    auth_method="client_secret_basic",
    headers=(("x-tell-the-end", "true"),),
    pkce=False,
    realm_parameter="realmId",
    revoke_url=f"{SERVER}/revoke",
)


def told(n: int, **more: object) -> None:
    answer_ = {"access_token": f"access-{n}", "refresh_token": f"refresh-{n}", "expires_in": 3600, **more}
    responses.post(THEY.token_url, json=answer_)


@responses.activate
def test_the_secret_goes_into_a_header_where_the_host_wants_it_there() -> None:
    url, state, verifier = address(THEY, BACK)
    told(1)
    token = fetch(THEY, BACK, f"{BACK}?code=c1&state={state}&realmId=42", state, verifier)
    sent = responses.calls[0].request
    assert sent.headers["Authorization"].startswith("Basic ")
    assert sent.headers["x-tell-the-end"] == "true"
    assert sent.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert SECRET not in str(sent.body)
    assert "code_challenge" not in url
    assert token["realm"] == "42"


@pytest.mark.parametrize("realm", ["", "&realmId=", "&realmId=../../x"])
def test_an_answer_that_names_no_company_is_refused(realm: str) -> None:
    _url, state, verifier = address(THEY, BACK)
    with pytest.raises(Unauthorized, match="which company"):
        fetch(THEY, BACK, f"{BACK}?code=c1&state={state}{realm}", state, verifier)


@responses.activate
def test_the_company_and_the_ends_are_carried_over_to_the_new_pair() -> None:
    memo: dict[str, str] = {}
    Pair(THEY, memo).save({**pair(1, ends=0.0), "realm": "42", "grant_ends_at": 9e9, "refresh_ends_at": 5.0})
    told(2, x_refresh_token_expires_in=8640000)
    ours = LentTokens(THEY, memo, Lock(), now=lambda: 1000.0, sleep=lambda _seconds: None)
    heard: list[LentTokens] = []
    ours.on_renewal = heard.append
    assert (ours.bearer(), ours.realm) == ("access-2", "42")
    kept = Pair(THEY, memo)
    assert kept.realm() == "42"
    assert heard == [ours]
    left = (kept.load() or {})["refresh_ends_at"] - time.time()
    assert 8630000 < left <= 8640000
    assert kept.ends_at() == ours.ends_at
    assert kept.ends_at() is not None


def test_the_sooner_of_two_ends_counts() -> None:
    memo: dict[str, str] = {}
    Pair(THEY, memo).save({**pair(1), "grant_ends_at": 2_000_000_000, "refresh_ends_at": 3_000_000_000})
    assert Pair(THEY, memo).ends_at() == datetime.fromtimestamp(2_000_000_000, UTC)
    assert Pair(THEY, {}).ends_at() is None


@responses.activate
def test_a_refresh_token_that_is_not_changed_goes_on() -> None:
    memo: dict[str, str] = {}
    Pair(THEY, memo).save(pair(1, ends=0.0))
    responses.post(
        THEY.token_url, json={"access_token": "access-2", "refresh_token": "refresh-1", "expires_in": 1}
    )
    ours = LentTokens(THEY, memo, Lock(), now=lambda: 1000.0, sleep=lambda _seconds: None)
    assert ours.bearer() == "access-2"
    assert (Pair(THEY, memo).load() or {})["refresh_token"] == "refresh-1"


@responses.activate
def test_too_many_calls_for_a_token_are_no_refusal() -> None:
    memo: dict[str, str] = {}
    Pair(THEY, memo).save(pair(1, ends=0.0))
    responses.post(THEY.token_url, status=429, json={"message": "slow down"})
    with pytest.raises(Unavailable):
        LentTokens(THEY, memo, Lock(), now=lambda: 1000.0).bearer()


@responses.activate
def test_access_is_given_back_and_forgotten() -> None:
    memo: dict[str, str] = {}
    Pair(THEY, memo).save(pair(1))
    responses.post(THEY.revoke_url, status=503)
    with pytest.raises(Unavailable, match="still stands"):
        give_back(THEY, Pair(THEY, memo))
    assert Pair(THEY, memo).load()
    responses.replace("POST", THEY.revoke_url, status=400, json={"error": "invalid_request"})
    assert give_back(THEY, Pair(THEY, memo))
    assert Pair(THEY, memo).load() is None
    assert not give_back(THEY, Pair(THEY, memo))
    assert '"token": "refresh-1"' in str(responses.calls[-1].request.body)


@pytest.mark.parametrize("status", [302, 401, 403, 404, 429])
@responses.activate
def test_access_that_the_host_did_not_end_is_not_forgotten(status: int) -> None:
    """A wrong address or a wrong secret must not be told as "the access is given back"."""
    memo: dict[str, str] = {}
    Pair(THEY, memo).save(pair(1))
    responses.post(THEY.revoke_url, status=status, headers={"Location": f"{SERVER}/elsewhere"})
    with pytest.raises(Unavailable, match="still stands"):
        give_back(THEY, Pair(THEY, memo))
    assert Pair(THEY, memo).load()
    assert len(responses.calls) == 1


@responses.activate
def test_a_token_endpoint_that_fails_does_not_ask_for_a_person() -> None:
    """It may name an error in the form of a refusal."""
    memo: dict[str, str] = {}
    Pair(THEY, memo).save(pair(1, ends=0))
    responses.post(THEY.token_url, json={"error": "server_error"}, status=503)
    with pytest.raises(Unavailable):
        LentTokens(THEY, memo, Lock()).bearer()
