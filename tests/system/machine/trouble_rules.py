"""Time, passes, and what goes wrong in them."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from connector.errors import Unavailable
from connector.model import Kind, Reason, Ref
from connector.pipeline import PassReport
from connector.pipeline.decide import Decided, look
from connector.pipeline.follow_ups import asks
from tests.system.machine.story import CUSTOMERS, Story

OUTCOMES = ("sent", "failed", "rejected", "unknown_gone", "unknown_lost", "dies_before", "dies_after")


class TroubleRules(Story):
    """The timer, the host, the channel and the machine we run on."""

    @rule(days=st.sampled_from([1, 4, 9, 21, 45]))
    def days_pass(self, days: int) -> None:
        self.world.move(days=days)

    @rule(days=st.sampled_from([0, 1, 2, 5, 8, 15, 30]))
    def days_pass_and_then_a_pass(self, days: int) -> None:
        self.world.move(days=days)
        self.said.settle(self.world.today)
        self.run()

    @rule(days=st.lists(st.sampled_from([8, 3, 5, 15]), min_size=2, max_size=5))
    def weeks_of_quiet_work(self, days: list[int]) -> None:
        for span in days:
            self.days_pass_and_then_a_pass(span)

    @rule(hours=st.sampled_from([1, 3, 11]))
    def hours_pass_and_then_a_pass(self, hours: int) -> None:
        self.world.move(hours=hours)
        self.run()

    @rule(data=st.data(), twice=st.booleans(), hides=st.booleans())
    def the_host_lies_when_pulled(self, data: st.DataObject, twice: bool, hides: bool) -> None:
        if ref := self.some_ref(data, Kind.INVOICE, Kind.PAYMENT, Kind.CUSTOMER):
            (self.host.hidden if hides else self.host.stale).add(ref)
        self.host.twice = twice

    @rule(data=st.data(), hides=st.booleans(), days=st.sampled_from([0, 3, 8, 15]))
    def a_payment_that_the_pull_does_not_show(self, data: st.DataObject, hides: bool, days: int) -> None:
        self.world.move(days=days)
        self.said.settle(self.world.today)
        if row := self.some_invoice(data, owing=True):
            self.host.pay(row["ref"], on=self.world.today)
            (self.host.hidden if hides else self.host.stale).add(Ref(Kind.INVOICE, row["ref"]))
        self.run()

    @rule(outcomes=st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=3))
    def a_pass_with_trouble_in_the_channel(self, outcomes: list[str]) -> None:
        self.channel.outcomes = list(outcomes)
        self.run()
        self.channel.outcomes = []

    @rule(writes=st.integers(0, 60))
    def a_pass_that_dies_at_a_write(self, writes: int) -> None:
        self.world.life.left = writes
        self.run()

    @rule(entries=st.integers(0, 3))
    def a_pass_that_dies_while_writing_back(self, entries: int) -> None:
        self.host.dies_after = entries
        self.run()
        self.host.dies_after = None

    @rule()
    def a_pass_without_the_host(self) -> None:
        self.host.down = Unavailable("the host is being restarted")
        report = self.world.run()
        self.host.down = None
        assert report is None or report.errors

    @rule()
    def a_calm_pass_and_another(self) -> None:
        self.host.calm()
        self.run()
        before = self._done()
        report = self.run()
        assert report is not None
        assert report.as_dict()["delivered"] == {"sent": 0, "failed": 0, "unknown": 0}
        assert self._done() == before, "a second pass on the same day did something"

    def _done(self) -> tuple[object, ...]:
        """All that a pass can change: what left, what is written in the host, what waits to be done."""
        with self.world.unit() as unit:
            waits = [(effect.key, effect.state, effect.attempts) for effect in unit.effects()]
            tasks = [account.follow_ups for account in unit.accounts(CUSTOMERS)]
        return len(self.channel.accepted), len(self.host.notes), len(self.host.tasks), waits, tasks

    # ---------------------------------------------------------------------------------------------------
    def run(self) -> PassReport | None:
        """A pass; when it came to its end, nothing was overlooked."""
        report = self.world.run()
        ended = report is not None and not report.stopped
        if ended:
            self._nothing_was_overlooked()
        return report

    def _nothing_was_overlooked(self) -> None:
        """Who decides everything now, and not only what changed or woke, finds nothing to do."""
        world = self.world
        with world.unit() as unit:
            everybody = sorted({*CUSTOMERS, *unit.customers_with_open()})
            for decided in look(world.company, unit, everybody, world.today):
                name = decided.account.customer.ref
                assert not decided.plans, f"a message to {name} was overlooked: {decided.plans}"
                assert not decided.ended, f"an ending of {name} was overlooked: {decided.ended}"
                self._tasks_are_asked_for(decided)

    def _tasks_are_asked_for(self, decided: Decided) -> None:
        asked = {str(d.reason) for d in decided.decisions if asks(d)}
        opened = {f.reason for f in decided.account.follow_ups if f.closed_on is None}
        if any(d.reason is Reason.CLOSED_DAY for d in decided.decisions):
            opened &= asked  # known: a closed day hides what a person was asked about on an open one
        assert asked == opened, f"{opened} are open, {asked} are asked for: {decided.account.customer.ref}"
