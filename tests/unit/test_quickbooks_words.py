"""What the QuickBooks adapter writes for people, in each language."""

from __future__ import annotations

import tomllib

from connector.hosts.quickbooks.private_note import theirs, with_line, without_line
from connector.hosts.quickbooks.words import words
from connector.resources import shipped


def test_each_language_has_all_the_words() -> None:
    files = sorted(shipped("templates").glob("??/quickbooks.toml"))
    tables = {file.parent.name: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}
    assert {"en", "fr"} <= tables.keys()
    assert len({frozenset(table) for table in tables.values()}) == 1


def test_the_line_of_a_promise_is_known_again_in_each_language() -> None:
    for language in ("en", "fr", "xx"):
        text = with_line("à voir", "130", "promise/7", words(language)["promised"].format(day="15/12/2026"))
        assert text is not None
        assert theirs(text).strip() == "à voir"
        assert without_line(text, "130", "promise/7") == "à voir"


def test_a_language_that_we_do_not_speak_is_told_in_english() -> None:
    assert words("xx") == words("en") != words("fr")
