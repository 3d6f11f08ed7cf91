"""What all rules of a story share: the world, the judge, and ways to choose what a rule is about."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from connector import orders
from connector.model import Kind, Message, Ref, Step
from connector.pipeline import Company, Limits
from connector.pipeline.pull import pull
from connector.store.ports import Effect, EffectState
from tests import builders
from tests.system.machine import channel
from tests.system.machine.host import Row
from tests.system.machine.judge import Judge, Rules
from tests.system.machine.said import Said
from tests.system.world import World

CUSTOMERS = ("alpha", "beta", "gamma")
T = TypeVar("T")


class Story(RuleBasedStateMachine):
    """Three customers, a handful of invoices, and all that can befall them."""

    #: How the company may be configured; each story draws one.
    companies: ClassVar[st.SearchStrategy[Rules]]
    currencies: ClassVar[tuple[str, ...]] = ("EUR",)
    #: The store in a file, as in earnest; in memory it has the same tables and transactions, and costs less.
    in_a_file: ClassVar[bool] = False

    @initialize(data=st.data(), can_tell=st.booleans(), pulled=st.booleans())
    def begin(self, data: st.DataObject, can_tell: bool, pulled: bool) -> None:
        rules = data.draw(self.companies)
        self.judge = Judge(rules)
        self.folder = Path(mkdtemp(prefix="relance-story-")) if self.in_a_file else None
        self.world = World(
            self.folder,
            self.judge,
            limits=Limits(hours=rules.hours, sweep_every=rules.sweep_every),
            scenarios=(rules.scenario,),
            budget=rules.budget,
            closed_weekdays=rules.closed_weekdays,
            close_on_holidays=rules.close_on_holidays,
            tolerance=rules.tolerance,
        )
        self.host, self.channel = self.world.host, self.world.channel
        self.said = Said(self.host)
        self.judge.world, self.judge.said = self.world, self.said
        self.channel.can_tell = can_tell
        self.serial = 0
        self.unreadable: dict[str, str] = {}  # invoice -> what stood where nonsense stands now
        for name in CUSTOMERS:
            self.host.customer(name, f"Exemple {name}", language="fr", country="FR", version="1")
        for customer, due, parts in (("alpha", -8, 1), ("alpha", -3, 1), ("beta", -8, 2), ("gamma", -20, 1)):
            self.post(customer, due, "100.00", parts)
        if pulled:  # so that people can speak of it before the first pass
            pull(self.world.company)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()
            if self.folder:
                shutil.rmtree(self.folder)

    @invariant()
    def what_is_over_is_struck_out(self) -> None:
        if hasattr(self, "said"):
            self.said.settle(self.world.today)

    # ---------------------------------------------------------------------------------------------------
    def post(self, customer: str, due: int, amount: str, parts: int, currency: str = "EUR") -> None:
        ref = self.next_ref("i")
        days = [self.world.today + timedelta(days=due + 30 * n) for n in range(parts)]
        issued_on = self.world.today + timedelta(days=min(due, 0) - 30)
        self.host.invoice(
            ref, customer, [(day, amount) for day in days], issued_on=issued_on, currency=currency
        )

    def next_ref(self, kind: str) -> str:
        self.serial += 1
        return f"{kind}{self.serial}"

    def some(self, data: st.DataObject, found: list[T]) -> T | None:
        """One of these; a rule that finds none does nothing."""
        return data.draw(st.sampled_from(found)) if found else None

    def some_invoice(
        self, data: st.DataObject, *, owing: bool = False, states: tuple[str, ...] = ("open", "paid")
    ) -> Row | None:
        rows = [r for r in self.host.of_kind(Kind.INVOICE) if r["kind"] == "invoice" and r["state"] in states]
        ref = self.some(data, [r["ref"] for r in rows if not owing or Decimal(r["residual"]) > 0])
        return self.host.truth(Kind.INVOICE, ref) if ref else None

    def some_ref(self, data: st.DataObject, *kinds: Kind) -> Ref | None:
        return self.some(data, [Ref(kind, r["ref"]) for kind in kinds for r in self.host.of_kind(kind)])

    def some_effect(self, data: st.DataObject, *states: EffectState) -> Effect | None:
        with self.world.unit() as unit:
            effects = {e.key: e for e in unit.effects(states) if isinstance(e.item, Message)}
        key = self.some(data, list(effects))
        return effects[key] if key else None

    def steps_of(self, effect: Effect) -> tuple[channel.Step, ...]:
        assert isinstance(effect.item, Message)
        return self.world._look(effect.item).steps

    def order(self, give: Callable[[Company], T]) -> T | None:
        """A person's order; None when it is refused as things stand."""
        try:
            return give(self.world.company)
        except orders.OrderError:
            return None


def company(
    *, scenario: dict[str, st.SearchStrategy[object]], **rules: st.SearchStrategy[object]
) -> st.SearchStrategy[Rules]:
    """The company of a story: its scenario is the standard one with these changes."""
    scenarios = st.builds(lambda **changes: builders.replace(builders.SCENARIO, **changes), **scenario)
    return st.builds(Rules, scenarios, **rules)


def agreed_by(**people: int) -> tuple[Step, ...]:
    """The standard steps, to some of which so many people must agree."""
    return tuple(builders.replace(step, approval=people.get(step.name, 0)) for step in builders.STEPS)
