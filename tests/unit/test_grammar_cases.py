"""The table of ``tests/cases/orders.toml``: what people write, and what is understood."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connector.grammar import read_feedback, read_orders
from connector.grammar.examples import answers, examples
from connector.grammar.order_words import Order
from connector.grammar.sayings import Saying, Unclear
from tests.cases.order_told import told

TABLE = Path(__file__).parents[1] / "cases/orders.toml"
GROUPS: list[dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["group"]
DEFAULTS = {"today": date(2026, 11, 23), "country": "FR", "currency": "EUR", "task": None}
CASES = [(DEFAULTS | group, case) for group in GROUPS for case in group["cases"]]
KEYS = {"title", "language", "today", "country", "currency", "task", "cases"}


def understood(group: dict[str, Any], text: str) -> tuple[Saying, ...]:
    company = {"country": group["country"], "currency": group["currency"]}
    if group["task"] is None:
        return read_orders(text, group["today"], **company)
    return (read_feedback(text, group["task"], group["today"], **company),)


@pytest.mark.parametrize(
    ("group", "case"), CASES, ids=[f"{group['title']}: {case['text']!a}" for group, case in CASES]
)
def test_what_is_written_is_understood_as_the_table_says(group, case):
    said = understood(group, case["text"])
    assert " + ".join(told(saying) for saying in said) == case["says"]


@pytest.mark.parametrize(
    ("group", "case"), [(g, c) for g, c in CASES if c["says"].startswith("ask ")], ids=lambda v: v.get("text")
)
def test_a_question_comes_with_examples_in_the_language_it_was_asked_in(group, case):
    language = case.get("language", group["language"])
    known = {text for order in Order for text in examples(order, language, group["today"])}
    known |= set(answers(group["task"] or "", language, group["today"]))
    for saying in understood(group, case["text"]):
        assert isinstance(saying, Unclear)
        assert saying.allowed
        assert set(saying.allowed) <= known


def test_the_table_has_no_case_twice_and_no_key_that_is_not_known():
    for group in GROUPS:
        assert set(group) <= KEYS, group["title"]
        texts = Counter(case["text"] for case in group["cases"])
        assert [text for text, count in texts.items() if count > 1] == []
        assert all(set(case) <= {"text", "says", "language"} for case in group["cases"])
    assert len(CASES) >= 400
