"""How a customer pays: suggested from figures, said with them, and never read by a rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import connector.dunning
from connector.dunning import decide
from connector.dunning.payer import ENOUGH, Confidence, read_history, suggest
from connector.model import (
    Account,
    Allocation,
    AllocationSource,
    Dispute,
    DisputeReason,
    Invoice,
    InvoiceState,
    PayerType,
    PromiseState,
    ReminderState,
    Scenario,
    Step,
    When,
)
from tests.builders import FRESH, STEPS, TODAY, account, customer, invoice, policy, promise, reminder


def settled(count: int, *, late: int, amount: str = "1000.00", **changes: object) -> list[Invoice]:
    """So many invoices of different months, each paid ``late`` days after its date."""
    return [paid_late(f"h{n}", due=-60 - 20 * n, late=late, amount=amount, **changes) for n in range(count)]


def paid_late(ref: str, *, due: int, late: int, amount: str = "1000.00", **changes: object) -> Invoice:
    item = invoice(ref, due=due, amount=amount)
    on = item.installments[0].due_on + timedelta(days=late)
    return replace(
        item,
        residual=Decimal(0),
        state=InvoiceState.PAID,
        installments=tuple(replace(i, residual=Decimal(0)) for i in item.installments),
        allocations=(Allocation(f"a-{ref}", AllocationSource.PAYMENT, item.total, on),),
        **changes,  # type: ignore[arg-type]
    )


def bare(**changes: object) -> Account:
    return replace(Account(customer()), **changes)  # type: ignore[arg-type]


def type_of(found: Account, past: list[Invoice]) -> PayerType | None:
    return suggest(found, TODAY, past).payer_type


# too little, enough ---------------------------------------------------------------------------------------


def test_too_little_history_suggests_nothing_and_says_how_little():
    found = suggest(bare(), TODAY, settled(ENOUGH - 1, late=40))
    assert found.payer_type is None
    assert not found.enough
    assert found.evidence.invoices == ENOUGH - 1


def test_confidence_grows_with_the_history():
    confidences = [suggest(bare(), TODAY, settled(n, late=40)).confidence for n in (4, 8, 20)]
    assert confidences == [Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH]


def test_the_same_invoice_in_the_account_and_in_the_past_counts_once():
    past = settled(5, late=0)
    assert suggest(bare(invoices=tuple(past)), TODAY, past).evidence.invoices == 5


def test_credit_notes_cancelled_and_draft_invoices_say_nothing():
    past = [
        *settled(2, late=30, kind="credit_note"),
        replace(settled(1, late=9)[0], state=InvoiceState.DRAFT),
    ]
    assert suggest(bare(), TODAY, past).evidence.invoices == 0


# each type ------------------------------------------------------------------------------------------------


def test_who_pays_by_the_due_date_is_prompt():
    assert type_of(bare(), settled(6, late=-2)) is PayerType.PROMPT


def test_who_pays_right_after_a_reminder_is_forgetful():
    past = settled(6, late=12)
    sent = tuple(
        replace(reminder(of=i.ref), completed_on=i.installments[0].due_on + timedelta(days=7)) for i in past
    )
    assert type_of(bare(reminders=sent), past) is PayerType.FORGETFUL


def test_a_reminder_before_the_due_date_or_one_refused_explains_no_payment():
    past = settled(6, late=12)
    early = replace(reminder("pre_due", of="h0"), completed_on=past[0].installments[0].due_on)
    refused = replace(reminder(of="h1"), state=ReminderState.REFUSED)
    assert read_history(bare(reminders=(early, refused)), TODAY, past).after_reminder is None


def test_who_pays_late_whatever_is_written_is_chronic():
    past = settled(6, late=40)
    sent = tuple(
        replace(reminder(of=i.ref), completed_on=i.installments[0].due_on + timedelta(days=7)) for i in past
    )
    assert type_of(bare(reminders=sent), past) is PayerType.CHRONIC


def test_who_never_pays_is_judged_by_what_he_owes():
    owing = tuple(invoice(f"i{n}", due=-50) for n in range(5))
    assert type_of(bare(invoices=owing), []) is PayerType.CHRONIC


def test_who_disputes_again_and_again_is_disputing():
    disputes = tuple(Dispute(n, "c1", f"h{n}", DisputeReason.PRICE, TODAY) for n in range(2))
    assert type_of(bare(disputes=disputes), settled(6, late=40)) is PayerType.DISPUTING
    assert type_of(bare(disputes=disputes), settled(30, late=40)) is not PayerType.DISPUTING


def test_who_breaks_promises_and_pays_in_parts_is_in_difficulty():
    broken = tuple(replace(promise(-30, state=PromiseState.BROKEN), id=n) for n in range(2))
    assert type_of(bare(promises=broken), settled(6, late=30)) is PayerType.IN_DIFFICULTY


def test_whose_addresses_all_refuse_is_unreachable_until_one_works():
    refused = reminder(state=ReminderState.REFUSED, recipient="seul@example.com")
    alone = customer(email="seul@example.com", contacts=())
    found = bare(customer=alone, reminders=(refused,))
    assert type_of(found, []) is PayerType.UNREACHABLE
    with_phone = replace(found, customer=replace(alone, phone="+33 1 00 00 00 00"))
    assert type_of(with_phone, []) is None


def test_a_mixed_picture_suggests_nothing():
    past = [*settled(3, late=0), *(paid_late(f"m{n}", due=-500 - n, late=12) for n in range(3))]
    found = suggest(bare(), TODAY, past)
    assert found.payer_type is None
    assert found.enough


# the figures ----------------------------------------------------------------------------------------------


def test_days_late_are_weighted_by_amount():
    past = [
        paid_late("a", due=-90, late=0, amount="900.00"),
        paid_late("b", due=-80, late=100, amount="100.00"),
    ]
    history = read_history(bare(), TODAY, past)
    assert history.days_late == 10
    assert history.on_time == Decimal("0.9")


def test_a_payment_without_an_installment_pays_the_earliest_first_and_a_credit_note_is_no_payment():
    item = invoice("i1", due=-40, amount="1000.00")
    first = replace(item.installments[0], amount=Decimal(600), residual=Decimal(0))
    second = replace(first, position=1, due_on=TODAY - timedelta(days=10), amount=Decimal(400))
    credit = Allocation("n", AllocationSource.CREDIT_NOTE, Decimal(600), first.due_on)
    money = Allocation("p", AllocationSource.PAYMENT, Decimal(400), second.due_on)
    both = replace(
        item,
        installments=(first, second),
        residual=Decimal(0),
        state=InvoiceState.PAID,
        allocations=(money, credit),
    )
    assert read_history(bare(), TODAY, [both]).on_time == 1


@given(st.lists(st.tuples(st.integers(-300, -1), st.integers(-30, 200)), max_size=8))
def test_shares_are_between_nothing_and_all(past: list[tuple[int, int]]):
    invoices = [paid_late(f"h{n}", due=due, late=late) for n, (due, late) in enumerate(past)]
    history = read_history(bare(), TODAY, invoices)
    for share in (history.on_time, history.after_reminder):
        assert share is None or 0 <= share <= 1
    assert (history.days_late or 0) >= 0


# never a rule ---------------------------------------------------------------------------------------------


def test_a_suggestion_chooses_no_scenario_only_a_persons_word_does():
    harsh = Scenario(
        "harsh",
        (Step("notice", 1, "email", "formal_notice"),),
        when=When(payer_type=frozenset({PayerType.CHRONIC})),
    )
    mild = Scenario("mild", STEPS)
    rules = policy(scenarios=(harsh, mild))
    owing = account(*(invoice(f"i{n}", due=-50) for n in range(6)))
    assert suggest(owing, TODAY).payer_type is PayerType.CHRONIC
    assert {d.scenario.name for d in decide(owing, FRESH, rules, TODAY) if d.scenario} == {"mild"}
    said = replace(owing, customer=replace(owing.customer, payer_type=PayerType.CHRONIC))
    assert "harsh" in {d.scenario.name for d in decide(said, FRESH, rules, TODAY) if d.scenario}


def test_no_rule_and_no_score_knows_the_suggestion():
    folder = Path(connector.dunning.__file__).parent
    readers = {
        path.name: path.read_text(encoding="utf-8")
        for path in folder.rglob("*.py")
        if "dunning.payer import" in path.read_text(encoding="utf-8")
    }
    assert set(readers) == {"priority.py"}
    assert "suggest" not in readers["priority.py"].partition('"""\n\nfrom')[2]
