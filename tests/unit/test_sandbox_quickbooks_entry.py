"""Who may call the QuickBooks sandbox, how often, and what it costs: OAuth, tokens, rates, the bill."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from typer.testing import CliRunner

import connector.cli.sandbox as command
from connector.cli import cli
from connector.sandbox.quickbooks import AUTHORIZE, BASE, CLIENT_ID, CLIENT_SECRET, REVOKE, SCOPE
from connector.sandbox.server import SandboxAddress, SandboxOptions, serving
from tests.contract.quickbooks_client import TODAY, Played, Wall, played

BACK = "http://localhost:8745/callback"
BASIC = (CLIENT_ID, CLIENT_SECRET)
HARD = {"x-include-refresh-token-hard-expires-in": "true"}


@pytest.fixture
def host() -> Played:
    return played(6, 20)


# -------------------------------------------------------------------- consent


def consent(host: Played, **more: str) -> dict[str, str]:
    asked = {
        "client_id": CLIENT_ID,
        "redirect_uri": BACK,
        "response_type": "code",
        "state": "s t",
        "scope": SCOPE,
    }
    reply = host.call("GET", AUTHORIZE, **{**asked, **more})
    assert reply.status == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["location"]).query).items()}


def pair(host: Played) -> dict[str, Any]:
    code = consent(host)["code"]
    return dict(host.token_call(grant_type="authorization_code", code=code, redirect_uri=BACK).json())


def renewed(host: Played, token: str) -> Any:
    return host.token_call(grant_type="refresh_token", refresh_token=token)


def test_consent_comes_back_with_a_code_the_state_and_the_realm(host: Played) -> None:
    back = consent(host)
    assert (back["state"], back["realmId"]) == ("s t", host.realm)
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK}
    made = host.token_call(**form).json()
    assert made.keys() == {
        "token_type", "access_token", "refresh_token", "expires_in", "x_refresh_token_expires_in"
    }  # fmt: skip
    assert (made["token_type"], made["expires_in"], made["x_refresh_token_expires_in"]) == (
        "bearer",
        3600,
        8640000,
    )
    host.token = made["access_token"]
    assert host.get(f"companyinfo/{host.realm}")["CompanyInfo"]["CompanyName"] == "Exemple SARL"
    again = host.token_call(**form)
    assert (again.status, again.json()["error"]) == (400, "invalid_grant")


def test_the_person_chooses_the_company_or_says_no(host: Played) -> None:
    host.app.oauth.company = "Exemple Deux SAS"
    assert consent(host)["realmId"] == host.app.people.realm("Exemple Deux SAS")
    host.app.oauth.consents = False
    assert consent(host) == {"error": "access_denied", "state": "s t"}


@pytest.mark.parametrize(
    "asked",
    [{"redirect_uri": "http://127.0.0.1:8745/callback"}, {"redirect_uri": "http://exemple.example/"},
     {"client_id": "nobody"}, {"state": ""}],
)  # fmt: skip
def test_an_address_in_figures_an_unknown_program_or_no_state_are_not_sent_back(
    host: Played, asked: dict[str, str]
) -> None:
    sent = {
        "client_id": CLIENT_ID,
        "redirect_uri": BACK,
        "response_type": "code",
        "state": "s",
        "scope": SCOPE,
    }
    assert host.call("GET", AUTHORIZE, **{**sent, **asked}).status == 400


def test_another_scope_is_invalid(host: Played) -> None:
    assert consent(host, scope="com.intuit.quickbooks.payment")["error"] == "invalid_scope"


def test_the_program_is_known_by_basic_authentication_alone(host: Played) -> None:
    sent = f"grant_type=refresh_token&refresh_token=x&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}"
    form = "application/x-www-form-urlencoded"
    reply = host.call("POST", "/oauth2/v1/tokens/bearer", raw=sent.encode(), kind=form)
    assert (reply.status, reply.json()["error"]) == (401, "invalid_client")


def test_the_discovery_document_names_the_endpoints(host: Played) -> None:
    found = host.get("/.well-known/openid_sandbox_configuration")
    assert found["authorization_endpoint"].endswith(AUTHORIZE)
    assert found["revocation_endpoint"].endswith(REVOKE)


# -------------------------------------------------------------------- tokens


def test_an_access_token_ends_after_an_hour_and_the_refresh_token_stays_for_a_day(host: Played) -> None:
    first = pair(host)
    second = renewed(host, first["refresh_token"]).json()
    assert second["refresh_token"] == first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    host.ledger.advance(TODAY + timedelta(days=1))
    host.token = second["access_token"]
    assert host.call("GET", "preferences").status == 401


def test_after_a_day_the_refresh_token_is_another_and_the_old_one_is_dead(host: Played) -> None:
    first = pair(host)
    host.ledger.advance(TODAY + timedelta(days=2))
    second = renewed(host, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    dead = renewed(host, first["refresh_token"])
    assert (dead.status, dead.json()["error"]) == (400, "invalid_grant")
    assert renewed(host, second["refresh_token"]).status == 200


def test_the_options_make_it_another_at_every_renewal_and_punish_an_old_one() -> None:
    host = played(6, 20, rotate="always", reuse_revokes=True)
    first = pair(host)
    second = renewed(host, first["refresh_token"]).json()
    assert renewed(host, first["refresh_token"]).status == 400
    assert renewed(host, second["refresh_token"]).status == 400


def test_a_refresh_token_ends_after_a_hundred_days_without_use(host: Played) -> None:
    token = pair(host)["refresh_token"]
    host.ledger.advance(TODAY + timedelta(days=101))
    assert renewed(host, token).status == 400


def test_the_end_of_the_grant_is_told_when_asked_for_and_holds() -> None:
    host = played(6, 20, grant_days=150)
    first = pair(host)
    host.ledger.advance(TODAY + timedelta(days=90))
    told = host.token_call(
        headers=HARD, grant_type="refresh_token", refresh_token=first["refresh_token"]
    ).json()
    assert told["x_refresh_token_hard_expires_in"] == 60 * 86400
    assert told["x_refresh_token_expires_in"] == 60 * 86400
    assert "x_refresh_token_hard_expires_in" not in first
    host.ledger.advance(TODAY + timedelta(days=151))
    assert renewed(host, told["refresh_token"]).status == 400


def test_a_revoked_grant_opens_nothing(host: Played) -> None:
    made = pair(host)
    sent = json.dumps({"token": made["refresh_token"]}).encode()
    assert host.call("POST", REVOKE, raw=sent).status == 401
    assert host.call("POST", REVOKE, raw=b"token=x", kind="text/plain", basic=BASIC).status == 400
    assert host.call("POST", REVOKE, raw=sent, basic=BASIC).status == 200
    assert renewed(host, made["refresh_token"]).status == 400
    host.token = made["access_token"]
    assert host.call("GET", "preferences").status == 401


def test_missing_unknown_and_revoked_tokens_get_the_gateways_envelope(host: Played) -> None:
    host.app.people.disconnect()
    for token in ("", "nobody", host.token):
        host.token = token
        reply = host.call("GET", "preferences")
        told = reply.json()
        assert (reply.status, told["fault"]["type"]) == (401, "AUTHENTICATION")
        assert told["fault"]["error"][0]["code"] == "3200"
        assert isinstance(told["time"], int)
        assert reply.headers["intuit_tid"]


def test_a_token_of_another_company_is_forbidden(host: Played) -> None:
    host.realm = host.app.people.realm("Exemple Deux SAS")
    reply = host.call("GET", "preferences")
    assert (reply.status, reply.json()["fault"]["error"][0]["code"]) == (403, "3100")
    host.realm = "1"
    assert host.call("GET", "preferences").status == 403


def test_who_is_no_administrator_any_more_has_no_access(host: Played) -> None:
    host.app.people.lose_admin()
    reply = host.call("GET", "preferences")
    assert (reply.status, reply.code) == (401, "120")


# -------------------------------------------------------------------- rates and the bill


def test_ten_calls_a_second_and_so_many_a_minute_are_let_in() -> None:
    wall = Wall()
    host = played(6, 20, per_minute=25, per_second=10, wall=wall)
    host.app.options.wall()
    burst = [host.call("GET", "preferences").status for _ in range(11)]
    assert burst == [200] * 10 + [429]
    wall.now += 1.1
    assert [host.call("GET", "preferences").status for _ in range(10)] == [200] * 10
    wall.now += 1.1
    assert [host.call("GET", "preferences").status for _ in range(6)] == [200] * 5 + [429]
    wall.now += 60
    assert host.call("GET", "preferences").status == 200
    assert host.app.rate.refused == 2


def test_over_the_rate_the_answer_is_xml_and_never_says_when_to_come_back(host: Played) -> None:
    host.sandbox.faults.arm("rate_limited", "query", times=1, seconds=7)
    reply = host.call("GET", "query", query="select * from Invoice")
    assert reply.status == 429
    assert b'<Error code="3001">' in reply.body
    assert "retry-after" not in reply.headers
    assert reply.headers["intuit_tid"]


def test_batches_have_a_rate_of_their_own() -> None:
    host = played(6, 20, batches=2)
    item = {"BatchItemRequest": [{"bId": "1", "Query": "select * from Term"}]}
    assert [host.call("POST", "batch", item).status for _ in range(3)] == [200, 200, 429]
    assert host.call("GET", "preferences").status == 200


def test_reading_is_billed_and_writing_is_free_and_what_fails_is_neither(host: Played) -> None:
    row = host.open_invoice()
    bill = host.app.bill
    bill.reset()
    host.get("cdc", entities="Invoice", changedSince="2026-11-19")
    host.get(f"invoice/{row['Id']}")
    host.call("POST", "batch", {"BatchItemRequest": [{"bId": "1", "Query": "select * from Term"}]})
    host.call("POST", "query", raw=b"select * from Term")
    host.post("attachable", {"Note": "x"})
    host.post("invoice", {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, "PrivateNote": "x"})
    host.call("GET", "query", query="nonsense")
    assert dict(bill.billed) == {"cdc": 1, "invoice/{id}": 1, "batch": 1, "query": 1}
    assert dict(bill.free) == {"write attachable": 1, "write invoice": 1}


def test_the_quota_of_the_month_ends_everything_until_the_next() -> None:
    host = played(6, 20, quota=2)
    told = [host.call("GET", "preferences").status for _ in range(3)]
    assert told == [200, 200, 429]
    host.ledger.advance(date(2026, 12, 1))
    assert host.call("GET", "preferences").status == 200


# -------------------------------------------------------------------- faults, serving, the command


def test_a_note_may_be_written_and_its_answer_lost_and_the_same_id_finds_it(host: Played) -> None:
    number = host.open_invoice()["Id"]
    document = host.app.people.document_of(number)
    host.sandbox.faults.arm("lost_after", "write attachable")
    headers = {"Authorization": f"Bearer {host.token}"}
    ref = {"EntityRef": {"type": "Invoice", "value": number}}
    body = {"Note": "Relance", "AttachableRef": [ref]}
    with serving(host.sandbox) as url:
        notes = f"{url}{BASE}/{host.realm}/attachable?requestid=r1"
        with pytest.raises(requests.ConnectionError):
            requests.post(notes, json=body, headers=headers, timeout=10)
        assert host.app.people.notes(document) == ["Relance"]
        again = requests.post(notes, json=body, headers=headers, timeout=10)
    assert again.status_code == 200
    assert host.app.people.notes(document) == ["Relance"]


def test_a_broken_service_says_so_in_json_and_a_broken_gateway_in_html(host: Played) -> None:
    host.sandbox.faults.arm("server_error")
    reply = host.call("GET", "preferences")
    assert (reply.status, reply.code, reply.json()["Fault"]["type"]) == (500, "10000", "SystemFault")
    host.sandbox.faults.arm("bad_gateway")
    assert host.call("GET", "preferences").headers["content-type"] == "text/html"


def test_a_token_may_be_refused_in_the_middle_of_a_pass(host: Played) -> None:
    host.sandbox.faults.arm("wrong_key", "query", times=None, after=1)
    told = [host.call("GET", "query", query="select * from Term").status for _ in range(3)]
    assert told == [200, 401, 401]
    assert host.call("GET", "preferences").status == 200


def test_the_address_of_the_served_sandbox_names_the_realm(host: Played) -> None:
    with serving(host.sandbox) as url:
        at = host.sandbox.address(url)
        assert (at.host, at.version, at.database) == ("quickbooks", 3, host.realm)
        headers = {"Authorization": f"Bearer {at.key}"}
        found = requests.get(
            f"{url}{BASE}/{at.database}/companyinfo/{at.database}", headers=headers, timeout=10
        )
    assert found.json()["CompanyInfo"]["Id"] == "1"


def test_the_command_serves_it_and_says_how_to_call_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[SandboxOptions] = []

    def announce_only(options: SandboxOptions, announce: Any) -> None:
        seen.append(options)
        announce(SandboxAddress("http://127.0.0.1:1", "quickbooks", 3, "9341452", "relance", "sandbox-token"))

    monkeypatch.setattr(command, "serve", announce_only)
    hook = ["--webhook", "http://127.0.0.1:2/hook"]
    done = CliRunner().invoke(cli, ["sandbox", "--host", "quickbooks", "--documents", "7", *hook])
    assert done.exit_code == 0, done.output
    shown = " ".join(done.output.split())
    assert "http://127.0.0.1:1/v3/company/9341452/companyinfo/9341452" in shown
    assert "Bearer sandbox-token" in shown
    assert "sandbox-client sandbox-secret" in shown
    assert "relance init --host quickbooks --url http://127.0.0.1:1 --login sandbox-client" in shown
    assert (seen[0].documents, seen[0].quickbooks.webhook_url) == (7, "http://127.0.0.1:2/hook")
    assert seen[0].live
    CliRunner().invoke(cli, ["sandbox", "--host", "quickbooks", "--today", "2026-11-20"])
    assert not seen[1].live
