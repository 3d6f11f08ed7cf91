"""Lengths of time as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.config.durations import clock, months, whole_days, working_days
from connector.config.unfit import Unfit


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("15 minutes", timedelta(minutes=15)),
        ("1 minute", timedelta(minutes=1)),
        ("15min", timedelta(minutes=15)),
        ("24 Hours", timedelta(hours=24)),
        ("24 heures", timedelta(hours=24)),
        ("24\u00a0h", timedelta(hours=24)),
        ("2 jours", timedelta(days=2)),
    ],
)
def test_lengths_on_the_clock_are_read_in_both_languages(text: str, length: timedelta) -> None:
    assert clock(text) == length


@pytest.mark.parametrize("text", ["5 working days", "5 jours ouvrés", "5  Jours  ouvrés"])
def test_working_days_are_read_in_both_languages(text: str) -> None:
    assert working_days(text) == 5


def test_weeks_are_seven_days() -> None:
    assert (whole_days("2 weeks"), whole_days("1 semaine")) == (14, 7)


def test_years_are_twelve_months() -> None:
    assert (months("24 mois"), months("2 ans"), months("1 month")) == (24, 24, 1)


@pytest.mark.parametrize("text", ["0 months", "1201 months", "101 years"])
def test_a_span_that_no_ledger_has_is_refused(text: str) -> None:
    with pytest.raises(Unfit):
        months(text)


@pytest.mark.parametrize("value", ["5", "days", "-5 days", "5.5 days", "", 5, 5.0, True, None, "5 days ago"])
def test_what_is_not_a_length_is_refused_with_an_example(value: object) -> None:
    with pytest.raises(Unfit) as caught:
        whole_days(value)
    assert '"5 days"' in caught.value.remedy


def test_a_misspelt_unit_gets_the_nearest_one() -> None:
    with pytest.raises(Unfit) as caught:
        working_days("5 jours ouvres")
    assert '"5 jours ouvrés"' in caught.value.remedy


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (whole_days, "5 hours"),
        (whole_days, "5 working days"),
        (clock, "2 months"),
        (working_days, "5 days"),
        (months, "90 days"),
    ],
)
def test_a_unit_that_has_no_meaning_here_is_refused(read: object, text: str) -> None:
    assert callable(read)
    with pytest.raises(Unfit, match="cannot be used here"):
        read(text)


def test_no_time_at_all_is_refused_where_something_must_pass() -> None:
    with pytest.raises(Unfit):
        clock("0 minutes")
