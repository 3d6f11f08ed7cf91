"""Every decision, check and event can be told, in every language that controllers read."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from connector.dunning import decide
from connector.model import Action, Check, Decision, InstallmentKey, Promise, Reason, Scenario, Step
from connector.wording import (
    channel_label,
    check_sentence,
    event_sentence,
    reason_label,
    sentence,
    step_label,
)
from tests.builders import FRESH, TODAY, account, invoice, payment, policy, promise, reminder

LANGUAGES = ("fr", "en")
EVENTS = (
    *("invoice_issued", "fell_due", "payment_allocated", "credit_note_allocated", "other_allocated"),
    *("reminder_queued", "reminder_sent", "reminder_refused", "reminder_failed", "reminder_unknown"),
    *("reminder_dropped", "reminder_cancelled", "reminder_approved", "reminder_retried"),
    *("promise_made", "promise_kept", "promise_partly", "promise_broken", "promise_withdrawn"),
    *("held", "resumed", "follow_up_opened", "follow_up_closed", "record_set_aside"),
)


def decision(action: Action, reason: Reason, **seen: object) -> Decision:
    step = Step("reminder_1", 7, "email", "reminder_1")
    return Decision(
        *("c1", InstallmentKey("i1", 0), "FAC/i1", action, reason, date(2026, 11, 24)),
        step=step,
        step_on=date(2026, 11, 24),
        scenario=Scenario("standard", (step,)),
        due_on=date(2026, 11, 17),
        residual=Decimal("1200.00"),
        currency="EUR",
        seen=seen,
    )


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_every_reason_has_its_words_in_every_language():
    for language in LANGUAGES:
        for reason in Reason:
            told = [sentence(decision(action, reason), language) for action in Action]
            told += [check_sentence(Check(reason, applies), language) for applies in (True, False)]
            told.append(reason_label(reason, language))
            for text in told:
                assert not re.search(r"[\[\]{}]|None", text), text
            assert str(reason).replace("_", " ") != reason_label(reason, language) or language == "en"
            assert len(set(told)) >= len(Action) + 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", list(Reason))
def test_a_bare_decision_shows_no_hole(language, reason):
    bare = Decision("c1", None, "", Action.WAIT, reason, None)
    assert not re.search(r"[\[\]{}]|None|\( *\)| \.|::", sentence(bare, language).replace("\u00a0", " "))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_told_with_and_without_what_it_carries(language, name):
    data = {"recipient": "a@example.com", "amount": "12.5", "currency": "EUR", "reason": "covered"}
    for carried in ({}, data):
        told = event_sentence(name, carried, language)
        assert not re.search(r"[\[\]{}]|None|_", told)
    assert event_sentence(name, {}, "fr") != event_sentence(name, {}, "en")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", "facture émise ; objet : Entretien, Pièces, Vélo, …"),
        ("en", "; for: Entretien, Pièces, Vélo, …"),
    ],
)
def test_the_history_says_what_an_invoice_is_for(language, told):
    products = ["Entretien", "Pièces", "Entretien", "Vélo", "Lampe"]
    assert told.lower() in plain(event_sentence("invoice_issued", {"products": products}, language)).lower()


@pytest.mark.parametrize(
    ("attached", "told"), [(None, ""), (0, "0 facture jointe"), (2, "2 factures jointes")]
)
def test_a_message_that_left_says_how_many_invoices_went_with_it(attached, told):
    said = event_sentence("reminder_sent", {"attached": attached, "recipient": "a@example.com"}, "fr")
    assert told in plain(said)
    assert ("jointe" in said) is (attached is not None)


def test_waiting_says_why_and_when_it_goes_on():
    told = decision(Action.WAIT, Reason.NOT_DUE, days=3)
    assert plain(sentence(told, "fr")) == (
        "Pas de relance : échéance le 17/11/2026, prochaine étape « Rappel 1 » le 24/11/2026, dans 3 jours."
    )
    assert sentence(told, "en") == (
        "No reminder: due on Nov 17, 2026, next step “Reminder 1” on Nov 24, 2026, in 3 days."
    )


def test_a_promise_is_told_with_its_amount_and_day():
    seen = {"promised_on": date(2026, 12, 1), "until_on": date(2026, 12, 3), "amount": Decimal(500)}
    assert plain(sentence(decision(Action.WAIT, Reason.PROMISED, **seen), "fr")) == (
        "Pas de relance : promesse de paiement de 500,00 € pour le 01/12/2026, attendue jusqu'au 03/12/2026 "
        "inclus. Prochaine étape : « Rappel 1 », au plus tôt le 24/11/2026."
    )
    seen["amount"] = None
    assert "promesse de paiement pour le 01/12/2026" in plain(
        sentence(decision(Action.WAIT, Reason.PROMISED, **seen), "fr")
    )


def test_what_the_rules_really_see_can_be_told():
    running: Promise = promise()
    accounts = (
        account(),
        account(invoice(due=5)),
        account(invoice(amount="5.00")),
        account(promises=(running,)),
        account(payments=(payment(amount="1200.00"),)),
        account(reminders=(reminder(on=-1),)),
    )
    reasons = set()
    for item in accounts:
        for told in decide(item, FRESH, policy(), TODAY):
            reasons.add(told.reason)
            for language in LANGUAGES:
                texts = [sentence(told, language), *(check_sentence(c, language) for c in told.checks)]
                assert not [text for text in texts if re.search(r"[\[\]{}]|None|Decimal", text)]
    assert len(reasons) >= 5


def test_dates_and_amounts_kept_as_text_in_the_history_are_written_out():
    data = {"promised_on": "2026-12-15", "amount": "1200.00", "currency": "EUR"}
    assert plain(event_sentence("promise_made", data, "fr")) == (
        "Promesse de paiement de 1 200,00 € pour le 15/12/2026"
    )


def test_an_event_that_nobody_foresaw_is_told_by_its_name():
    told = event_sentence("moon_rose", {"phase": "full\x1b[31m", "empty": ""}, "fr")
    assert told == "Moon rose (phase: full[31m)"


def test_text_from_outside_stays_on_one_line_and_is_cut():
    told = event_sentence("reminder_refused", {"detail": "550 no\r\n" + "x" * 900}, "en")
    assert "\n" not in told
    assert len(told) < 300


def test_braces_and_brackets_from_outside_are_told_as_they_are():
    told = sentence(decision(Action.HOLD, Reason.HELD, reason_text="{amount} [x] \\1"), "en")
    assert told == "On hold: a person asked to wait: {amount} [x] \\1."


def test_a_language_without_words_is_told_in_english():
    assert reason_label(Reason.SETTLED, "xx") == "settled"
    assert reason_label(Reason.SETTLED, "../fr") == "settled"


def test_steps_and_channels_have_names():
    assert step_label("formal_notice", "fr") == "Mise en demeure"
    assert step_label("my_own_step", "fr") == "my own step"
    assert channel_label("registered_letter", "en") == "registered letter"
