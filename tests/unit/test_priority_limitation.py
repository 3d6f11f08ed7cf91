"""Until when a debt can be claimed: by French law where it is known to apply, else the shortest that may."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from connector.dunning.limitation import Period, limitation
from connector.dunning.priority import prioritise
from connector.model import Segment
from tests.builders import TODAY, account, customer, invoice, payment, policy

FIRM = customer()
PERSON = customer(is_company=False)


@pytest.mark.parametrize(
    ("due_on", "consumer", "last_on"),
    [
        (date(2021, 11, 22), False, date(2026, 11, 22)),
        (date(2024, 11, 30), True, date(2026, 11, 30)),
        (date(2024, 2, 29), False, date(2029, 2, 28)),
    ],
)
def test_the_worked_examples_of_the_law(due_on: date, consumer: bool, last_on: date):
    found = limitation(PERSON if consumer else FIRM, due_on, policy(), TODAY)
    assert found.on == last_on
    assert found.period is (Period.CONSUMER if consumer else Period.BUSINESS)


def test_a_public_body_has_four_years_from_the_next_first_of_january():
    found = limitation(customer(segment=Segment.PUBLIC), date(2022, 3, 1), policy(), TODAY)
    assert (found.on, found.period) == (date(2026, 12, 31), Period.PUBLIC)


@pytest.mark.parametrize("country", ["DE", None])
def test_where_the_law_is_not_known_the_shortest_period_that_can_still_apply_is_shown(country: str | None):
    abroad = customer(country=country)
    years = {
        limitation(abroad, TODAY - timedelta(days=days), policy(), TODAY).years for days in (30, 400, 1000)
    }
    assert years == {1, 2, 5}
    assert limitation(abroad, TODAY, policy(), TODAY).period is Period.UNKNOWN


def test_a_company_outside_france_is_not_judged_by_french_law():
    assert limitation(FIRM, TODAY, policy(country="BE"), TODAY).period is Period.UNKNOWN


def boost(due: int, **changes: object) -> bool:
    found = replace(account(invoice(due=due), customer=PERSON), **changes)
    parts = prioritise(found, policy(), TODAY).parts
    return "limitation" in {part.name for part in parts}


def test_a_limitation_less_than_90_days_away_lifts_and_one_that_is_past_does_not():
    two_years = (TODAY - date(2024, 11, 23)).days
    assert boost(-two_years)  # today is the last day
    assert boost(-two_years + 89)
    assert not boost(-two_years + 90)
    assert not boost(-two_years - 1)


def test_money_that_is_here_already_cannot_lapse():
    assert not boost(-700, payments=(payment(amount="1200.00"),))


def test_the_boost_names_the_day_and_the_period():
    found = account(invoice(due=-700), customer=PERSON)
    priority = prioritise(found, policy(), TODAY)
    (part,) = [p for p in priority.parts if p.name == "limitation"]
    assert part.evidence["period"] == "consumer"
    assert priority.limitation is not None
    assert part.evidence["limitation_on"] == priority.limitation.on
