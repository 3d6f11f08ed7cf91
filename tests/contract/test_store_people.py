"""The store's contract on promises, holds, follow-ups, history and the adapter's memo."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connector.errors import StoreError
from connector.model import DisputeReason, FollowUp, PlanPart, Promise, PromiseState
from connector.store.ports import Event
from tests.contract.test_store_base import NOW, TODAY, OnAStore

LATER = TODAY + timedelta(days=5)


class PeopleTests(OnAStore):
    def promise(self, invoice_ref: str | None = "i1") -> Promise:
        with self.unit() as unit:
            return unit.add_promise("c1", invoice_ref, LATER, TODAY, Decimal("10.50"), "EUR", "au téléphone")

    # promises --------------------------------------------------------------------------------------------
    def test_a_promise_is_kept_with_all_that_was_said(self) -> None:
        made = self.promise()
        expected = (LATER, TODAY, Decimal("10.50"), "EUR", PromiseState.OPEN, "au téléphone")
        found = (made.promised_on, made.made_on, made.amount, made.currency, made.state, made.note)
        assert found == expected
        assert self.account().promises == (made,)
        with self.unit() as unit:
            assert unit.promises() == [made]

    def test_what_was_owed_and_the_moment_at_which_people_said_it_are_kept(self) -> None:
        with self.unit() as unit:
            owed = Decimal("1200.50")
            promise = unit.add_promise("c1", "i1", LATER, TODAY, None, "EUR", "", owed=owed, now=NOW)
            hold = unit.add_hold("c1", None, TODAY, None, "", now=NOW)
            dispute = unit.add_dispute("c1", "i1", DisputeReason.PRICE, TODAY, "", now=NOW)
            plan = unit.add_plan("c1", ["i1"], "EUR", [PlanPart(LATER, owed)], TODAY, "", now=NOW)
        account = self.account()
        assert (account.promises, account.holds) == ((promise,), (hold,))
        assert (account.disputes, account.plans) == ((dispute,), (plan,))
        assert {said.recorded_at for said in (promise, hold, dispute, plan)} == {NOW}
        assert promise.owed == owed

    def test_a_promise_that_ends_leaves_the_open_ones(self) -> None:
        first, second = self.promise(), self.promise(None)
        assert first.id != second.id
        with self.unit() as unit:
            unit.settle_promise(first.id, PromiseState.BROKEN)
            assert unit.promises(PromiseState.OPEN) == [second]
            assert unit.promises(PromiseState.BROKEN) == [replace(first, state=PromiseState.BROKEN)]

    def test_a_promise_made_or_ended_makes_its_customer_be_looked_at(self) -> None:
        made = self.promise()
        assert self.to_look_at() == ["c1"]
        self.decided("c1")
        with self.unit() as unit:
            unit.settle_promise(made.id, PromiseState.KEPT)
        assert self.to_look_at() == ["c1"]

    def test_a_promise_of_another_company_cannot_be_settled(self) -> None:
        made = self.promise()
        with pytest.raises(StoreError, match="no promise"), self.store.begin(self.company + "-other") as unit:
            unit.settle_promise(made.id, PromiseState.KEPT)
        with self.unit() as unit:
            assert unit.promises(PromiseState.OPEN) == [made]

    # holds -----------------------------------------------------------------------------------------------
    def test_a_hold_is_released_for_what_it_was_put_on(self) -> None:
        with self.unit() as unit:
            whole = unit.add_hold("c1", None, TODAY, None, "litige")
            one = unit.add_hold("c1", "i1", TODAY, LATER, "avoir attendu")
            assert unit.accounts(["c1"])[0].holds == (whole, one)
            assert unit.release_holds("c1", None, NOW) == 1
            assert unit.accounts(["c1"])[0].holds == (replace(whole, released_at=NOW), one)
            assert unit.release_holds("c1", None, NOW) == 0
            assert unit.release_holds("c1", "i1", NOW) == 1
            assert unit.release_holds("c2", "i1", NOW) == 0

    def test_a_hold_put_or_released_makes_its_customer_be_looked_at(self) -> None:
        with self.unit() as unit:
            unit.add_hold("c1", None, TODAY, None, "")
        assert self.to_look_at() == ["c1"]
        self.decided("c1")
        with self.unit() as unit:
            unit.release_holds("c1", "i9", NOW)
        assert self.to_look_at() == []
        with self.unit() as unit:
            unit.release_holds("c1", None, NOW)
        assert self.to_look_at() == ["c1"]

    # follow-ups ------------------------------------------------------------------------------------------
    def test_one_follow_up_is_open_for_a_customer_and_reason(self) -> None:
        with self.unit() as unit:
            first = unit.open_follow_up("c1", "no_contact", TODAY)
            assert first is not None
            assert first.key == "follow_up/c1/no_contact/1"
            assert unit.open_follow_up("c1", "no_contact", LATER) is None
            assert unit.open_follow_up("c1", "covered", TODAY) is not None
            assert unit.open_follow_up("c2", "no_contact", TODAY) is not None

    def test_a_follow_up_that_comes_again_has_a_key_of_its_own(self) -> None:
        with self.unit() as unit:
            first = unit.open_follow_up("c1", "covered", TODAY)
            assert first is not None
            closed = replace(first, closed_on=LATER)
            assert unit.close_follow_ups("c1", ["covered", "no_contact"], LATER) == [closed]
            assert unit.close_follow_ups("c1", ["covered"], LATER) == []
            second = unit.open_follow_up("c1", "covered", LATER)
            assert second is not None
            assert second.key == "follow_up/c1/covered/2"
        assert self.account().follow_ups == (closed, second)

    def test_closing_touches_only_the_reasons_given(self) -> None:
        with self.unit() as unit:
            unit.open_follow_up("c1", "covered", TODAY)
            assert unit.close_follow_ups("c1", [], LATER) == []
            assert unit.close_follow_ups("c1", ["no_contact"], LATER) == []
            assert unit.close_follow_ups("c2", ["covered"], LATER) == []
        assert [type(f) for f in self.account().follow_ups if f.closed_on is None] == [FollowUp]

    # history ---------------------------------------------------------------------------------------------
    def test_history_is_told_in_order_by_customer_and_by_invoice(self) -> None:
        events = [
            Event(NOW, "reminder_sent", "c1", "i1", {"step": "reminder_1", "é": [1, None]}),
            Event(NOW - timedelta(days=1), "held", "c1"),
            Event(NOW, "reminder_sent", "c2", "i2"),
        ]
        with self.unit() as unit:
            unit.record(events)
            unit.record([])
            assert unit.events() == events
            assert unit.events(customer_ref="c1") == events[:2]
            assert unit.events(invoice_ref="i1") == events[:1]
            assert unit.events(customer_ref="c2", invoice_ref="i1") == []
            assert unit.events(limit=2) == events[1:], "the newest"

    def test_the_data_of_an_event_may_hold_decimals_and_days(self) -> None:
        with self.unit() as unit:
            unit.record([Event(NOW, "promise_made", data={"amount": Decimal("10.50"), "on": TODAY})])
            assert unit.events()[0].data == {"amount": "10.50", "on": "2026-11-23"}

    # memo ------------------------------------------------------------------------------------------------
    def test_the_memo_is_a_map_that_lasts(self) -> None:
        memo = self.store.memo(self.company)
        assert dict(memo) == {}
        memo["fields"] = "a"
        memo["fields"] = "b"
        memo["token"] = "c"
        assert dict(self.store.memo(self.company)) == {"fields": "b", "token": "c"}
        assert len(memo) == 2
        del memo["token"]
        assert memo.get("token") is None
        with pytest.raises(KeyError):
            del memo["token"]
        assert dict(self.store.memo(self.company + "-other")) == {}

    def test_the_memo_can_be_read_but_not_written_while_a_unit_is_open(self) -> None:
        memo = self.store.memo(self.company)
        memo["fields"] = "a"
        with self.unit():
            assert memo["fields"] == "a"
            with pytest.raises(StoreError, match="open already"):
                memo["fields"] = "b"
        memo["fields"] = "c"
