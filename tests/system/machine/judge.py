"""The judgement: pronounced at the very moment a message is accepted, against the host's own books."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal

from connector.dunning.policy import Budget
from connector.model import InstallmentKey, Kind, Scenario, Start
from connector.store.ports import Effect
from tests.system.machine.channel import Accepted, Step
from tests.system.machine.days import public_holidays
from tests.system.machine.host import Row
from tests.system.machine.said import Said
from tests.system.world import ZONE, World


@dataclass(frozen=True)
class Rules:
    """What the company has decided, as far as it is judged."""

    scenario: Scenario
    budget: Budget | None = None
    closed_weekdays: frozenset[int] = frozenset()
    close_on_holidays: bool = False
    hours: tuple[time, time] | None = None
    tolerance: dict[str, Decimal] = field(default_factory=dict)
    sweep_every: timedelta = timedelta(days=1)


class Judge:
    """Knows what really left, and what was said; asserts that it was right to leave."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.world: World
        self.said: Said
        self.levels = {step.name: level for level, step in enumerate(rules.scenario.steps, 1)}
        self.taken: dict[InstallmentKey, dict[int, date | None]] = {}  # level -> day on which it left
        self.accepted: Counter[tuple[InstallmentKey, str]] = Counter()
        self.pardoned: Counter[tuple[InstallmentKey, str]] = Counter()  # a person said: it did not leave

    def __call__(self, accepted: Accepted) -> None:
        """A message has really left."""
        message = accepted.message
        if not message.for_customer:  # a list for one of our own
            return
        effect = self._effect(message.key)
        self.said.settle(self.world.today)
        self._right_person(accepted)
        self._open_hour()
        for ref in message.invoice_refs:
            self._nothing_against(accepted, ref)
        for step in accepted.steps:
            self._right_step(step)
        if accepted.thanks:
            self._nothing_overdue(message.customer_ref)
        else:
            self._agreed_by_enough(accepted, effect)
            self._money_does_not_cover(message.customer_ref, accepted.currency)
            if not effect.approved_by:  # who agrees to a message sets spacing and budget aside
                self._not_too_soon(accepted)
                self._within_budget(accepted)
        self.behind(accepted.steps, self.world.today)

    # whom, and when ------------------------------------------------------------------------------------
    def _right_person(self, accepted: Accepted) -> None:
        message = accepted.message
        customer = self._customer(message.customer_ref)
        assert message.recipient.email == customer["email"], "it went to the wrong address"
        wanted = customer["language"] if customer["language"] in ("fr", "en") else "en"
        assert message.language == wanted, "it was written in the wrong language"
        said = self.said.marks.get(((customer["ref"], None), "excluded"))
        excluded = customer.get("no_reminders") if said is None else said == "yes"
        assert not excluded, "the customer is not to be reminded"

    def _open_hour(self) -> None:
        rules, today = self.rules, self.world.today
        assert today.weekday() not in rules.closed_weekdays, f"it left on a {today:%A}"
        assert not (rules.close_on_holidays and today in public_holidays()), f"it left on a holiday, {today}"
        hour = self.world.now.astimezone(ZONE).time()
        assert rules.hours is None or rules.hours[0] <= hour < rules.hours[1], f"it left at {hour}"

    def _not_too_soon(self, accepted: Accepted) -> None:
        spacing = self.rules.scenario.spacing
        for other in self._earlier(accepted):
            away = (self.world.today - other.on).days
            same = other.currency == accepted.currency
            assert not same or away >= spacing, f"{away} days after {other.on}, not {spacing}"

    def _within_budget(self, accepted: Accepted) -> None:
        budget = self.rules.budget
        if budget is not None:
            since = self.world.today - timedelta(days=budget.days)
            count = 1 + sum(other.on > since for other in self._earlier(accepted))
            assert count <= budget.contacts, f"{count} contacts in {budget.days} days, not {budget.contacts}"

    def _earlier(self, accepted: Accepted) -> list[Accepted]:
        """The reminders that left for the same customer before, except those that a person disowned."""
        customer = accepted.message.customer_ref
        left = (a for a in self.world.channel.accepted if a.message.customer_ref == customer)
        return [a for a in left if not a.thanks and not a.disowned]

    def _agreed_by_enough(self, accepted: Accepted, effect: Effect) -> None:
        steps = {step.name for step in accepted.steps}
        wanted = max(s.approval for s in self.rules.scenario.steps if s.name in steps)
        agreed = self.said.approvals[effect.key]
        assert len(agreed) >= wanted, f"{sorted(agreed)} agreed, {wanted} people should"

    # for what ------------------------------------------------------------------------------------------
    def _nothing_against(self, accepted: Accepted, ref: str) -> None:
        invoice = self.world.host.truth(Kind.INVOICE, ref)
        assert invoice is not None, f"{ref} does not exist any more"
        obstacles = [*self.said.silenced(invoice, self.world.today)]
        if not accepted.thanks:
            assert sum(self.world.residuals(ref).values()) > 0, f"{ref} is not owed"
            obstacles += self.said.against(invoice, self.world.today)
        assert not obstacles, "; ".join(obstacles)
        for row in self.world.host.invoices_of(invoice["customer_ref"]):
            assert _is_date(row["issued_on"]), f"{row['ref']} cannot be read, nor chased what else he owes"

    def _right_step(self, step: Step) -> None:
        owed = self.world.residuals(step.installment.invoice_ref)[step.installment.position]
        key = step.installment, step.name
        self.accepted[key] += 1
        assert self.accepted[key] <= 1 + self.pardoned[key], f"{key} left twice"
        if step.name == "thank_you":
            assert owed == 0, f"thanks for {step.installment}, which is owed"
            return
        invoice = self.world.host.truth(Kind.INVOICE, step.installment.invoice_ref)
        assert invoice is not None
        assert owed > 0, f"{step.installment} is not owed"
        assert owed >= self.rules.tolerance.get(invoice["currency"], Decimal(0)), f"{owed} is too little"
        self._worth_a_word(invoice, owed)
        self._next_level(step)
        self._its_day_has_come(step, invoice)

    def _next_level(self, step: Step) -> None:
        before = max(self.taken.get(step.installment, {}), default=None)
        first = (1, 2) if self.rules.scenario.start is Start.FIRST else tuple(self.levels.values())
        allowed = first if before is None else (before + 1,)  # the step before the due date may lapse
        assert step.level in allowed, f"{step.installment} went from level {before} to {step.level}"

    def _its_day_has_come(self, step: Step, invoice: Row) -> None:
        """No step before its own day, nor sooner after an earlier one than their days are apart."""
        today, day = self.world.today, self.rules.scenario.steps[step.level - 1].day
        due_on = date.fromisoformat(invoice["installments"][step.installment.position]["due_on"])
        assert due_on + timedelta(days=day) <= today, f"{step} before its day: due on {due_on}"
        assert day >= 0 or today < due_on, f"{step} comes before the due date, which is over"
        for level, left_on in self.taken.get(step.installment, {}).items():
            apart = day - self.rules.scenario.steps[level - 1].day
            assert left_on is None or (today - left_on).days >= apart, f"a burst: {step} after {left_on}"

    def _worth_a_word(self, invoice: Row, owed: Decimal) -> None:
        today, theirs = self.world.today, self._invoices(invoice["customer_ref"], invoice["currency"])
        overdue = sum(
            Decimal(part["residual"])
            for row in theirs
            for part in row["installments"]
            if date.fromisoformat(part["due_on"]) < today
        )
        assert max(overdue, owed) >= self.rules.scenario.minimum, f"{overdue} is below the minimum"

    def _money_does_not_cover(self, customer: str, currency: str) -> None:
        owed = sum(Decimal(row["residual"]) for row in self._invoices(customer, currency))
        spare = self.world.host.spare_of(customer, currency)
        assert spare < owed, f"{customer} has {spare} waiting to be matched against {owed}"

    def _nothing_overdue(self, customer: str) -> None:
        for row in self.world.host.invoices_of(customer):
            least = self.rules.tolerance.get(row["currency"], Decimal(0))
            late = (p for p in row["installments"] if date.fromisoformat(p["due_on"]) < self.world.today)
            owed = [p for p in late if Decimal(p["residual"]) > 0 and Decimal(p["residual"]) >= least]
            assert not owed, f"thanks, while {row['ref']} is overdue"

    # ---------------------------------------------------------------------------------------------------
    def behind(self, steps: tuple[Step, ...], on: date | None = None) -> None:
        """These steps are done with: they left on a day, or (None) a person took them back."""
        for step in steps:
            if step.name in self.levels:
                self.taken.setdefault(step.installment, {}).setdefault(step.level, on)

    def disown(self, message_key: str, steps: tuple[Step, ...]) -> None:
        """A person says that a message did not leave, whether that is true or not: it may leave again."""
        for step in steps:
            self.pardoned[step.installment, step.name] += 1
            self.taken.get(step.installment, {}).pop(step.level, None)
        for accepted in self.world.channel.accepted:
            accepted.disowned |= accepted.message.key == message_key

    def _effect(self, key: str) -> Effect:
        with self.world.unit() as unit:
            return unit.effects(keys=[key])[0]

    def _customer(self, ref: str) -> Row:
        customer = self.world.host.truth(Kind.CUSTOMER, ref)
        assert customer is not None
        return customer

    def _invoices(self, customer: str, currency: str) -> list[Row]:
        return [r for r in self.world.host.invoices_of(customer) if r["currency"] == currency]


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
