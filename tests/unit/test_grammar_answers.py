"""The answer to an order: what was understood, or why it was not, in the company's language."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import connector.grammar
from connector.grammar import read_orders
from connector.grammar.sayings import (
    SaysCallAgain,
    SaysDispute,
    SaysExclude,
    SaysNo,
    SaysNothing,
    SaysPaid,
    SaysPlan,
    SaysPromise,
    SaysResume,
    SaysSegment,
    SaysSettled,
    SaysType,
    SaysWait,
    SaysYes,
    Unclear,
)
from connector.model import DisputeReason, PayerType, Segment
from connector.orders.answers import answer_html, problem, understood
from connector.resources import shipped
from tests.unit.test_grammar_cases import CASES
from tests.unit.test_grammar_cases import understood as read

LANGUAGES = ("fr", "en")
TODAY, DAY = date(2026, 11, 23), date(2026, 12, 15)
SAID = [
    *(SaysPromise(DAY), SaysPromise(DAY, Decimal(1200)), SaysSettled(), SaysWait(), SaysWait(DAY, "why")),
    *(SaysResume(), SaysExclude(), SaysExclude(excluded=False), SaysPlan(3, 1), SaysPlan(4, 0, 15, DAY)),
    *(
        SaysYes(),
        SaysNo(),
        SaysNo("met"),
        SaysCallAgain(),
        SaysCallAgain(DAY),
        SaysPaid(),
        SaysPaid(DAY, Decimal(5)),
    ),
    *(SaysDispute(reason, "note") for reason in DisputeReason),
    *(SaysType(kind) for kind in PayerType),
    *(SaysSegment(kind) for kind in Segment),
]


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def table(language: str) -> dict[str, dict[str, str]]:
    file = shipped("templates") / language / "orders.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def test_a_promise_is_confirmed_with_its_amount_its_day_and_until_when_no_reminder_leaves():
    said, until = SaysPromise(DAY, Decimal(1200)), date(2026, 12, 17)
    assert plain(understood("fr", said, "EUR", until=until)) == (
        "Compris : promesse de 1 200,00 € pour le 15 décembre 2026 ; "
        "aucune relance jusqu'au 17 décembre 2026 inclus."
    )
    assert understood("en", said, "GBP", until=until) == (
        "Understood: promise of £1,200.00 by December 15, 2026; no reminder until December 17, 2026 included."
    )


def test_what_was_not_understood_is_repeated_explained_and_followed_by_what_can_be_written():
    (said,) = read_orders("#promesse 15/12 1.200", TODAY)
    assert plain(answer_html("fr", said, "EUR")) == (
        "<p>Pas compris : « #promesse 15/12 1.200 ». « 1.200 » : 1,20 € ou 1 200,00 € ?</p>"
        "<p>Vous pouvez écrire :</p><ul><li><code>#promesse 14/12/2026</code></li>"
        "<li><code>#promesse 14/12/2026 1 200,50</code></li></ul>"
    )


def test_the_sentence_is_in_the_companys_language_and_the_examples_in_the_writers():
    (said,) = read_orders("#promise next Friday", TODAY, country="FR")
    answer = answer_html("fr", said, "EUR")
    assert "« next Friday » : 27 novembre 2026 ou 4 décembre 2026 ?" in answer
    assert "<code>#promise 14 Dec 2026</code>" in answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_wrote_cannot_leave_its_place(language):
    hostile = '<script>alert("x")</script> {day} [x] & \u202e'
    sayings = (SaysNo(hostile), Unclear(hostile, "figure", (("what", hostile),), (hostile,)))
    for saying in sayings:
        answer = answer_html(language, saying, "EUR")
        assert "<script" not in answer
        assert '"x"' not in answer
        assert "\u202e" not in answer.split("<ul>", maxsplit=1)[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("saying", SAID, ids=repr)
def test_everything_that_can_be_said_is_answered_without_a_hole(language, saying):
    answer = understood(language, saying, "EUR")
    assert answer.endswith(".")
    assert not re.search(r"[{}\[\]_]|None|\( *\)|  | \.", answer)


def test_a_word_that_asks_nothing_is_not_answered():
    assert answer_html("fr", SaysNothing("ok"), "EUR") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_of_the_table_of_cases_is_asked_in_words(language):
    for group, case in CASES:
        for saying in read(group, case["text"]):
            if isinstance(saying, Unclear) and (saying.problem, dict(saying.seen).get("what")) not in BARE:
                asked = problem(language, saying)
                assert asked, (case["text"], saying)
                assert not re.search(r"[{}]|None|« +»|“”", asked), asked


#: "#type" without a word after it: the examples say all there is to say.
BARE = {("type_unknown", ""), ("segment_unknown", "")}


def test_every_reason_for_a_question_has_its_sentence_in_every_language():
    package = Path(connector.grammar.__file__).parent
    source = "".join(file.read_text(encoding="utf-8") for file in package.glob("*.py"))
    pattern = r"(?:Doubt|unreadable)\(\s*\"(\w+)\"|problem = \"(\w+)\"|Unclear\([^()]{0,40}?\"(\w+)\""
    codes = {code for found in re.findall(pattern, source) for code in found if code}
    assert len(codes) >= 30
    for language in LANGUAGES:
        assert codes - set(table(language)["problem"]) == set()


def test_the_languages_have_the_same_sentences():
    french, english = table("fr"), table("en")
    assert french.keys() == english.keys()
    for name, sentences in french.items():
        if isinstance(sentences, dict):
            assert sentences.keys() == english[name].keys()


def test_a_language_that_the_program_does_not_speak_is_told_in_english():
    assert (
        understood("../fr", SaysYes(), "EUR") == understood("de", SaysYes(), "EUR") == "Understood: agreed."
    )
