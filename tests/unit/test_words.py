"""The tables of words: what nothing reads is no part of the program, and all languages have the same."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import connector
from connector.resources import shipped, words

TEMPLATES = shipped("templates")
TABLES = sorted(path.stem for path in (TEMPLATES / "en").glob("*.toml"))
#: Forms of a plural; names that a configuration may give steps and channels.
CHOSEN_OUTSIDE = {"one", "other", "steps", "channels"}


def keys(table: dict[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        if name not in CHOSEN_OUTSIDE:
            yield name
            if isinstance(value, dict):
                yield from keys(value)


@cache
def written_in_the_program() -> tuple[set[str], re.Pattern[str]]:
    """The words in the program's strings and in the code of the texts, and what strings that are put together
    can become."""
    found, forms = set(), set()
    for file in Path(connector.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.keyword) and node.arg:  # the name of a figure may have its unit
                found.add(node.arg)
            elif isinstance(node, ast.JoinedStr):
                forms.add(form(node))
    for file in [*TEMPLATES.rglob("*.md"), *TEMPLATES.glob("*.j2")]:
        for code in re.findall(r"{[{%].*?[%}]}", file.read_text(encoding="utf-8"), re.DOTALL):
            found |= set(re.findall(r"\w+", code))
    return found, re.compile("|".join(forms - {""}))


def form(node: ast.JoinedStr) -> str:
    """A pattern of the names that a string with figures gives; empty when it is no name."""
    parts = [part.value if isinstance(part, ast.Constant) else "" for part in node.values]
    name = re.fullmatch(r"\w{5,}", "".join(map(str, parts)))
    return "".join(str(part) or r"\w+" for part in parts) if name else ""


@pytest.mark.parametrize("table", TABLES)
def test_every_word_of_a_table_is_asked_for_somewhere(table: str) -> None:
    exact, formed = written_in_the_program()
    there = set(keys(dict(words("en", table))))
    assert {key for key in there if key not in exact and not formed.fullmatch(key)} == set()


@pytest.mark.parametrize("table", TABLES)
def test_all_languages_have_the_same_words(table: str) -> None:
    assert list(keys(dict(words("fr", table)))) == list(keys(dict(words("en", table))))


@pytest.mark.parametrize("language", ["de", "", "../fr", "FR", "fr/../fr"])
def test_a_language_that_the_program_does_not_speak_is_told_in_english(language: str) -> None:
    assert words(language, "orders") is not words("fr", "orders")
    assert words(language, "orders") == words("en", "orders")


def test_a_table_is_what_its_file_says_and_read_once() -> None:
    file = TEMPLATES / "fr" / "notes.toml"
    assert words("fr", "notes") == tomllib.loads(file.read_text(encoding="utf-8"))
    assert words("fr", "notes") is words("fr", "notes")
