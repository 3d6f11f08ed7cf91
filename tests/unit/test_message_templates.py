"""What is wrong with a text is known, with file and line, before anything leaves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connector.errors import TemplateError
from connector.message import Templates, check_templates
from connector.message.context import build_context
from connector.message.sample import COMPANY, TODAY, plan_for, rich_account
from connector.model import Action
from connector.resources import shipped

NAMES = ("pre_due", "reminder_1", "reminder_2", "reminder_3", "formal_notice", "thank_you")


def with_text(folder: Path, text: str, name: str = "fr/reminder_1.md") -> Templates:
    """The shipped texts, with one of them replaced."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return Templates.load(shipped("templates"), override=folder)


def problem(folder: Path, text: str) -> TemplateError:
    """The one thing wrong with a text."""
    (error,) = check_templates(with_text(folder, text), [("fr", "reminder_1")])
    return error


def test_every_shipped_text_can_be_written_in_french_and_english():
    texts = Templates.load(shipped("templates"))
    needed = [(language, name) for language in ("fr", "en") for name in NAMES]
    assert texts.texts() >= set(needed)
    assert check_templates(texts, needed) == []


def test_both_languages_have_the_same_labels():
    texts = Templates.load(shipped("templates"))
    assert texts.labels("fr").keys() == texts.labels("en").keys()


def test_the_languages_of_a_text_are_those_of_its_files(tmp_path):
    texts = with_text(tmp_path, "---\nsubject: x\n---\nHola\n", "es/only_spanish.md")
    assert texts.languages("only_spanish") == {"es"}
    assert texts.languages("reminder_1") == {"fr", "en"}


def test_a_companys_own_text_goes_over_ours(tmp_path):
    texts = with_text(tmp_path, "---\nsubject: Le nôtre {{ totals.net }}\n---\nBonjour.\n")
    context = build_context(
        plan_for(rich_account(), "fr", "x", Action.REMIND), rich_account(), COMPANY, texts.labels("fr"), TODAY
    )
    assert texts.subject("fr", "reminder_1", context).startswith("Le nôtre ")
    assert check_templates(texts, [("fr", "reminder_1")]) == []


def test_a_part_of_a_language_goes_over_the_common_one(tmp_path):
    texts = with_text(tmp_path, "Signé.\n", "fr/_signature.md")
    context = build_context(
        plan_for(rich_account(), "fr", "x", Action.REMIND), rich_account(), COMPANY, texts.labels("fr"), TODAY
    )
    assert "Signé." in texts.markdown("fr", "reminder_1", context)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("---\nsubject: x\n---\nBonjour\n{{ custmer.name }}\n", 5, "'custmer' is unknown"),
        ("---\nsubject: {{ totl }}\n---\nBonjour\n", 2, "'totl' is unknown"),
        ("---\nsubject: x\n---\n\n{% if false %}\n{{ nobody }}\n{% endif %}\n", 6, "'nobody' is unknown"),
        ("---\nsubject: x\n---\nBonjour\n\n{{ customer.nme }}\n", 6, "nme"),
        ("---\nsubject: {{ customer.nme }}\n---\nBonjour\n", 2, "nme"),
        ("---\nsubject: x\n---\n{% if lines %}\n\n", 5, "needs to be closed"),
        ("---\nsubject: x\n---\nBonjour {{ 1 / 0 }}\n", 4, "division by zero"),
        ("---\nsubject: x\n---\n{{ greeting.__class__.mro() }}\n", 4, "unsafe"),
        ('---\nsubject: x\n---\n\n{% include "_nothing.md" %}\n', None, "_nothing.md"),
        ("Bonjour\n", 1, "begin with a line '---'"),
        ("---\nBonjour\n", 1, "no second '---'"),
        ("---\n---\nBonjour\n", 1, "the subject is missing"),
        ("---\nsubjct: x\n---\nBonjour\n", 2, "only 'subject"),
        ("---\nsubject: x\n---\n", None, "comes out empty"),
    ],
)
def test_an_error_names_the_file_and_the_line(tmp_path, text, line, says):
    error = problem(tmp_path, text)
    assert error.file.endswith("fr/reminder_1.md") or error.file.endswith("_nothing.md")
    assert error.line == line or (line is None and says == "_nothing.md")
    assert re.search(says, str(error))


def test_a_part_that_is_wrong_is_named_itself(tmp_path):
    texts = with_text(tmp_path, "ok\n{{ totals.nothing }}\n", "fr/_signature.md")
    (error,) = check_templates(texts, [("fr", "reminder_1")])
    assert error.file.endswith("fr/_signature.md")
    assert error.line == 2


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    texts = with_text(tmp_path, "---\nsubject: {{ one }}\n---\n{{ two }}\n\n{{ three }}\n")
    errors = check_templates(texts, [("fr", "reminder_1"), ("fr", "absent"), ("xx", "reminder_1")])
    found = [re.findall(r"'(one|two|three)'|(absent|xx/\w+)", str(error))[0] for error in errors]
    assert {a or b for a, b in found} >= {"one", "two", "three", "absent", "xx/reminder_1"}


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(TemplateError, match="no such folder"):
        Templates.load(shipped("templates"), override=tmp_path / "nothing")


def test_a_text_that_is_not_utf_8_is_named(tmp_path):
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "reminder_1.md").write_bytes("---\nsubject: é\n---\n".encode("latin-1"))
    with pytest.raises(TemplateError, match="UTF-8"):
        Templates.load(shipped("templates"), override=tmp_path)


def test_the_guide_names_every_name_that_a_text_may_use():
    account = rich_account()
    names = build_context(plan_for(account, "fr", "x", Action.REMIND), account, COMPANY, {}, TODAY)
    guide = (shipped("templates") / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", guide))
    assert names.keys() <= named
