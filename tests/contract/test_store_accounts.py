"""The store's contract on accounts, wake-up days, summaries and search."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from connector.model import (
    Customer,
    InstallmentKey,
    Invoice,
    InvoiceState,
    Kind,
    Ref,
    Reminder,
    ReminderState,
)
from connector.store.ports import EffectState, Found
from tests.builders import customer, invoice, paid, payment, reminder
from tests.contract.test_store_base import NOW, TODAY, OnAStore, message

TOMORROW = TODAY + timedelta(days=1)


class AccountTests(OnAStore):
    def sent(self, *reminders: Reminder, key: str = "m1", state: EffectState = EffectState.DONE) -> None:
        with self.unit() as unit:
            assert unit.queue_message(message(key), reminders, EffectState.READY, NOW)
            unit.settle(key, state, NOW, today=TODAY)

    def invoice_refs(self, customer_ref: str = "c1") -> list[str]:
        return [found.ref for found in self.account(customer_ref).invoices]

    def test_accounts_come_in_the_order_asked_for_and_once_each(self) -> None:
        self.save(customer("c1"), customer("c2"), customer("c3"))
        with self.unit() as unit:
            found = unit.accounts(["c3", "c1", "c3", "c2"])
        assert [account.customer.ref for account in found] == ["c3", "c1", "c2"]

    def test_many_customers_are_read_at_once(self) -> None:
        refs = [f"c{n}" for n in range(1100)]
        self.save(*(customer(ref) for ref in refs), *(invoice(f"i-{ref}", customer_ref=ref) for ref in refs))
        with self.unit() as unit:
            found = unit.accounts(refs)
        assert [account.customer.ref for account in found] == refs
        assert all(len(account.invoices) == 1 for account in found)

    def test_a_customer_known_only_by_his_invoices_is_bare(self) -> None:
        self.save(invoice())
        assert self.account().customer == Customer("c1", "c1")
        assert self.invoice_refs() == ["i1"]

    def test_only_what_is_open_is_in_the_account(self) -> None:
        in_payment = invoice("i2", state=InvoiceState.IN_PAYMENT)
        self.save(customer(), paid(invoice("i1")), in_payment, payment("p1"))
        account = self.account()
        assert account.invoices == (in_payment,)
        assert account.payments == (payment("p1"),)

    def test_a_paid_invoice_stays_until_its_reminder_is_thanked_for(self) -> None:
        self.save(customer(), invoice())
        self.sent(reminder(message_key="m1"))
        self.save(paid(invoice()))
        assert self.invoice_refs() == ["i1"]
        self.sent(reminder("thank_you", message_key="t1"), key="t1")
        assert self.invoice_refs() == []

    def test_a_dropped_thank_you_leaves_room_for_the_next(self) -> None:
        self.save(customer(), invoice())
        self.sent(reminder(message_key="m1"))
        self.save(paid(invoice()))
        self.sent(reminder("thank_you", message_key="t1"), key="t1", state=EffectState.DROPPED)
        assert self.invoice_refs() == ["i1"]

    def test_each_installment_is_thanked_for_by_itself(self) -> None:
        self.save(customer(), invoice())
        second = InstallmentKey("i1", 1)
        self.sent(reminder(message_key="m1"), reminder(message_key="m1", installment=second))
        self.save(paid(invoice()))
        self.sent(reminder("thank_you", message_key="t1"), key="t1")
        assert self.invoice_refs() == ["i1"]
        self.sent(reminder("thank_you", message_key="t2", installment=second), key="t2")
        assert self.invoice_refs() == []

    def test_a_reminder_that_never_left_does_not_keep_a_paid_invoice(self) -> None:
        self.save(customer(), invoice())
        self.sent(reminder(message_key="m1"), state=EffectState.DROPPED)
        self.save(paid(invoice()))
        assert self.invoice_refs() == []

    def test_a_paid_invoice_stays_while_a_promise_is_open(self) -> None:
        self.save(customer(), invoice())
        with self.unit() as unit:
            unit.add_promise("c1", "i1", TODAY, TODAY, None, None, "")
        self.save(paid(invoice()))
        assert self.invoice_refs() == ["i1"]

    def test_what_was_done_about_an_invoice_follows_it_to_its_new_customer(self) -> None:
        self.save(customer("c1"), customer("c2"), invoice())
        self.sent(reminder(message_key="m1"))
        with self.unit() as unit:
            promise = unit.add_promise("c1", "i1", TODAY, TODAY, None, None, "")
            hold = unit.add_hold("c1", "i1", TODAY, None, "litige")
        self.save(invoice(customer_ref="c2"))
        new = self.account("c2")
        assert [r.step for r in new.reminders] == ["reminder_1"]
        assert (new.promises, new.holds) == ((promise,), (hold,))
        assert [r.step for r in self.account("c1").reminders] == ["reminder_1"], "he did get that mail"
        self.save(invoice(customer_ref="c1"))
        assert self.account("c2").reminders == ()
        assert len(self.account("c1").reminders) == 1

    def test_a_deleted_invoice_is_in_no_account_even_when_reminded_of(self) -> None:
        self.save(customer(), invoice())
        self.sent(reminder(message_key="m1"))
        self.save(gone=(Ref(Kind.INVOICE, "i1"),))
        assert self.invoice_refs() == []
        assert [r.state for r in self.account().reminders] == [ReminderState.SENT]

    # wake-up days ----------------------------------------------------------------------------------------
    def test_a_customer_is_looked_at_when_new_then_on_his_day_then_when_facts_change(self) -> None:
        self.save(customer("c1"), customer("c2"), invoice())
        assert self.to_look_at() == ["c1", "c2"]
        self.decided("c1", wake_on=TOMORROW)
        self.decided("c2")
        assert self.to_look_at(TODAY) == []
        assert self.to_look_at(TOMORROW) == ["c1"]
        assert self.to_look_at(TOMORROW + timedelta(days=9)) == ["c1"]
        self.save(invoice("i2", customer_ref="c2"))
        assert self.to_look_at(TODAY) == ["c2"]

    def test_asking_to_look_again_keeps_the_wake_up_day_and_the_summary(self) -> None:
        self.save(customer())
        self.decided("c1", wake_on=TOMORROW)
        with self.unit() as unit:
            unit.look_again(["c1", "unknown"])
            assert unit.customers_to_look_at(TODAY) == ["c1", "unknown"]
            assert unit.next_wake_on() == TOMORROW
            assert unit.summary() == {"wait:not_due": 1}
            unit.save_decided("c1", None, {})
            unit.save_decided("unknown", None, {})
            unit.look_at_all_again()
            assert unit.customers_to_look_at(TODAY) == ["c1", "unknown"]

    def test_the_summary_adds_up_customers_and_the_next_day_is_the_first(self) -> None:
        with self.unit() as unit:
            assert unit.summary() == {}
            assert unit.next_wake_on() is None
            unit.save_decided("c1", TOMORROW, {"wait:not_due": 2, "remind:due": 1})
            unit.save_decided("c2", TODAY, {"wait:not_due": 3})
            assert unit.summary() == {"wait:not_due": 5, "remind:due": 1}
            assert unit.next_wake_on() == TODAY
            unit.save_decided("c2", None, {})
            assert unit.summary() == {"wait:not_due": 2, "remind:due": 1}
            assert unit.next_wake_on() == TOMORROW

    def test_customers_with_open_are_those_with_an_open_invoice(self) -> None:
        mine: Iterable[Invoice] = (invoice("i1"), paid(invoice("i2", customer_ref="c2")))
        self.save(customer("c1"), customer("c2"), customer("c3"), *mine, payment(customer_ref="c3"))
        with self.unit() as unit:
            assert unit.customers_with_open() == ["c1"]

    # search ----------------------------------------------------------------------------------------------
    def found(self, text: str) -> list[Found]:
        with self.unit() as unit:
            return unit.search(text)

    def test_search_takes_a_number_or_a_ref_before_a_name(self) -> None:
        self.save(customer("c1", name="Exemple FAC/1"), invoice("i1", number="FAC/1"))
        assert self.found(" FAC/1 ") == [Found("c1", "Exemple FAC/1", "i1", "FAC/1")]
        assert self.found("c1") == [Found("c1", "Exemple FAC/1")]

    def test_search_by_name_minds_neither_case_nor_accents(self) -> None:
        self.save(customer("c1", name="Société Générale d'Œuvres"), customer("c2", name="Straße GmbH"))
        for text in ("societe generale", "GÉNÉRALE", "d'oeuvres", "d’Œuv", "société  générale"):
            assert [f.customer_ref for f in self.found(text)] == ["c1"], text
        assert [f.customer_ref for f in self.found("STRASSE")] == ["c2"]

    def test_search_prefers_a_whole_name_to_a_part_of_one(self) -> None:
        self.save(customer("c1", name="Dupond"), customer("c2", name="Dupond Frères"))
        assert [f.customer_ref for f in self.found("dupond")] == ["c1"]
        assert [f.customer_ref for f in self.found("dupon")] == ["c1", "c2"]

    def test_search_takes_wildcards_as_they_are_written(self) -> None:
        self.save(
            customer("c1", name="Cent % coton"), customer("c2", name="Cent lin"), customer("c3", name="A_B/C")
        )
        assert [f.customer_ref for f in self.found("%")] == ["c1"]
        assert [f.customer_ref for f in self.found("_")] == ["c3"]
        assert [f.customer_ref for f in self.found("b/c")] == ["c3"]
        assert self.found("  ") == []

    def test_search_finds_what_is_gone_only_when_nothing_else_has_the_number(self) -> None:
        self.save(customer(), invoice("i1", number="FAC/1"))
        self.save(gone=(Ref(Kind.INVOICE, "i1"),))
        assert [f.invoice_ref for f in self.found("FAC/1")] == ["i1"]
        self.save(invoice("i9", number="FAC/1"))
        assert [f.invoice_ref for f in self.found("FAC/1")] == ["i9"]
