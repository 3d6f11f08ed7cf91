"""One plan, one message, in its final words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connector.errors import TemplateError
from connector.escape import Text
from connector.message import CompanyText, Templates, fingerprint, message_key, render
from connector.message.context import build_context
from connector.model import (
    Account,
    Action,
    Allocation,
    AllocationSource,
    Installment,
    InstallmentKey,
    MessagePlan,
    Party,
    PlannedLine,
    PromiseState,
)
from connector.resources import shipped
from tests.builders import (
    SCENARIO,
    STEPS,
    THANK,
    TODAY,
    account,
    credit_note,
    customer,
    invoice,
    paid,
    payment,
    promise,
    reminder,
)

TEXTS = Templates.load(shipped("templates"))
COMPANY = CompanyText(
    "exemple",
    "Exemple SARL",
    Party("Exemple SARL", "compta@exemple.example"),
    "fr",
    country="FR",
    iban="FR7600000000000000000000000",
)
STEP = {step.name: step for step in (*STEPS, THANK)}


def planned(item: Account, step: str = "reminder_1", **changes: object) -> MessagePlan:
    """A plan that lists every invoice of the account at one step."""
    leader = STEP[step]
    plan = MessagePlan(
        customer_ref="c1",
        currency="EUR",
        action=Action.THANK if step == "thank_you" else Action.REMIND,
        leader=leader,
        scenario=SCENARIO,
        lines=tuple(
            PlannedLine(InstallmentKey(i.ref, part.position), leader, SCENARIO.level(step), 0)
            for i in item.invoices
            if i.kind == "invoice"
            for part in i.installments
        ),
        contact_ref=None,
        recipient_name="Dominique Modèle",
        recipient="dominique@modele.example",
        language="fr",
    )
    return replace(plan, **changes)


def written(item: Account, step: str = "reminder_1", **changes: object) -> str:
    """The text part, with ordinary spaces."""
    text = render(planned(item, step, **changes), item, COMPANY, TEXTS, TODAY).text
    return text.replace("\u202f", " ").replace("\u00a0", " ")


# what it says ---------------------------------------------------------------------------------------------


def test_a_message_names_each_invoice_with_its_date_delay_and_what_is_left():
    text = written(account(invoice(reference="PO-4512")))
    assert "FAC/i1" in text
    assert "votre réf. PO-4512" in text
    assert "13/11/2026" in text
    assert "10 jours de retard" in text
    assert "1 200,00 €" in text


def test_a_text_may_say_what_an_invoice_is_for():
    item = account(invoice(products=("Entretien <b>", "Pièces")))
    (line,) = build_context(planned(item), item, COMPANY, TEXTS.labels("fr"), TODAY)["lines"]
    assert line.products == ("Entretien <b>", "Pièces")
    assert all(isinstance(name, Text) for name in line.products)  # escaped where it is printed


def test_an_invoice_in_parts_says_which_part():
    parts = tuple(Installment(n, TODAY - timedelta(days=9 - n), Decimal(600), Decimal(600)) for n in (0, 1))
    assert "échéance 2 sur 2" in written(account(invoice(installments=parts)))


def test_open_credit_and_unapplied_money_are_deducted_in_sight():
    item = account(invoice(), credit_note(amount="100.00"), payments=(payment(amount="50.00"),))
    text = written(item)
    assert "RFAC/n1" in text
    assert "-100,00 €" in text
    assert "-50,00 €" in text
    assert "Pouvez-vous nous adresser le règlement de 1 050,00 €" in text


def test_money_in_another_currency_is_not_deducted():
    item = account(invoice(), payments=(payment(amount="50.00", currency="USD"),))
    assert "règlement de 1 200,00 €" in written(item)


def test_a_message_that_would_ask_for_nothing_is_refused():
    item = account(invoice(), payments=(payment(amount="1200.00"),))
    with pytest.raises(TemplateError, match="nothing would be asked"):
        render(planned(item), item, COMPANY, TEXTS, TODAY)


def test_a_payment_since_the_last_reminder_is_acknowledged_once():
    taken = Allocation("a", AllocationSource.PAYMENT, Decimal(200), TODAY - timedelta(days=2))
    item = account(invoice(allocations=(taken,)), reminders=(reminder(on=-3),))
    assert "votre règlement de 200,00 € du 21 novembre 2026" in written(item, "reminder_2")
    later = replace(item, reminders=(reminder(on=-3), reminder("reminder_2", on=-1)))
    assert "votre règlement de" not in written(later, "reminder_3")


def test_a_payment_of_today_waits_for_the_next_message():
    taken = Allocation("a", AllocationSource.PAYMENT, Decimal(200), TODAY)
    item = account(invoice(allocations=(taken,)), reminders=(reminder(on=-3),))
    assert "bien reçu" not in written(item, "reminder_2")


def test_a_broken_promise_is_recalled_until_a_message_has_said_so():
    broken = promise(-4, made=-20, state=PromiseState.BROKEN, amount=Decimal(500), currency="EUR")
    item = account(promises=(broken,), reminders=(reminder(on=-15),))
    assert "annoncé un règlement de 500,00 € pour le 19 novembre 2026" in written(item, "reminder_2")
    told = replace(item, reminders=(reminder(on=-15), reminder("reminder_2", on=-1)))
    assert "annoncé" not in written(told, "reminder_3")


def test_a_first_message_at_a_late_step_claims_no_earlier_one():
    assert "Malgré" not in written(account(), "reminder_3")
    assert "Malgré notre message du 20 novembre 2026" in written(
        account(reminders=(reminder(),)), "reminder_3"
    )


def test_a_thank_you_names_what_was_settled():
    item = account(paid(invoice()), reminders=(reminder(),))
    text = written(item, "thank_you")
    assert "votre règlement de 1 200,00 € du 23 novembre 2026" in text
    assert "La facture FAC/i1 est désormais soldée" in text
    assert "échu" not in text


def test_a_thank_you_says_both_when_more_is_overdue():
    item = account(paid(invoice()), invoice("i2", amount="300.00"), reminders=(reminder(),))
    plan = planned(item, "thank_you")
    text = render(replace(plan, lines=plan.lines[:1]), item, COMPANY, TEXTS, TODAY).text
    assert "La facture FAC/i1 est désormais soldée" in text
    assert "FAC/i2" in text


def test_a_thank_you_recalls_nothing_that_is_promised():
    item = account(paid(invoice()), invoice("i2"), reminders=(reminder(),), promises=(promise(of="i2"),))
    plan = planned(item, "thank_you")
    assert "FAC/i2" not in render(replace(plan, lines=plan.lines[:1]), item, COMPANY, TEXTS, TODAY).text


# the law --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["reminder_3", "formal_notice"])
@pytest.mark.parametrize(
    ("who", "named"),
    [
        ({}, True),
        ({"is_company": False}, False),
        ({"country": "BE"}, False),
        ({"country": None}, False),
        ({"registry": "217 500 016"}, False),  # a French town
        ({"vat": "FR37217500016"}, False),
    ],
)
def test_40_euros_are_named_to_french_businesses_only(step, who, named):
    item = account(customer=customer(**who))
    text = written(item, step)
    assert ("L. 441-10" in text) is named
    assert ("40 €" in text) is named


def test_a_formal_notice_says_what_it_is_and_gives_time():
    text = written(account(), "formal_notice")
    assert "Mise en demeure de payer" in text
    assert "mettons en demeure de nous payer la somme de 1 200,00 € dans les 8 jours" in text
    assert "huissier" not in text.lower()


def test_a_consumer_is_told_the_legal_rate_and_no_costs():
    item = account(customer=customer(is_company=False))
    text = written(item, "formal_notice")
    assert "intérêts au taux légal" in text
    assert "pénalités" not in text


# how it is put --------------------------------------------------------------------------------------------


def test_a_hostile_name_is_shown_and_not_obeyed():
    evil = "<b>Évil & Co</b>\r\nBcc: x@evil.example | [x](http://evil.example)"
    item = account(invoice(number="<img src=x>|1"), customer=customer(name=evil))
    plan = planned(item, "formal_notice", recipient_name=evil)
    message = render(plan, item, COMPANY, TEXTS, TODAY)
    for html in (message.html, message.note_html):
        assert "<b>Évil" not in html
        assert "<img" not in html
        assert 'href="http://evil' not in html
    assert "&lt;b&gt;Évil &amp; Co&lt;/b&gt;" in message.html
    assert "\n" not in message.recipient.name
    assert "\n" not in render(planned(item), item, COMPANY, TEXTS, TODAY).subject


def test_the_mail_asks_the_network_for_nothing():
    html = render(planned(account()), account(), COMPANY, TEXTS, TODAY).html
    assert "src=" not in html
    assert "url(" not in html
    assert "<link" not in html
    assert "<script" not in html


def test_the_note_is_headed_in_the_companys_language_and_quotes_what_was_sent():
    message = render(planned(account(), language="en"), account(), COMPANY, TEXTS, TODAY)
    assert "Rappel 1" in message.note_html
    assert "1 facture" in message.note_html
    assert "dominique@modele.example" in message.note_html
    assert "still unpaid" in message.note_html
    assert "data-" not in message.note_html


def test_a_language_without_that_text_is_an_error_that_names_the_file():
    with pytest.raises(TemplateError, match="xx/"):
        render(planned(account(), language="xx"), account(), COMPANY, TEXTS, TODAY)


# key and fingerprint --------------------------------------------------------------------------------------


def test_the_same_plan_has_the_same_key_in_whatever_order():
    item = account(invoice("i1"), invoice("i2"))
    plan = planned(item)
    turned = replace(plan, lines=plan.lines[::-1])
    assert message_key(plan, "exemple") == message_key(turned, "exemple")
    assert render(plan, item, COMPANY, TEXTS, TODAY).key == message_key(plan, "exemple")


def test_another_step_occurrence_company_or_currency_is_another_message():
    plan = planned(account())
    again = replace(plan, lines=(replace(plan.lines[0], occurrence=1),))
    keys = {
        message_key(plan, "exemple"),
        message_key(plan, "other"),
        message_key(again, "exemple"),
        message_key(planned(account(), "reminder_2"), "exemple"),
        message_key(replace(plan, currency="USD"), "exemple"),
    }
    assert len(keys) == 5


def test_a_key_never_changes_from_one_version_to_the_next():
    assert message_key(planned(account()), "exemple") == "58be47586bd0569184a6f484bd1265ef"


def test_the_message_id_is_of_the_senders_domain():
    message = render(planned(account()), account(), COMPANY, TEXTS, TODAY)
    assert message.message_id == f"<relance.{message.key}@exemple.example>"


def test_any_fact_that_makes_the_message_wrong_changes_the_fingerprint():
    item = account(invoice())
    plan = planned(item)
    moved = replace(invoice(), installments=(Installment(0, TODAY, Decimal(1200), Decimal(1200)),))
    less = replace(invoice(), installments=(replace(invoice().installments[0], residual=Decimal(1000)),))
    prints = [
        fingerprint(plan, item),
        fingerprint(plan, account(moved)),
        fingerprint(plan, account(less)),
        fingerprint(plan, account(invoice("i2"))),
        fingerprint(plan, account(invoice(), payments=(payment(),))),
        fingerprint(plan, account(invoice(), credit_note())),
        fingerprint(replace(plan, recipient="other@modele.example"), item),
        fingerprint(replace(plan, language="en"), item),
        fingerprint(planned(item, "reminder_2"), item),
    ]
    assert len(set(prints)) == len(prints)


def test_how_a_number_is_written_does_not_change_the_fingerprint():
    item = account(invoice(amount="1200.00"))
    plan = planned(item)
    assert fingerprint(plan, item) == fingerprint(plan, account(invoice(amount="1200.0")))
    assert fingerprint(plan, item) == fingerprint(replace(plan, recipient="DOMINIQUE@modele.example"), item)
    again = replace(plan, lines=(replace(plan.lines[0], occurrence=1),))
    assert fingerprint(plan, item) == fingerprint(again, item)
