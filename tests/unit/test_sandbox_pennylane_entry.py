"""Who may call the Pennylane sandbox, and how often: tokens, OAuth, the rate limit, faults, the command."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from typer.testing import CliRunner

import connector.cli.sandbox as command
from connector.cli import cli
from connector.sandbox.pennylane import BASE
from connector.sandbox.pennylane.oauth import CLIENT_ID, CLIENT_SECRET
from connector.sandbox.pennylane.tokens import ALL_SCOPES
from connector.sandbox.server import SandboxAddress, SandboxOptions, build, serving
from tests.contract.pennylane_client import TODAY, Played, Reply, Wall, played

BACK = "http://127.0.0.1:8721/back"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def host() -> Played:
    return played(4, 10)


# -------------------------------------------------------------------- tokens and scopes


def test_a_user_is_told_who_it_is_and_what_it_may(host: Played) -> None:
    me = host.get("me")
    assert me["user"]["email"] == "relance@exemple-sarl.example"
    assert me["company"]["name"] == "Exemple SARL"
    assert me["scopes"] == list(ALL_SCOPES)


def test_missing_unknown_revoked_and_expired_tokens_look_alike(host: Played) -> None:
    expired = host.app.tokens.issue(expires_at=host.ledger.clock.now - timedelta(seconds=1)).value
    revoked = host.app.tokens.issue().value
    host.app.tokens.revoke(revoked)
    told = []
    for token in ("", "nobody", revoked, expired):
        host.token = token
        told.append(host.call("GET", "me"))
    assert {(one.status, one.body) for one in told} == {
        (401, b'{"status":401,"error":"The access token is invalid"}')
    }


@pytest.mark.parametrize(
    ("scopes", "method", "path", "named"),
    [
        (["customers:all"], "GET", "customer_invoices", "customer_invoices:readonly"),
        (["customers:readonly"], "PUT", "company_customers/1", "customers:all"),
        (["customer_invoices:readonly"], "POST", "customer_invoices/1/comments", "customer_invoices:all"),
        (["transactions:all"], "GET", "changelogs/customers", "customers:readonly"),
        ([], "GET", "bank_accounts", "bank_accounts:readonly"),
    ],
)
def test_a_missing_scope_is_named(
    host: Played, scopes: list[str], method: str, path: str, named: str
) -> None:
    host.token = host.app.tokens.issue(scopes=scopes).value
    reply = host.call(method, path)
    assert (reply.status, reply.json()["error"]) == (
        403,
        f'Access to this resource requires scope "{named}".',
    )
    assert host.get("me")["scopes"] == scopes


def test_a_reader_reads_and_writes_nothing(host: Played) -> None:
    host.token = "reader-sandbox-key"
    customer = host.get("customers", limit=1)["items"][0]["id"]
    assert host.call("PUT", f"company_customers/{customer}", {"notes": "?"}).status == 403


# -------------------------------------------------------------------- OAuth


def consent(host: Played, **more: str) -> dict[str, str]:
    asked = {"client_id": CLIENT_ID, "redirect_uri": BACK, "response_type": "code", "state": "s t",
             "scope": "customers:all customer_invoices:readonly"}  # fmt: skip
    reply = host.call("GET", "/oauth/authorize", **{**asked, **more})
    assert reply.status == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["location"]).query).items()}


def exchange(host: Played, **form: str) -> Reply:
    sent = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **form}
    return host.call("POST", "/oauth/token", raw=urlencode(sent).encode(), kind=FORM)


def pair(host: Played) -> dict[str, Any]:
    code = consent(host)["code"]
    return dict(exchange(host, grant_type="authorization_code", code=code, redirect_uri=BACK).json())


def refreshed(host: Played, token: str) -> Reply:
    return exchange(host, grant_type="refresh_token", refresh_token=token)


def test_consent_gives_a_code_that_buys_a_pair_once(host: Played) -> None:
    back = consent(host)
    assert back["state"] == "s t"
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK}
    made = exchange(host, **form).json()
    assert (made["token_type"], made["expires_in"]) == ("Bearer", 86400)
    host.token = made["access_token"]
    assert host.get("me")["scopes"] == ["customers:all", "customer_invoices:readonly"]
    again = exchange(host, **form)
    assert (again.status, again.json()["error"]) == (401, "invalid_grant")


def test_a_refresh_kills_the_old_pair_and_works_once(host: Played) -> None:
    old = pair(host)
    new = refreshed(host, old["refresh_token"]).json()
    host.token = old["access_token"]
    assert host.call("GET", "me").status == 401
    host.token = new["access_token"]
    assert host.call("GET", "me").status == 200
    again = refreshed(host, old["refresh_token"])
    assert (again.status, again.json()["error"]) == (401, "invalid_grant")
    assert host.call("GET", "me").status == 200


def test_access_lasts_a_day_and_refresh_ninety(host: Played) -> None:
    made = pair(host)
    host.token = made["access_token"]
    host.ledger.advance(TODAY + timedelta(days=2))
    assert host.call("GET", "me").status == 401
    made = refreshed(host, made["refresh_token"]).json()
    host.ledger.advance(TODAY + timedelta(days=100))
    assert refreshed(host, made["refresh_token"]).status == 401


@pytest.mark.parametrize(
    ("asked", "error"),
    [({"scope": "everything"}, "invalid_scope"), ({"response_type": "token"}, "unsupported_response_type")],
)
def test_a_wrong_question_comes_back_as_an_error(host: Played, asked: dict[str, str], error: str) -> None:
    assert consent(host, **asked) == {"error": error, "state": "s t"}


def test_a_person_may_refuse(host: Played) -> None:
    host.app.oauth.consents = False
    assert consent(host)["error"] == "access_denied"


def test_a_code_that_was_asked_with_a_challenge_needs_its_verifier(host: Played) -> None:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"verifier").digest()).rstrip(b"=").decode()
    for verifier, status in (("other", 401), ("verifier", 200)):
        code = consent(host, code_challenge=challenge, code_challenge_method="S256")["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
        assert exchange(host, **form, code_verifier=verifier).status == status


def test_a_wrong_secret_and_a_foreign_address_are_refused(host: Played) -> None:
    assert (
        exchange(host, client_secret="wrong", grant_type="refresh_token").json()["error"] == "invalid_client"
    )
    foreign = {"client_id": CLIENT_ID, "redirect_uri": "https://exemple.example/"}
    assert host.call("GET", "/oauth/authorize", **foreign).status == 401


def test_a_revoked_refresh_token_takes_its_access_token_with_it(host: Played) -> None:
    made = pair(host)
    form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "token": made["refresh_token"]}
    assert host.call("POST", "/oauth/revoke", raw=urlencode(form).encode(), kind=FORM).status == 200
    assert refreshed(host, made["refresh_token"]).status == 401
    host.token = made["access_token"]
    assert host.call("GET", "me").status == 401


# -------------------------------------------------------------------- the rate limit


def test_twenty_five_calls_fit_into_a_window_and_the_next_begins_anew() -> None:
    wall = Wall()
    host = played(1, 0, rate=25, wall=wall)
    told = [host.call("GET", "me") for _ in range(26)]
    assert [one.status for one in told] == [200] * 25 + [429]
    assert [one.headers["ratelimit-remaining"] for one in told[:25]] == [
        str(left) for left in range(24, -1, -1)
    ]
    wall.now += 5
    assert host.call("GET", "me").status == 200


def test_the_refusal_is_plain_text_and_says_how_long() -> None:
    wall = Wall(1_795_000_001.0)
    host = played(1, 0, rate=1, wall=wall)
    host.call("GET", "me")
    refused = host.call("GET", "me")
    assert refused.headers["content-type"] == "text/plain"
    assert refused.body == b"Rate limit exceeded. Please retry in 4 seconds."
    assert refused.headers["retry-after"] == "4"
    wall.now += 4
    assert host.call("GET", "me").status == 200


def test_the_reset_is_a_multiple_of_five_shortly_after_the_date() -> None:
    wall = Wall()
    host = played(1, 0, rate=25, wall=wall)
    for _ in range(12):
        wall.now += 0.7
        host.ledger.clock.tick()
        headers = host.call("GET", "me").headers
        date_ = parsedate_to_datetime(headers["date"])
        reset = int(headers["ratelimit-reset"])
        assert reset % 5 == 0
        assert 0 < reset - date_.timestamp() <= 5
        assert date_ <= host.ledger.clock.now
        assert host.ledger.clock.now - date_ < timedelta(seconds=6)
        assert "retry-after" not in headers


def test_each_token_has_windows_of_its_own() -> None:
    host = played(1, 0, rate=1)
    assert host.call("GET", "me").status == 200
    host.token = "camille-sandbox-key"
    assert host.call("GET", "me").status == 200


# -------------------------------------------------------------------- faults and serving


def test_a_storm_of_refusals_is_plain_text_too(host: Played) -> None:
    host.sandbox.faults.arm("rate_limited", times=3, seconds=2, after=1)
    told = [host.call("GET", "me") for _ in range(5)]
    assert [one.status for one in told] == [200, 429, 429, 429, 200]
    assert told[1].body == b"Rate limit exceeded. Please retry in 2 seconds."
    assert (told[1].headers["retry-after"], told[1].headers["ratelimit-remaining"]) == ("2", "0")


def test_a_token_may_die_between_two_pages(host: Played) -> None:
    host.sandbox.faults.arm("wrong_key", "customer_invoices", times=None, after=1)
    assert [host.call("GET", "customer_invoices").status for _ in range(3)] == [200, 401, 401]
    assert host.call("GET", "me").status == 200


def test_a_comment_may_be_written_and_its_answer_lost(host: Played) -> None:
    number = host.get("customer_invoices")["items"][0]["id"]
    document = host.app.people.document_of(number)
    host.sandbox.faults.arm("lost_after", "write customer_invoices/{id}/comments")
    headers = {"Authorization": f"Bearer {host.token}"}
    with serving(host.sandbox) as url:
        comments = f"{url}{BASE}/customer_invoices/{number}/comments"
        with pytest.raises(requests.ConnectionError):
            requests.post(comments, json={"content": "Relance"}, headers=headers, timeout=10)
    assert host.app.people.comments(document) == ["Relance"]


def test_the_served_sandbox_gives_links_to_itself() -> None:
    sandbox = build(SandboxOptions(today=TODAY, host="pennylane", customers=4, documents=10))
    with serving(sandbox) as url:
        address = sandbox.address(url)
        assert (address.host, address.version, address.database) == ("pennylane", 2, "")
        headers = {"Authorization": f"Bearer {address.key}"}
        first = requests.get(f"{url}{BASE}/customer_invoices", headers=headers, timeout=10).json()["items"][0]
        customer = requests.get(first["customer"]["url"], headers=headers, timeout=10)
    assert customer.json()["id"] == first["customer"]["id"]


def test_the_command_serves_it_and_says_how_to_call_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def announce_only(options: SandboxOptions, announce: Any) -> None:
        assert (options.host, options.documents) == ("pennylane", 7)
        announce(SandboxAddress("http://127.0.0.1:1", "pennylane", 2, "", "relance", "sandbox-token"))

    monkeypatch.setattr(command, "serve", announce_only)
    done = CliRunner().invoke(cli, ["sandbox", "--host", "pennylane", "--documents", "7"])
    assert done.exit_code == 0, done.output
    shown = " ".join(done.output.split())
    assert f"http://127.0.0.1:1{BASE}/me" in shown
    assert "Bearer sandbox-token" in shown
    assert "sandbox-client sandbox-secret" in shown
    assert "database" not in shown
