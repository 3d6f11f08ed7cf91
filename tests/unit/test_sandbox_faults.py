"""Each fault switch, seen by a real client over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import requests

from connector.sandbox.faults import FAULT_NAMES, Fault
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving

OPTIONS = SandboxOptions(today=date(2026, 11, 21), customers=8, documents=20)
NOTE = {
    "model": "account.move",
    "res_id": 1,
    "body": "<p>x</p>",
    "message_id": "<relance.1@connector.example>",
}


class Client:
    def __init__(self, sandbox: Sandbox, url: str) -> None:
        self.address = sandbox.address(url)
        self.session = requests.Session()
        self.calls = 0

    def post(
        self, model: str, method: str, *args: Any, timeout: float = 10, **named: Any
    ) -> requests.Response:
        self.calls += 1
        args_sent = [self.address.database, 6, self.address.key, model, method, list(args), named]
        params = {"service": "object", "method": "execute_kw", "args": args_sent}
        sent = {"jsonrpc": "2.0", "method": "call", "id": self.calls, "params": params}
        return self.session.post(f"{self.address.url}/jsonrpc", json=sent, timeout=timeout)

    def write_note(self, **options: Any) -> requests.Response:
        return self.post("mail.message", "create", [NOTE], **options)


@pytest.fixture
def sandbox() -> Sandbox:
    return build(OPTIONS)


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    with serving(sandbox) as url:
        made = Client(sandbox, url)
        yield made
        made.session.close()


def notes(sandbox: Sandbox) -> int:
    return len(sandbox.ledger.notes_by_token[NOTE["message_id"]])  # type: ignore[index]


def test_too_many_requests_says_when_to_come_back(sandbox: Sandbox, client: Client) -> None:
    sandbox.faults.arm("rate_limited", seconds=7)
    refused = client.write_note()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    assert client.write_note().status_code == 200
    assert notes(sandbox) == 1


@pytest.mark.parametrize(("name", "status"), [("server_error", 500), ("bad_gateway", 502)])
def test_a_broken_server_answers_html_and_does_nothing(
    sandbox: Sandbox, client: Client, name: Any, status: int
) -> None:
    sandbox.faults.arm(name)
    broken = client.write_note()
    assert broken.status_code == status
    assert broken.headers["Content-Type"] == "text/html"
    assert notes(sandbox) == 0


@pytest.mark.parametrize(("name", "written"), [("lost_before", 0), ("lost_after", 1)])
def test_a_lost_connection_leaves_the_client_without_an_answer(
    sandbox: Sandbox, client: Client, name: Any, written: int
) -> None:
    sandbox.faults.arm(name, "mail.message.create")
    with pytest.raises(requests.ConnectionError):
        client.write_note()
    assert notes(sandbox) == written


@pytest.mark.parametrize(("name", "written"), [("hang_before", 0), ("hang_after", 1)])
def test_a_hanging_call_outlasts_the_client(
    sandbox: Sandbox, client: Client, name: Any, written: int
) -> None:
    sandbox.faults.arm(name, "mail.message.create")
    with pytest.raises(requests.ReadTimeout):
        client.write_note(timeout=0.3)
    assert notes(sandbox) == written


def test_a_torn_body_breaks_off_after_the_call_took_effect(sandbox: Sandbox, client: Client) -> None:
    sandbox.faults.arm("torn_body")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        client.write_note()
    assert notes(sandbox) == 1


def test_a_slow_answer_is_still_the_answer(sandbox: Sandbox, client: Client) -> None:
    sandbox.faults.arm("slow", seconds=0.01)
    assert client.write_note().json()["result"]


def test_a_slow_server_may_fail_as_well(sandbox: Sandbox, client: Client) -> None:
    sandbox.faults.arm("slow", times=None, seconds=0.01)
    sandbox.faults.arm("server_error")
    assert [client.write_note().status_code for _ in range(2)] == [500, 200]


def test_a_duplicate_page_is_the_page_before_under_the_new_id(sandbox: Sandbox, client: Client) -> None:
    def page(after: int) -> dict[str, Any]:
        domain = [["id", ">", after]]
        answer: dict[str, Any] = client.post("account.move", "search", domain, limit=3, order="id").json()
        return answer

    first = page(0)
    sandbox.faults.arm("duplicate_page", "account.move.search")
    again, third = page(3), page(3)
    assert again["result"] == first["result"] != third["result"]
    assert again["id"] == client.calls - 1


def test_a_wrong_key_is_refused_as_odoo_refuses_it(sandbox: Sandbox, client: Client) -> None:
    sandbox.faults.arm("wrong_key", times=None)
    for _ in range(2):
        assert client.write_note().json()["error"]["data"]["name"] == "odoo.exceptions.AccessDenied"
    sandbox.faults.clear()
    assert client.write_note().json()["result"]


def test_a_fault_hits_only_the_calls_it_was_armed_for_and_counts_them(
    sandbox: Sandbox, client: Client
) -> None:
    sandbox.faults.arm("server_error", "mail.*", times=2)
    assert client.post("account.move", "search_count", []).status_code == 200
    assert [client.write_note().status_code for _ in range(3)] == [500, 500, 200]


def test_every_fault_name_can_be_given_as_text() -> None:
    for name in FAULT_NAMES:
        assert Fault.parse(f"{name}:account.*:always:2") == Fault(name, "account.*", None, 2.0)
    assert Fault.parse("slow") == Fault("slow", "*", 1, 1.0)


@pytest.mark.parametrize("text", ["nonsense", "slow:*:often", "slow:*:1:long"])
def test_a_fault_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="fault"):
        Fault.parse(text)
