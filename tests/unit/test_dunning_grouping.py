"""From decisions to messages: who is written to, in which language, about what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.dunning import decide, plan_messages
from connector.dunning.contacts import choose_recipient, usable
from connector.model import Account, Action, Contact, MessagePlan, ReminderState, Role
from tests.builders import FRESH, SCENARIO, TODAY, account, customer, invoice, paid, policy, reminder


def plans(item: Account, **changes: object) -> list[MessagePlan]:
    rules = policy(**changes)
    return plan_messages(item, decide(item, FRESH, rules, TODAY), rules, TODAY)


def test_all_that_is_overdue_goes_in_one_message_led_by_the_highest_step():
    item = account(
        invoice("i1", due=-8), invoice("i2", due=-40), reminders=(reminder("reminder_2", of="i2", on=-20),)
    )
    (plan,) = plans(item)
    assert plan.leader.name == "reminder_3"
    assert {(line.installment.invoice_ref, line.step.name) for line in plan.lines} == {
        ("i1", "reminder_1"),
        ("i2", "reminder_3"),
    }


def test_an_overdue_invoice_between_two_steps_is_listed_without_taking_one():
    item = account(
        invoice("i1", due=-8), invoice("i2", due=-12), reminders=(reminder("reminder_1", of="i2", on=-6),)
    )
    (plan,) = plans(item)
    steps = {line.installment.invoice_ref: line.step for line in plan.lines}
    assert steps["i2"] is None


def test_what_is_promised_or_disputed_elsewhere_is_not_listed():
    item = account(invoice("i1"), invoice("i2", no_reminders=True))
    (plan,) = plans(item)
    assert [line.installment.invoice_ref for line in plan.lines] == ["i1"]


def test_a_formal_notice_lists_only_what_is_at_its_step_and_the_rest_waits():
    item = account(
        invoice("i1", due=-8), invoice("i2", due=-60), reminders=(reminder("reminder_3", of="i2", on=-20),)
    )
    (plan,) = plans(item)
    assert plan.leader.name == "formal_notice"
    assert [line.installment.invoice_ref for line in plan.lines] == ["i2"]


def test_without_spacing_the_rest_gets_a_message_of_its_own():
    item = account(
        invoice("i1", due=-8), invoice("i2", due=-60), reminders=(reminder("reminder_3", of="i2", on=-20),)
    )
    both = plans(item, scenarios=(replace(SCENARIO, spacing=0),))
    assert [p.leader.name for p in both] == ["formal_notice", "reminder_1"]


def test_each_currency_has_its_message():
    item = account(invoice("i1"), invoice("i2", currency="USD"))
    assert [p.currency for p in plans(item)] == ["EUR", "USD"]


def test_a_notice_before_the_due_date_lists_nothing_that_is_overdue():
    item = account(
        invoice("i1", due=3), invoice("i2", due=-12), reminders=(reminder("reminder_1", of="i2", on=-6),)
    )
    (plan,) = plans(item)
    assert [line.installment.invoice_ref for line in plan.lines] == ["i1"]


def test_the_occurrence_counts_how_often_the_step_was_begun():
    dropped = reminder("reminder_1", on=0, state=ReminderState.DROPPED, completed_on=None)
    (plan,) = plans(account(reminders=(dropped,)))
    assert plan.lines[0].occurrence == 1


def test_one_thank_you_for_all_that_was_paid():
    item = account(
        paid(invoice("i1")),
        paid(invoice("i2")),
        reminders=(reminder(of="i1"), reminder(of="i2")),
    )
    (plan,) = plans(item)
    assert plan.action is Action.THANK
    assert len(plan.lines) == 2


DESK = Contact("d", "Comptabilité", "compta@example.com", roles=frozenset({Role.ACCOUNTING}))
BUYER = Contact("b", "Achats", "achats@example.com", language="en", roles=frozenset({Role.PURCHASING}))


@pytest.mark.parametrize(
    ("contacts", "named", "expected"),
    [
        ((DESK, BUYER), ("b", "b"), "achats@example.com"),  # the contact that every invoice names
        ((DESK, BUYER), ("b", None), "compta@example.com"),  # they differ: the accounting desk
        ((BUYER,), (None, None), "c1@example.com"),  # never just any contact
    ],
)
def test_the_right_person_is_written_to(contacts, named, expected):
    item = account(customer=customer(contacts=contacts))
    invoices = [invoice(f"i{n}", contact_ref=ref) for n, ref in enumerate(named)]
    assert choose_recipient(item, invoices, policy()).address == expected


def test_without_an_address_of_the_customer_the_contact_of_the_invoice_is_next():
    item = account(customer=customer(email=None, contacts=(BUYER,)))
    invoices = [invoice("i1", contact_ref="b"), invoice("i2")]
    assert choose_recipient(item, invoices, policy()).address == "achats@example.com"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (None, None),
        ("", None),
        ("pas d'adresse", None),
        ("a@b", None),
        (" compta@example.com ", "compta@example.com"),
        ("ap@example.com, ap2@example.com", "ap@example.com"),
        ("x;ap@example.com", "ap@example.com"),
        ("a@example.com\r\nBcc: b@example.com", "a@example.com"),
    ],
)
def test_the_first_well_formed_address_is_used(text, address):
    assert usable(text) == address


@pytest.mark.parametrize(
    ("own", "country", "expected"),
    [
        ("en", "FR", "en"),  # his own language goes first
        (None, "FR", "fr"),
        (None, None, "fr"),  # at home
        (None, "GB", "en"),
        (None, "BE", "en"),  # two languages there: the fallback, not a guess
        ("de", "DE", "en"),  # no German template: the fallback
    ],
)
def test_the_reader_is_written_to_in_a_language_he_reads(own, country, expected):
    (plan,) = plans(account(customer=customer(language=own, country=country)))
    assert plan.language == expected


def test_the_contact_s_language_goes_before_the_customer_s():
    item = account(invoice(contact_ref="b"), customer=customer(contacts=(BUYER,)))
    assert plans(item)[0].language == "en"


def test_the_most_careful_scenario_wins_among_those_with_conditions():
    french = replace(SCENARIO.when, language=frozenset({"fr"}))
    hasty = replace(SCENARIO, name="hasty", when=french)
    later = tuple(replace(s, day=s.day + 3) for s in SCENARIO.steps)
    careful = replace(SCENARIO, name="careful", when=french, steps=later)
    item = account(invoice(due=-12))
    for order in ((hasty, careful, SCENARIO), (SCENARIO, careful, hasty)):
        assert plans(item, scenarios=order)[0].scenario.name == "careful"


def test_two_messages_in_a_row_keep_the_customer_s_spacing():
    item = account(
        invoice("i1", due=-8),
        reminders=(reminder("reminder_1", of="old", on=-(SCENARIO.spacing - 1)),),
    )
    assert plans(item) == []
    assert plans(replace(item, reminders=(reminder("reminder_1", of="old", on=-SCENARIO.spacing),)))
