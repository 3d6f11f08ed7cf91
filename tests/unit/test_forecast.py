"""The forecast: what the coming days bring if nobody pays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.dunning import decide, plan_messages
from connector.dunning.endings import apply_endings, endings
from connector.dunning.forecast import (
    ComingEnding,
    ComingMessage,
    ComingTask,
    ForecastEvent,
    Still,
    forecast,
    next_look,
    walk,
)
from connector.dunning.policy import Budget
from connector.model import (
    Account,
    Action,
    FollowUp,
    Hold,
    InstallmentKey,
    PaymentPlan,
    PlanPart,
    Reason,
    ReminderState,
    Segment,
)
from tests import builders as b


def messages(events: list[ForecastEvent]) -> list[ComingMessage]:
    return [e for e in events if isinstance(e, ComingMessage)]


def days_and_steps(events: list[ForecastEvent]) -> list[tuple[int, str]]:
    """Days from today, and steps."""
    return [((m.on - b.TODAY).days, m.step) for m in messages(events)]


def foresee(account: Account, days: int = 90, **policy: Any) -> list[ForecastEvent]:
    return forecast(account, b.FRESH, b.policy(**policy), b.TODAY, days)


def test_the_steps_follow_one_another_at_their_distance() -> None:
    events = foresee(b.account(b.invoice(due=-7)))
    assert days_and_steps(events) == [
        (0, "reminder_1"),
        (8, "reminder_2"),
        (23, "reminder_3"),
        (38, "formal_notice"),
    ]


def test_an_old_debt_starts_today_and_never_bursts() -> None:
    events = foresee(b.account(b.invoice(due=-200)))
    assert days_and_steps(events)[:3] == [(0, "reminder_1"), (8, "reminder_2"), (23, "reminder_3")]


def test_the_first_day_is_today_and_the_last_one_is_within() -> None:
    account = b.account(b.invoice(due=-7))
    assert foresee(account, 0) == []
    assert len(foresee(account, 1)) == 1
    assert days_and_steps(foresee(account, 8)) == [(0, "reminder_1")]
    assert days_and_steps(foresee(account, 9)) == [(0, "reminder_1"), (8, "reminder_2")]


def test_a_message_says_whom_and_how_much() -> None:
    account = b.account(b.invoice("i1", due=-8), b.invoice("i2", due=-7, amount="300.00"))
    (first, *_) = messages(foresee(account))
    assert first == ComingMessage(
        on=b.TODAY,
        customer_ref="c1",
        customer_name="Exemple c1",
        action=Action.REMIND,
        step="reminder_1",
        scenario="standard",
        level=2,
        channel="email",
        recipient="compta-c1@example.com",
        language="fr",
        invoices=("FAC/i1", "FAC/i2"),
        installments=(InstallmentKey("i1", 0), InstallmentKey("i2", 0)),
        amount=Decimal("1500.00"),
        currency="EUR",
    )


def test_each_currency_has_messages_of_its_own() -> None:
    account = b.account(b.invoice("i1", due=-7), b.invoice("i2", due=-7, currency="USD"))
    assert [(m.currency, m.amount) for m in messages(foresee(account, 1))] == [
        ("EUR", Decimal("1200.00")),
        ("USD", Decimal("1200.00")),
    ]


def test_a_step_that_needs_consent_leaves_the_same_day_or_stays_where_it_is() -> None:
    steps = (b.STEPS[1], replace(b.STEPS[2], approval=1), b.STEPS[3])
    rules = b.policy(scenarios=(replace(b.SCENARIO, steps=steps),))
    account = b.account(b.invoice(due=-7))
    agreed = messages(forecast(account, b.FRESH, rules, b.TODAY, 90))
    assert [(m.step, m.approval, m.waits) for m in agreed] == [
        ("reminder_1", 0, False),
        ("reminder_2", 1, False),
        ("reminder_3", 0, False),
    ]
    never = messages(forecast(account, b.FRESH, rules, b.TODAY, 90, approved=False))
    assert [(m.step, m.waits) for m in never] == [("reminder_1", False), ("reminder_2", True)]


def test_what_lies_in_the_outbox_is_decided_again_and_leaves_today() -> None:
    written = b.reminder(on=-1, state=ReminderState.QUEUED, completed_on=None)
    events = foresee(b.account(b.invoice(due=-10), reminders=(written,)))
    first, second, *_ = messages(events)
    assert (first.on, first.step, first.written) == (b.TODAY, "reminder_1", True)
    assert (second.step, second.written) == ("reminder_2", False)


def test_a_message_that_waits_for_consent_leaves_today_only_if_it_is_given() -> None:
    waiting = b.reminder("formal_notice", on=-1, state=ReminderState.APPROVAL, completed_on=None)
    account = b.account(
        b.invoice(due=-50), reminders=(b.reminder("reminder_3", on=-20, day=30, level=4), waiting)
    )
    (given_,) = messages(forecast(account, b.FRESH, b.policy(), b.TODAY, 30))
    assert (given_.on, given_.written, given_.waits) == (b.TODAY, True, False)
    assert forecast(account, b.FRESH, b.policy(), b.TODAY, 30, approved=False) == []


def test_consent_is_given_whatever_left_for_the_customer_yesterday() -> None:
    waiting = b.reminder("formal_notice", on=-3, state=ReminderState.APPROVAL, completed_on=None)
    before = b.reminder("reminder_3", on=-20, level=4)
    other = b.reminder("reminder_1", of="i2", on=-1)
    account = b.account(b.invoice(due=-50), b.invoice("i2", due=-9), reminders=(before, waiting, other))
    first = messages(forecast(account, b.FRESH, b.policy(), b.TODAY, 30))[0]
    assert (first.on, first.step, first.written) == (b.TODAY, "formal_notice", True)


def test_a_promise_ends_and_the_chase_resumes_the_day_after_its_grace() -> None:
    events = foresee(b.account(b.invoice(due=-10), promises=(b.promise(2),)))  # Wednesday, then two days
    ending, first, *_ = events
    assert isinstance(ending, ComingEnding)
    assert (ending.on, ending.what, ending.outcome) == (date(2026, 11, 28), "promise", "broken")
    assert isinstance(first, ComingMessage)
    assert first.on == date(2026, 11, 28)


def test_a_promise_of_a_customer_who_is_held_is_judged_on_its_day_all_the_same() -> None:
    hold = Hold(1, "c1", None, b.TODAY)
    (ending,) = foresee(b.account(promises=(b.promise(2),), holds=(hold,)))
    assert (ending.on, type(ending)) == (date(2026, 11, 28), ComingEnding)


def test_a_payment_plan_breaks_and_the_chase_resumes() -> None:
    parts = (PlanPart(b.TODAY + timedelta(days=7), Decimal("600.00")),)
    plan = PaymentPlan(1, "c1", ("i1",), "EUR", (*parts, replace(parts[0], due_on=date(2027, 1, 4))), b.TODAY)
    ending, first, *_ = foresee(b.account(b.invoice(due=-10), plans=(plan,)))
    assert isinstance(ending, ComingEnding)
    assert (ending.on, ending.what, ending.outcome) == (date(2026, 12, 3), "plan", "broken")
    assert (first.on, getattr(first, "step", "")) == (date(2026, 12, 3), "reminder_1")


def test_a_task_is_asked_for_once() -> None:
    account = b.account(b.invoice(due=-10), payments=(b.payment(amount="1200.00"),))
    (task,) = foresee(account)
    assert isinstance(task, ComingTask)
    assert (task.on, task.reason, task.invoices) == (b.TODAY, Reason.COVERED, ("FAC/i1",))


def test_a_task_that_is_open_is_not_asked_for_again() -> None:
    asked = FollowUp(1, "c1", "covered", "follow_up/1", b.TODAY)
    account = b.account(b.invoice(due=-10), payments=(b.payment(amount="1200.00"),), follow_ups=(asked,))
    assert foresee(account) == []


def test_money_that_covers_today_does_not_cover_what_falls_due_later() -> None:
    two = (b.invoice("i1", due=-10, amount="100.00"), b.invoice("i2", due=20, amount="500.00"))
    money = b.payment(amount="150.00", label="VIR sans référence")
    events = foresee(b.account(*two, payments=(money,)), 30)
    assert isinstance(events[0], ComingTask)
    assert [((m.on - b.TODAY).days, m.step, m.invoices) for m in messages(events)] == [
        (15, "pre_due", ("FAC/i2",)),
        (27, "reminder_1", ("FAC/i1", "FAC/i2")),
    ]


def test_a_debt_below_the_minimum_is_chased_as_soon_as_more_is_overdue() -> None:
    small = b.invoice("i1", due=-10, amount="10.00")
    later = b.invoice("i2", due=5, amount="10.00")
    found = messages(foresee(b.account(small, later)))
    assert (found[0].on, found[0].invoices) == (b.TODAY + timedelta(days=6), ("FAC/i1", "FAC/i2"))


@pytest.mark.parametrize("trouble", [{"sync_too_old": True}, {"out_of_hours": True}])
def test_after_today_the_books_are_up_to_date_and_the_office_is_open(trouble: dict[str, bool]) -> None:
    found = forecast(b.account(b.invoice(due=-7)), replace(b.FRESH, **trouble), b.policy(), b.TODAY, 2)
    assert days_and_steps(found) == [(1, "reminder_1")]


def test_a_stale_bank_stops_today_and_is_caught_up_tomorrow() -> None:
    standing = replace(b.FRESH, bank_entry_on=b.TODAY - timedelta(days=30))
    found = forecast(b.account(b.invoice(due=-7)), standing, b.policy(max_bank_age=5), b.TODAY, 90)
    assert days_and_steps(found)[0] == (1, "reminder_1")


def test_a_paused_company_sends_nothing_until_a_person_resumes() -> None:
    standing = replace(b.FRESH, paused=True)
    assert forecast(b.account(b.invoice(due=-7)), standing, b.policy(), b.TODAY, 90) == []


def test_nothing_leaves_on_closed_days() -> None:
    found = messages(foresee(b.account(b.invoice(due=-2)), closed_weekdays=frozenset({5, 6})))
    assert [m.on for m in found][:2] == [date(2026, 11, 30), date(2026, 12, 8)]  # not Saturday the 28th


def test_paid_invoices_are_thanked_for_once() -> None:
    done = b.paid(b.invoice(due=-10))
    (thanks,) = foresee(b.account(done, reminders=(b.reminder(on=-3),)))
    assert isinstance(thanks, ComingMessage)
    assert (thanks.action, thanks.on) == (Action.THANK, b.TODAY)


# for any account -------------------------------------------------------------------------------------------
AMOUNTS = st.sampled_from(["8.00", "100.00", "250.00", "1200.00"])
DAYS = st.integers(-60, 40)


@st.composite
def invoices(draw: st.DrawFn, ref: str) -> Any:
    one = b.invoice(ref, due=draw(DAYS), amount=draw(AMOUNTS), currency=draw(st.sampled_from(["EUR", "USD"])))
    if draw(st.booleans()):
        return one
    first = one.installments[0]
    second = replace(first, position=1, due_on=first.due_on + timedelta(days=draw(st.integers(1, 40))))
    return replace(one, installments=(first, second), total=one.total * 2, residual=one.residual * 2)


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """Any account of one to four invoices, with what people and banks may have done to it."""
    docs = [draw(invoices(f"i{n}")) for n in range(draw(st.integers(1, 4)))]
    refs = [doc.ref for doc in docs]
    some_ref, when = st.sampled_from(refs), st.integers(0, 30)
    reminded = draw(st.lists(some_ref, unique=True, max_size=2))
    state = st.sampled_from(list(ReminderState))
    notes = [b.credit_note(f"n{n}", draw(AMOUNTS)) for n in range(draw(st.integers(0, 1)))]
    money = draw(st.lists(st.tuples(AMOUNTS, st.sampled_from(["VIR", "VIR FAC/i0", "FAC/i1"])), max_size=2))
    holds = draw(st.lists(st.tuples(st.one_of(st.none(), some_ref), when), max_size=1))
    promises = draw(st.lists(st.tuples(st.one_of(st.none(), some_ref), when), max_size=2))
    return b.account(
        *docs,
        *notes,
        customer=b.customer(
            email=draw(st.sampled_from(["a@example.com", None])),
            segment=draw(st.sampled_from([None, Segment.KEY_ACCOUNT])),
        ),
        payments=tuple(b.payment(f"p{n}", amount, label=label) for n, (amount, label) in enumerate(money)),
        reminders=tuple(
            b.reminder(of=ref, on=-draw(when), state=draw(state), customer_ref="c1") for ref in reminded
        ),
        holds=tuple(
            Hold(n, "c1", ref, b.TODAY, b.TODAY + timedelta(days=d)) for n, (ref, d) in enumerate(holds)
        ),
        promises=tuple(replace(b.promise(d, of=ref), id=n) for n, (ref, d) in enumerate(promises)),
    )


@st.composite
def policies(draw: st.DrawFn) -> Any:
    scenario = replace(
        b.SCENARIO,
        spacing=draw(st.sampled_from([0, 5, 12])),
        minimum=Decimal(draw(st.sampled_from(["0", "15", "300"]))),
        steps=tuple(replace(s, approval=draw(st.integers(0, 1))) for s in b.STEPS),
    )
    return b.policy(
        scenarios=(scenario,),
        budget=draw(st.sampled_from([None, Budget(1, 10), Budget(2, 30)])),
        closed_weekdays=draw(st.sampled_from([frozenset(), frozenset({5, 6})])),
        close_on_holidays=draw(st.booleans()),
    )


class EveryDay(Still):
    """Nothing changes, and we look every day all the same."""

    def next_change(self, after: date) -> date | None:
        return after + timedelta(days=1)


def shut_away(event: ForecastEvent, rules: Any) -> bool:
    """A closed day hides what a person was asked about, so that whoever looks on it finds no task to ask
    for, and a new one on the next open day."""
    return isinstance(event, ComingTask) and bool(rules.closed_weekdays or rules.close_on_holidays)


@given(accounts(), policies(), st.booleans())
@settings(max_examples=300, deadline=None)
def test_deciding_on_wake_days_alone_tells_what_deciding_every_day_tells(
    account: Account, rules: Any, approved: bool
) -> None:
    last = b.TODAY + timedelta(days=75)
    sparse, daily = (
        [e for e in walk(timeline, b.FRESH, rules, b.TODAY, last, approved) if not shut_away(e, rules)]
        for timeline in (Still(account), EveryDay(account))
    )
    assert sparse == daily


@given(accounts(), policies(), st.integers(0, 60), st.integers(0, 30))
@settings(max_examples=150, deadline=None)
def test_a_longer_forecast_begins_as_the_shorter_one(
    account: Account, rules: Any, days: int, more: int
) -> None:
    shorter = forecast(account, b.FRESH, rules, b.TODAY, days)
    longer = forecast(account, b.FRESH, rules, b.TODAY, days + more)
    assert longer[: len(shorter)] == shorter
    assert all(event.on >= b.TODAY + timedelta(days=days) for event in longer[len(shorter) :])


@given(accounts(), policies())
@settings(max_examples=200, deadline=None)
def test_the_first_day_begins_with_the_messages_planned_for_today(account: Account, rules: Any) -> None:
    waiting = ReminderState.QUEUED, ReminderState.APPROVAL
    account = replace(account, reminders=tuple(r for r in account.reminders if r.state not in waiting))
    today = apply_endings(account, endings(account, b.TODAY, rules), b.TODAY)
    plans = plan_messages(today, decide(today, b.FRESH, rules, b.TODAY), rules, b.TODAY)
    foreseen = messages(forecast(account, b.FRESH, rules, b.TODAY, 1))
    planned = [(p.leader.name, p.recipient, tuple(line.installment for line in p.lines)) for p in plans]
    assert [(m.step, m.recipient, m.installments) for m in foreseen][: len(planned)] == planned
    assert bool(foreseen) == bool(planned)


@given(accounts(), policies())
@settings(max_examples=200, deadline=None)
def test_no_step_is_foreseen_twice_for_an_installment(account: Account, rules: Any) -> None:
    found = messages(forecast(account, b.FRESH, rules, b.TODAY, 120))
    leaders = [(m.installments[0], m.step) for m in found]
    assert len(leaders) == len(set(leaders))


@given(accounts(), policies())
@settings(max_examples=100, deadline=None)
def test_the_next_look_is_after_today(account: Account, rules: Any) -> None:
    decisions = decide(account, b.FRESH, rules, b.TODAY)
    assert (next_look(account, decisions, rules, b.TODAY) or date.max) > b.TODAY
