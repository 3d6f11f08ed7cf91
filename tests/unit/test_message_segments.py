"""A public body, a consumer and a key account are each written to in their own words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.errors import TemplateError
from connector.message import Templates, check_templates, fingerprint, render
from connector.model import (
    Account,
    Contact,
    Role,
    Segment,
)
from connector.resources import shipped
from tests.builders import TODAY, account, customer, invoice, reminder
from tests.unit.messages import COMPANY, STEP, TEXTS, planned

TOWN = customer(registry="217 500 016", name="Commune d'Exempleville")
PERSON = customer(is_company=False, name="Claude Modèle")
OF_BUSINESSES = ("441-10", "441-5", "pénalités", "penalties", "tribunal de commerce", "commercial court")


def written(item: Account, step: str, segment: Segment, language: str = "fr") -> str:
    """Subject and text part, with ordinary spaces."""
    message = render(planned(item, step, segment, language), item, COMPANY, TEXTS, TODAY)
    return f"{message.subject}\n{message.text}".replace("\u202f", " ").replace("\u00a0", " ")


# a public body --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("step", list(STEP))
def test_a_public_body_is_never_told_the_law_of_businesses_nor_threatened_with_their_court(step, language):
    item = account(customer=TOWN, reminders=(reminder(),))
    text = written(item, step, Segment.PUBLIC, language)
    for word in OF_BUSINESSES:
        assert word not in text


@pytest.mark.parametrize("step", ["reminder_1", "reminder_2", "reminder_3", "formal_notice"])
def test_a_french_public_body_is_asked_for_the_status_in_chorus_pro(step):
    assert "dans Chorus Pro" in written(account(customer=TOWN), step, Segment.PUBLIC)


@pytest.mark.parametrize("step", ["reminder_2", "reminder_3", "formal_notice"])
def test_the_late_reminders_of_a_public_body_go_to_the_ordonnateur(step):
    assert "ordonnateur" in written(account(customer=TOWN), step, Segment.PUBLIC)


def test_a_formal_notice_to_a_public_body_names_its_own_law_and_ways():
    text = written(account(customer=TOWN), "formal_notice", Segment.PUBLIC)
    assert "R. 2192-10" in text
    assert "L. 2192-13" in text
    assert "R. 2192-31" in text
    assert "médiateur des entreprises, puis le juge administratif" in text
    assert "40 €" not in text


@pytest.mark.parametrize("country", ["BE", None])
@pytest.mark.parametrize("step", ["reminder_1", "reminder_2", "reminder_3", "formal_notice"])
def test_a_public_body_elsewhere_reads_no_french_law(step, country):
    item = account(customer=customer(country=country))
    text = written(item, step, Segment.PUBLIC)
    for word in ("Chorus", "ordonnateur", "2192", "médiateur", *OF_BUSINESSES):
        assert word not in text


# a consumer -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("country", ["FR", "BE"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("step", list(STEP))
def test_a_consumer_is_asked_for_no_indemnity_and_no_penalty(step, language, country):
    item = account(customer=replace(PERSON, country=country))
    text = written(item, step, Segment.CONSUMER, language)
    for word in (*OF_BUSINESSES, "indemni", "compensation", "40 €", "€40", "BCE", "ECB"):
        assert word not in text


def test_before_the_formal_notice_nothing_is_said_of_interest_to_a_consumer():
    for step in ("pre_due", "reminder_1", "reminder_2", "reminder_3"):
        assert "intérêt" not in written(account(customer=PERSON), step, Segment.CONSUMER)


def test_the_formal_notice_tells_a_consumer_what_it_changes():
    text = written(account(customer=PERSON), "formal_notice", Segment.CONSUMER)
    assert "À partir de la réception de cette mise en demeure, des intérêts au taux légal" in text
    assert "ne vous est pas facturé" in text
    assert "paiement en plusieurs fois" in text


def test_a_consumer_abroad_reads_no_french_law():
    item = account(customer=replace(PERSON, country="BE"))
    assert "Code civil" not in written(item, "formal_notice", Segment.CONSUMER)


def test_a_private_person_said_to_be_a_business_is_one():
    text = written(account(customer=PERSON), "formal_notice", Segment.SME)
    assert "L. 441-10" in text


# a key account --------------------------------------------------------------------------------------------

BUYER = Contact("p", "Andrea Acheteuse", "achats@example.com", roles=frozenset({Role.PURCHASING}))
OTHER = Contact("q", "Sacha Acheteur", "achats2@example.com", roles=frozenset({Role.PURCHASING}))


@pytest.mark.parametrize("step", list(STEP))
def test_a_key_account_reads_its_order_number_and_its_buyers_name(step):
    item = account(invoice(reference="PO-4512"), customer=customer(contacts=(BUYER,)))
    text = written(item, step, Segment.KEY_ACCOUNT)
    assert "PO-4512" in text
    assert "Commande suivie chez vous par : Andrea Acheteuse" in text


@pytest.mark.parametrize("segment", [s for s in Segment if s is not Segment.KEY_ACCOUNT])
def test_nobody_else_reads_a_buyers_name(segment):
    item = account(invoice(reference="PO-4512"), customer=customer(contacts=(BUYER,)))
    assert "Acheteuse" not in written(item, "reminder_1", segment)


def test_of_several_buyers_the_one_on_the_invoice_is_named_and_without_one_nobody():
    both = customer(contacts=(BUYER, OTHER))
    named = account(invoice(contact_ref="q"), customer=both)
    assert "suivie chez vous par : Sacha Acheteur" in written(named, "reminder_1", Segment.KEY_ACCOUNT)
    assert "suivie chez vous" not in written(account(customer=both), "reminder_1", Segment.KEY_ACCOUNT)


def test_the_buyer_is_not_told_that_he_follows_the_order():
    item = account(customer=customer(contacts=(BUYER,)))
    plan = replace(planned(item, "reminder_1", Segment.KEY_ACCOUNT), contact_ref="p")
    assert "suivie chez vous" not in render(plan, item, COMPANY, TEXTS, TODAY).text


# how variants are found -----------------------------------------------------------------------------------


def test_a_variant_is_no_text_of_its_own():
    assert not [name for _, name in TEXTS.texts() if "." in name]
    assert TEXTS.variants("fr", "formal_notice") == ("consumer", "public")


def test_both_languages_have_the_same_variants():
    for step in STEP:
        assert TEXTS.variants("fr", step) == TEXTS.variants("en", step)


def test_without_a_variant_the_text_itself_is_used(tmp_path):
    assert TEXTS.variant("fr", "formal_notice", Segment.PUBLIC) == "formal_notice.public"
    assert TEXTS.variant("fr", "formal_notice", Segment.MULTI_SITE) == "formal_notice"


def test_a_companys_own_variant_is_used_and_checked(tmp_path):
    (tmp_path / "fr").mkdir()
    own = tmp_path / "fr" / "reminder_1.key_account.md"
    own.write_text("---\nsubject: x\n---\nCher grand compte {{ totl }}\n", encoding="utf-8")
    texts = Templates.load(shipped("templates"), override=tmp_path)
    (error,) = check_templates(texts, [("fr", "reminder_1")])
    assert error.file == str(own)
    assert error.line == 4
    own.write_text("---\nsubject: x\n---\nCher grand compte\n", encoding="utf-8")
    texts = Templates.load(shipped("templates"), override=tmp_path)
    assert check_templates(texts, [("fr", "reminder_1")]) == []
    plan = planned(account(), "reminder_1", Segment.KEY_ACCOUNT)
    assert "Cher grand compte" in render(plan, account(), COMPANY, texts, TODAY).text


def test_a_variant_for_a_kind_that_does_not_exist_is_an_error(tmp_path):
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "reminder_1.publik.md").write_text("---\nsubject: x\n---\nx\n", encoding="utf-8")
    texts = Templates.load(shipped("templates"), override=tmp_path)
    (error,) = check_templates(texts, [("fr", "reminder_1")])
    assert isinstance(error, TemplateError)
    assert error.file.endswith("reminder_1.publik.md")
    assert "'publik' is no kind of customer" in str(error)


def test_a_message_to_another_kind_of_customer_is_another_message():
    item = account()
    prints = {fingerprint(planned(item, "reminder_1", segment), item) for segment in Segment}
    assert len(prints) == len(Segment)
