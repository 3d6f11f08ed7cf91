"""What happens in the host: invoices, money, customers, and records that cannot be read."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from connector.model import Kind, Ref
from tests.system.machine.story import CUSTOMERS, Story

_customer = st.sampled_from(CUSTOMERS)


class LedgerRules(Story):
    """People in the accounts."""

    @precondition(lambda self: self.serial < 12)
    @rule(
        data=st.data(),
        customer=_customer,
        due=st.sampled_from([-8, -1, -20, -40, 3, 10]),
        amount=st.sampled_from(["100.00", "250.00", "9.99"]),
        parts=st.integers(1, 2),
    )
    def invoice(self, data: st.DataObject, customer: str, due: int, amount: str, parts: int) -> None:
        self.post(customer, due, amount, parts, data.draw(st.sampled_from(self.currencies)))

    @rule(data=st.data(), part=st.sampled_from([None, "40.00"]))
    def pay(self, data: st.DataObject, part: str | None) -> None:
        if row := self.some_invoice(data, owing=True):
            amount = None if part is None or Decimal(part) > Decimal(row["residual"]) else part
            self.host.pay(row["ref"], amount, on=self.world.today)

    @rule(data=st.data())
    def unreconcile(self, data: st.DataObject) -> None:
        if row := self.some_invoice(data):
            self.host.unreconcile(row["ref"])

    @rule(data=st.data(), customer=_customer, amount=st.sampled_from(["9.99", "100.00", "1000.00"]))
    def receive(self, data: st.DataObject, customer: str, amount: str) -> None:
        currency = data.draw(st.sampled_from(self.currencies))
        self.host.receive(self.next_ref("p"), customer, amount, self.world.today, currency)

    @rule(customer=_customer, amount=st.sampled_from(["20.00", "500.00"]))
    def credit(self, customer: str, amount: str) -> None:
        ref = self.next_ref("n")
        self.host.invoice(ref, customer, [(self.world.today, amount)], kind="credit_note")

    @precondition(lambda self: self.host.of_kind(Kind.PAYMENT))
    @rule(data=st.data())
    def money_is_given_back(self, data: st.DataObject) -> None:
        if ref := self.some_ref(data, Kind.PAYMENT):
            self.host.delete(ref)

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if row := self.some_invoice(data):
            self.host.delete(Ref(Kind.INVOICE, row["ref"]))

    @rule(data=st.data())
    def payment_is_on_its_way_to_the_bank(self, data: st.DataObject) -> None:
        if row := self.some_invoice(data, owing=True):
            self.host.change(Kind.INVOICE, row["ref"], state="in_payment")

    @rule(data=st.data())
    def reset_to_draft(self, data: st.DataObject) -> None:
        if row := self.some_invoice(data):
            self.host.reset_to_draft(row["ref"])

    @rule(data=st.data())
    def post_again(self, data: st.DataObject) -> None:
        """A draft comes back as the same invoice, and a payment that the bank refused is owed again."""
        if row := self.some_invoice(data, states=("draft", "in_payment")):
            self.host.change(Kind.INVOICE, row["ref"], state="open")

    @rule(data=st.data(), days=st.sampled_from([-20, -5, 5, 15, 40]))
    def due_date_moves(self, data: st.DataObject, days: int) -> None:
        if row := self.some_invoice(data, owing=True):
            self.host.move_due(row["ref"], days)

    @rule(
        customer=_customer,
        changes=st.fixed_dictionaries(
            {},
            optional={
                "email": st.sampled_from(["nouveau@example.com", "autre@example.com", "", "no address"]),
                "language": st.sampled_from(["fr", "en", "de"]),
                "no_reminders": st.sampled_from([False, False, True]),
            },
        ),
    )
    def change_customer(self, customer: str, changes: dict[str, object]) -> None:
        self.host.change(Kind.CUSTOMER, customer, **changes)

    @rule(data=st.data())
    def a_record_cannot_be_read(self, data: st.DataObject) -> None:
        row = self.some_invoice(data, owing=True)
        if row and row["ref"] not in self.unreadable:
            self.unreadable[row["ref"]] = row["issued_on"]
            self.host.change(Kind.INVOICE, row["ref"], issued_on="the day before yesterday")

    @precondition(lambda self: self.unreadable)
    @rule(data=st.data())
    def it_can_be_read_again(self, data: st.DataObject) -> None:
        ref = data.draw(st.sampled_from(sorted(self.unreadable)))
        issued_on = self.unreadable.pop(ref)
        if self.host.truth(Kind.INVOICE, ref):
            self.host.change(Kind.INVOICE, ref, issued_on=issued_on)

    # the customer answers ------------------------------------------------------------------------------
    @rule(data=st.data())
    def the_customer_answers(self, data: st.DataObject) -> None:
        if on := self.some_ref(data, Kind.CUSTOMER, Kind.INVOICE):
            row = self.host.truth(*on) or {}
            ref, now = self.next_ref("m"), self.world.now
            self.host.writes(ref, on, now)
            self.said.replies[ref] = row.get("customer_ref", on.id), now

    @precondition(lambda self: self.said.replies)
    @rule(data=st.data())
    def an_answer_is_deleted(self, data: st.DataObject) -> None:
        ref = data.draw(st.sampled_from(sorted(self.said.replies)))
        self.host.delete(Ref(Kind.INBOUND, ref))
        del self.said.replies[ref]

    @rule(customer=_customer, amount=st.sampled_from(["100.00", "250.00"]), days=st.integers(0, 3))
    def a_transfer_and_then_quiet(self, customer: str, amount: str, days: int) -> None:
        """Money that equals an invoice: it may be meant for that one."""
        self.host.receive(self.next_ref("p"), customer, amount, self.world.today - timedelta(days=days))
