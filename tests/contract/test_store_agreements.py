"""The store's contract on disputes, payment plans and people's marks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connector.errors import StoreError
from connector.model import (
    Dispute,
    DisputeReason,
    Mark,
    MarkName,
    PaymentPlan,
    PlanPart,
    PlanState,
)
from tests.builders import customer, invoice, paid
from tests.contract.test_store_base import TODAY, OnAStore

LATER = TODAY + timedelta(days=30)
PARTS = (PlanPart(TODAY, Decimal("0.10")), PlanPart(LATER, Decimal("1200.00")))


class AgreementTests(OnAStore):
    def dispute(self, invoice_ref: str = "i1") -> Dispute:
        with self.unit() as unit:
            return unit.add_dispute("c1", invoice_ref, DisputeReason.PRICE, TODAY, "prix du devis")

    def plan(self, *invoice_refs: str) -> PaymentPlan:
        with self.unit() as unit:
            return unit.add_plan("c1", invoice_refs or ("i2", "i1"), "EUR", PARTS, TODAY, "au téléphone")

    def mark(self, name: MarkName, value: str | None, invoice_ref: str | None = None) -> None:
        with self.unit() as unit:
            unit.set_mark("c1", invoice_ref, name, value)

    # disputes --------------------------------------------------------------------------------------------
    def test_a_dispute_is_kept_with_all_that_was_said(self) -> None:
        opened = self.dispute()
        assert opened == Dispute(opened.id, "c1", "i1", DisputeReason.PRICE, TODAY, None, "prix du devis")
        assert self.account().disputes == (opened,)

    def test_closing_ends_the_open_disputes_of_that_invoice(self) -> None:
        first, other = self.dispute(), self.dispute("i2")
        with self.unit() as unit:
            assert unit.close_disputes("i1", LATER) == [replace(first, closed_on=LATER)]
            assert unit.close_disputes("i1", LATER) == []
        assert self.account().disputes == (other,)

    def test_a_closed_dispute_is_told_while_its_invoice_is_in_the_account(self) -> None:
        self.save(customer(), invoice())
        closed = replace(self.dispute(), closed_on=LATER)
        with self.unit() as unit:
            unit.close_disputes("i1", LATER)
        assert self.account().disputes == (closed,)
        self.save(paid(invoice()))
        assert self.account().disputes == ()

    def test_a_dispute_that_comes_or_ends_makes_its_customer_be_looked_at(self) -> None:
        self.dispute()
        assert self.to_look_at() == ["c1"]
        self.decided("c1")
        with self.unit() as unit:
            unit.close_disputes("i9", LATER)
        assert self.to_look_at() == []
        with self.unit() as unit:
            unit.close_disputes("i1", LATER)
        assert self.to_look_at() == ["c1"]

    # plans -----------------------------------------------------------------------------------------------
    def test_a_plan_is_kept_with_its_parts_to_the_last_zero_and_its_invoices_in_order(self) -> None:
        made = self.plan()
        assert (made.invoice_refs, made.parts, made.state) == (("i2", "i1"), PARTS, PlanState.OPEN)
        (found,) = self.account().plans
        assert found == made
        assert str(found.parts[0].amount) == "0.10"

    def test_a_plan_that_ended_is_still_told(self) -> None:
        first, second = self.plan(), self.plan("i3")
        with self.unit() as unit:
            unit.settle_plan(first.id, PlanState.BROKEN)
        assert self.account().plans == (replace(first, state=PlanState.BROKEN), second)

    def test_a_plan_made_or_ended_makes_its_customer_be_looked_at(self) -> None:
        made = self.plan()
        assert self.to_look_at() == ["c1"]
        self.decided("c1")
        with self.unit() as unit:
            unit.settle_plan(made.id, PlanState.KEPT)
        assert self.to_look_at() == ["c1"]

    def test_a_plan_of_another_company_cannot_be_settled(self) -> None:
        made = self.plan()
        with (
            pytest.raises(StoreError, match="no payment plan"),
            self.store.begin(self.company + "-other") as u,
        ):
            u.settle_plan(made.id, PlanState.KEPT)
        assert self.account().plans == (made,)

    # marks -----------------------------------------------------------------------------------------------
    def test_the_last_mark_of_a_name_counts_and_none_takes_it_back(self) -> None:
        self.mark(MarkName.SEGMENT, "public")
        self.mark(MarkName.SEGMENT, "sme")
        self.mark(MarkName.EXCLUDED, "yes")
        assert self.account().marks == (
            Mark("c1", None, MarkName.SEGMENT, "sme"),
            Mark("c1", None, MarkName.EXCLUDED, "yes"),
        )
        self.mark(MarkName.SEGMENT, None)
        assert self.account().marks == (Mark("c1", None, MarkName.EXCLUDED, "yes"),)

    def test_a_mark_on_an_invoice_stands_beside_that_on_its_customer(self) -> None:
        self.mark(MarkName.SCENARIO, "soft")
        self.mark(MarkName.SCENARIO, "hard", "i1")
        self.mark(MarkName.SCENARIO, "harder", "i1")
        assert [(m.invoice_ref, m.value) for m in self.account().marks] == [(None, "soft"), ("i1", "harder")]
        self.mark(MarkName.SCENARIO, None)
        assert [m.value for m in self.account().marks] == ["harder"]

    def test_a_mark_set_or_taken_back_makes_its_customer_be_looked_at(self) -> None:
        self.mark(MarkName.INSOLVENT, "yes")
        assert self.to_look_at() == ["c1"]
        self.decided("c1")
        self.mark(MarkName.INSOLVENT, None)
        assert self.to_look_at() == ["c1"]

    # all of them -----------------------------------------------------------------------------------------
    def test_what_was_agreed_about_an_invoice_follows_it_to_its_new_customer(self) -> None:
        self.save(customer("c1"), customer("c2"), invoice())
        opened, made = self.dispute(), self.plan("i1")
        self.mark(MarkName.EXCLUDED, "yes", "i1")
        self.save(invoice(customer_ref="c2"))
        new = self.account("c2")
        assert (new.disputes, new.plans, [m.name for m in new.marks]) == (
            (opened,),
            (made,),
            [MarkName.EXCLUDED],
        )
        self.decided("c1", "c2")
        with self.unit() as unit:
            unit.close_disputes("i1", LATER)
        assert "c2" in self.to_look_at()

    def test_companies_do_not_see_each_others_agreements(self) -> None:
        self.dispute()
        self.plan()
        self.mark(MarkName.EXCLUDED, "yes")
        with self.store.begin(self.company + "-other") as unit:
            account = unit.accounts(["c1"])[0]
            assert unit.close_disputes("i1", LATER) == []
        assert (account.disputes, account.plans, account.marks) == ((), (), ())
