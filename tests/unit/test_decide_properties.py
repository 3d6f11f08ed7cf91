"""What holds for every account: one answer for each installment, whatever the order in which money came."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.dunning import Policy, apply_endings, decide, endings, plan_messages
from connector.dunning.forecast import next_look
from connector.dunning.policy import Budget
from connector.model import (
    Account,
    Action,
    Allocation,
    AllocationSource,
    Decision,
    Dispute,
    DisputeReason,
    Hold,
    Inbound,
    Installment,
    InstallmentKey,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Kind,
    Mark,
    MarkName,
    Payment,
    PaymentPlan,
    PlanPart,
    PlanState,
    Reason,
    Ref,
    ReminderState,
    Standing,
)
from tests import builders as b

REFS = ("i0", "i1", "i2", "i3")
AMOUNTS = st.sampled_from(["100.00", "250.00", "40.00", "9.99"])
CURRENCIES = st.sampled_from(["EUR", "EUR", "USD"])
DAYS = st.integers(-60, 20)
PLACES = st.sampled_from([None, *REFS])

# any account -----------------------------------------------------------------------------------------------


@st.composite
def invoices(draw: st.DrawFn, ref: str) -> Invoice:
    """One of up to three installments, some of them paid."""
    currency, due = draw(CURRENCIES), draw(DAYS)
    parts = tuple(
        Installment(
            n, b.TODAY + timedelta(days=due + 30 * n), Decimal(amount), Decimal(amount if owed else 0)
        )
        for n, (amount, owed) in enumerate(
            draw(st.lists(st.tuples(AMOUNTS, st.booleans()), min_size=1, max_size=3))
        )
    )
    residual = sum((part.residual for part in parts), Decimal(0))
    states = [InvoiceState.OPEN, InvoiceState.OPEN, InvoiceState.IN_PAYMENT, InvoiceState.DRAFT]
    state = draw(st.sampled_from(states)) if residual else InvoiceState.PAID
    paid_on = b.TODAY - timedelta(days=draw(st.integers(0, 20)))
    paid = sum((part.amount for part in parts), Decimal(0)) - residual
    taken = (Allocation(f"a-{ref}", AllocationSource.PAYMENT, paid, paid_on),) if paid else ()
    return replace(
        b.invoice(ref, due=due, no_reminders=draw(st.booleans()) and draw(st.booleans())),
        currency=currency,
        total=sum((part.amount for part in parts), Decimal(0)),
        residual=residual,
        state=state,
        installments=parts,
        allocations=taken,
    )


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """Invoices, reminders of some, money nobody has matched, and what people said about all that."""
    docs = [draw(invoices(ref)) for ref in REFS[: draw(st.integers(1, 4))]]
    notes = [b.credit_note(f"n{n}", draw(AMOUNTS)) for n in range(draw(st.integers(0, 1)))]
    when = st.integers(1, 20)
    return b.account(
        *docs,
        *notes,
        customer=b.customer(email=draw(st.sampled_from(["a@example.com", None])), contacts=()),
        payments=draw(money()),
        reminders=draw(reminders([doc.ref for doc in docs])),
        holds=tuple(
            Hold(n, "c1", ref, b.TODAY, b.TODAY + timedelta(days=days) if days else None)
            for n, (ref, days) in enumerate(draw(st.lists(st.tuples(PLACES, st.integers(0, 9)), max_size=1)))
        ),
        promises=tuple(
            replace(b.promise(days, of=ref), id=n)
            for n, (ref, days) in enumerate(draw(st.lists(st.tuples(PLACES, st.integers(-5, 9)), max_size=2)))
        ),
        disputes=tuple(
            Dispute(n, "c1", ref, DisputeReason.PRICE, b.TODAY)
            for n, ref in enumerate(draw(st.lists(st.sampled_from(REFS), max_size=1)))
        ),
        plans=draw(plans(docs)),
        marks=tuple(Mark("c1", ref, MarkName.EXCLUDED, "yes") for ref in draw(st.lists(PLACES, max_size=1))),
        inbound=tuple(
            Inbound("m1", Ref(Kind.CUSTOMER, "c1"), b.NOW - timedelta(days=days), "a@example.com", "Bonjour")
            for days in draw(st.lists(when, max_size=1))
        ),
    )


@st.composite
def money(draw: st.DrawFn) -> tuple[Payment, ...]:
    labels = st.sampled_from(["VIR", "VIR FAC/i0", "FAC/i1", "FAC/i0 FAC/i1"])
    found = draw(st.lists(st.tuples(AMOUNTS, labels, CURRENCIES), max_size=3))
    return tuple(
        b.payment(f"p{n}", amount, label=label, currency=currency)
        for n, (amount, label, currency) in enumerate(found)
    )


@st.composite
def reminders(draw: st.DrawFn, refs: list[str]) -> Any:
    steps = st.sampled_from([step.name for step in b.STEPS])
    states = st.sampled_from([ReminderState.SENT, ReminderState.SENT, *ReminderState])
    found = draw(
        st.lists(st.tuples(st.sampled_from(refs), steps, states), max_size=3, unique_by=lambda r: r[0])
    )
    day = st.integers(1, 25)
    return tuple(b.reminder(step, of=ref, on=-draw(day), state=state) for ref, step, state in found)


@st.composite
def plans(draw: st.DrawFn, docs: list[Invoice]) -> tuple[PaymentPlan, ...]:
    covered = [doc for doc in docs if doc.residual > 0][: draw(st.integers(0, 1))]
    parts = draw(st.lists(st.tuples(AMOUNTS, st.integers(-20, 30)), min_size=1, max_size=3))
    dates = sorted(days for _, days in parts)
    made = tuple(
        PlanPart(b.TODAY + timedelta(days=days), Decimal(amount))
        for days, (amount, _) in zip(dates, parts, strict=True)
    )
    state = draw(st.sampled_from(PlanState))
    return tuple(
        PaymentPlan(n, "c1", (doc.ref,), doc.currency, made, b.TODAY - timedelta(days=30), state)
        for n, doc in enumerate(covered)
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    scenario = replace(
        b.SCENARIO,
        spacing=draw(st.sampled_from([0, 5])),
        minimum=Decimal(draw(st.sampled_from(["0", "15", "300"]))),
    )
    return b.policy(
        scenarios=(scenario,),
        budget=draw(st.sampled_from([None, Budget(1, 10)])),
        closed_weekdays=draw(st.sampled_from([frozenset(), frozenset({0, 6})])),
        tolerance=draw(st.sampled_from([{}, {"EUR": Decimal(10)}])),
    )


def standings() -> st.SearchStrategy[Standing]:
    odd = ({"paused": True}, {"sync_too_old": True}, {"out_of_hours": True})
    return st.sampled_from([b.FRESH, b.FRESH, b.FRESH, *(replace(b.FRESH, **changes) for changes in odd)])


def decided(account: Account, rules: Policy, standing: Standing = b.FRESH) -> tuple[Account, list[Decision]]:
    """The account after what ended, and what is decided for it: as the run does."""
    account = apply_endings(account, endings(account, b.TODAY, rules), b.TODAY)
    return account, decide(account, standing, rules, b.TODAY)


# one answer for each installment ---------------------------------------------------------------------------
#: What only facts change: money, a word of a person, the end of a message that is under way.
WITHOUT_A_DAY = frozenset(
    (
        Reason.SETTLED, Reason.IN_PAYMENT, Reason.PLANNED, Reason.QUEUED,
        # what falls due later may add up to the minimum: the account then wakes (see ``next_look``)
        Reason.BELOW_MINIMUM,
    )
)  # fmt: skip
#: What is judged anew on every pass: the company's data as a whole, or the hour.
EVERY_PASS = frozenset((Reason.PAUSED, Reason.STALE_SYNC, Reason.STALE_BANK, Reason.CLOSED_DAY))


@given(accounts(), policies(), standings())
@settings(max_examples=150, deadline=None)
def test_every_installment_has_exactly_one_decision(
    account: Account, rules: Policy, standing: Standing
) -> None:
    _, decisions = decided(account, rules, standing)
    asked_for = [i for i in account.invoices if i.kind is InvoiceKind.INVOICE]
    keys = [InstallmentKey(i.ref, part.position) for i in asked_for for part in i.installments]
    assert Counter(d.installment for d in decisions) == Counter(keys)


@given(accounts(), policies(), standings())
@settings(max_examples=150, deadline=None)
def test_every_decision_is_an_action_today_or_names_the_day_that_changes_it(
    account: Account, rules: Policy, standing: Standing
) -> None:
    _, decisions = decided(account, rules, standing)
    for decision in decisions:
        assert isinstance(decision.reason, Reason)
        match decision.action:
            case Action.REMIND | Action.THANK:
                assert decision.wake_on in (b.TODAY, None)
                assert decision.reason in (Reason.DUE, Reason.PAID_AFTER_REMINDER)
            case Action.FOLLOW_UP:
                assert decision.wake_on is None or decision.wake_on > b.TODAY
            case Action.WAIT if decision.wake_on is None:
                assert decision.reason in WITHOUT_A_DAY
            case Action.WAIT | Action.HOLD if decision.reason in EVERY_PASS:
                assert decision.wake_on is not None
                assert decision.wake_on >= b.TODAY
            case Action.WAIT | Action.HOLD:
                assert decision.wake_on is None or decision.wake_on > b.TODAY


@given(accounts(), policies())
@settings(max_examples=150, deadline=None)
def test_what_reminds_today_takes_its_step_in_exactly_one_message(account: Account, rules: Policy) -> None:
    account, decisions = decided(account, rules)
    planned = plan_messages(account, decisions, rules, b.TODAY)
    steps = Counter(
        line.installment
        for plan in planned
        for line in plan.lines
        if line.step is not None and plan.action is Action.REMIND
    )
    assert steps == Counter(d.installment for d in decisions if d.action is Action.REMIND)


@given(accounts(), policies())
@settings(max_examples=150, deadline=None)
def test_no_two_messages_remind_of_one_currency_where_days_must_lie_between(
    account: Account, rules: Policy
) -> None:
    account, decisions = decided(account, rules)
    planned = plan_messages(account, decisions, rules, b.TODAY)
    reminding = Counter(plan.currency for plan in planned if plan.action is Action.REMIND)
    if rules.scenarios[0].spacing:
        assert all(count == 1 for count in reminding.values())


@given(accounts(), policies(), standings())
@settings(max_examples=100, deadline=None)
def test_whatever_needs_a_day_wakes_the_account_by_then(
    account: Account, rules: Policy, standing: Standing
) -> None:
    account, decisions = decided(account, rules, standing)
    days = [d.wake_on for d in decisions if d.wake_on and d.wake_on > b.TODAY]
    if days:
        assert (next_look(account, decisions, rules, b.TODAY) or date.max) <= min(days)


# the order of payments -------------------------------------------------------------------------------------
def answers(account: Account, rules: Policy) -> list[tuple[object, ...]]:
    _, decisions = decided(account, rules)
    return [(d.installment, d.action, d.reason, d.wake_on, d.step, d.residual) for d in decisions]


@given(accounts(), policies(), st.data())
@settings(max_examples=150, deadline=None)
def test_in_which_order_unmatched_money_came_changes_no_decision(
    account: Account, rules: Policy, data: st.DataObject
) -> None:
    """The same payments of the same days, numbered by the host as they came in, one way or another."""
    order = data.draw(st.permutations(account.payments))
    renamed = (replace(payment, ref=f"p{n}") for n, payment in enumerate(order))
    again = replace(account, payments=tuple(sorted(renamed, key=lambda p: (p.paid_on, p.ref))))
    assert answers(again, rules) == answers(account, rules)


@st.composite
def shares(draw: st.DrawFn) -> list[tuple[int, Decimal, int]]:
    """What was paid of which installment of the one invoice, and how many days ago."""
    parts = st.tuples(st.integers(0, 2), st.sampled_from(["10.00", "25.00", "50.00"]), st.integers(0, 30))
    return [(at, Decimal(amount), days) for at, amount, days in draw(st.lists(parts, max_size=5))]


def with_shares(taken: list[tuple[int, Decimal, int]]) -> Invoice:
    """An invoice of three installments of 100.00, paid in this order."""
    left = [Decimal(100)] * 3
    allocations = []
    for n, (at, amount, days) in enumerate(taken):
        paid = min(amount, left[at])
        left[at] -= paid
        if paid:
            on = b.TODAY - timedelta(days=days)
            allocations.append(Allocation(f"a{n}", AllocationSource.PAYMENT, paid, on, at))
    parts = tuple(
        Installment(n, b.TODAY + timedelta(days=20 * n - 50), Decimal(100), owed)
        for n, owed in enumerate(left)
    )
    owed = sum(left, Decimal(0))
    state = InvoiceState.OPEN if owed else InvoiceState.PAID
    return replace(
        b.invoice("i0", amount="300.00"),
        residual=owed,
        state=state,
        installments=parts,
        allocations=tuple(allocations),
    )


@given(shares(), st.sampled_from([None, "40.00", "150.00"]), st.integers(-10, 5), policies(), st.data())
@settings(max_examples=150, deadline=None)
def test_in_which_order_installments_were_paid_changes_no_decision(
    taken: list[tuple[int, Decimal, int]],
    promised: str | None,
    days: int,
    rules: Policy,
    data: st.DataObject,
) -> None:
    """Also where a promise is judged by what came. Equal shares of one installment keep its total."""
    mine = [share for n, share in enumerate(taken) if sum(x[1] for x in taken[:n] if x[0] == share[0]) < 100]
    mine = [s for s in mine if sum(x[1] for x in mine if x[0] == s[0]) <= 100]  # nothing is paid twice over
    promise = b.promise(days, of="i0", made=-15, amount=Decimal(promised) if promised else None)
    sent = b.reminder(of="i0", on=-25)
    kept, other = (
        b.account(with_shares(order), promises=(promise,), reminders=(sent,))
        for order in (mine, data.draw(st.permutations(mine)))
    )
    assert answers(kept, rules) == answers(other, rules)
    assert endings(kept, b.TODAY, rules).promises == endings(other, b.TODAY, rules).promises
