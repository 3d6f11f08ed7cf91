"""A clock for our host and the sandbox together: it moves when somebody waits, and with every call."""

from __future__ import annotations

from dataclasses import dataclass, replace

import requests

from connector.hosts.pennylane import PennylaneHost, PennylaneSettings
from connector.hosts.pennylane.window import Window
from connector.http import Http, Pace
from connector.mapping import load_mapping
from connector.ports import Memo


@dataclass
class Clock:
    """Seconds of the epoch."""

    at: float = 1_795_000_001.7

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


class Distant(Window):
    """A window on a server that takes ``latency`` seconds to answer. ``refused`` counts what it refused."""

    def __init__(self, clock: Clock, latency: float) -> None:
        super().__init__(Pace(clock.now, clock.sleep))
        self.clock, self.latency, self.refused = clock, latency, 0

    def before(self) -> None:
        super().before()
        self.clock.at += self.latency

    def after(self, answer: requests.Response) -> None:
        self.refused += answer.status_code == 429
        super().after(answer)


def distant_host(settings: PennylaneSettings, gate: Distant, memo: Memo) -> PennylaneHost:
    """Our host, that waits and calls on that clock, one call after the other."""
    pace = Pace(gate.clock.now, gate.clock.sleep)
    http = Http(pace=pace, gate=gate)
    return PennylaneHost(
        replace(settings, at_once=1), load_mapping("pennylane"), memo, http=http, sleep=gate.clock.sleep
    )
