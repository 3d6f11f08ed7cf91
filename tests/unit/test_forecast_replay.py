"""The past again: what would have left, and what was paid afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.dunning.forecast import Past, ReplayedMessage, replay
from connector.model import (
    Account,
    Action,
    Allocation,
    AllocationSource,
    InstallmentKey,
    Invoice,
    InvoiceKind,
    InvoiceState,
)
from tests import builders as b

A_YEAR_AGO = date(2025, 11, 24)  # a Monday
ZERO = Decimal(0)


def day(number: int) -> date:
    """So many days after a year ago."""
    return A_YEAR_AGO + timedelta(days=number)


def sold(ref: str = "i1", *, issued: int = 0, due: int = 30, amount: str = "1000.00", **more: Any) -> Invoice:
    """An invoice of last year that nobody has paid."""
    total = Decimal(amount)
    installments = (b.Installment(0, day(due), total, total),)
    return b.invoice(ref, amount=amount, issued_on=day(issued), installments=installments, **more)


def paid(item: Invoice, *payments: tuple[int, str], **more: Any) -> Invoice:
    """The same invoice after payments: (day, amount), which name no installment unless ``position`` is
    given."""
    left = sum((Decimal(amount) for _, amount in payments), ZERO)
    allocations = tuple(
        Allocation(f"a{n}", AllocationSource.PAYMENT, Decimal(amount), day(on), **more)
        for n, (on, amount) in enumerate(payments)
    )
    parts = []
    for part in item.installments:
        taken = min(left, part.residual)
        left -= taken
        parts.append(replace(part, residual=part.residual - taken))
    residual = sum((part.residual for part in parts), ZERO)
    state = InvoiceState.OPEN if residual else InvoiceState.PAID
    return replace(item, installments=tuple(parts), residual=residual, state=state, allocations=allocations)


def in_two(item: Invoice, later: int) -> Invoice:
    """The same invoice in two installments of the same amount, the second one ``later`` days after."""
    first = item.installments[0]
    second = replace(first, position=1, due_on=first.due_on + timedelta(days=later))
    return replace(item, installments=(first, second), total=item.total * 2, residual=item.residual * 2)


def relive(*invoices: Invoice, days: int = 365, **account: Any) -> list[ReplayedMessage]:
    return replay(b.account(*invoices, **account), b.policy(), A_YEAR_AGO, day(days))


def days_and_steps(messages: list[ReplayedMessage]) -> list[tuple[int, str]]:
    return [((m.message.on - A_YEAR_AGO).days, m.message.step) for m in messages]


def residuals(invoice: Invoice, on: int) -> list[Decimal]:
    """What each installment owed on a day; empty when the invoice was not there."""
    found, _ = Past(b.account(invoice)).facts(day(on))
    return [part.residual for item in found for part in item.installments]


def test_nothing_leaves_before_an_invoice_is_issued_nor_after_it_is_paid() -> None:
    messages = relive(paid(sold(issued=0, due=30), (40, "1000.00")))
    assert days_and_steps(messages) == [(25, "pre_due"), (37, "reminder_1"), (40, "thank_you")]


def test_an_invoice_paid_in_time_hears_the_friendly_word_before_its_due_date_alone() -> None:
    assert days_and_steps(relive(paid(sold(due=30), (28, "1000.00")))) == [(25, "pre_due")]


def test_what_was_paid_after_a_message_is_told_with_its_day() -> None:
    messages = relive(paid(sold(due=30), (40, "400.00"), (60, "600.00")))
    reminder = next(m for m in messages if m.message.step == "reminder_1")
    assert [(p.on, p.amount) for p in reminder.paid] == [
        (day(40), Decimal("400.00")),
        (day(60), Decimal("600.00")),
    ]
    assert reminder.message.amount == Decimal("1000.00")
    assert reminder.paid_within(15) == Decimal("400.00")
    assert reminder.paid_within(23) == Decimal("1000.00")
    assert reminder.paid_within(22) == Decimal("400.00")


def test_money_of_the_day_of_the_message_is_no_answer_to_it() -> None:
    messages = relive(paid(sold(due=30), (37, "400.00")))
    reminder = next(m for m in messages if m.message.step == "reminder_1")
    assert (reminder.message.amount, reminder.paid) == (Decimal("600.00"), ())


def test_a_credit_note_is_no_payment_but_lowers_the_debt() -> None:
    credited = Allocation("c", AllocationSource.CREDIT_NOTE, Decimal("400.00"), day(38))
    item = replace(paid(sold(due=30), (38, "400.00")), allocations=(credited,))
    first, second = [m for m in relive(item, days=50) if m.message.step.startswith("reminder")]
    assert (first.message.amount, first.paid) == (Decimal("1000.00"), ())
    assert second.message.amount == Decimal("600.00")


def test_money_without_a_place_pays_the_installments_in_their_order() -> None:
    item = paid(in_two(sold(due=30), 30), (40, "1000.00"), (70, "500.00"))
    assert residuals(item, 39) == [Decimal("1000.00"), Decimal("1000.00")]
    assert residuals(item, 40) == [ZERO, Decimal("1000.00")]
    assert residuals(item, 70) == [ZERO, Decimal("500.00")]


def test_money_that_names_an_installment_pays_that_one() -> None:
    two = in_two(sold(due=30), 30)
    allocation = Allocation("a", AllocationSource.PAYMENT, Decimal("1000.00"), day(40), position=1)
    item = replace(
        two,
        residual=Decimal("1000.00"),
        installments=(two.installments[0], replace(two.installments[1], residual=ZERO)),
        allocations=(allocation,),
    )
    assert residuals(item, 39) == [Decimal("1000.00"), Decimal("1000.00")]
    assert residuals(item, 40) == [Decimal("1000.00"), ZERO]


def test_what_was_settled_nobody_knows_when_was_never_owed() -> None:
    item = replace(paid(sold(due=30), (40, "1000.00")), allocations=())
    assert relive(item) == []


def test_what_was_cancelled_since_was_never_there() -> None:
    assert relive(sold(due=30, state=InvoiceState.CANCELLED)) == []


def test_a_credit_note_covers_from_its_own_day() -> None:
    note = sold("n1", issued=50, due=50, kind=InvoiceKind.CREDIT_NOTE)
    messages = relive(sold(due=30), note, days=100)
    assert days_and_steps(messages) == [(25, "pre_due"), (37, "reminder_1"), (45, "reminder_2")]


def test_unapplied_money_covers_from_the_day_it_came() -> None:
    money = b.payment(amount="1000.00", paid_on=day(40))
    messages = relive(sold(due=30), payments=(money,), days=100)
    assert days_and_steps(messages) == [(25, "pre_due"), (37, "reminder_1")]


def test_an_old_debt_starts_on_the_first_day_and_never_bursts() -> None:
    messages = relive(sold(issued=-90, due=-60), days=20)
    assert days_and_steps(messages) == [(0, "reminder_1"), (8, "reminder_2")]


def test_a_payment_soon_after_an_issue_before_the_first_day_is_no_business_of_the_replay() -> None:
    assert relive(paid(sold(issued=-90, due=-60), (-50, "1000.00"))) == []


def test_reminders_and_promises_of_today_are_left_out() -> None:
    item = sold(due=30)
    plain = relive(item)
    assert plain == relive(item, reminders=(b.reminder(),), promises=(b.promise(),))
    assert plain


MONEY = st.tuples(st.integers(-20, 200), st.sampled_from(["100.00", "250.00", "1000.00"]))


@st.composite
def ledgers(draw: st.DrawFn) -> Account:
    items = []
    for n in range(draw(st.integers(1, 3))):
        item = sold(f"i{n}", issued=draw(st.integers(-60, 60)), due=draw(st.integers(0, 120)))
        if draw(st.booleans()):
            item = in_two(item, draw(st.integers(1, 60)))
        left, taken = item.total, []
        for on, amount in draw(st.lists(MONEY, max_size=3)):
            if Decimal(amount) <= left:
                left -= Decimal(amount)
                taken.append((on, amount))
        items.append(paid(item, *taken))
    return b.account(*items)


@given(ledgers())
@settings(max_examples=150, deadline=None)
def test_no_message_ever_asked_for_money_that_was_not_owed_that_day(account: Account) -> None:
    by_ref = {item.ref: item for item in account.invoices}
    for replayed in replay(account, b.policy(), A_YEAR_AGO, day(250)):
        message = replayed.message
        owed = ZERO
        for ref in {key.invoice_ref for key in message.installments}:
            item = by_ref[ref]
            assert item.issued_on <= message.on
            owed += item.total - sum((a.amount for a in item.allocations if a.on <= message.on), ZERO)
        assert message.amount <= owed
        if message.action is Action.REMIND:
            assert message.amount > 0
            assert replayed.paid_within(400) <= message.amount


@given(ledgers())
@settings(max_examples=150, deadline=None)
def test_the_last_day_of_the_past_is_the_ledger_of_today(account: Account) -> None:
    invoices, _ = Past(account, keep=10_000).facts(day(300))
    assert invoices == account.invoices


@given(ledgers(), st.integers(-70, 250))
@settings(max_examples=150, deadline=None)
def test_on_every_day_the_debt_is_the_total_less_what_had_come(account: Account, on: int) -> None:
    invoices, _ = Past(account, keep=10_000).facts(day(on))
    expected = {
        item.ref: item.total - sum((a.amount for a in item.allocations if a.on <= day(on)), ZERO)
        for item in account.invoices
        if item.issued_on <= day(on)
    }
    assert {item.ref: item.residual for item in invoices} == expected
    assert all(key.position in (0, 1) for key in _keys(invoices))


def _keys(invoices: tuple[Invoice, ...]) -> list[InstallmentKey]:
    return [InstallmentKey(i.ref, part.position) for i in invoices for part in i.installments]
