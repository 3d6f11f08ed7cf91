"""One client over two protocols, against what real servers were recorded to answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from connector.errors import Conflict, HostError, Refused, Unauthorized, Unavailable
from connector.hosts.odoo.client import OdooClient
from connector.hosts.odoo.names import PARAMETERS, parse_version
from connector.hosts.odoo.refusals import InvalidField
from connector.hosts.odoo.settings import OdooSettings
from connector.http import Http, Pace

KEY = "0123456789abcdef0123456789abcdef01234567"
URL = "https://odoo.example"
SETTINGS = OdooSettings(URL, "exemple", "relance@example.com", KEY)
RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"

V18 = {"server_version": "18.0", "server_version_info": [18, 0, 0, "final", 0, ""]}
V19 = {"version": "19.0", "version_info": [19, 0, 0, "final", 0, ""]}


def client(memo: dict[str, str] | None = None) -> OdooClient:
    http = Http(pace=Pace(sleep=lambda _seconds: None), tries=2)
    return OdooClient(SETTINGS, http, {} if memo is None else memo)


def serve18(answer: Callable[[dict[str, Any]], object]) -> None:
    """Play an Odoo 18: ``answer`` gives the result, or the error's data, of an ``execute_kw``."""

    def post(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        params = json.loads(request.body or b"")["params"]
        result: object
        match params["method"]:
            case "version":
                result = V18
            case "login":
                result = 2 if params["args"][2] == KEY else False
            case _:
                result = answer(params)
        reply = {"error": {"code": 200, "data": result}} if _is_error(result) else {"result": result}
        return 200, {"Content-Type": "application/json"}, json.dumps(reply)

    responses.get(f"{URL}/web/version", status=404)
    responses.add_callback("POST", f"{URL}/jsonrpc", callback=post)


def _is_error(result: object) -> bool:
    return isinstance(result, dict) and "name" in result and "debug" in result


def failing18(name: str, message: str) -> None:
    serve18(lambda _params: {"name": name, "message": message, "debug": f"Traceback\n{KEY}"})


def failing19(status: int, name: str, message: str) -> None:
    responses.get(f"{URL}/web/version", json=V19)
    responses.post(f"{URL}/json/2/res.users/context_get", json={"uid": 2})
    body = {"name": name, "message": message, "debug": f"Traceback\n{KEY}"}
    for method in ("search_read", "write"):
        responses.post(f"{URL}/json/2/account.move/{method}", json=body, status=status)


@responses.activate
def test_up_to_18_a_call_is_execute_kw_with_the_login_asked_once() -> None:
    seen: list[Any] = []
    serve18(lambda params: seen.append(params["args"]) or [{"id": 1}])  # type: ignore[func-returns-value]
    memo: dict[str, str] = {}
    assert client(memo).call("account.move", "search_read", [["id", "=", 1]], fields=["name"]) == [{"id": 1}]
    assert seen[0][:2] == ["exemple", 2]
    assert seen[0][3:] == ["account.move", "search_read", [[["id", "=", 1]]], {"fields": ["name"]}]
    calls = len(responses.calls)
    client(memo).call("account.move", "search_read", [])
    assert len(responses.calls) == calls + 1  # a new process asks neither for the version nor for who we are


@responses.activate
def test_from_19_on_the_parameters_go_by_name_and_the_key_in_a_header() -> None:
    responses.get(f"{URL}/web/version", json=V19)
    responses.post(f"{URL}/json/2/res.users/context_get", json={"uid": 2})
    responses.post(f"{URL}/json/2/mail.activity/write", json=True)
    assert client().call("mail.activity", "write", [5], {"date_deadline": "2026-12-01"}, context={}) is True
    sent = responses.calls[-1].request
    assert json.loads(sent.body or b"") == {
        "ids": [5],
        "vals": {"date_deadline": "2026-12-01"},
        "context": {},
    }
    assert sent.headers["Authorization"] == f"bearer {KEY}"
    assert sent.headers["X-Odoo-Database"] == "exemple"


@responses.activate
def test_a_method_that_returns_nothing_returns_none() -> None:
    responses.get(f"{URL}/web/version", status=404)
    responses.post(f"{URL}/jsonrpc", json={"result": V18})
    responses.post(f"{URL}/jsonrpc", json={"result": 2})
    responses.post(f"{URL}/jsonrpc", json={"jsonrpc": "2.0", "id": 1})
    assert client().call("account.move", "action_toggle_block_payment", [1]) is None


CASES = [
    ("odoo.exceptions.AccessError", 403, "You are not allowed", Unauthorized, Refused),
    ("odoo.exceptions.UserError", 422, "You cannot modify", Refused, Refused),
    ("odoo.exceptions.ValidationError", 422, "must be unique", Refused, Refused),
    ("odoo.exceptions.MissingError", 404, "does not exist or has been deleted", Conflict, Conflict),
    ("builtins.ValueError", 500, "Invalid field 'x' on 'account.move'", InvalidField, InvalidField),
    ("builtins.TypeError", 500, "unexpected keyword", Refused, Refused),
    ("psycopg2.errors.SerializationFailure", 500, "could not serialize", Unavailable, Unavailable),
    ("psycopg2.errors.NotNullViolation", 500, "null value", Refused, Refused),
]


@pytest.mark.parametrize(("name", "status", "message", "reading", "writing"), CASES)
@pytest.mark.parametrize("version", [18, 19])
@responses.activate
def test_an_error_is_known_by_its_name_over_both_protocols(
    version: int, name: str, status: int, message: str, reading: type[HostError], writing: type[HostError]
) -> None:
    if version == 18:
        failing18(name, message)
    else:
        failing19(status, name, message)
    with pytest.raises(HostError) as read:
        client().call("account.move", "search_read", [])
    with pytest.raises(HostError) as wrote:
        client().call("account.move", "write", [1], {})
    assert (type(read.value), type(wrote.value)) == (reading, writing)
    assert message in str(read.value)
    assert KEY not in f"{read.value!r}{wrote.value!r}"
    assert "Traceback" not in str(read.value)


@responses.activate
def test_a_write_that_lost_a_race_in_the_database_was_rolled_back() -> None:
    failing18("psycopg2.errors.SerializationFailure", "could not serialize")
    with pytest.raises(Unavailable) as caught:
        client().call("account.move", "write", [1], {})
    assert not caught.value.maybe_done


@pytest.mark.parametrize("version", [18, 19])
@responses.activate
def test_a_wrong_key_names_login_and_option_and_never_the_key(version: int) -> None:
    if version == 18:
        serve18(
            lambda _params: {"name": "odoo.exceptions.AccessDenied", "message": "Access Denied", "debug": ""}
        )
    else:
        failing19(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
    memo: dict[str, str] = {}
    with pytest.raises(Unauthorized, match=r"relance@example\.com.*host\.key") as caught:
        client(memo).call("account.move", "search_read", [])
    assert KEY not in f"{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}"
    assert not [name for name in memo if name.endswith("uid")]


@responses.activate
def test_a_login_that_is_refused_is_unauthorized() -> None:
    responses.get(f"{URL}/web/version", status=404)
    responses.post(f"{URL}/jsonrpc", json={"result": V18})
    responses.post(f"{URL}/jsonrpc", json={"result": False})
    with pytest.raises(Unauthorized):
        client().call("account.move", "search_read", [])


@responses.activate
def test_a_web_page_in_place_of_json_is_no_answer() -> None:
    responses.get(f"{URL}/web/version", body="<html>login</html>", content_type="text/html")
    with pytest.raises(Unavailable, match=r"host\.url"):
        _ = client().version


@responses.activate
def test_a_database_that_does_not_exist_is_told() -> None:
    said = 'connection failed: FATAL:  database "no_such_db" does not exist'
    failing18("psycopg2.OperationalError", said)
    with pytest.raises(Unauthorized, match=r"host\.database"):
        client().call("account.move", "search_read", [])


@responses.activate
def test_the_key_is_in_no_log_of_the_library(caplog: pytest.LogCaptureFixture) -> None:
    serve18(lambda _params: [])
    with caplog.at_level(logging.DEBUG):
        client().call("account.move", "search_read", [])
    assert KEY not in caplog.text
    assert KEY not in repr(SETTINGS)


@pytest.mark.parametrize(
    ("info", "major"),
    [
        (V18, 18),
        (V19, 19),
        ({"server_version_info": ["saas~18", 2, 0, "final", 0, "e"], "server_version": "saas~18.2+e"}, 18),
        ({"server_version": "17.0"}, 17),
        ({}, 0),
        (None, 0),
    ],
)
def test_versions_are_read_whatever_their_form(info: object, major: int) -> None:
    assert parse_version(info).major == major


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
def test_the_recorded_calls_of_19_name_their_parameters_as_we_do() -> None:
    for text in (RECORDINGS / "odoo-19.0-json2.jsonl").read_text("utf-8").splitlines():
        call = json.loads(text)
        method = call["request"]["path"].rpartition("/")[2]
        if call["status"] != 200 or method not in PARAMETERS or method == "message_post":
            continue
        named = set(call["request"]["body"]) - {"context", "load"}
        assert named <= set(PARAMETERS[method]), call["name"]


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize("version", ["16.0", "17.0", "18.0"])
@responses.activate
def test_every_recorded_error_has_its_place_in_the_tree(version: str) -> None:
    lines = (RECORDINGS / f"odoo-{version}-jsonrpc.jsonl").read_text("utf-8").splitlines()
    errors = [d for d in map(json.loads, lines) if "error" in d["response"]]
    assert errors
    for recorded in errors:
        with responses.RequestsMock() as mocked:
            mocked.get(f"{URL}/web/version", status=404)
            mocked.post(f"{URL}/jsonrpc", json={"result": V18})
            mocked.post(f"{URL}/jsonrpc", json={"result": 2})
            mocked.post(f"{URL}/jsonrpc", json=recorded["response"])
            with pytest.raises(HostError):
                client().call("account.move", "search_read", [])
