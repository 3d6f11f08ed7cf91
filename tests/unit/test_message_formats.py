"""Amounts and dates as the reader writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connector.formats import Amount, Day, locale_for, named, plural


@pytest.mark.parametrize(
    ("language", "country", "locale"),
    [
        ("fr", "FR", "fr_FR"),
        ("fr", "CH", "fr_CH"),
        ("fr", "DE", "fr"),
        ("en", "US", "en_US"),
        ("en", "FR", "en_GB"),
        ("en", None, "en"),
        ("xx", "FR", "en"),
    ],
)
def test_a_reader_abroad_reads_his_language_as_at_home(language, country, locale):
    assert str(locale_for(language, country)) == locale


@pytest.mark.parametrize(
    ("language", "country", "currency", "written"),
    [
        ("fr", "FR", "EUR", "1\u202f200,00\u00a0€"),
        ("en", "GB", "EUR", "€1,200.00"),
        ("en", "US", "USD", "$1,200.00"),
        ("fr", "FR", "JPY", "1\u202f200\u00a0JPY"),
    ],
)
def test_money_is_written_for_the_reader(language, country, currency, written):
    amount = str(Amount(Decimal("1200"), currency, locale_for(language, country)))
    assert amount == written


def test_a_day_is_short_in_a_table_and_long_in_a_sentence():
    french = Day(date(2026, 10, 1), locale_for("fr", "FR"))
    assert (str(french), french.long) == ("01/10/2026", "1er octobre 2026")


def test_an_english_day_names_its_month_since_10_12_is_read_two_ways():
    assert str(Day(date(2026, 10, 12), locale_for("en", "GB"))) == "12 Oct 2026"
    assert str(Day(date(2026, 10, 12), locale_for("en", "US"))) == "Oct 12, 2026"


def test_a_count_takes_the_form_of_its_language():
    forms = {"one": "{n} jour", "other": "{n} jours"}
    french, english = locale_for("fr", None), locale_for("en", None)
    assert [plural(forms, n, french) for n in (0, 1, 2)] == ["0 jour", "1 jour", "2 jours"]
    assert plural({"one": "{n} day", "other": "{n} days"}, 0, english) == "0 days"


def test_a_step_without_a_word_is_called_by_its_name():
    assert named({"call": "Appel"}, "second_call") == "second call"
