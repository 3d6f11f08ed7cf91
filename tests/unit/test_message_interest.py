"""Interest is stated where a law gives it, with a calculation that adds up; never more than is certain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from connector import interest as counting
from connector.config.scenario import ScenarioSettings
from connector.interest.rates import Rate, Series
from connector.message import CompanyText, Templates, check_templates, render
from connector.message import interest as stating
from connector.message.context import build_context
from connector.message.interest import Interest
from connector.model import (
    Account,
    Action,
    Allocation,
    AllocationSource,
    Dispute,
    DisputeReason,
    Installment,
    InstallmentKey,
    InvoiceKind,
    MessagePlan,
    Party,
    PlannedLine,
    Scenario,
    Segment,
    Step,
)
from connector.resources import shipped
from tests.builders import TODAY, account, credit_note, customer, invoice, payment

TEXTS = Templates.load(shipped("templates"))
COMPANY = CompanyText(
    "exemple", "Exemple SARL", Party("Exemple SARL", "compta@exemple.example"), "fr", country="FR"
)
STEP = Step("formal_notice", 45, "email", "formal_notice", interest=True)


def planned(item: Account, segment: Segment = Segment.SME, **changes: object) -> MessagePlan:
    plan = MessagePlan(
        customer_ref="c1",
        currency=item.invoices[0].currency,
        action=Action.REMIND,
        leader=STEP,
        scenario=Scenario("standard", (STEP,)),
        lines=tuple(
            PlannedLine(InstallmentKey(i.ref, part.position), STEP, 1, 0)
            for i in item.invoices
            if i.kind is InvoiceKind.INVOICE
            for part in i.installments
        ),
        contact_ref=None,
        recipient_name="Dominique Modèle",
        recipient="dominique@modele.example",
        language="fr",
        segment=segment,
    )
    return replace(plan, **changes)


def stated(
    item: Account, segment: Segment = Segment.SME, *, of: str = "FR", today: date = TODAY, **changes: object
) -> Interest | None:
    company = replace(COMPANY, country=of)
    found = build_context(planned(item, segment, **changes), item, company, TEXTS.labels("fr"), today)
    value = found["interest"]
    assert value is None or isinstance(value, Interest)
    return value


def certain(item: Account, segment: Segment = Segment.SME, **changes: object) -> Interest:
    found = stated(item, segment, **changes)
    assert found is not None
    return found


def written(item: Account, segment: Segment = Segment.SME, **changes: object) -> str:
    text = render(planned(item, segment, **changes), item, COMPANY, TEXTS, TODAY).text
    return text.replace("\u202f", " ").replace("\u00a0", " ")


# which law ------------------------------------------------------------------------------------------------


def test_between_french_businesses_it_is_the_ecb_rate_and_ten_points_and_40_euros():
    found = certain(account(invoice(due=-10)))
    assert found.rule == "fr_b2b"
    assert found.amount.value == Decimal("4.08")  # 1200 x 12.40 % x 10 / 365
    assert found.indemnity is not None
    assert found.indemnity.amount.value == 40
    assert found.total is not None
    assert found.total.value == Decimal("44.08")


def test_of_a_french_public_body_it_is_eight_points():
    found = certain(account(customer=customer(registry="217 500 016")), Segment.PUBLIC)
    assert found.rule == "fr_public"
    assert found.amount.value == Decimal("3.42")  # 1200 x 10.40 % x 10 / 365


@pytest.mark.parametrize(
    ("country", "rule"),
    [
        ("DE", "de_b2b"),
        ("BE", "be_b2b"),
        ("NL", "nl_b2b"),
        ("ES", "es_b2b"),
        ("IT", "it_b2b"),
        ("LU", "lu_b2b"),
        ("GB", "gb_b2b"),
        ("CH", "ch"),
    ],
)
def test_between_businesses_the_creditors_country_gives_the_rule(country, rule):
    assert certain(account(), of=country).rule == rule


@pytest.mark.parametrize(
    ("who", "segment", "of"),
    [
        ({"is_company": False}, Segment.CONSUMER, "FR"),
        ({"is_company": False}, Segment.OTHER, "FR"),
        ({"is_company": False}, Segment.CONSUMER, "DE"),
        ({"country": "BE"}, Segment.PUBLIC, "FR"),
        ({"country": "BE"}, Segment.PUBLIC, "BE"),
        ({}, Segment.SME, "US"),
        ({}, Segment.SME, None),
    ],
)
def test_where_no_law_is_certain_none_is_stated(who, segment, of):
    assert stated(account(customer=customer(**who)), segment, of=of) is None


def test_a_step_that_does_not_ask_states_nothing():
    assert stated(account(), leader=replace(STEP, interest=False)) is None


# what is counted ------------------------------------------------------------------------------------------


def test_the_printed_lines_add_up_to_the_printed_sum():
    found = certain(account(invoice("i1", due=-200), invoice("i2", due=-33, amount="77.77")))
    assert len(found.rows) == 3  # the first invoice runs over two half-years
    assert sum(row.amount.value for row in found.rows) == found.amount.value


def test_the_indemnity_is_once_for_an_invoice_whatever_its_due_dates():
    parts = tuple(Installment(n, TODAY - timedelta(days=9 - n), Decimal(600), Decimal(600)) for n in (0, 1))
    found = certain(account(invoice("i1", installments=parts), invoice("i2", due=-3)))
    assert found.indemnity is not None
    assert found.indemnity.count == 2
    assert found.indemnity.amount.value == 80


def test_the_indemnity_of_a_scale_is_on_the_whole_debt_where_the_law_says_so():
    found = certain(account(invoice("i1"), invoice("i2")), of="NL")
    assert found.indemnity is not None
    assert found.indemnity.count == 1
    assert found.indemnity.amount.value == 360  # 15 % of 2 400


def test_an_indemnity_in_another_currency_is_not_added_up():
    found = certain(account(invoice(currency="USD")))
    assert found.indemnity is not None
    assert str(found.indemnity.amount.currency) == "EUR"
    assert found.total is None
    assert "40,00 €" in written(account(invoice(currency="USD")))


def test_a_payment_lowers_the_base_from_its_day_and_never_goes_to_interest_first():
    taken = Allocation("a", AllocationSource.PAYMENT, Decimal(200), TODAY - timedelta(days=4), 0)
    part = Installment(0, TODAY - timedelta(days=10), Decimal(1200), Decimal(1000))
    found = certain(account(invoice(installments=(part,), allocations=(taken,))))
    assert [(row.base.value, row.days) for row in found.rows] == [(1200, 6), (1000, 4)]


def test_what_the_payments_do_not_explain_counts_as_if_it_had_come_in_time():
    part = Installment(0, TODAY - timedelta(days=10), Decimal(1200), Decimal(1000))
    found = certain(account(invoice(installments=(part,))))
    assert [(row.base.value, row.days) for row in found.rows] == [(1000, 10)]


def test_money_and_credits_that_no_invoice_has_taken_yet_bear_no_interest():
    item = account(
        invoice(due=-10),
        credit_note(amount="100.00"),
        payments=(payment(amount="50.00", paid_on=TODAY - timedelta(days=2)),),
    )
    found = certain(item)
    assert [(row.base.value, row.days) for row in found.rows] == [(1100, 8), (1050, 2)]


def test_a_disputed_invoice_bears_none():
    dispute = Dispute(1, "c1", "i1", DisputeReason.PRICE, TODAY - timedelta(days=2))
    item = account(invoice("i1"), invoice("i2"), disputes=(dispute,))
    assert {row.number for row in certain(item).rows} == {"FAC/i2"}
    assert stated(account(invoice("i1"), disputes=(dispute,))) is None


def test_the_days_of_a_dispute_that_is_over_are_left_out():
    closed = Dispute(1, "c1", "i1", DisputeReason.PRICE, TODAY - timedelta(days=6), TODAY - timedelta(days=4))
    found = certain(account(invoice("i1", due=-10), disputes=(closed,)))
    assert sum(row.days for row in found.rows) == 7


def test_what_is_not_due_yet_bears_none():
    assert stated(account(invoice(due=0))) is None
    assert stated(account(invoice(due=5))) is None


# how far --------------------------------------------------------------------------------------------------


@pytest.fixture
def rates_end_with_2026(monkeypatch):
    """The rate of the second half of 2026 is the last one known."""

    def limit(status: counting.Status = counting.Status.VERIFIED) -> None:
        rate = Rate(date(2026, 7, 1), date(2026, 7, 1), Decimal("2.40"), status, "test")
        known = counting.shipped_rates().series | {"ecb_mro": Series("ecb_mro", "", (rate,))}
        options = replace(stating._OPTIONS, rates=counting.Rates(known))
        monkeypatch.setattr(stating, "_OPTIONS", options)

    return limit


def test_beyond_the_known_rates_it_says_up_to_which_day_it_was_counted(rates_end_with_2026):
    rates_end_with_2026()
    item = account(invoice("i1", due=-10), invoice("i2", due=50))  # the second falls due in 2027
    found = certain(item, today=date(2027, 1, 20))
    assert not found.complete
    assert found.to.value == date(2026, 12, 31)
    text = render(planned(item), item, COMPANY, TEXTS, date(2027, 1, 20)).text.replace("\u00a0", " ")
    assert "Au 31 décembre 2026, les intérêts" in text
    assert "ne permettent pas de compter au-delà" in text


def test_with_no_known_rate_at_all_the_message_leaves_without_interest(rates_end_with_2026):
    rates_end_with_2026()
    assert stated(account(invoice(due=50)), today=date(2027, 2, 1)) is None


def test_a_rate_of_which_we_are_not_sure_is_claimed_from_nobody(rates_end_with_2026):
    rates_end_with_2026(counting.Status.UNVERIFIED)
    assert stated(account(invoice(due=-10))) is None


# how it is said -------------------------------------------------------------------------------------------


def test_the_formal_notice_states_the_sum_and_carries_the_calculation_below_the_signature():
    text = written(account(invoice(due=-10)))
    assert "les intérêts s'élèvent à 4,08 €" in text
    assert "soit 44,08 € en sus de la somme ci-dessus" in text
    assert "mettons en demeure de nous payer la somme de 1 200,00 €" in text  # never added to what is asked
    body, _, annex = text.partition("Annexe : calcul des intérêts de retard")
    assert "salutations distinguées" in body
    assert "12,40 % · 10 jours" in annex
    assert "12,40 % = taux BCE 2,40 % + 10 points" in annex
    assert "C. com. L441-10 II" in annex


def test_the_annex_stands_below_any_text_whose_step_asks_for_it():
    step = replace(STEP, template="reminder_1")
    assert "Annexe : calcul" in written(account(), leader=step)


def test_a_consumer_reads_no_annex_even_when_the_step_asks():
    text = written(account(customer=customer(is_company=False)), Segment.CONSUMER)
    assert "Annexe" not in text
    assert "indemnité" not in text


def test_a_language_without_the_annex_is_an_error_only_where_a_step_states_interest():
    spanish = {"es/reminder_1.md": TEXTS.sources["en/reminder_1.md"]} | {
        name.replace("en/", "es/"): source
        for name, source in TEXTS.sources.items()
        if name.startswith("en/") and name != "en/_annex.md"
    }
    texts = Templates({**TEXTS.sources, **spanish})
    assert check_templates(texts, [("es", "reminder_1")]) == []
    (error,) = check_templates(texts, [("es", "reminder_1")], stating=["reminder_1"])
    assert error.file == "es/_annex.md"


# the setting ----------------------------------------------------------------------------------------------


def test_a_step_of_the_configuration_can_ask_for_it_and_is_then_another_scenario():
    first = {"name": "formal_notice", "day": 45}
    silent = ScenarioSettings.model_validate({"name": "a", "step": [first]}).model()
    stated_too = ScenarioSettings.model_validate({"name": "a", "step": [first | {"interest": True}]}).model()
    assert not silent.steps[0].interest
    assert stated_too.steps[0].interest
    assert silent.version != stated_too.version


def test_a_scenario_that_does_not_ask_keeps_the_version_it_had_before_there_was_such_a_setting():
    settings = ScenarioSettings.model_validate({"name": "a", "step": [{"name": "reminder_1", "day": 7}]})
    assert settings.model().version == "498bf0460c3c"
