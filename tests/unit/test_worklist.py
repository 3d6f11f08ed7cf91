"""The day's work list: who has what to do, why, and in which order; in words and as a mail."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest

from connector.dunning import decide
from connector.message import Templates
from connector.message.sample import COMPANY
from connector.model import (
    Account,
    Contact,
    Hold,
    Inbound,
    Invoice,
    Kind,
    PayerType,
    Person,
    PromiseState,
    Ref,
    ReminderState,
    Role,
    Segment,
    SetAside,
    Start,
    Step,
)
from connector.resources import shipped
from connector.worklist import (
    Desk,
    JobName,
    WorkItem,
    concerns,
    desks,
    jobs_of,
    mail_key,
    worklist,
    write_mail,
)
from connector.worklist.mail import MOST
from connector.worklist.words import Words
from tests.builders import (
    FRESH,
    SCENARIO,
    STEPS,
    TODAY,
    account,
    customer,
    invoice,
    paid,
    payment,
    policy,
    promise,
    reminder,
)

LANGUAGES = ("fr", "en")
CAMILLE = Person("7", "Camille Exemple", "camille@exemple.example")
TEMPLATES = Templates.load(shipped("templates"))


def listed(found: Account, past: tuple[Invoice, ...] = (), **rules: object) -> list[WorkItem]:
    with_rules = policy(**rules)
    decisions = decide(found, FRESH, with_rules, TODAY)
    return worklist([(found, decisions)], {found.customer.ref: past}, with_rules, TODAY)


def names(found: Account, **rules: object) -> list[JobName]:
    with_rules = policy(**rules)
    return [job.name for job in jobs_of(found, decide(found, FRESH, with_rules, TODAY), with_rules, TODAY)]


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


# what there is to do ------------------------------------------------------------------------------------

CALL = replace(SCENARIO, steps=(Step("call", 5, "call", "call"),))
REPLY = Inbound("m", Ref(Kind.INVOICE, "i1"), datetime(2026, 11, 20, 9, tzinfo=UTC), "x@example.com", "…")
ACCOUNTS: dict[JobName, Account] = {
    JobName.CALL: account(),
    JobName.COVERED: account(payments=(payment(amount="1200.00"),)),
    JobName.NO_CONTACT: account(customer=customer(email=None, contacts=())),
    JobName.MISSING_ORDER_NUMBER: account(customer=customer(segment=Segment.KEY_ACCOUNT)),
    JobName.REPLIED: account(inbound=(REPLY,)),
    JobName.ENDED: account(reminders=tuple(reminder(s.name, on=-30) for s in STEPS)),
    JobName.APPROVAL: account(reminders=(reminder("formal_notice", state=ReminderState.APPROVAL),)),
    JobName.UNKNOWN_DELIVERY: account(reminders=(reminder(state=ReminderState.UNKNOWN),)),
    JobName.FAILED_DELIVERY: account(reminders=(reminder(state=ReminderState.FAILED),)),
    JobName.PROMISE_BROKEN: account(promises=(promise(-6, state=PromiseState.BROKEN),)),
    JobName.HOLD_ENDS: account(holds=(Hold(1, "c1", None, TODAY, TODAY, "congés"),)),
    JobName.UNREADABLE: account(set_aside=(SetAside(Ref(Kind.INVOICE, "i9"), "c1", "due_on", "no date"),)),
    JobName.NO_SCENARIO: account(),
    JobName.OLD_DEBT: account(invoice(due=-600)),
}


def rules_for(name: JobName) -> dict[str, object]:
    return {
        JobName.CALL: {"scenarios": (CALL,)},
        JobName.NO_SCENARIO: {"scenarios": ()},
        JobName.OLD_DEBT: {"scenarios": (replace(SCENARIO, start=Start.HOLD),)},
    }.get(name, {})


def test_there_is_a_case_for_every_job():
    assert set(ACCOUNTS) == set(JobName)


@pytest.mark.parametrize("name", list(JobName))
def test_each_thing_for_a_person_is_a_job(name: JobName):
    assert name in names(ACCOUNTS[name], **rules_for(name))


@pytest.mark.parametrize("name", list(JobName))
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_job_says_what_to_do_and_why(name: JobName, language: str):
    (item,) = listed(ACCOUNTS[name], **rules_for(name))
    job = next(job for job in item.jobs if job.name is name)
    do, why = Words(language).job(job)
    for text in (do, why):
        assert text
        assert not re.search(r"[\[\]{}]|None", text), text


def test_what_needs_nobody_is_on_no_list():
    assert listed(account()) == []  # a reminder leaves by itself
    assert listed(account(invoice(due=5))) == []
    assert listed(account(promises=(promise(5),))) == []
    assert listed(account(paid(invoice()), promises=(promise(-6, state=PromiseState.BROKEN),))) == []


def test_a_delivery_to_settle_is_seen_behind_a_hold():
    held = replace(ACCOUNTS[JobName.UNKNOWN_DELIVERY], holds=(Hold(1, "c1", None, TODAY),))
    assert names(held) == [JobName.UNKNOWN_DELIVERY]


@pytest.mark.parametrize("state", [ReminderState.QUEUED, ReminderState.SENT])
def test_a_call_stays_on_the_list_on_the_day_on_which_it_was_given(state: ReminderState):
    given = replace(reminder("reminder_1", on=0, state=state), channel="call", step="call")
    assert names(account(reminders=(given,))) == [JobName.CALL]


def test_a_call_of_yesterday_and_one_for_what_is_paid_are_done_with():
    yesterday = replace(reminder("reminder_1", on=-1), channel="call")
    assert names(account(reminders=(yesterday,))) == []
    today = replace(reminder("reminder_1", on=0), channel="call")
    assert names(account(paid(invoice()), reminders=(today,))) == []


def test_one_message_about_two_invoices_is_one_job():
    two = tuple(
        replace(reminder("formal_notice", of=ref, state=ReminderState.APPROVAL), message_key="k")
        for ref in ("i1", "i2")
    )
    (item,) = listed(account(invoice(), invoice("i2"), reminders=two))
    (job,) = item.jobs
    assert job.numbers == ("FAC/i1", "FAC/i2")


def test_a_hold_that_ends_on_another_day_or_was_released_is_no_job():
    later = Hold(1, "c1", None, TODAY, TODAY + timedelta(days=1))
    released = Hold(2, "c1", None, TODAY, TODAY, released_at=datetime(2026, 11, 23, tzinfo=UTC))
    assert JobName.HOLD_ENDS not in names(account(holds=(later, released)))


# for whom -----------------------------------------------------------------------------------------------


def test_the_list_is_the_salespersons_unless_the_step_names_somebody():
    his = customer(salesperson=CAMILLE)
    (item,) = listed(account(customer=his), scenarios=(CALL,))
    assert item.person == CAMILLE
    step = Step("call", 5, "call", "call", assign="dominique@exemple.example")
    (item,) = listed(account(customer=his), scenarios=(replace(SCENARIO, steps=(step,)),))
    assert item.person is not None
    assert item.person.email == "dominique@exemple.example"


@pytest.mark.parametrize("named", ["camille  EXEMPLE", "7", "Camille@exemple.example"])
def test_a_person_is_named_by_name_ref_or_address(named: str):
    (item,) = listed(replace(ACCOUNTS[JobName.REPLIED], customer=customer(salesperson=CAMILLE)))
    assert concerns(item, named)
    assert not concerns(item, "Dominique")
    assert not concerns(item, "nobody")


def test_what_has_no_salesperson_is_nobodys():
    (item,) = listed(ACCOUNTS[JobName.REPLIED])
    assert item.person is None
    assert concerns(item, "nobody")
    assert list(desks([item])) == [None]


def test_whom_to_call_has_a_telephone():
    desk = Contact("a", "Comptabilité", "a@example.com", roles=frozenset({Role.ACCOUNTING}))
    buyer = Contact("b", "Achats", phone="+33 2", roles=frozenset({Role.PURCHASING}))
    who = customer(contacts=(desk, buyer), phone="+33 1")
    (item,) = listed(replace(ACCOUNTS[JobName.REPLIED], customer=who))
    assert item.callee.phone == "+33 1"
    key = replace(who, segment=Segment.KEY_ACCOUNT)
    (item,) = listed(replace(ACCOUNTS[JobName.MISSING_ORDER_NUMBER], customer=key))
    assert item.callee.name == "Achats"
    (item,) = listed(replace(ACCOUNTS[JobName.REPLIED], customer=customer(phone=None)))
    assert "aucun numéro" in Words("fr").callee(item)


# in which order -----------------------------------------------------------------------------------------


def test_the_most_urgent_customer_comes_first():
    rules = policy(scenarios=(CALL,))
    found = [
        Account(customer(ref), (replace(invoice(f"i-{ref}", amount=amount), customer_ref=ref),))
        for ref, amount in (("a", "100.00"), ("b", "90000.00"), ("c", "5000.00"))
    ]
    decided = [(one, decide(one, FRESH, rules, TODAY)) for one in found]
    assert [item.customer_ref for item in worklist(decided, {}, rules, TODAY)] == ["b", "c", "a"]


def test_owed_and_overdue_are_told_by_currency():
    dollars = replace(invoice("i2", due=20, amount="50.00"), currency="USD")
    (item,) = listed(account(invoice(), dollars), scenarios=(CALL,))
    assert item.owed == {"EUR": Decimal("1200.00"), "USD": Decimal("50.00")}
    assert item.overdue == {"EUR": Decimal("1200.00")}
    assert item.days_late == 10


# in words -----------------------------------------------------------------------------------------------


def test_a_score_is_told_with_its_parts():
    (item,) = listed(ACCOUNTS[JobName.PROMISE_BROKEN])
    assert plain(Words("fr").priority(item.priority)) == (
        "57,7 points : 1 200,00 € échus (+37,0), depuis 10 jours (+1,7), "
        "1 promesse non tenue en un an (+4,0), promesse du 17/11/2026 tout juste non tenue (+15,0)"
    )


def test_every_part_has_its_words_in_every_language():
    promised = invoice("i2", due=-5, amount="10.00")
    who = customer(
        is_company=False, payer_type=PayerType.CHRONIC, credit_limit=Decimal(1), email="r@example.com"
    )
    found = account(
        invoice(due=-700),
        promised,
        customer=who,
        promises=(promise(3, of="i2"), replace(promise(-6, state=PromiseState.BROKEN), id=2)),
        reminders=(reminder(state=ReminderState.REFUSED, recipient="r@example.com"),),
    )
    (item,) = listed(found)
    assert len(item.priority.parts) == 9
    for language in LANGUAGES:
        for part in item.priority.parts:
            text = Words(language).part(part)
            assert text, part.name
            assert not re.search(r"[\[\]{}]|None", text), text


def test_an_unknown_law_is_said():
    abroad = account(invoice(due=-300), customer=customer(country="DE", email=None, contacts=()))
    (item,) = listed(abroad)
    assert "loi applicable inconnue : 1 an" in plain(Words("fr").priority(item.priority))


def test_a_suggestion_is_marked_as_one_and_a_persons_word_goes_before_it():
    owing = account(*(invoice(f"i{n}", due=-50) for n in range(6)), payments=(payment(amount="7200.00"),))
    (item,) = listed(owing)
    said = plain(Words("fr").payer(item))
    assert said.startswith("Suggestion, à vérifier : payeur « retardataire habituel », confiance faible")
    assert "6 factures, 50 jours de retard en moyenne, 0 % payé à l'échéance" in said
    (item,) = listed(replace(owing, customer=customer(payer_type=PayerType.PROMPT)))
    assert Words("en").payer(item) == "Payer type: prompt (a person said so)."


def test_too_little_history_is_said_with_how_little():
    (item,) = listed(ACCOUNTS[JobName.REPLIED])
    assert Words("en").payer(item) == "Payer type: too little history (1 invoice of 4)."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("payer_type", list(PayerType))
def test_every_payer_type_has_its_word(language: str, payer_type: PayerType):
    assert Words(language).payer_type(payer_type)


def test_the_history_of_promises_is_told():
    past = (
        promise(-6, state=PromiseState.BROKEN),
        replace(promise(-60, state=PromiseState.KEPT), id=2),
        replace(promise(-90, state=PromiseState.KEPT), id=3),
    )
    (item,) = listed(account(promises=past))
    assert plain(Words("fr").promises(item)) == "Promesses : 2 tenues, 1 non tenue"


def test_a_language_without_words_is_told_in_english():
    assert Words("xx").column("todo") == "to do"
    assert Words("../fr").column("todo") == "to do"


GOODS = ("Entretien annuel", "Pièces <b>détachées</b>", "x" * 90, "Livraison")


def test_what_the_overdue_invoices_are_for_is_told_the_oldest_first():
    late = invoice("i1", due=-9, products=("Pièces",))
    later = invoice("i2", due=-30, products=("Entretien", "Pièces"))
    coming, settled = invoice("i3", due=9, products=("Vélo",)), paid(invoice("i4", products=("Lampe",)))
    (item,) = listed(replace(ACCOUNTS[JobName.REPLIED], invoices=(late, later, coming, settled)))
    assert item.products == ("Entretien", "Pièces")
    assert plain(Words("fr").products(item)) == "Objet : Entretien, Pièces"


def test_three_products_are_enough_and_a_long_name_is_cut():
    (item,) = listed(replace(ACCOUNTS[JobName.REPLIED], invoices=(invoice(products=GOODS),)))
    assert Words("en").products(item) == f"For: {GOODS[0]}, {GOODS[1]}, {'x' * 40}…, …"


def test_a_host_that_names_no_product_leaves_no_line():
    (item,) = listed(ACCOUNTS[JobName.REPLIED])
    assert Words("fr").products(item) == ""


# as a mail ----------------------------------------------------------------------------------------------


def desk(*items: WorkItem) -> Desk:
    return Desk("person/7", "Camille Exemple", "camille@exemple.example", items)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_tells_customer_amount_job_and_number_in_both_forms(language: str):
    his = customer(phone="+33 1 00 00 00 00")
    goods = (invoice(products=("Entretien annuel",)),)
    items = listed(replace(ACCOUNTS[JobName.PROMISE_BROKEN], customer=his, invoices=goods))
    message = write_mail(desk(*items), replace(COMPANY, language=language), TEMPLATES, TODAY)
    do, _ = Words(language).job(items[0].jobs[0])
    for form in (unescape(message.html), message.text):
        for wanted in (
            his.name,
            "+33 1 00 00 00 00",
            do,
            Words(language).each_amount(items[0].overdue)[0],
            "Entretien",
        ):
            assert wanted in form
    assert message.recipient.email == "camille@exemple.example"
    assert message.language == language


def test_the_mail_is_no_reminder():
    message = write_mail(desk(*listed(ACCOUNTS[JobName.REPLIED])), COMPANY, TEMPLATES, TODAY)
    assert not message.for_customer
    assert message.invoice_refs == ()


def test_host_text_in_the_mail_is_shown_not_obeyed():
    evil = customer(name='<script>alert(1)</script>\r\n"Exemple"')
    message = write_mail(
        desk(*listed(replace(ACCOUNTS[JobName.REPLIED], customer=evil))), COMPANY, TEMPLATES, TODAY
    )
    assert "<script>" not in message.html
    assert "&lt;script&gt;" in message.html
    hostile = replace(desk(*listed(ACCOUNTS[JobName.REPLIED])), name="Camille\r\nBcc: x@example.com")
    assert "\n" not in write_mail(hostile, COMPANY, TEMPLATES, TODAY).recipient.name


def test_a_long_list_says_how_many_more_there_are():
    (item,) = listed(ACCOUNTS[JobName.REPLIED])
    message = write_mail(desk(*[item] * (MOST + 3)), replace(COMPANY, language="en"), TEMPLATES, TODAY)
    assert "and 3 customers more" in message.text
    assert message.text.count(item.customer) == MOST


def test_the_key_is_that_of_company_reader_and_day():
    key = mail_key("a", "person/7", TODAY)
    assert key == mail_key("a", "person/7", TODAY)
    others = {
        mail_key("b", "person/7", TODAY),
        mail_key("a", "person/8", TODAY),
        mail_key("a", "person/7", TODAY + timedelta(days=1)),
    }
    assert len({key, *others}) == 4
