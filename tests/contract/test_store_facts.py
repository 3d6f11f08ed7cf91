"""The store's contract on what the host handed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from connector.model import Activity, Inbound, Kind, Ref, SetAside, Standing
from connector.store.ports import MappedPage
from tests.builders import credit_note, customer, invoice, paid, payment
from tests.contract.test_store_base import NOW, TODAY, OnAStore, page

I1 = Ref(Kind.INVOICE, "i1")
C1 = Ref(Kind.CUSTOMER, "c1")


class FactTests(OnAStore):
    def save_and_be_interrupted(self) -> None:
        with self.unit() as unit:
            unit.save_page(page(invoice(), cursor="2"), NOW)
            raise KeyboardInterrupt

    def test_a_fact_comes_back_as_it_was_saved(self) -> None:
        whole = replace(
            paid(invoice(amount="0.10")),
            residual=Decimal("0.1000"),
            state=invoice().state,
            reference="été ’26",
        )
        self.save(customer(tags=frozenset({"a", "b"})), whole, payment(unapplied=Decimal("1E+2")))
        account = self.account()
        assert account.customer == customer(tags=frozenset({"a", "b"}))
        assert account.invoices == (whole,)
        assert str(account.invoices[0].residual) == "0.1000"
        assert str(account.payments[0].unapplied) == "1E+2"

    def test_text_that_no_database_takes_does_not_stop_the_page(self) -> None:
        self.save(customer(name="Exem\ud800ple\0"), invoice(number="F\0\ud8001"))
        assert self.account().customer.name.startswith("Exem\ufffdple")
        with self.unit() as unit:
            assert [f.number for f in unit.search("F\ufffd\ufffd1")] == ["F\ufffd\ufffd1"]

    def test_saving_the_same_page_twice_changes_nothing(self) -> None:
        self.save(customer(), invoice())
        before = self.account()
        self.save(customer(), invoice())
        assert self.account() == before

    def test_a_page_and_its_cursor_are_saved_together_or_not_at_all(self) -> None:
        self.save(customer(), cursor="1")
        with pytest.raises(KeyboardInterrupt):
            self.save_and_be_interrupted()
        with self.unit() as unit:
            assert unit.cursor() == "1"
            assert unit.digests([I1]) == {}
        self.save(invoice(), cursor="2")
        with self.unit() as unit:
            assert unit.cursor() == "2"
            assert unit.digests([I1]) == {I1: "digest-i1"}

    def test_a_page_without_cursor_keeps_the_previous_one_until_it_is_forgotten(self) -> None:
        self.save(customer(), cursor="1")
        self.save(invoice())
        with self.unit() as unit:
            assert unit.cursor() == "1"
            unit.forget_cursor()
            assert unit.cursor() is None

    def test_companies_do_not_see_each_other(self) -> None:
        self.save(customer(), invoice(), cursor="1")
        with self.store.begin(self.company + "-other") as unit:
            assert unit.cursor() is None
            assert unit.open_refs() == {}
            assert unit.customers_to_look_at(TODAY) == []
            assert unit.accounts(["c1"])[0].invoices == ()

    def test_more_refs_than_a_statement_takes_are_looked_up(self) -> None:
        many = [invoice(f"i{n}") for n in range(1201)]
        self.save(*many)
        with self.unit() as unit:
            assert len(unit.digests([Ref(Kind.INVOICE, i.ref) for i in many])) == 1201

    def test_open_refs_are_what_is_owed_and_what_is_unapplied_with_their_versions(self) -> None:
        self.save(
            customer(),
            invoice("i1", version="7"),
            paid(invoice("i2")),
            credit_note("n1", version="8"),
            credit_note("n2", residual=Decimal(0)),
            payment("p1", version="9"),
            payment("p2", unapplied=Decimal(0)),
        )
        with self.unit() as unit:
            expected = {I1: "7", Ref(Kind.INVOICE, "n1"): "8", Ref(Kind.PAYMENT, "p1"): "9"}
            assert unit.open_refs() == expected

    def test_an_invoice_that_moves_touches_both_customers(self) -> None:
        self.save(customer("c1"), customer("c2"), invoice())
        self.decided("c1", "c2")
        assert self.to_look_at() == []
        self.save(invoice(customer_ref="c2"))
        assert self.to_look_at() == ["c1", "c2"]
        assert self.account("c1").invoices == ()
        assert [i.ref for i in self.account("c2").invoices] == ["i1"]

    def test_activities_and_mail_on_an_invoice_touch_its_customer(self) -> None:
        self.save(customer(), invoice())
        self.decided("c1")
        self.save(Activity("a1", I1, "Appeler", TODAY))
        assert self.to_look_at() == ["c1"]
        self.decided("c1")
        self.save(Inbound("m1", C1, NOW, "client@example.com", "Bonjour"))
        assert self.to_look_at() == ["c1"]

    # set aside -------------------------------------------------------------------------------------------
    def test_a_record_set_aside_takes_the_place_of_the_good_one(self) -> None:
        self.save(customer(), invoice())
        self.decided("c1")
        why = SetAside(I1, None, "due_on", 'not a day: "soon"')
        self.save_unreadable(why)
        account = self.account()
        assert account.invoices == ()
        assert account.set_aside == (replace(why, customer_ref="c1"),)
        assert self.to_look_at() == ["c1"]
        with self.unit() as unit:
            assert unit.set_aside() == [replace(why, customer_ref="c1")]
            assert unit.digests([I1]) == {I1: "unreadable"}
            assert unit.open_refs() == {I1: ""}
            assert unit.customers_with_open() == ["c1"]

    def test_a_good_record_clears_what_was_set_aside(self) -> None:
        self.save_unreadable(SetAside(I1, "c1", "due_on", "missing"))
        self.save(invoice())
        assert self.account().set_aside == ()
        assert self.account().invoices == (invoice(),)
        with self.unit() as unit:
            assert unit.set_aside() == []

    def test_a_deleted_record_is_no_longer_set_aside(self) -> None:
        self.save_unreadable(SetAside(I1, "c1", "due_on", "missing"))
        self.save(gone=(I1,))
        assert self.account().set_aside == ()
        with self.unit() as unit:
            assert unit.set_aside() == []
            assert unit.open_refs() == {}

    def test_a_customer_set_aside_is_held_under_his_own_ref_and_last_name(self) -> None:
        self.save(customer(name="Exemple SARL"), invoice())
        self.save_unreadable(SetAside(C1, None, "language", "missing"))
        account = self.account()
        assert [why.ref for why in account.set_aside] == [C1]
        assert account.customer.name == "Exemple SARL"
        assert account.customer.email is None
        assert account.invoices == (invoice(),)

    def test_the_raw_record_may_hold_anything(self) -> None:
        raw = {"day": date(2026, 1, 1), "blob": b"\xff", "nan": float("nan"), "text": "\ud800", "o": object()}
        aside = MappedPage(set_aside=(("d", SetAside(I1, "c1", "due_on", "missing"), raw),))
        with self.unit() as unit:
            unit.save_page(aside, NOW)
            assert len(unit.set_aside()) == 1

    # gone ------------------------------------------------------------------------------------------------
    def test_what_is_gone_is_closed_and_touches_its_customer(self) -> None:
        self.save(customer(), invoice(), payment())
        self.decided("c1")
        self.save(gone=(I1, Ref(Kind.PAYMENT, "p1"), Ref(Kind.INVOICE, "never seen")))
        assert self.to_look_at() == ["c1"]
        account = self.account()
        assert (account.invoices, account.payments) == ((), ())
        with self.unit() as unit:
            assert unit.open_refs() == {}
            assert unit.customers_with_open() == []

    def test_what_was_gone_and_comes_back_unchanged_is_saved_again(self) -> None:
        self.save(customer(), invoice())
        self.save(gone=(I1,))
        with self.unit() as unit:
            assert unit.digests([I1]) == {}, "its old digest would make it look unchanged"
        self.save(invoice())
        assert self.account().invoices == (invoice(),)

    # standing --------------------------------------------------------------------------------------------
    def test_standing_begins_empty_and_keeps_what_it_is_told(self) -> None:
        with self.unit() as unit:
            assert unit.standing() == Standing()
            unit.save_page(MappedPage(bank_entry_on=TODAY), NOW)
            unit.set_paused(True)
            unit.mark_synced(NOW, TODAY)
            unit.save_page(MappedPage(cursor="2"), NOW)
        with self.unit() as unit:
            expected = Standing(paused=True, synced_at=NOW, started_on=TODAY, bank_entry_on=TODAY)
            assert unit.standing() == expected
            unit.set_paused(False)
            assert not unit.standing().paused

    def test_the_first_sync_settles_the_day_of_the_start(self) -> None:
        with self.unit() as unit:
            unit.mark_synced(NOW)
            unit.mark_synced(NOW + timedelta(days=3))
            standing = unit.standing()
        assert standing.started_on == NOW.date()
        assert standing.synced_at == NOW + timedelta(days=3)
