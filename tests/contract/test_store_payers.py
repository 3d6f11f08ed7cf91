"""The store's contract on customers who are paid for by another."""

from __future__ import annotations

from datetime import timedelta

from connector.model import DisputeReason, Inbound, Kind, MarkName, PlanPart, Ref, SetAside
from connector.store.ports import EffectState, Found
from tests.builders import customer, invoice, payment, reminder
from tests.contract.test_store_base import NOW, TODAY, OnAStore, message

TOMORROW = TODAY + timedelta(days=1)
I2 = Ref(Kind.INVOICE, "i2")


class PayerTests(OnAStore):
    def save_payer_and_site(self) -> None:
        self.save(
            customer("c1"),
            customer("c2", payer_ref="c1"),
            invoice("i1"),
            invoice("i2", customer_ref="c2"),
            payment("p2", customer_ref="c2"),
        )

    def write(self, to: str) -> None:
        with self.unit() as unit:
            lines = [reminder(of="i2", customer_ref=to, message_key="m1")]
            assert unit.queue_message(message("m1", to), lines, EffectState.READY, NOW)
            unit.settle("m1", EffectState.DONE, NOW, today=TODAY)

    def payers(self, *refs: str) -> list[str]:
        """In whose account the open invoice ``i-REF`` of each customer is."""
        with self.unit() as unit:
            where = {i.ref: a.customer.ref for a in unit.accounts(refs) for i in a.invoices}
        return [where[f"i-{ref}"] for ref in refs]

    def test_what_is_owed_for_a_customer_is_in_his_payers_account(self) -> None:
        self.save_payer_and_site()
        account = self.account("c1")
        assert [(i.ref, i.customer_ref) for i in account.invoices] == [("i1", "c1"), ("i2", "c2")]
        assert account.payments == (payment("p2", customer_ref="c2"),)
        assert account.pays_for == ("c2",)
        assert account.sites == (customer("c2", payer_ref="c1"),)
        site = self.account("c2")
        assert (site.customer.ref, site.invoices, site.payments) == ("c2", (), ())

    def test_the_payer_is_looked_at_and_never_who_is_paid_for(self) -> None:
        self.save_payer_and_site()
        assert self.to_look_at() == ["c1"]
        with self.unit() as unit:
            assert unit.customers_with_open() == ["c1"]
            unit.save_decided("c1", TOMORROW, {"wait:not_due": 2})
        self.save(invoice("i3", customer_ref="c2"))
        assert self.to_look_at() == ["c1"]
        with self.unit() as unit:
            unit.save_decided("c1", None, {})
            unit.save_decided("c2", TODAY, {})  # by a pass that began before he had a payer
            unit.look_at_all_again()
        assert self.to_look_at() == ["c1"]

    def test_what_is_said_of_a_customer_is_told_and_looked_at_with_his_payer(self) -> None:
        self.save_payer_and_site()
        self.decided("c1")
        with self.unit() as unit:
            hold = unit.add_hold("c2", None, TODAY, None, "")
            promise = unit.add_promise("c2", "i2", TODAY, TODAY, None, None, "")
            dispute = unit.add_dispute("c2", "i2", DisputeReason.PRICE, TODAY, "")
            plan = unit.add_plan("c2", ["i2"], "EUR", [PlanPart(TODAY, invoice().total)], TODAY, "")
            unit.set_mark("c2", "i2", MarkName.EXCLUDED, "yes")
            follow_up = unit.open_follow_up("c2", "no_contact", TODAY)
        self.save(Inbound("m1", I2, NOW, "client@example.com", "Bonjour"))
        assert self.to_look_at() == ["c1"]
        account = self.account("c1")
        assert (account.holds, account.promises) == ((hold,), (promise,))
        assert (account.disputes, account.plans) == ((dispute,), (plan,))
        assert (account.follow_ups, len(account.marks), len(account.inbound)) == ((follow_up,), 1, 1)
        with self.unit() as unit:
            assert unit.open_follow_up("c1", "no_contact", TODAY) is None
            assert len(unit.close_follow_ups("c1", ["no_contact"], TODAY)) == 1
            assert unit.release_holds("c1", None, NOW) == 1

    def test_an_unreadable_customer_holds_his_payer(self) -> None:
        self.save_payer_and_site()
        why = SetAside(Ref(Kind.CUSTOMER, "c2"), "c2", "language", "missing")
        self.save_unreadable(why)
        account = self.account("c1")
        assert account.set_aside == (why,)
        assert [i.ref for i in account.invoices] == ["i1", "i2"]

    def test_who_gets_a_payer_is_no_longer_looked_at_nor_counted(self) -> None:
        self.save(customer("c1"), customer("c2"), invoice("i2", customer_ref="c2"))
        with self.unit() as unit:
            unit.save_decided("c1", None, {})
            unit.save_decided("c2", TOMORROW, {"wait:not_due": 1})
        self.save(customer("c2", payer_ref="c1"))
        assert self.to_look_at(TOMORROW) == ["c1"]
        with self.unit() as unit:
            assert unit.summary() == {}
            assert unit.next_wake_on() is None

    def test_who_loses_his_payer_is_looked_at_and_so_is_the_payer(self) -> None:
        self.save_payer_and_site()
        self.decided("c1")
        self.save(customer("c2"))
        assert self.to_look_at() == ["c1", "c2"]
        assert [i.ref for i in self.account("c2").invoices] == ["i2"]
        assert self.account("c1").pays_for == self.account("c1").sites == ()

    def test_a_change_of_payer_touches_the_old_one_and_the_new(self) -> None:
        self.save_payer_and_site()
        self.save(customer("c3"))
        self.decided("c1", "c3")
        self.save(customer("c2", payer_ref="c3"))
        assert self.to_look_at() == ["c1", "c3"]

    def test_what_was_written_to_the_payer_is_known_when_he_pays_no_longer(self) -> None:
        self.save_payer_and_site()
        self.write(to="c1")
        self.save(customer("c2"))
        assert [r.step for r in self.account("c2").reminders] == ["reminder_1"], "not a second time"
        assert [r.step for r in self.account("c1").reminders] == ["reminder_1"], "he did get that mail"

    def test_what_was_written_before_there_was_a_payer_is_known_to_him(self) -> None:
        self.save(customer("c2"), invoice("i2", customer_ref="c2"))
        self.write(to="c2")
        self.save_payer_and_site()
        assert [r.customer_ref for r in self.account("c1").reminders] == ["c2"]

    # chains ----------------------------------------------------------------------------------------------
    def save_chain(self, **payers: str | None) -> None:
        for ref, payer in payers.items():  # a page each, in this order
            self.save(customer(ref, payer_ref=payer), invoice(f"i-{ref}", customer_ref=ref))

    def test_a_chain_ends_with_the_last_payer(self) -> None:
        self.save_chain(a="b", b="c", c=None)
        assert self.payers("a", "b", "c") == ["c", "c", "c"]
        assert self.account("c").pays_for == ("a", "b")
        self.save_chain(b=None)
        assert self.payers("a", "b", "c") == ["b", "b", "c"]

    def test_a_circle_changes_nothing_for_anybody(self) -> None:
        self.save_chain(a="b", b=None)
        self.save_chain(b="c", c="b")
        assert self.payers("a", "b", "c") == ["a", "b", "c"]
        assert self.to_look_at() == ["a", "b", "c"]

    def test_a_payer_who_is_not_there_pays_nothing(self) -> None:
        self.save_chain(a="b")
        assert self.payers("a") == ["a"]
        self.save_chain(b=None)
        assert self.payers("a", "b") == ["b", "b"]
        self.decided("b")
        self.save(gone=(Ref(Kind.CUSTOMER, "b"),))
        assert self.payers("a", "b") == ["a", "b"]
        assert self.to_look_at() == ["a", "b"]

    # search and history ----------------------------------------------------------------------------------
    def test_who_is_paid_for_is_found_as_his_payer(self) -> None:
        self.save_payer_and_site()
        with self.unit() as unit:
            assert unit.search("FAC/i2") == [Found("c1", "Exemple c1", "i2", "FAC/i2")]
            assert unit.search("c2") == unit.search("exemple") == [Found("c1", "Exemple c1")]
