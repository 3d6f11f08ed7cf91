"""The store's contract on messages from outside and on what sister companies wrote."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from connector.model import Customer, Inbound, Kind, Ref, ReminderState
from connector.store.ports import EffectState
from tests.builders import customer, invoice, reminder
from tests.contract.test_store_base import NOW, TODAY, OnAStore, message, page

C1 = Ref(Kind.CUSTOMER, "c1")
I1 = Ref(Kind.INVOICE, "i1")


def mail(ref: str, on: Ref = C1, days: int = 0) -> Inbound:
    return Inbound(ref, on, NOW + timedelta(days=days), "client@example.com", "Bonjour")


class InboundTests(OnAStore):
    def heard(self, customer_ref: str = "c1") -> list[str]:
        return [message.ref for message in self.account(customer_ref).inbound]

    def test_messages_on_a_customer_and_on_his_invoices_are_told_oldest_first(self) -> None:
        self.save(customer("c1"), customer("c2"), invoice())
        self.save(mail("new", days=3), mail("old", I1, days=1), mail("other", Ref(Kind.CUSTOMER, "c2")))
        assert self.account().inbound == (mail("old", I1, days=1), mail("new", days=3))

    def test_the_newest_ten_are_told(self) -> None:
        self.save(customer(), *(mail(f"m{day:02}", days=day) for day in range(15)))
        assert self.heard() == [f"m{day:02}" for day in range(5, 15)]

    def test_a_deleted_message_is_not_told(self) -> None:
        self.save(customer(), mail("m1"), mail("m2"))
        self.save(gone=(Ref(Kind.INBOUND, "m1"),))
        assert self.heard() == ["m2"]

    def test_a_message_on_an_invoice_makes_its_customer_be_looked_at(self) -> None:
        self.save(customer(), invoice())
        self.decided("c1")
        self.save(mail("m1", I1))
        assert self.to_look_at() == ["c1"]

    def test_a_message_that_comes_before_its_invoice_finds_its_customer(self) -> None:
        self.save(mail("m1", I1))
        self.save(customer(), invoice())
        assert self.heard() == ["m1"]

    def test_a_message_on_an_invoice_follows_it_to_its_new_customer(self) -> None:
        self.save(customer("c1"), customer("c2"), invoice(), mail("m1", I1))
        self.save(invoice(customer_ref="c2"))
        assert (self.heard("c1"), self.heard("c2")) == ([], ["m1"])

    # elsewhere -------------------------------------------------------------------------------------------
    @pytest.fixture(autouse=True)
    def _debtor(self) -> None:
        self.siren = f"{1 + uuid4().int % 899_999_999:09}"  # a shared database keeps what earlier runs wrote

    def sister_wrote(self, debtor: Customer, *days: date, state: EffectState = EffectState.DONE) -> None:
        sister = f"{self.company}-sister"
        with self.store.begin(sister) as unit:
            unit.save_page(page(debtor), NOW)
            for n, day in enumerate(days):
                key = f"m{n}-{state}"
                common = {"customer_ref": debtor.ref, "message_key": key, "state": ReminderState.QUEUED}
                lines = [reminder(of=f"{key}-{line}", completed_on=None, **common) for line in (1, 2)]
                assert unit.queue_message(message(key, debtor.ref), lines, EffectState.READY, NOW)
                unit.settle(key, state, NOW, today=day)

    def elsewhere(self, *customers: str) -> dict[str, list[date]]:
        with self.unit() as unit:
            return unit.contacts_elsewhere(customers or ("c1",), TODAY - timedelta(days=10))

    def test_each_message_of_a_sister_company_to_the_same_debtor_counts_once(self) -> None:
        self.save(customer("c1", registry=self.siren), customer("c2", registry="999999990"))
        day = TODAY - timedelta(days=2)
        self.sister_wrote(customer("x", registry=f"{self.siren[:3]} {self.siren[3:]} 00013"), TODAY, day, day)
        assert self.elsewhere("c1", "c2", "c1") == {"c1": [day, day, TODAY]}

    def test_what_never_left_or_is_too_old_does_not_count(self) -> None:
        self.save(customer("c1", registry=self.siren))
        sister = customer("x", registry=self.siren)
        self.sister_wrote(sister, TODAY - timedelta(days=10))
        self.sister_wrote(sister, TODAY, state=EffectState.DROPPED)
        assert self.elsewhere() == {}

    def test_what_we_wrote_ourselves_is_not_elsewhere(self) -> None:
        self.save(customer("c1", registry=self.siren))
        with self.unit() as unit:
            unit.queue_message(message(), [reminder(message_key="m1")], EffectState.READY, NOW)
            unit.settle("m1", EffectState.DONE, NOW, today=TODAY)
        assert self.elsewhere() == {}

    def test_without_any_number_nobody_is_the_same(self) -> None:
        self.save(customer("c1"))
        self.sister_wrote(customer("x"), TODAY)
        assert self.elsewhere() == {}
