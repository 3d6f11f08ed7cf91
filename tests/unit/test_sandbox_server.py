"""Putting a sandbox together: its options, its meter, its foreground server."""

from __future__ import annotations

import threading
from datetime import date

import pytest
import requests

from connector.sandbox import server
from connector.sandbox.server import SandboxAddress, SandboxOptions, build, serve, serving

OPTIONS = SandboxOptions(today=date(2026, 11, 21), customers=4, documents=6)


def test_the_meter_counts_calls_by_name_and_the_bytes_that_went_out() -> None:
    sandbox = build(OPTIONS)
    with serving(sandbox) as url, requests.Session() as session:
        ask = {"params": {"service": "common", "method": "version", "args": []}}
        sizes = [len(session.post(f"{url}/jsonrpc", json=ask, timeout=10).content) for _ in range(3)]
    assert sandbox.meter.calls == {"common.version": 3}
    assert sandbox.meter.bytes_served == sum(sizes)
    sandbox.meter.reset()
    assert not sandbox.meter.calls


def test_a_served_sandbox_can_be_acted_on_between_two_calls() -> None:
    sandbox = build(OPTIONS)
    document = next(one for one in sandbox.ledger.documents() if one.state == "posted")
    with serving(sandbox) as url, requests.Session() as session:
        address = sandbox.address(url)
        read = ["account.move", "read", [[document.serial], ["partner_id"]], {}]
        params = {
            "service": "object",
            "method": "execute_kw",
            "args": [address.database, 6, address.key, *read],
        }

        def name() -> str:
            reply = session.post(f"{url}/jsonrpc", json={"params": params}, timeout=10).json()
            return str(reply["result"][0]["partner_id"][1])

        before = name()
        sandbox.ledger.rename_customer(document.customer, "Exemple Renommé SARL")
        assert before != name()
        assert "Exemple Renommé SARL" in name()


@pytest.mark.parametrize(
    "options",
    [
        SandboxOptions(today=date(2026, 11, 21), host="sage"),
        SandboxOptions(today=date(2026, 11, 21), version=15, customers=1, documents=0),
        SandboxOptions(today=date(2026, 11, 21), faults=("nonsense",), customers=1, documents=0),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(options: SandboxOptions) -> None:
    with pytest.raises(ValueError, match=r"sage|15|nonsense"):
        build(options)


def test_serving_in_the_foreground_announces_the_open_port_and_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    announced: list[SandboxAddress] = []
    answered: list[int] = []
    create = server.create_server
    monkeypatch.setattr(
        server, "create_server", lambda *args, **kw: made.append(create(*args, **kw)) or made[-1]
    )
    open_ = threading.Event()

    def announce(address: SandboxAddress) -> None:
        announced.append(address)
        open_.set()

    thread = threading.Thread(target=serve, args=(OPTIONS, announce))
    thread.start()
    assert open_.wait(30)
    answered.append(requests.get(f"{announced[0].url}/web/login", timeout=10).status_code)
    running = made[0]
    running.trigger.pull_trigger(lambda: server.wasyncore.close_all(running._map, ignore_all=True))  # type: ignore[attr-defined]
    thread.join(30)
    assert answered == [200]
    assert not thread.is_alive()


def test_latency_is_a_slow_fault_on_every_call() -> None:
    sandbox = build(SandboxOptions(today=date(2026, 11, 21), customers=1, documents=0, latency_ms=5))
    assert [(one.name, one.match, one.times, one.seconds) for one in sandbox.faults.armed] == [
        ("slow", "*", None, 0.005)
    ]
