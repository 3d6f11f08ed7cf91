"""Whatever happens, in whatever order: no message leaves that should not.

A machine pays, credits, promises, holds, kills the process and lies on behalf of the host; the invariants
are judged at the very moment a message is accepted, against the host's own books.

``RELANCE_MACHINE=thorough`` runs many more and longer stories.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from connector import orders
from connector.errors import Unavailable
from connector.model import InstallmentKey, Kind, Message, Ref
from connector.store.ports import Effect, EffectState
from tests import builders
from tests.system.world import Accepted, Step, World

CUSTOMERS = ("alpha", "beta")
OUTCOMES = ("sent", "failed", "rejected", "unknown_gone", "unknown_lost", "dies_before", "dies_after")
GRACE = 2
Row = dict[str, Any]
LEVELS = {step.name: level for level, step in enumerate(builders.STEPS, 1)}


class ChaseMachine(RuleBasedStateMachine):
    """Two customers, a handful of invoices, and all that can befall them."""

    @initialize(spacing=st.sampled_from([0, 5]), can_tell=st.booleans())
    def begin(self, spacing: int, can_tell: bool) -> None:
        self.folder = Path(mkdtemp(prefix="relance-machine-"))
        scenario = builders.replace(builders.SCENARIO, spacing=spacing, minimum=Decimal(0))
        self.world = World(self.folder, self.judge, scenarios=(scenario,))
        self.host, self.channel = self.world.host, self.world.channel
        self.channel.can_tell = can_tell
        self.serial = 0
        self.taken: dict[InstallmentKey, list[int]] = {}  # levels that are behind us, in order
        self.accepted: Counter[tuple[InstallmentKey, str]] = Counter()
        self.pardoned: Counter[tuple[InstallmentKey, str]] = Counter()  # a person said: it did not leave
        self.promised: dict[str, tuple[date, date]] = {}  # invoice -> made on, promised on
        self.held: dict[tuple[str, str | None], date | None] = {}
        self.unreadable: dict[str, Row] = {}
        for name in CUSTOMERS:
            self.host.customer(name, f"Exemple {name}", language="fr", version="1")
        for customer, due, parts in (("alpha", -8, 1), ("alpha", -3, 1), ("beta", -8, 2)):
            self.post(customer, due, "100.00", parts)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()
            shutil.rmtree(self.folder)

    # people in the host --------------------------------------------------------------------------------
    @precondition(lambda self: self.serial < 8)
    @rule(
        customer=st.sampled_from(CUSTOMERS),
        due=st.integers(-40, 10),
        amount=st.sampled_from(["100.00", "250.00", "9.99"]),
        parts=st.integers(1, 2),
    )
    def invoice(self, customer: str, due: int, amount: str, parts: int) -> None:
        self.post(customer, due, amount, parts)

    def post(self, customer: str, due: int, amount: str, parts: int) -> None:
        self.serial += 1
        days = [self.world.today + timedelta(days=due + 30 * n) for n in range(parts)]
        ref = f"i{self.serial}"
        issued_on = self.world.today + timedelta(days=min(due, 0) - 30)
        self.host.invoice(ref, customer, [(day, amount) for day in days], issued_on=issued_on)

    @rule(data=st.data(), part=st.sampled_from([None, "40.00"]))
    def pay(self, data: st.DataObject, part: str | None) -> None:
        if not (row := self.some_invoice(data, owing=True)):
            return
        amount = None if part is None or Decimal(part) > Decimal(row["residual"]) else part
        self.host.pay(row["ref"], amount, on=self.world.today)
        if not any(self.world.residuals(row["ref"]).values()):
            self.promised.pop(row["ref"], None)

    @rule(data=st.data())
    def unreconcile(self, data: st.DataObject) -> None:
        if row := self.some_invoice(data):
            self.host.unreconcile(row["ref"])

    @rule(customer=st.sampled_from(CUSTOMERS), amount=st.sampled_from(["9.99", "100.00", "1000.00"]))
    def receive(self, customer: str, amount: str) -> None:
        self.serial += 1
        self.host.receive(f"p{self.serial}", customer, amount, self.world.today)

    @rule(customer=st.sampled_from(CUSTOMERS), amount=st.sampled_from(["20.00", "500.00"]))
    def credit(self, customer: str, amount: str) -> None:
        self.serial += 1
        self.host.invoice(f"n{self.serial}", customer, [(self.world.today, amount)], kind="credit_note")

    @rule(data=st.data())
    def money_is_given_back(self, data: st.DataObject) -> None:
        if spare := [row["ref"] for row in self.host.of_kind(Kind.PAYMENT)]:
            self.host.delete(Ref(Kind.PAYMENT, data.draw(st.sampled_from(spare))))

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if row := self.some_invoice(data):
            self.host.delete(Ref(Kind.INVOICE, row["ref"]))

    @rule(
        customer=st.sampled_from(CUSTOMERS),
        changes=st.fixed_dictionaries(
            {},
            optional={
                "email": st.sampled_from(["", "nouveau@example.com", "autre@example.com", "no address"]),
                "language": st.sampled_from(["fr", "en", "de"]),
                "no_reminders": st.booleans(),
            },
        ),
    )
    def change_customer(self, customer: str, changes: dict[str, object]) -> None:
        self.host.put(Kind.CUSTOMER, {**(self.host.truth(Kind.CUSTOMER, customer) or {}), **changes})

    @rule(data=st.data())
    def a_record_cannot_be_read(self, data: st.DataObject) -> None:
        row = self.some_invoice(data, owing=True)
        if not row or row["ref"] in self.unreadable:
            return
        self.unreadable[row["ref"]] = row
        self.host.put(Kind.INVOICE, {**row, "issued_on": "the day before yesterday"})

    @precondition(lambda self: self.unreadable)
    @rule(data=st.data())
    def it_can_be_read_again(self, data: st.DataObject) -> None:
        ref = data.draw(st.sampled_from(sorted(self.unreadable)))
        row = self.unreadable.pop(ref)
        if now := self.host.truth(Kind.INVOICE, ref):
            self.host.put(Kind.INVOICE, {**now, "issued_on": row["issued_on"]})

    # people at the command line ------------------------------------------------------------------------
    @rule(data=st.data(), days=st.integers(0, 12))
    def promise(self, data: st.DataObject, days: int) -> None:
        if not (row := self.some_invoice(data)):
            return
        on = self.world.today + timedelta(days=days)
        if self.order(lambda c, t: orders.promise(c, row["number"], on, None, t)):
            self.promised[row["ref"]] = (self.world.today, on)

    @rule(data=st.data(), whole=st.booleans(), days=st.one_of(st.none(), st.integers(0, 9)))
    def hold(self, data: st.DataObject, whole: bool, days: int | None) -> None:
        if not (row := self.some_invoice(data)):
            return
        until = None if days is None else self.world.today + timedelta(days=days)
        text = row["customer_ref"] if whole else row["number"]
        if self.order(lambda c, t: orders.hold(c, text, until, "", t)):
            place = row["customer_ref"], None if whole else row["ref"]
            earlier = self.held.get(place, date.min)
            longest = None if until is None or earlier is None else max(until, earlier)
            self.held[place] = longest

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        customer, invoice = place = data.draw(st.sampled_from(sorted(self.held, key=str)))
        if self.order(lambda c, t: orders.resume(c, f"F-{invoice}" if invoice else customer, t)):
            del self.held[place]

    @rule(data=st.data())
    def approve(self, data: st.DataObject) -> None:
        if effect := self.some_effect(data, EffectState.APPROVAL):
            self.order(lambda c, t: orders.approve(c, effect.key, "Camille", t))

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        states = EffectState.READY, EffectState.APPROVAL, EffectState.FAILED
        if not (effect := self.some_effect(data, *states)):
            return
        steps = self.steps_of(effect)
        self.order(lambda c, t: orders.cancel(c, effect.key, t))
        self.behind(steps)

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        states = EffectState.READY, EffectState.FAILED, EffectState.REFUSED
        if effect := self.some_effect(data, *states):
            self.order(lambda c, t: orders.retry(c, effect.key, t))

    @rule(data=st.data(), sent=st.booleans())
    def settle(self, data: st.DataObject, sent: bool) -> None:
        if not (effect := self.some_effect(data, EffectState.UNKNOWN)):
            return
        steps = self.steps_of(effect)
        self.order(lambda c, t: orders.settle_unknown(c, effect.key, sent=sent, today=t))
        if sent:
            self.behind(steps)
            return
        for step in steps:
            self.pardoned[step.installment, step.name] += 1
            if step.level in self.taken.get(step.installment, []):
                self.taken[step.installment].remove(step.level)

    # time, and what goes wrong -------------------------------------------------------------------------
    @rule(days=st.integers(1, 20))
    def days_pass(self, days: int) -> None:
        self.world.move(days=days)

    @rule(days=st.integers(0, 20))
    def days_pass_and_then_a_pass(self, days: int) -> None:
        self.world.move(days=days)
        self.world.run()

    @rule(days=st.lists(st.integers(1, 16), min_size=2, max_size=5))
    def weeks_of_quiet_work(self, days: list[int]) -> None:
        for span in days:
            self.days_pass_and_then_a_pass(span)

    @rule()
    def an_hour_passes(self) -> None:
        self.world.move(hours=1)

    @rule(data=st.data(), twice=st.booleans())
    def the_host_lies_when_pulled(self, data: st.DataObject, twice: bool) -> None:
        if row := self.some_invoice(data):
            self.host.stale.add(Ref(Kind.INVOICE, row["ref"]))
        self.host.twice = twice

    @rule(outcomes=st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=3))
    def a_pass_with_trouble_in_the_channel(self, outcomes: list[str]) -> None:
        self.channel.outcomes = list(outcomes)
        self.world.run()
        self.channel.outcomes = []

    @rule(writes=st.integers(0, 60))
    def a_pass_that_dies_at_a_write(self, writes: int) -> None:
        self.world.life.left = writes
        self.world.run()

    @rule(entries=st.integers(0, 3))
    def a_pass_that_dies_while_writing_back(self, entries: int) -> None:
        self.host.dies_after = entries
        self.world.run()
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
        self.world.run()
        before, notes, tasks = len(self.channel.accepted), len(self.host.notes), len(self.host.tasks)
        report = self.world.run()
        assert report is not None
        assert report.as_dict()["delivered"] == {"sent": 0, "failed": 0, "unknown": 0}
        assert (len(self.channel.accepted), len(self.host.notes), len(self.host.tasks)) == (
            before, notes, tasks
        ), "a second pass on the same day did something"  # fmt: skip

    # the judgement -------------------------------------------------------------------------------------
    def judge(self, accepted: Accepted) -> None:
        """Called when a message has really left, with the host's books as they are at that moment."""
        customer = self.host.truth(Kind.CUSTOMER, accepted.message.customer_ref)
        assert customer is not None
        assert accepted.message.recipient.email == customer["email"], "it went to the wrong address"
        wanted = customer["language"] if customer["language"] in ("fr", "en") else "en"
        assert accepted.message.language == wanted, "it was written in the wrong language"
        assert not customer.get("no_reminders"), "the customer is not to be reminded"
        for ref in accepted.message.invoice_refs:
            self.nothing_stands_against(accepted, ref)
        for step in accepted.steps:
            self.step_is_right(step)
        if not accepted.thanks:
            self.money_does_not_cover(customer["ref"])
        self.behind(accepted.steps)

    def nothing_stands_against(self, accepted: Accepted, ref: str) -> None:
        today, customer = self.world.today, accepted.message.customer_ref
        owed = sum(self.world.residuals(ref).values())
        if not accepted.thanks:
            assert owed > 0, f"{ref} is not owed"
        until = self.promised[ref][1] + timedelta(days=GRACE) if ref in self.promised else None
        assert until is None or until < today, f"{ref} is promised until {until}"
        for place in ((customer, None), (customer, ref)):
            last = self.held.get(place, date.min)
            assert last is not None, f"{place} is held"
            assert last < today, f"{place} is held until {last}"
        theirs = [r for r in self.unreadable if (self.host.truth(Kind.INVOICE, r) or {}).get("customer_ref")]
        for other in theirs:
            row = self.host.truth(Kind.INVOICE, other) or {}
            assert row["customer_ref"] != customer, f"{other} of {customer} cannot be read"

    def step_is_right(self, step: Step) -> None:
        owed = self.world.residuals(step.installment.invoice_ref)[step.installment.position]
        key = step.installment, step.name
        self.accepted[key] += 1
        assert self.accepted[key] <= 1 + self.pardoned[key], f"{key} left twice"
        if step.name == "thank_you":
            assert owed == 0, f"thanks for {step.installment}, which is owed"
            return
        assert owed > 0, f"{step.installment} is not owed"
        before = max(self.taken.get(step.installment, []), default=None)
        allowed = (1, 2) if before is None else (before + 1,)  # the step before the due date may lapse
        assert step.level in allowed, f"{step.installment} went from level {before} to {step.level}"

    def money_does_not_cover(self, customer: str) -> None:
        rows = [r for r in self.host.of_kind(Kind.INVOICE) if r["customer_ref"] == customer]
        owed = sum(Decimal(r["residual"]) for r in rows if r["kind"] == "invoice")
        spare = sum(Decimal(r["residual"]) for r in rows if r["kind"] == "credit_note")
        payments = [r for r in self.host.of_kind(Kind.PAYMENT) if r["customer_ref"] == customer]
        spare += sum(Decimal(r["unapplied"]) for r in payments)
        assert spare < owed, f"{customer} has {spare} waiting to be matched against {owed}"

    # ---------------------------------------------------------------------------------------------------
    def behind(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            levels = self.taken.setdefault(step.installment, [])
            if step.name in LEVELS and step.level not in levels:
                levels.append(step.level)

    def some_invoice(self, data: st.DataObject, *, owing: bool = False) -> Row | None:
        """One that lies in the host; a rule that finds none does nothing."""
        rows = [r for r in self.host.of_kind(Kind.INVOICE) if r["kind"] == "invoice"]
        rows = [r for r in rows if not owing or Decimal(r["residual"]) > 0]
        return data.draw(st.sampled_from(rows)) if rows else None

    def some_effect(self, data: st.DataObject, *states: EffectState) -> Effect | None:
        with self.world.unit() as unit:
            effects = [e for e in unit.effects(states) if isinstance(e.item, Message)]
        return data.draw(st.sampled_from(effects)) if effects else None

    def steps_of(self, effect: Effect) -> tuple[Step, ...]:
        assert isinstance(effect.item, Message)
        return self.world._look(effect.item).steps

    def order(self, give: object) -> bool:
        """A person's order; False when it is refused as things stand."""
        try:
            give(self.world.company, self.world.today)  # type: ignore[operator]
        except orders.OrderError:
            return False
        return True


_QUICK = {"max_examples": 25, "stateful_step_count": 25}
_THOROUGH = {"max_examples": 1500, "stateful_step_count": 60}
TestChase = ChaseMachine.TestCase
TestChase.settings = settings(
    **(_THOROUGH if os.environ.get("RELANCE_MACHINE") == "thorough" else _QUICK),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
