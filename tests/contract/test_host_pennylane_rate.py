"""The rate of a real account, over the whole adapter: a first pull uses it nearly whole, never refused."""

from __future__ import annotations

import pytest

from connector.hosts.pennylane import PennylaneSettings
from connector.sandbox.pennylane import PennylaneOptions
from connector.sandbox.server import SandboxOptions, build, serving
from tests.contract.pennylane_clock import Clock, Distant, distant_host
from tests.contract.pennylane_played import TODAY

ALLOWED = 25 / 5  # calls a second


@pytest.mark.parametrize("latency", [0.02, 0.18])
def test_a_first_pull_uses_nine_tenths_of_the_rate_and_draws_no_429(latency: float) -> None:
    clock = Clock()
    options = PennylaneOptions(rate=25, wall=clock.now)
    sandbox = build(
        SandboxOptions(today=TODAY, host="pennylane", customers=150, documents=900, pennylane=options)
    )
    gate = Distant(clock, latency)
    with serving(sandbox) as url:
        at = sandbox.address(url)
        host = distant_host(PennylaneSettings(token=at.key, base_url=at.url), gate, {})
        began = clock.at
        pages = list(host.pull(None))
        took = clock.at - began
        host.close()
    assert pages
    assert gate.refused == 0
    assert host.usage.calls > 150
    assert host.usage.calls / took >= 0.9 * ALLOWED
