"""Timer and endpoint in one process: passes come at their interval, and sooner when the host calls."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from connector.schedule import every
from connector.serve.endpoint import LONGEST, Caller, Endpoint
from connector.serve.listening import listening
from connector.serve.waking import Wakes

log = structlog.get_logger()


@dataclass(slots=True)
class _Standing:
    """What became of a company's passes since the service began."""

    passes: int = 0
    woken: int = 0
    last_at: datetime | None = None  # the end of the last one
    ended_well: bool | None = None
    under_way: bool = False
    round: int = 0  # of the timer, in which the last one began


@dataclass
class Service:
    """``look`` makes one pass for a company and says whether it ended well; it is never called twice at once.
    ``callers`` says who may announce what: asked when the service begins and with each round of the timer."""

    companies: Sequence[str]
    look: Callable[[str], bool]
    callers: Callable[[], Sequence[Caller]]
    wakes: Wakes
    interval: timedelta
    stop: threading.Event
    _callers: Sequence[Caller] = ()
    _standings: dict[str, _Standing] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _refused: int = 0
    _rounds: int = 0

    def run(self, host: str, port: int, announce: Callable[[str, int], None]) -> None:
        """Work until ``stop`` is set. ``announce`` is called once, with the address, when calls are taken.
        Raises ConfigError."""
        self._standings = {company: _Standing() for company in self.companies}
        self._callers = self.callers()
        endpoint = Endpoint(lambda: self._callers, self.wakes.tell, self.health)
        waker = threading.Thread(target=self._between, name="waker", daemon=True)
        with listening(endpoint, host, port, longest=LONGEST) as address:
            announce(*address)
            waker.start()
            try:
                every(self.interval, lambda: self._round(endpoint), self.stop)
            finally:
                self.wakes.close()
                waker.join()

    def health(self) -> Mapping[str, object]:
        """The last pass of each company. ``ok``: none that ended did so badly."""
        standings = dict(self._standings)
        return {
            "ok": all(one.ended_well is not False for one in standings.values()),
            "companies": {
                company: {
                    "last_pass_at": one.last_at.isoformat() if one.last_at else None,
                    "ended_well": one.ended_well,
                    "passes": one.passes,
                    "woken": one.woken,
                    "under_way": one.under_way,
                    "waits": self.wakes.waits(company),
                }
                for company, one in standings.items()
            },
        }

    def _round(self, endpoint: Endpoint) -> None:
        self._callers = self.callers()
        self._tell_refused(endpoint.counts["refused"])
        self._rounds += 1
        for company in self.companies:
            self._pass(company)

    def _between(self) -> None:
        while not self.stop.is_set() and (company := self.wakes.wait()) is not None:
            self._pass(company, woken=True)

    def _pass(self, company: str, *, woken: bool = False) -> None:
        standing = self._standings[company]
        with self._turn:
            if self.stop.is_set() or not self._is_wanted(company, woken=woken):
                return
            standing.woken += woken
            standing.round = self._rounds
            standing.under_way = True
            ended_well = False
            try:
                ended_well = self.look(company)
            except Exception as error:  # noqa: BLE001 - neither the timer nor the waker may die of one pass
                log.error("pass ended by an error", company=company, error=repr(error))
            finally:
                standing.passes += 1
                standing.last_at, standing.ended_well = datetime.now(UTC), ended_well
                standing.under_way = False

    def _is_wanted(self, company: str, *, woken: bool) -> bool:
        """Whether a pass shall begin now that it is its turn; what was announced before is then seen to. In a
        long round, the timer's may have come before a woken one, or the other way round."""
        standing = self._standings[company]
        if not woken:
            if standing.round == self._rounds and standing.ended_well:
                return False
            self.wakes.see_to(company)
            return True
        if not self.wakes.take(company):
            return False
        log.info("woken by the host", company=company)
        return True

    def _tell_refused(self, refused: int) -> None:
        """Said with each round and not with each call: anybody can call."""
        if refused > self._refused:
            log.warning("calls with a wrong signature were refused", count=refused - self._refused)
        self._refused = refused
