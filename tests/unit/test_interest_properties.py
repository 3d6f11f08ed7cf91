"""What holds of every claim, whatever its days and amounts."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from connector.interest import (
    Calculation,
    Claim,
    Counting,
    CreditEffect,
    DayCount,
    Imputation,
    Movement,
    Options,
    RateMode,
    Rounding,
    Rule,
    SegmentState,
    Suspension,
    all_rules,
    annex,
    compute,
)
from connector.model import Money

KNOWN_FROM, KNOWN_TO = date(2020, 1, 1), date(2026, 12, 31)

rules = st.sampled_from([rule for name, rule in all_rules().items() if name != "contract"])
days = st.dates(KNOWN_FROM, KNOWN_TO)
cents = st.integers(100, 10_000_000).map(lambda n: Decimal(n) / 100)
options = st.builds(
    Options,
    imputation=st.sampled_from(Imputation),
    day_count=st.sampled_from(DayCount),
    rounding=st.sampled_from(Rounding),
    counting=st.sampled_from(Counting),
    credit_effect=st.sampled_from(CreditEffect),
)
UNROUNDED = st.builds(Options, day_count=st.sampled_from(DayCount), counting=st.sampled_from(Counting))


def money(rule: Rule, amount: Decimal) -> Money:
    return Money(amount, rule.currency)


@st.composite
def claims(draw: st.DrawFn, rule: Rule, *, movements: bool = True) -> Claim:
    """A claim that things happened to: most of them after the due date, none larger than half of it."""
    due, principal = draw(days), draw(cents)
    later = st.dates(due - timedelta(days=30), min(due + timedelta(days=800), KNOWN_TO))
    part = st.integers(1, 50).map(lambda n: (principal * n / 100).quantize(Decimal("0.01")))
    moved = st.lists(st.builds(Movement, later, part.filter(bool).map(lambda c: money(rule, c))), max_size=4)
    pauses = st.lists(st.tuples(later, later).map(lambda two: Suspension(min(two), max(two))), max_size=2)
    return Claim(
        principal=money(rule, principal),
        due_on=due,
        payments=tuple(draw(moved)) if movements else (),
        credits=tuple(draw(moved)) if movements else (),
        suspensions=tuple(draw(pauses)),
        notice_on=draw(later),
        fixed_date=draw(st.booleans()),
    )


@st.composite
def questions(draw: st.DrawFn, *, movements: bool = True) -> tuple[Rule, Claim, date]:
    rule = draw(rules)
    claim = draw(claims(rule, movements=movements))
    start = claim.due_on - timedelta(days=10)
    return rule, claim, draw(st.dates(start, min(start + timedelta(days=1200), KNOWN_TO)))


def exact(calculation: Calculation) -> Fraction:
    return sum((segment.exact for segment in calculation.segments), Fraction())


@given(questions(), options)
def test_money_is_neither_made_nor_lost(question: tuple[Rule, Claim, date], chosen: Options) -> None:
    rule, claim, to = question
    it = compute(rule, claim, to, chosen)
    counted = [m for m in (*claim.payments, *claim.credits) if m.on <= to]
    parts = [
        s.to_interest.amount + s.to_principal.amount + s.to_indemnity.amount + s.surplus.amount
        for s in it.settlements
    ]
    assert sum(parts) == sum(movement.amount.amount for movement in counted)
    owed = it.principal_left.amount + it.interest_left.amount + it.indemnity.left.amount
    assert it.total.amount == owed
    assert min(it.principal_left.amount, it.interest_left.amount, it.indemnity.left.amount) >= 0
    taken = sum(s.to_principal.amount for s in it.settlements)
    assert it.principal_left.amount == claim.principal.amount - taken


@given(questions(), options)
def test_segments_follow_one_another_and_bear_interest_on_a_positive_base(
    question: tuple[Rule, Claim, date], chosen: Options
) -> None:
    rule, claim, to = question
    it = compute(rule, claim, to, chosen)
    for before, after in zip(it.segments, it.segments[1:], strict=False):
        assert after.first_on == before.last_on + timedelta(days=1)
    assert all(segment.base.amount > 0 and segment.days > 0 for segment in it.segments)
    if it.segments:
        assert it.segments[0].first_on == it.first_on
        assert it.segments[-1].last_on <= to


@given(rules, st.data(), UNROUNDED)
def test_splitting_a_period_adds_up_before_rounding(rule: Rule, data: st.DataObject, chosen: Options) -> None:
    """A claim up to a day, and the same claim from that day on, give the whole. A frozen rate hangs on the
    day on which interest starts, so there the whole has another rate than its second part: not claimed."""
    assume(rule.mode is not RateMode.FROZEN)
    claim = replace(data.draw(claims(rule, movements=False)), fixed_date=True)
    start = max(claim.due_on, claim.notice_on or claim.due_on) if rule.name == "fr_b2c" else claim.due_on
    cut = data.draw(st.dates(start, KNOWN_TO))
    to = data.draw(st.dates(cut, KNOWN_TO))
    first = compute(rule, claim, cut, chosen)
    second = compute(rule, replace(claim, due_on=cut, notice_on=cut), to, chosen)
    assert exact(first) + exact(second) == exact(compute(rule, claim, to, chosen))


@given(questions(), options, st.integers(1, 400))
def test_more_days_never_mean_less_interest(
    question: tuple[Rule, Claim, date], chosen: Options, more: int
) -> None:
    rule, claim, to = question
    later = min(to + timedelta(days=more), KNOWN_TO)
    chosen = replace(chosen, credit_effect=CreditEffect.OWN_DATE)  # a backdated one rightly takes some away
    if later < to or chosen.rounding is Rounding.PER_SEGMENT:  # where each line is rounded a cent may move
        return
    assert (
        compute(rule, claim, later, chosen).interest.amount
        >= compute(rule, claim, to, chosen).interest.amount
    )


@given(questions(), options, st.randoms(use_true_random=False))
def test_the_order_in_which_movements_are_given_does_not_matter(
    question: tuple[Rule, Claim, date], chosen: Options, luck: random.Random
) -> None:
    rule, claim, to = question
    paid, credited = list(claim.payments), list(claim.credits)
    luck.shuffle(paid)
    luck.shuffle(credited)
    mixed = replace(claim, payments=tuple(paid), credits=tuple(credited))
    assert annex(compute(rule, mixed, to, chosen)) == annex(compute(rule, claim, to, chosen))


@given(questions(), options)
def test_nothing_owed_bears_nothing(question: tuple[Rule, Claim, date], chosen: Options) -> None:
    rule, claim, to = question
    nothing = replace(claim, principal=money(rule, Decimal(0)))
    it = compute(rule, nothing, to, chosen)
    assert (it.segments, it.interest.amount, it.indemnity.amount.amount) == ((), 0, 0)


@given(questions(movements=False), options, days)
def test_paying_all_that_is_owed_stops_it(
    question: tuple[Rule, Claim, date], chosen: Options, paid_on: date
) -> None:
    rule, claim, to = question
    owed = compute(rule, claim, paid_on, chosen).total
    if paid_on > to or not owed.amount:
        return
    paid = replace(claim, payments=(Movement(paid_on, owed),))
    it = compute(rule, paid, to, chosen)
    assert (it.principal_left.amount, it.interest_left.amount, it.surplus.amount) == (0, 0, 0)
    assert all(segment.last_on <= paid_on for segment in it.segments)
    assert it.interest == compute(rule, paid, KNOWN_TO, chosen).interest


@given(questions(), options)
def test_a_consumer_never_owes_a_fixed_sum(question: tuple[Rule, Claim, date], chosen: Options) -> None:
    rule, claim, to = question
    due = compute(rule, claim, to, chosen).indemnity
    if rule.consumer or rule.name == "ch":
        assert due.amount.amount == 0
    elif due.amount.amount:
        assert due.basis


@given(questions(), options)
def test_suspended_days_bear_nothing_and_are_shown(
    question: tuple[Rule, Claim, date], chosen: Options
) -> None:
    rule, claim, to = question
    for segment in compute(rule, claim, to, chosen).segments:
        inside = any(
            p.first_on <= segment.first_on and (p.last_on is None or segment.last_on <= p.last_on)
            for p in claim.suspensions
        )
        touching = any(
            p.first_on <= segment.last_on and (p.last_on is None or segment.first_on <= p.last_on)
            for p in claim.suspensions
        )
        if segment.state is SegmentState.ACCRUING:
            assert not touching
        if segment.state is SegmentState.SUSPENDED and len(claim.suspensions) == 1:
            assert inside
            assert segment.exact == 0
