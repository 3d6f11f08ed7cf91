"""Whatever stands in a note: it is read without an error, nothing impossible is understood, and what we write
ourselves reads back as itself."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector.formats import Amount, Day, locale_for
from connector.grammar import read_feedback, read_orders
from connector.grammar.consent import AROUND
from connector.grammar.consent import YES as YES_WORDS
from connector.grammar.examples import answers, examples
from connector.grammar.letters import clean, fold
from connector.grammar.order_words import Order
from connector.grammar.sayings import (
    Saying,
    SaysCallAgain,
    SaysPaid,
    SaysPlan,
    SaysPromise,
    SaysWait,
    SaysYes,
    Unclear,
)

TODAY = date(2026, 11, 23)
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
COUNTRIES = st.sampled_from(["FR", "GB", "US", "CA", "CH", "DE", "BE", "XX", ""])
CURRENCIES = st.sampled_from(["EUR", "GBP", "USD", "CHF", "JPY", "TND"])
TASKS = ("call", "promise", "dispute", "approve", "fix_contact", "match_payment", "todo", "no such kind")
PIECES = (
    *(
        "#promesse",
        "#promise",
        "#litige",
        "#attente",
        "#wait",
        "#plan",
        "#type",
        "#segment",
        "#lu",
        "#reprise",
    ),
    *(
        "#",
        "##",
        "\n",
        "\n> ",
        " ",
        ".",
        ",",
        "?",
        ":",
        "-",
        "/",
        "'",
        "\x00",
        "\u200b",
        "\u202e",
        "\u0301",
        "\ufe0f",
    ),
    *(
        "15",
        "12",
        "/",
        "2026",
        "31/02",
        "29/02",
        "15/12",
        "03/04",
        "1.200",
        "1,200.50",
        "1 200,50 €",
        "$",
        "%",
        "0",
    ),
    *(
        "le",
        "fin",
        "mi-",
        "décembre",
        "Dec",
        "mars",
        "vendredi",
        "prochain",
        "next",
        "lundi en huit",
        "semaine 53",
    ),
    *(
        "sous",
        "dans",
        "in",
        "jours",
        "ouvrés",
        "weeks",
        "3 x",
        "tous les",
        "mensuel",
        "every",
        "demain",
        "hier",
    ),
    *(
        "promis",
        "payé",
        "paye",
        "paid",
        "by",
        "conteste",
        "pas",
        "ne",
        "n't",
        "rappeler",
        "répondeur",
        "oui",
        "non",
    ),
    *(
        "réglé",
        "solde",
        "moitié",
        "facture",
        "virement",
        "Le 3 nov. 2026, x a écrit :",
        "999999999999",
        "٣",
        "½",
    ),
)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join),
)


def everything_read(text: str, today: date, country: str, currency: str) -> list[Saying]:
    company = {"country": country, "currency": currency}
    said = [read_feedback(text, task, today, **company) for task in TASKS]
    return [*read_orders(text, today, **company), *said]


@given(TEXTS, DAYS, COUNTRIES, CURRENCIES)
def test_no_text_is_an_error_and_nothing_impossible_is_understood(text, today, country, currency):
    for saying in everything_read(text, today, country, currency):
        match saying:
            case SaysPromise(on, amount):
                assert on >= today
                assert amount is None or amount > 0
            case SaysPaid(on, amount):
                assert on is None or on <= today
                assert amount is None or amount > 0
            case SaysWait(on) | SaysCallAgain(on):
                assert on is None or on >= today
            case SaysPlan(parts, months, days, first_on):
                assert 2 <= parts <= 36
                assert bool(months) != bool(days)
                assert first_on is None or first_on >= today
            case Unclear(written, problem, _, allowed):
                assert len(written) <= 200
                assert problem
                assert allowed


@pytest.mark.parametrize(
    "unit",
    [
        "#",
        "#promesse ",
        "#promesse 15/12 1 200 ",
        "le 15 ",
        "1",
        "1 ",
        "1/",
        "ne ",
        "oui ",
        "\x00",
        "\u202e",
        "\n> ",
    ],
)
def test_a_note_of_twenty_thousand_characters_is_read(unit):
    text = (unit * 20_000)[:20_000]
    assert all(isinstance(saying, Saying) for saying in read_orders(text, TODAY))
    assert isinstance(read_feedback(text, "call", TODAY), Saying)


@given(TEXTS, DAYS)
def test_a_quoted_mail_gives_no_order(text, today):
    quoted = "\n".join(f"> {line}" for line in text.replace("\r", "\n").splitlines())
    assert read_orders(quoted, today) == ()
    below = f"Bien reçu.\nLe lun. 2 nov. 2026 à 10:12, Exemple <a@example.com> a écrit :\n\nBonjour\n{quoted}"
    assert read_orders(below, today) == ()


YES = st.sampled_from(["ok", "oui", "yes", "d'accord", "approved", "send", "go ahead", "validé", "👍", ""])
NOT_SO = st.sampled_from(
    (
        *(
            "pas",
            "ne pas",
            "non",
            "not",
            "don't",
            "no",
            "wait",
            "attendre",
            "mais",
            "but",
            "sauf",
            "except",
            "?",
        ),
        *(
            "plus tard",
            "later",
            "before Friday",
            "avant lundi",
            "si",
            "if",
            "jamais",
            "refusé",
            "annuler",
            "15/12",
        ),
    )
)


@given(YES, NOT_SO, YES, st.sampled_from([" ", ", ", " : ", ". ", "\n"]))
def test_no_approval_is_read_from_words_that_hold_something_back(before, held_back, after, between):
    text = between.join((before, held_back, after))
    assert not isinstance(read_feedback(text, "approve", TODAY), SaysYes)


AGREEING = set(re.findall("[a-z]+", " ".join((*YES_WORDS, *AROUND))))


@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join)))
def test_an_approval_is_read_from_no_words_but_those_that_agree(text):
    if isinstance(read_feedback(text, "approve", TODAY), SaysYes):
        assert set(re.findall("[a-z]+", fold(clean(text)))) <= AGREEING


PLACES = st.sampled_from([("fr", "FR"), ("fr", "CH"), ("fr", "BE"), ("en", "GB"), ("en", "US"), ("en", "FR")])


@given(
    place=PLACES,
    ahead=st.integers(0, 720),
    cents=st.integers(1, 99_999_999_999),
    currency=st.sampled_from(["EUR", "GBP", "USD", "CHF"]),
    long=st.booleans(),
    today=DAYS,
)
@example(place=("fr", "FR"), ahead=8, cents=120050, currency="EUR", long=True, today=TODAY)
def test_a_day_and_an_amount_as_we_write_them_read_back(place, ahead, cents, currency, long, today):
    (language, country), on = place, today + timedelta(days=ahead)
    locale = locale_for(language, country)
    day = Day(on, locale).long if long else str(Day(on, locale))
    amount = Decimal(cents) / 100
    word = {"fr": "#promesse", "en": "#promise"}[language]
    text = f"{word} {day} {Amount(amount, currency, locale)}"
    assert read_orders(text, today, country=country, currency=currency) == (SaysPromise(on, amount),)


@given(
    st.sampled_from(Order),
    st.sampled_from(["fr", "en"]),
    DAYS,
    st.sampled_from(["FR", "GB", "US", "CA", "DE"]),
)
def test_every_example_that_we_give_can_be_written_on_the_day_that_we_give_it(
    order, language, today, country
):
    for text in examples(order, language, today):
        (said,) = read_orders(text, today, country=country)
        assert not isinstance(said, Unclear), text


@given(st.sampled_from(TASKS), st.sampled_from(["fr", "en"]), DAYS)
def test_every_answer_that_we_suggest_for_a_task_is_understood(task, language, today):
    for text in answers(task, language, today):
        assert not isinstance(read_feedback(text, task, today), Unclear), text
