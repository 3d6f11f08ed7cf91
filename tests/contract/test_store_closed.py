"""The store's contract on closed invoices that still have something to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from connector.model import DisputeReason, Fact, Invoice, PlanPart, PlanState, PromiseState
from connector.store.ports import EffectState
from tests.builders import customer, invoice, paid, reminder
from tests.contract.test_store_base import NOW, TODAY, OnAStore, message, page

DAY = timedelta(days=1)


class ClosedTests(OnAStore):
    def save_at(self, when: datetime, *facts: Fact) -> None:
        with self.unit() as unit:
            unit.save_page(page(*facts), when)
            unit.mark_synced(when)

    def remind(self) -> None:
        with self.unit() as unit:
            unit.queue_message(message("m1"), [reminder(message_key="m1")], EffectState.READY, NOW)
            unit.settle("m1", EffectState.DONE, NOW, today=TODAY)

    def refs(self) -> list[str]:
        return [found.ref for found in self.account().invoices]

    def test_a_paid_invoice_waits_sixty_days_for_its_thank_you(self) -> None:
        self.save(customer(), invoice())
        self.remind()
        self.save_at(NOW, paid(invoice()))
        self.save_at(NOW + 60 * DAY)
        assert self.refs() == ["i1"]
        self.save_at(NOW + 61 * DAY)
        assert self.refs() == []

    def test_the_days_count_from_the_first_time_it_was_seen_closed(self) -> None:
        self.save(customer(), invoice())
        self.remind()
        self.save_at(NOW, paid(invoice()))
        self.save_at(NOW + 61 * DAY, replace(paid(invoice()), version="2"))
        assert self.refs() == []

    def test_an_invoice_that_opens_and_closes_again_waits_anew(self) -> None:
        self.save(customer(), invoice())
        self.remind()
        self.save_at(NOW, paid(invoice()))
        self.save_at(NOW + 50 * DAY, invoice())
        self.save_at(NOW + 55 * DAY, paid(invoice()))
        self.save_at(NOW + 100 * DAY)
        assert self.refs() == ["i1"]

    def test_a_promise_plan_or_dispute_keeps_its_closed_invoice_however_old(self) -> None:
        refs = ("i1", "i2", "i3")
        self.save(customer(), *(invoice(ref) for ref in refs))
        with self.unit() as unit:
            promise = unit.add_promise("c1", "i1", TODAY, TODAY, None, None, "")
            plan = unit.add_plan("c1", ["i2"], "EUR", [PlanPart(TODAY, invoice().total)], TODAY, "")
            unit.add_dispute("c1", "i3", DisputeReason.OTHER, TODAY, "")
        self.save_at(NOW, *(paid(invoice(ref)) for ref in refs))
        self.save_at(NOW + 400 * DAY)
        assert sorted(self.refs()) == list(refs)
        with self.unit() as unit:
            unit.settle_promise(promise.id, PromiseState.KEPT)
            unit.settle_plan(plan.id, PlanState.KEPT)
            unit.close_disputes("i3", TODAY)
        assert self.refs() == []

    def test_a_promise_for_the_whole_account_shows_what_was_paid_since(self) -> None:
        before, since, later = (self.paid_on(f"i{n}", n) for n in (-1, 0, 5))
        self.save(customer(), before, since, later, self.paid_on("i9", 5, customer_ref="c2"))
        assert self.refs() == []
        with self.unit() as unit:
            promise = unit.add_promise("c1", None, TODAY + 9 * DAY, TODAY, None, None, "")
        assert self.refs() == [since.ref, later.ref]
        with self.unit() as unit:
            unit.settle_promise(promise.id, PromiseState.KEPT)
        assert self.refs() == []

    def paid_on(self, ref: str, day: int, **changes: object) -> Invoice:
        return paid(invoice(ref, **changes), TODAY + day * DAY)
