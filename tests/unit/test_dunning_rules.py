"""Each reason code, and the order in which the rules are looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from connector.dunning import decide
from connector.model import (
    Account,
    Action,
    Decision,
    Hold,
    Inbound,
    Installment,
    InvoiceState,
    Kind,
    Reason,
    Ref,
    ReminderState,
    SetAside,
    Start,
)
from tests.builders import (
    FRESH,
    NOW,
    SCENARIO,
    TODAY,
    account,
    credit_note,
    customer,
    invoice,
    paid,
    payment,
    policy,
    promise,
    reminder,
)


def only(item: Account, **changes: object) -> Decision:
    """The decision for the one installment of an account."""
    standing = changes.pop("standing", FRESH)
    decisions = decide(item, standing, policy(**changes), TODAY)  # type: ignore[arg-type]
    assert len(decisions) == 1
    return decisions[0]


def test_an_overdue_invoice_whose_step_has_come_is_reminded():
    decision = only(account())
    assert (decision.action, decision.reason) == (Action.REMIND, Reason.DUE)
    assert decision.step.name == "reminder_1"
    assert decision.step_on == TODAY - timedelta(days=3)


@pytest.mark.parametrize(
    ("due", "reason", "step"),
    [
        (-6, Reason.NOT_DUE, "reminder_1"),  # 7 days after the due date is tomorrow
        (-7, Reason.DUE, "reminder_1"),
        (0, Reason.NOT_DUE, "reminder_1"),  # the step before the due date lapses on it
        (1, Reason.DUE, "pre_due"),
        (5, Reason.DUE, "pre_due"),
        (6, Reason.NOT_DUE, "pre_due"),
    ],
)
def test_a_step_is_due_from_its_day_on_and_steps_before_the_due_date_lapse(due, reason, step):
    decision = only(account(invoice(due=due)))
    assert (decision.reason, decision.step.name) == (reason, step)


def test_not_due_says_when_the_answer_can_change():
    decision = only(account(invoice(due=-2)))
    assert decision.wake_on == TODAY + timedelta(days=5)


def test_no_step_is_skipped_after_an_outage_and_the_next_keeps_its_distance():
    late = invoice(due=-60)
    first = only(account(late))
    assert first.step.name == "reminder_1"
    sent_today = reminder("reminder_1", on=0)
    second = only(account(late, reminders=(sent_today,)))
    assert second.reason is Reason.NOT_DUE
    assert second.step.name == "reminder_2"
    assert second.wake_on == TODAY + timedelta(days=15 - 7)


def test_a_renamed_step_is_not_sent_again_under_its_new_name():
    steps = tuple(replace(s, name=f"new_{s.name}") for s in SCENARIO.steps)
    changed = replace(SCENARIO, name="new", steps=steps)
    decision = only(
        account(invoice(due=-30), reminders=(reminder("reminder_2", on=-15),)), scenarios=(changed,)
    )
    assert decision.step.name == "new_reminder_3"


def test_a_paused_company_reminds_nobody():
    assert only(account(), standing=replace(FRESH, paused=True)).reason is Reason.PAUSED


def test_facts_that_are_too_old_hold_everything():
    decision = only(account(), standing=replace(FRESH, sync_too_old=True))
    assert (decision.action, decision.reason) == (Action.HOLD, Reason.STALE_SYNC)


@pytest.mark.parametrize(("entry_on", "stale"), [(date(2026, 11, 16), False), (date(2026, 11, 13), True)])
def test_the_age_of_the_bank_is_counted_in_working_days(entry_on, stale):
    # from Monday 16 to Monday 23 there are five working days
    decision = only(account(), standing=replace(FRESH, bank_entry_on=entry_on), max_bank_age=5)
    assert (decision.reason is Reason.STALE_BANK) is stale


def test_a_host_that_shows_no_bank_is_not_judged_by_it():
    assert only(account(), max_bank_age=5).reason is Reason.DUE


@pytest.mark.parametrize("of", [None, "i1"])
def test_a_hold_on_the_customer_or_the_invoice_stops_the_chase_until_its_last_day(of):
    running = Hold(1, "c1", of, TODAY, TODAY, "litige")
    decision = only(account(holds=(running,)))
    assert (decision.reason, decision.wake_on) == (Reason.HELD, TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    "hold",
    [
        Hold(1, "c1", "another", TODAY),
        Hold(1, "c1", None, TODAY - timedelta(days=9), TODAY - timedelta(days=1)),
        Hold(1, "c1", None, TODAY, released_at=NOW),
    ],
    ids=["another invoice", "over", "released"],
)
def test_a_hold_elsewhere_or_over_or_released_stops_nothing(hold):
    assert only(account(holds=(hold,))).reason is Reason.DUE


def test_a_record_that_cannot_be_read_holds_its_customer():
    aside = SetAside(Ref(Kind.INVOICE, "i9"), "c1", "due_on", "no date")
    assert only(account(set_aside=(aside,))).reason is Reason.UNREADABLE


def test_the_host_can_exclude_a_customer_an_invoice_or_a_tag():
    assert only(account(customer=customer(no_reminders=True))).reason is Reason.EXCLUDED
    assert only(account(invoice(no_reminders=True))).reason is Reason.EXCLUDED
    tagged = account(customer=customer(tags=frozenset({"VIP"})))
    assert only(tagged, exclude_tags=frozenset({"VIP"})).reason is Reason.EXCLUDED


def test_a_customer_whom_no_scenario_fits_is_held():
    german = replace(SCENARIO, when=replace(SCENARIO.when, language=frozenset({"de"})))
    assert only(account(), scenarios=(german,)).reason is Reason.NO_SCENARIO


def test_a_settled_installment_waits_for_nothing():
    decision = only(account(paid(invoice())))
    assert (decision.action, decision.reason, decision.wake_on) == (Action.WAIT, Reason.SETTLED, None)


def test_what_the_host_calls_in_payment_is_not_chased_whatever_its_residual():
    assert only(account(invoice(state=InvoiceState.IN_PAYMENT))).reason is Reason.IN_PAYMENT


@pytest.mark.parametrize("state", [InvoiceState.DRAFT, InvoiceState.CANCELLED])
def test_a_document_that_is_no_longer_an_invoice_is_not_chased(state):
    assert only(account(invoice(state=state))).action is Action.WAIT


@pytest.mark.parametrize(
    "money",
    [
        {"payments": (payment(amount="1200.00"),)},
        {"payments": (payment(amount="5000.00"),)},
        {"payments": (payment(amount="1300.00", label="VIR FAC/i1 merci"),)},
    ],
    ids=["exact", "more than enough", "names it"],
)
def test_money_received_but_not_matched_makes_a_task_instead_of_a_reminder(money):
    decision = only(account(**money))
    assert (decision.action, decision.reason) == (Action.FOLLOW_UP, Reason.COVERED)


def test_a_credit_note_that_covers_the_debt_does_the_same():
    decisions = decide(account(invoice(), credit_note(amount="1200.00")), FRESH, policy(), TODAY)
    assert [d.reason for d in decisions] == [Reason.COVERED]


def test_money_that_is_not_enough_covers_nothing():
    assert only(account(payments=(payment(amount="1199.99"),))).reason is Reason.DUE


def test_money_in_another_currency_covers_nothing():
    assert only(account(payments=(payment(amount="1200.00", currency="USD"),))).reason is Reason.DUE


def test_a_payment_that_equals_one_of_two_invoices_covers_that_one_only():
    both = account(
        invoice("i1", amount="300.00"), invoice("i2", amount="700.00"), payments=(payment(amount="700.00"),)
    )
    reasons = {d.number: d.reason for d in decide(both, FRESH, policy(), TODAY)}
    assert reasons == {"FAC/i1": Reason.DUE, "FAC/i2": Reason.COVERED}


def test_a_number_inside_another_number_is_not_taken_for_it():
    both = account(
        invoice("i1", number="FAC/12", amount="300.00"),
        invoice("i2", number="FAC/123", amount="500.00"),
        payments=(payment(amount="500.00", label="reglement FAC/123"),),
    )
    reasons = {d.number: d.reason for d in decide(both, FRESH, policy(), TODAY)}
    assert reasons == {"FAC/12": Reason.DUE, "FAC/123": Reason.COVERED}


# TODAY is a Monday; two working days of grace
@pytest.mark.parametrize(("days", "held"), [(0, True), (-4, True), (-5, False)])
def test_a_promise_holds_until_its_date_and_the_days_of_grace(days, held):
    decision = only(account(promises=(promise(days),)))
    assert (decision.reason is Reason.PROMISED) is held


def test_a_promise_says_when_the_chase_goes_on():
    decision = only(account(promises=(promise(4),)))  # Friday, then Tuesday
    assert decision.wake_on == TODAY + timedelta(days=4 + 4 + 1)


def test_a_promise_for_another_invoice_holds_nothing_here():
    assert only(account(promises=(promise(5, of="i2"),))).reason is Reason.DUE


def test_a_promise_for_the_account_holds_every_invoice():
    item = account(invoice("i1"), invoice("i2"), promises=(promise(5, of=None),))
    assert {d.reason for d in decide(item, FRESH, policy(), TODAY)} == {Reason.PROMISED}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (ReminderState.QUEUED, Reason.QUEUED),
        (ReminderState.APPROVAL, Reason.APPROVAL),
        (ReminderState.UNKNOWN, Reason.UNKNOWN_DELIVERY),
        (ReminderState.FAILED, Reason.FAILED_DELIVERY),
    ],
)
def test_a_message_on_its_way_stops_the_next(state, reason):
    pending = reminder("reminder_1", on=-1, state=state, completed_on=None)
    assert only(account(reminders=(pending,))).reason is reason


def test_a_dropped_message_makes_room_for_the_same_step_again():
    dropped = reminder("reminder_1", on=0, state=ReminderState.DROPPED, completed_on=None)
    decision = only(account(reminders=(dropped,)))
    assert (decision.reason, decision.step.name) == (Reason.DUE, "reminder_1")


def test_a_message_cancelled_by_a_person_is_not_written_again():
    cancelled = reminder("reminder_1", on=-1, state=ReminderState.CANCELLED, completed_on=None)
    assert only(account(reminders=(cancelled,))).step.name == "reminder_2"


def test_at_the_end_of_the_scenario_a_person_decides():
    last = reminder("formal_notice", on=-3)
    decision = only(account(invoice(due=-60), reminders=(last,)))
    assert (decision.action, decision.reason) == (Action.HOLD, Reason.ENDED)


def test_too_little_is_not_chased_but_small_debts_add_up():
    assert only(account(invoice(amount="14.99"))).reason is Reason.BELOW_MINIMUM
    two = account(invoice("i1", amount="8.00"), invoice("i2", amount="8.00"))
    assert {d.reason for d in decide(two, FRESH, policy(), TODAY)} == {Reason.DUE}


def test_a_customer_written_to_recently_is_left_in_peace():
    item = account(invoice("i1", due=-8), reminders=(reminder("reminder_1", of="other", on=-2),))
    decision = only(item)
    assert (decision.reason, decision.wake_on) == (Reason.SPACING, TODAY + timedelta(days=3))


def test_another_currency_is_another_conversation():
    item = account(invoice(currency="USD"), reminders=(reminder(of="other", on=-1),))
    assert only(item).reason is Reason.DUE


def test_nobody_to_write_to_makes_a_task():
    mute = customer(email=None, contacts=())
    decision = only(account(customer=mute))
    assert (decision.action, decision.reason) == (Action.FOLLOW_UP, Reason.NO_CONTACT)


def test_an_address_that_refused_is_not_written_to_again():
    alone = customer(contacts=())
    refused = reminder(on=-1, state=ReminderState.REFUSED, recipient="C1@example.com", completed_on=None)
    assert only(account(customer=alone, reminders=(refused,))).reason is Reason.NO_CONTACT
    mended = replace(alone, email="nouveau@example.com")
    assert only(account(customer=mended, reminders=(refused,))).reason is Reason.DUE


def test_an_old_backlog_begins_at_the_first_step_unless_told_otherwise():
    installed = replace(FRESH, started_on=TODAY - timedelta(days=1))
    old = invoice(due=-40)
    assert only(account(old), standing=installed).step.name == "reminder_1"
    by_age = replace(SCENARIO, start=Start.BY_AGE)
    assert only(account(old), standing=installed, scenarios=(by_age,)).step.name == "reminder_3"
    hold = replace(SCENARIO, start=Start.HOLD)
    assert only(account(old), standing=installed, scenarios=(hold,)).reason is Reason.OLD_DEBT


def test_by_age_never_begins_with_a_step_that_needs_consent():
    installed = replace(FRESH, started_on=TODAY)
    by_age = replace(SCENARIO, start=Start.BY_AGE)
    assert only(account(invoice(due=-90)), standing=installed, scenarios=(by_age,)).step.name == "reminder_3"


def test_a_person_s_word_releases_an_old_debt():
    installed = replace(FRESH, started_on=TODAY)
    hold = replace(SCENARIO, start=Start.HOLD)
    word = Hold(1, "c1", "i1", TODAY, None, "resume", released_at=NOW)
    decision = only(account(invoice(due=-40), holds=(word,)), standing=installed, scenarios=(hold,))
    assert decision.reason is Reason.DUE


def test_a_payment_after_a_reminder_is_thanked_for_once():
    item = account(paid(invoice()), reminders=(reminder(on=-3),))
    decision = only(item)
    assert (decision.action, decision.reason) == (Action.THANK, Reason.PAID_AFTER_REMINDER)
    thanked = replace(item, reminders=(*item.reminders, reminder("thank_you", on=0)))
    assert only(thanked).reason is Reason.SETTLED


@pytest.mark.parametrize(
    "item",
    [
        account(paid(invoice())),
        account(paid(invoice(), on=TODAY - timedelta(days=9)), reminders=(reminder(on=-3),)),
        account(paid(invoice(), on=TODAY - timedelta(days=20)), reminders=(reminder(on=-30),)),
        account(paid(invoice()), reminders=(reminder("pre_due", on=-12),)),
    ],
    ids=["never reminded", "paid before the reminder", "long ago", "only a notice before the due date"],
)
def test_nobody_is_thanked_without_a_reason(item):
    assert only(item).reason is Reason.SETTLED


def test_nobody_is_thanked_while_more_is_overdue():
    item = account(paid(invoice("i1")), invoice("i2"), reminders=(reminder(on=-3),))
    assert next(d.action for d in decide(item, FRESH, policy(), TODAY)) is Action.WAIT


def test_installments_of_one_invoice_are_chased_apart():
    two = invoice(
        installments=(
            Installment(0, TODAY - timedelta(days=40), Decimal(600), Decimal(0)),
            Installment(1, TODAY - timedelta(days=8), Decimal(600), Decimal(600)),
        )
    )
    decisions = decide(account(two), FRESH, policy(), TODAY)
    assert [d.reason for d in decisions] == [Reason.SETTLED, Reason.DUE]


def test_trace_shows_every_rule_that_was_looked_at_in_order():
    decision = decide(account(), FRESH, policy(), TODAY, trace=True)[0]
    assert [c.reason for c in decision.checks][:3] == [Reason.PAUSED, Reason.STALE_SYNC, Reason.STALE_BANK]
    assert [c.reason for c in decision.checks if c.applies] == [Reason.DUE]


def test_money_that_would_leave_nothing_to_ask_for_makes_a_task():
    item = account(
        invoice("i1", amount="700.00", no_reminders=True),
        invoice("i2", amount="300.00"),
        payments=(payment(amount="400.00"),),
    )
    assert [d.reason for d in decide(item, FRESH, policy(), TODAY)] == [Reason.EXCLUDED, Reason.COVERED]


def test_the_last_word_counts_when_an_answer_and_a_promise_are_of_one_day():
    answered = (Inbound("m1", Ref(Kind.CUSTOMER, "c1"), NOW, "compta@example.com", "Bonjour"),)
    other = invoice("i2")
    for minutes, reason in ((-1, Reason.REPLIED), (1, Reason.DUE)):
        said = promise(of="i1", made=0, recorded_at=NOW + timedelta(minutes=minutes))
        found = decide(
            account(invoice("i1"), other, inbound=answered, promises=(said,)), FRESH, policy(), TODAY
        )
        assert next(d.reason for d in found if d.number == other.number) is reason
