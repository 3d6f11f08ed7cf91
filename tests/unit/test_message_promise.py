"""The first message after a broken promise says so, courteously, once, and in the words of its reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from connector.dunning import spare
from connector.message import render
from connector.model import (
    Account,
    Allocation,
    AllocationSource,
    Promise,
    PromiseState,
    Segment,
)
from tests.builders import STEPS, TODAY, account, customer, invoice, payment, promise, reminder
from tests.unit.messages import COMPANY, TEXTS, planned

LATE = tuple(step.name for step in STEPS if step.day > 0)
SEGMENTS = tuple(Segment)


def broken(**changes: Any) -> Promise:
    """1200.00 promised for 16 November, a week ago."""
    values = {"state": PromiseState.BROKEN, "currency": "EUR", "owed": Decimal("1200.00"), **changes}
    return promise(-7, made=-20, **values)


def paid_since(amount: str, source: AllocationSource = AllocationSource.PAYMENT, days: int = -3) -> Account:
    """1200.00 owed, of which ``amount`` was paid or credited after the promise."""
    taken = Allocation("a", source, Decimal(amount), TODAY + timedelta(days=days))
    item = invoice(due=-40)
    left = item.residual - Decimal(amount)
    part = replace(item.installments[0], residual=left)
    return account(
        replace(item, residual=left, installments=(part,), allocations=(taken,)), promises=(broken(),)
    )


def written(
    item: Account,
    step: str = "reminder_2",
    segment: Segment = Segment.SME,
    language: str = "fr",
    **changes: Any,
) -> str:
    """The text part, with ordinary spaces and on one line."""
    plan = planned(item, step, segment, language, **changes)
    text = render(plan, spare(item, TODAY), COMPANY, TEXTS, TODAY).text
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())


NOTHING_CAME = {
    ("fr", Segment.SME): "Vous nous aviez annoncé un règlement de 1 200,00 € pour le 16 novembre 2026. "
    "Sauf erreur de notre part, il ne nous est pas parvenu.",
    ("fr", Segment.PUBLIC): "Vous nous aviez annoncé la mise en paiement de 1 200,00 € pour le 16 novembre "
    "2026. Sauf erreur de notre part, les fonds ne nous sont pas parvenus.",
    ("fr", Segment.CONSUMER): "Vous nous aviez dit pouvoir régler 1 200,00 € pour le 16 novembre 2026. Sauf "
    "erreur de notre part, nous n'avons encore rien reçu.",
    (
        "en",
        Segment.SME,
    ): "You told us to expect a payment of €1,200.00 by November 16, 2026. As far as we can "
    "see, it has not reached us.",
    ("en", Segment.PUBLIC): "You told us that a payment of €1,200.00 would be made by November 16, 2026. "
    "According to our records, it has not reached us.",
    ("en", Segment.CONSUMER): "You told us that you could pay €1,200.00 by November 16, 2026. As far as we "
    "can see, we have not received it yet.",
}
PART_CAME = {
    ("fr", Segment.SME): "Nous avons bien reçu 400,00 €, et nous vous en remercions ; sauf erreur de notre "
    "part, il reste 800,00 €.",
    (
        "fr",
        Segment.PUBLIC,
    ): "Les fonds nous sont parvenus à hauteur de 400,00 €, et nous vous en remercions ; "
    "sauf erreur de notre part, il reste 800,00 € à recevoir.",
    ("fr", Segment.CONSUMER): "Nous avons bien reçu 400,00 €, merci ; sauf erreur de notre part, il reste "
    "800,00 €.",
    (
        "en",
        Segment.SME,
    ): "We have received €400.00, thank you; as far as we can see, €800.00 is still to come.",
    ("en", Segment.PUBLIC): "We have received €400.00, thank you; according to our records, €800.00 has not "
    "reached us.",
    (
        "en",
        Segment.CONSUMER,
    ): "We have received €400.00, thank you; as far as we can see, €800.00 is still to come.",
}


def abroad(item: Account, language: str) -> Account:
    country = "FR" if language == "fr" else "US"
    return replace(item, customer=customer(country=country, language=language))


@pytest.mark.parametrize(("language", "segment"), NOTHING_CAME)
def test_it_says_what_was_announced_and_that_it_has_not_come(language: str, segment: Segment) -> None:
    item = abroad(account(invoice(due=-40), promises=(broken(),)), language)
    assert NOTHING_CAME[language, segment] in written(item, segment=segment, language=language)


@pytest.mark.parametrize(("language", "segment"), PART_CAME)
def test_it_thanks_for_what_came_and_says_what_is_missing(language: str, segment: Segment) -> None:
    item = abroad(paid_since("400.00"), language)
    assert PART_CAME[language, segment] in written(item, segment=segment, language=language)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("step", LATE)
@pytest.mark.parametrize("segment", SEGMENTS)
def test_every_text_of_every_kind_of_customer_says_it(segment: Segment, step: str, language: str) -> None:
    item = abroad(account(invoice(due=-60), promises=(broken(),)), language)
    text = written(item, step, segment, language)
    assert "16 novembre 2026" in text or "November 16, 2026" in text
    assert "oubli" not in text
    assert "slipped" not in text


def test_money_is_thanked_for_once() -> None:
    item = replace(paid_since("400.00"), reminders=(reminder(on=-20),))
    assert written(item).count("400,00 €, et nous vous en remercions") == 1
    assert "votre règlement de" not in written(item)


def test_an_amount_promised_of_a_larger_debt_is_what_is_missing() -> None:
    item = paid_since("400.00")
    said = replace(item, promises=(broken(amount=Decimal("500.00")),))
    assert "un règlement de 500,00 €" in written(said)
    assert "il reste 100,00 €" in written(said)


def test_money_that_nobody_has_matched_is_counted_as_it_is_deducted() -> None:
    came = payment(amount="400.00", paid_on=TODAY - timedelta(days=2))
    item = account(invoice(due=-40), promises=(broken(),), payments=(came,))
    assert "Nous avons bien reçu 400,00 €" in written(item)
    assert "il reste 800,00 €" in written(item)


def test_a_credit_is_no_money_received() -> None:
    text = written(paid_since("400.00", AllocationSource.CREDIT_NOTE))
    assert "Nous avons bien reçu" not in text
    assert "il ne nous est pas parvenu" in text


def test_what_came_late_but_in_full_is_no_broken_word_any_more() -> None:
    item = replace(paid_since("500.00"), promises=(broken(amount=Decimal("500.00")),))
    assert "annoncé" not in written(item)


def test_money_from_before_the_promise_is_not_thanked_for_again() -> None:
    before = paid_since("300.00", days=-20)  # the day of the promise
    item = replace(before, promises=(broken(owed=Decimal("900.00")),))
    assert "un règlement de 900,00 € pour le 16 novembre 2026. Sauf erreur" in written(item)


def test_a_promise_of_earlier_days_that_noted_no_amount_is_recalled_without_one() -> None:
    said = broken(owed=None, state=PromiseState.PARTLY)
    text = written(account(invoice(due=-40), promises=(said,)))
    assert (
        "annoncé un règlement pour le 16 novembre 2026. Sauf erreur de notre part, il ne nous est pas "
        in text
    )
    assert "parvenu en totalité" in text


def test_it_is_said_in_the_message_with_which_the_chase_goes_on_whoever_was_written_to_meanwhile() -> None:
    """While the promise was waited for, another invoice was written about."""
    other = reminder("reminder_1", of="i2", on=-6)
    item = account(invoice(due=-40), invoice("i2", due=-12), promises=(broken(),), reminders=(other,))
    assert "annoncé" in written(item)
    lines = planned(item, "reminder_1", Segment.SME, "fr").lines
    only_listed = (replace(lines[0], step=None), lines[1])
    assert "annoncé" not in written(item, lines=only_listed)


def test_it_is_said_once() -> None:
    item = account(invoice(due=-40), promises=(broken(),), reminders=(reminder("reminder_2", on=-1),))
    assert "annoncé" not in written(item, "reminder_3")
