"""Priorities: amount first, then age, then risk; each part can be told, and they add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.dunning.priority import Priority, prioritise, recently_broken
from connector.model import (
    Account,
    Dispute,
    DisputeReason,
    InvoiceState,
    Mark,
    MarkName,
    PayerType,
    PaymentPlan,
    PlanPart,
    PlanState,
    PromiseState,
    ReminderState,
)
from tests.builders import (
    TODAY,
    account,
    credit_note,
    customer,
    invoice,
    payment,
    policy,
    promise,
    reminder,
)

D = Decimal


def priority_of(found: Account, **rules: object) -> Priority:
    return prioritise(found, policy(**rules), TODAY)


def points(found: Account, **rules: object) -> dict[str, Decimal]:
    return {part.name: part.value for part in priority_of(found, **rules).parts}


# what a score is made of ----------------------------------------------------------------------------------


def test_ten_points_for_each_doubling_of_the_amount_overdue():
    assert points(account(invoice(amount="100.00")))["amount"] == D("10.0")
    assert points(account(invoice(amount="1000.00")))["amount"] == D("34.6")
    assert points(account(invoice(amount="10000.00")))["amount"] == D("66.6")


def test_what_is_not_due_yet_counts_for_nothing():
    assert priority_of(account(invoice(due=3))).score == 0


def test_age_is_that_of_the_oldest_and_stops_to_add_after_half_a_year():
    assert points(account(invoice(due=-60), invoice("i2", due=-6)))["age"] == D("10.0")
    assert points(account(invoice(due=-400)))["age"] == D("30.0")


def test_a_large_amount_goes_before_a_small_one_that_is_older():
    large, small = account(invoice(amount="20000.00", due=-5)), account(invoice(amount="200.00", due=-170))
    assert priority_of(large).order < priority_of(small).order


def test_currencies_are_added_by_their_smallest_unit():
    yen = replace(invoice("y", amount="100000"), currency="JPY")
    assert points(account(yen))["amount"] == points(account(invoice(amount="1000.00")))["amount"]


def test_a_broken_promise_counts_as_risk_for_a_year_and_lifts_for_a_week():
    fresh = account(promises=(promise(-6, state=PromiseState.BROKEN),))
    assert points(fresh)["just_broken"] == D(15)
    assert points(fresh)["broken_promises"] == D(4)
    old = account(promises=(promise(-40, state=PromiseState.PARTLY),))
    assert "just_broken" not in points(old)
    assert points(old)["broken_promises"] == D(4)
    assert "broken_promises" not in points(account(promises=(promise(-400, state=PromiseState.BROKEN),)))


def test_many_broken_promises_and_plans_reach_a_limit():
    broken = tuple(replace(promise(-30 - n, state=PromiseState.BROKEN), id=n) for n in range(9))
    assert points(account(promises=broken))["broken_promises"] == D(12)
    plan = PaymentPlan(1, "c1", ("i1",), "EUR", (PlanPart(TODAY, D(1)),), TODAY, PlanState.BROKEN)
    assert points(account(plans=(plan,)))["broken_promises"] == D(4)


def test_a_promise_broken_but_paid_since_or_replaced_lifts_nobody():
    broken = promise(-6, state=PromiseState.BROKEN)
    paid_since = account(invoice("other"), promises=(broken,))
    replaced = account(promises=(broken, replace(promise(4), id=2)))
    for found in (paid_since, replaced):
        assert recently_broken(found, policy(), TODAY) == []


def test_a_refused_address_counts_until_it_is_corrected():
    refused = reminder(state=ReminderState.REFUSED, recipient="Compta-C1@example.com")
    found = account(reminders=(refused,))
    assert points(found)["refused_address"] == D(5)
    corrected = replace(found, customer=customer(contacts=(), email="nouveau@example.com"))
    assert "refused_address" not in points(corrected)


def test_the_payer_type_counts_when_a_person_said_it():
    assert points(account(customer=customer(payer_type=PayerType.IN_DIFFICULTY)))["payer_type"] == D(10)
    by_mark = account(marks=(Mark("c1", None, MarkName.PAYER_TYPE, "chronic"),))
    assert points(by_mark)["payer_type"] == D(8)
    assert "payer_type" not in points(account(customer=customer(payer_type=PayerType.PROMPT)))


def test_a_credit_limit_counts_once_it_is_exceeded_by_all_that_is_owed():
    limited = customer(credit_limit=D("1500.00"))
    assert "credit_limit" not in points(account(invoice(), customer=limited))
    owes_more = account(invoice(), invoice("i2", due=20, amount="400.00"), customer=limited)
    assert points(owes_more)["credit_limit"] == D(10)
    abroad = replace(invoice("i3", amount="9000.00"), currency="USD")
    assert "credit_limit" not in points(account(invoice(), abroad, customer=limited))


# what is under way ----------------------------------------------------------------------------------------

DISPUTE = Dispute(1, "c1", "i1", DisputeReason.PRICE, TODAY)
PLAN = PaymentPlan(
    1, "c1", ("i1",), "EUR", (PlanPart(TODAY + timedelta(days=9), D("1200.00")),), TODAY - timedelta(days=1)
)


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ("promised", {"promises": (promise(5),)}),
        ("promised", {"promises": (promise(5, of=None),)}),
        ("disputed", {"disputes": (DISPUTE,)}),
        ("planned", {"plans": (PLAN,)}),
        ("paid_for", {"payments": (payment(amount="1200.00"),)}),
    ],
)
def test_what_is_under_way_takes_its_amount_and_age_out_again(why: str, changes: dict[str, object]):
    found = priority_of(account(**changes))
    assert found.score == 0
    (part,) = [p for p in found.parts if p.name == "under_way"]
    assert part.value < 0
    assert part.evidence["why"] == (why,)


def test_unmatched_money_is_taken_off_what_is_asked():
    found = account(invoice(amount="1000.00"), payments=(payment(amount="900.00"),))
    left = priority_of(account(invoice(amount="100.00")))
    assert priority_of(found).score == left.score
    other = account(invoice(amount="100.00"), payments=(replace(payment(amount="900.00"), currency="USD"),))
    assert priority_of(other).score == left.score


def test_what_is_under_way_leaves_the_rest_where_it_was():
    alone = priority_of(account(invoice("i2", due=-30, amount="700.00")))
    beside = priority_of(account(invoice(), invoice("i2", due=-30, amount="700.00"), disputes=(DISPUTE,)))
    assert beside.score == alone.score


def test_a_promise_past_its_grace_lowers_nothing():
    assert "under_way" not in points(account(promises=(promise(-10),)))


def test_money_on_its_way_to_the_bank_is_under_way():
    assert priority_of(account(invoice(state=InvoiceState.IN_PAYMENT))).score == 0


# ties -----------------------------------------------------------------------------------------------------


def test_between_equals_the_nearest_limitation_goes_first_then_the_oldest():
    business = account(invoice(due=-300))
    consumer = account(invoice(due=-300), customer=customer(is_company=False))
    assert priority_of(business).score == priority_of(consumer).score
    assert priority_of(consumer).order < priority_of(business).order
    older = priority_of(account(invoice(due=-301)))
    assert older.order < priority_of(business).order


# properties -----------------------------------------------------------------------------------------------

amounts = st.decimals("0.01", "99999.99", places=2)
debts = st.lists(
    st.tuples(st.integers(-900, 30), amounts, st.sampled_from(("EUR", "USD", "JPY"))), max_size=5
)


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    invoices = [
        replace(invoice(f"i{n}", due=due, amount=str(amount)), currency=currency)
        for n, (due, amount, currency) in enumerate(draw(debts))
    ]
    if draw(st.booleans()):
        invoices.append(credit_note(amount=str(draw(amounts))))
    refs = st.sampled_from(("i0", "i1", "i2", None))
    states = st.sampled_from(tuple(PromiseState))
    promises = [
        replace(promise(days, of=of, state=state), id=n)
        for n, (days, of, state) in enumerate(
            draw(st.lists(st.tuples(st.integers(-30, 10), refs, states), max_size=3))
        )
    ]
    who = customer(
        credit_limit=draw(st.none() | amounts),
        is_company=draw(st.booleans()),
        country=draw(st.sampled_from(("FR", "DE", None))),
    )
    disputed = (DISPUTE,) if draw(st.booleans()) else ()
    received = (payment(amount=str(draw(amounts))),) if draw(st.booleans()) else ()
    return Account(who, tuple(invoices), received, promises=tuple(promises), disputes=disputed)


@given(accounts())
def test_the_parts_add_up_to_the_score_and_it_is_never_below_nothing(found: Account):
    priority = priority_of(found)
    assert sum((part.value for part in priority.parts), D(0)) == priority.score >= 0


@given(accounts())
def test_the_same_facts_give_the_same_score_in_any_order(found: Account):
    turned = replace(found, invoices=found.invoices[::-1], promises=found.promises[::-1])
    first, second = priority_of(found), priority_of(turned)
    assert (first.score, first.order) == (second.score, second.order)
    assert {p.name: p.value for p in first.parts} == {p.name: p.value for p in second.parts}


@given(accounts(), st.integers(0, 4), amounts)
def test_owing_more_on_an_invoice_never_lowers_the_score(found: Account, which: int, more: Decimal):
    if which >= len(found.invoices) or found.invoices[which].kind != "invoice":
        return
    item = found.invoices[which]
    part = replace(item.installments[0], residual=item.residual + more, amount=item.residual + more)
    larger = replace(item, residual=part.residual, total=part.amount, installments=(part,))
    changed = tuple(larger if i is item else i for i in found.invoices)
    assert priority_of(replace(found, invoices=changed)).score >= priority_of(found).score


def test_owing_more_on_what_is_disputed_does_not_lower_the_rest_that_a_credit_would_pay():
    disputed, small = invoice(due=-1, amount="0.01"), invoice("i0", due=-7, amount="0.01")
    credit = credit_note(amount="0.01")
    before = account(small, disputed, credit, disputes=(DISPUTE,))
    after = account(small, invoice(due=-1, amount="14.99"), credit, disputes=(DISPUTE,))
    assert priority_of(after).score >= priority_of(before).score


@given(accounts(), st.integers(-900, 30), amounts)
def test_one_more_invoice_never_lowers_the_score(found: Account, due: int, amount: Decimal):
    more = replace(found, invoices=(*found.invoices, invoice("new", due=due, amount=str(amount))))
    assert priority_of(more).score >= priority_of(found).score
