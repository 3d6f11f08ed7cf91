"""What people order: promises, disputes, plans, holds, marks, and words on messages that wait."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from connector import orders
from connector.store.ports import EffectState, Found
from tests.system.machine.said import Place, Promised
from tests.system.machine.story import CUSTOMERS, Story

_customer = st.sampled_from(CUSTOMERS)


class PeopleRules(Story):
    """People at the command line."""

    @property
    def today(self) -> date:
        return self.world.today

    # agreements ----------------------------------------------------------------------------------------
    @rule(data=st.data(), days=st.sampled_from([0, 1, 4, 12]), amount=st.sampled_from([None, None, "40.00"]))
    def promise(self, data: st.DataObject, days: int, amount: str | None) -> None:
        if row := self.some_invoice(data):
            self._promise(row["number"], days, Decimal(amount) if amount else None)

    @rule(customer=_customer, days=st.sampled_from([0, 1, 4, 12]))
    def promise_for_all(self, customer: str, days: int) -> None:
        self._promise(customer, days, None)

    def _promise(self, text: str, days: int, amount: Decimal | None) -> None:
        on = self.today + timedelta(days=days)
        made = self.order(lambda c: orders.promise(c, text, on, amount, self.today, accept=True))
        if made:
            place = made.customer_ref, made.invoice_ref
            self.said.promises[place] = Promised(place, on, self.today, made.amount)
            self.said.read(made.customer_ref, self.world.now)

    @rule(data=st.data())
    def dispute(self, data: st.DataObject) -> None:
        if row := self.some_invoice(data):
            opened = self.order(lambda c: orders.dispute(c, row["number"], "price", "", self.today))
            if opened:
                self.said.disputes.add(row["ref"])
                self.said.read(opened.customer_ref, self.world.now)

    @rule(data=st.data())
    def close_dispute(self, data: st.DataObject) -> None:
        row = self.some_invoice(data)
        if row and self.order(lambda c: orders.close_dispute(c, row["number"], self.today)):
            self.said.disputes.discard(row["ref"])

    @rule(data=st.data(), count=st.integers(1, 3), days=st.sampled_from([0, 3, 10, 20]), two=st.booleans())
    def payment_plan(self, data: st.DataObject, count: int, days: int, two: bool) -> None:
        rows = [self.some_invoice(data, owing=True) for _ in range(1 + two)]
        numbers = [row["number"] for row in rows if row]
        if numbers:
            first = self.today + timedelta(days=days)
            plan = self.order(lambda c: orders.payment_plan(c, numbers, count, first, self.today))
            if plan:
                self.said.plans[plan.id] = plan
                self.said.read(plan.customer_ref, self.world.now)

    @precondition(lambda self: self.said.plans)
    @rule(data=st.data())
    def withdraw_plan(self, data: st.DataObject) -> None:
        plan = self.said.plans[data.draw(st.sampled_from(sorted(self.said.plans)))]
        withdrawn = self.order(lambda c: orders.withdraw_plan(c, f"F-{plan.invoice_refs[0]}", self.today))
        if withdrawn:
            self.said.plans.pop(withdrawn.id, None)

    # stop and go ---------------------------------------------------------------------------------------
    @rule(data=st.data(), whole=st.booleans(), days=st.sampled_from([0, 3, 9, 20, None]))
    def hold(self, data: st.DataObject, whole: bool, days: int | None) -> None:
        if not (row := self.some_invoice(data)):
            return
        until = None if days is None else self.today + timedelta(days=days)
        text = row["customer_ref"] if whole else row["number"]
        if found := self.order(lambda c: orders.hold(c, text, until, "", self.today)):
            self.said.hold(_place(found), until)
            self.said.read(found.customer_ref, self.world.now)

    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        places = [(name, None) for name in CUSTOMERS] + sorted(self.said.holds, key=str)
        customer, invoice = data.draw(st.sampled_from(places))
        text = f"F-{invoice}" if invoice else customer
        if found := self.order(lambda c: orders.resume(c, text, self.today)):
            self.said.resume(_place(found[0]))
            self.said.read(found[0].customer_ref, self.world.now)

    @rule(
        customer=_customer,
        name=st.sampled_from(["excluded", "insolvent"]),
        value=st.sampled_from([None, "no", "yes"]),
    )
    def mark(self, customer: str, name: str, value: str | None) -> None:
        if found := self.order(lambda c: orders.mark(c, customer, name, value)):
            self.said.mark(_place(found), name, value)

    @rule(data=st.data(), value=st.sampled_from(["yes", None]))
    def mark_an_invoice(self, data: st.DataObject, value: str | None) -> None:
        if row := self.some_invoice(data):
            found = self.order(lambda c: orders.mark(c, row["number"], "excluded", value))
            if found:
                self.said.mark(_place(found), "excluded", value)

    # words on what waits -------------------------------------------------------------------------------
    @rule(data=st.data(), by=st.sampled_from(["Camille", "camille ", "Dominique"]))
    def approve(self, data: st.DataObject, by: str) -> None:
        if effect := self.some_effect(data, EffectState.APPROVAL):
            self.order(lambda c: orders.approve(c, effect.key, by, self.today))
            self.said.approvals[effect.key].add(by.strip().lower())

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        states = EffectState.READY, EffectState.APPROVAL, EffectState.FAILED
        if effect := self.some_effect(data, *states):
            steps = self.steps_of(effect)
            self.order(lambda c: orders.cancel(c, effect.key, self.today))
            self.judge.behind(steps)

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        states = EffectState.READY, EffectState.FAILED, EffectState.REFUSED
        if effect := self.some_effect(data, *states):
            self.order(lambda c: orders.retry(c, effect.key, self.today))

    @rule(data=st.data(), sent=st.booleans())
    def settle(self, data: st.DataObject, sent: bool) -> None:
        if not (effect := self.some_effect(data, EffectState.UNKNOWN)):
            return
        steps = self.steps_of(effect)
        self.order(lambda c: orders.settle_unknown(c, effect.key, sent=sent, today=self.today))
        if sent:
            self.judge.behind(steps, self.today)
        else:
            self.judge.disown(effect.key, steps)


def _place(found: Found) -> Place:
    return found.customer_ref, found.invoice_ref
