"""The answer to an order: what was understood, or why it was not, in the company's language."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

import connector.grammar
from connector.grammar import read_orders
from connector.grammar.sayings import (
    SaysCallAgain,
    SaysExclude,
    SaysNothing,
    SaysResume,
    SaysSegment,
    SaysType,
    SaysWait,
    Unclear,
)
from connector.model import PayerType, Segment
from connector.orders.answers import problem, question_html, understood
from connector.resources import shipped
from tests.unit.test_grammar_cases import CASES
from tests.unit.test_grammar_cases import understood as read

LANGUAGES = ("fr", "en")
TODAY, DAY = date(2026, 11, 23), date(2026, 12, 15)
#: What is confirmed in words; all else by the task or the note that it leads to.
SAID = [
    *(SaysWait(), SaysWait(DAY, "why"), SaysResume(), SaysExclude(), SaysExclude(excluded=False)),
    *(SaysCallAgain(), SaysCallAgain(DAY)),
    *(SaysType(kind) for kind in PayerType),
    *(SaysSegment(kind) for kind in Segment),
]


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def table(language: str) -> dict[str, dict[str, str]]:
    file = shipped("templates") / language / "orders.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def test_what_is_understood_is_said_with_its_day_in_the_companys_language():
    assert (
        plain(understood("fr", SaysWait(DAY))) == "Compris : aucune relance jusqu'au 15 décembre 2026 inclus."
    )
    assert understood("en", SaysWait(DAY)) == "Understood: no reminder until December 15, 2026 included."


def test_what_was_not_understood_is_repeated_explained_and_followed_by_what_can_be_written():
    (said,) = read_orders("#promesse 15/12 1.200", TODAY)
    assert plain(question_html("fr", said)) == (
        "<p>Pas compris : « #promesse 15/12 1.200 ». « 1.200 » : 1,20 € ou 1 200,00 € ?</p>"
        "<p>Vous pouvez écrire :</p><ul><li><code>#promesse 14/12/2026</code></li>"
        "<li><code>#promesse 14/12/2026 1 200,50</code></li></ul>"
    )


def test_the_sentence_is_in_the_companys_language_and_the_examples_in_the_writers():
    (said,) = read_orders("#promise next Friday", TODAY, country="FR")
    answer = question_html("fr", said)
    assert "« next Friday » : 27 novembre 2026 ou 4 décembre 2026 ?" in answer
    assert "<code>#promise 14 Dec 2026</code>" in answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_wrote_cannot_leave_its_place(language):
    hostile = '<script>alert("x")</script> {day} [x] & \u202e'
    unclear = Unclear(hostile, "figure", (("what", hostile),), (hostile,))
    answer = question_html(language, unclear)
    assert "<script" not in answer
    assert '"x"' not in answer
    assert "\u202e" not in answer.split("<ul>", maxsplit=1)[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("saying", SAID, ids=repr)
def test_everything_that_is_confirmed_is_said_without_a_hole(language, saying):
    answer = understood(language, saying)
    assert answer.endswith(".")
    assert not re.search(r"[{}\[\]_]|None|\( *\)|  | \.", answer)


def test_a_word_that_asks_nothing_is_not_answered():
    assert understood("fr", SaysNothing("ok")) == ""


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


def test_a_language_that_the_program_does_not_speak_is_told_in_english():
    assert (
        understood("../fr", SaysResume()) == understood("de", SaysResume()) == understood("en", SaysResume())
    )
