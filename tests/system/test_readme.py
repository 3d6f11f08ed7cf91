"""The READMEs tell the truth: what they show exists, and what exists is shown."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from connector.cli import cli
from connector.dunning.rules import CASE_RULES, CHASE_RULES
from connector.model import Reason

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.fr.md")

if not all((ROOT / name).exists() for name in READMES):
    pytest.skip("the READMEs are not part of this installation", allow_module_level=True)

PROGRAM: Any = typer.main.get_command(cli)


@pytest.fixture(params=READMES)
def text(request: pytest.FixtureRequest) -> str:
    return read(request.param)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def verbs(group: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every verb of the command line with the groups it is under."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from verbs(command, (*above, name))
        else:
            yield (*above, name)


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```", text)


def without_blocks(text: str) -> str:
    return re.sub(r"(?ms)^```.*?^```", "", text)


def command_lines(text: str) -> list[list[str]]:
    """Return the words after ``relance`` of every command shown in a block or between backticks."""
    shell = [
        line for language in ("sh", "ini") for block in blocks(text, language) for line in block.split("\n")
    ]
    shown = [match[1] for line in shell if (match := re.search(r"(?:^|bin/)relance (.+)", line))]
    shown += re.findall(r"`relance ([^`]+)`", without_blocks(text))
    return [shlex.split(re.split(r" >| \||&&", command)[0], comments=True) for command in shown]


def parse(words: list[str]) -> None:
    """Parse a command as the program would, without running it; raises its usage error.

    A verb alone is a mention of it, and need only exist.
    """
    command, name = PROGRAM, "relance"
    while hasattr(command, "commands"):
        name, *words = words
        assert name in command.commands, f"there is no verb {name}"
        command = command.commands[name]
    if words:
        command.make_context(name, words)


@pytest.mark.parametrize("verb", list(verbs(PROGRAM)), ids=" ".join)
def test_every_verb_has_its_row(text: str, verb: tuple[str, ...]) -> None:
    assert re.search(rf"(?m)^\| `relance {' '.join(verb)}[ `]", text)


def test_every_command_shown_parses(text: str) -> None:
    shown = command_lines(text)
    assert len(shown) > len(list(verbs(PROGRAM)))
    for words in shown:
        parse(words)


def test_an_option_that_does_not_exist_would_be_noticed() -> None:
    [words] = command_lines("```sh\nrelance run --twice  # no such thing\n```\n")
    assert words == ["run", "--twice"]
    with pytest.raises(Exception, match="--twice"):
        parse(words)


def test_options_named_on_their_own_exist(text: str) -> None:
    commands = [command for _, command in _commands(PROGRAM)]
    known = {name for command in commands for option in command.params for name in _names(option)}
    named = set(re.findall(r"`(--[a-z-]+)", without_blocks(text)))
    assert named
    assert named <= known


def _commands(group: Any) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        yield from _commands(command) if hasattr(command, "commands") else [(name, command)]


def _names(option: Any) -> list[str]:
    return [*option.opts, *option.secondary_opts]


def test_every_target_of_make_that_is_shown_exists(text: str) -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", read("Makefile")))
    shown = set(re.findall(r"(?m)(?:^|`)make ([a-z]+)", text))
    assert {"demo", "test"} <= shown <= targets


def test_every_link_to_a_file_points_to_one(text: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link.partition("#")[0]).exists()] == []


def test_every_reason_code_is_explained_in_the_order_of_the_rules(text: str) -> None:
    explained = re.findall(r"(?m)^\| `([a-z_]+)`(?: ¹)? \|", text)
    # a rule for the customer and one for the invoice may give the same reason: it is told once
    assert explained == list(dict.fromkeys(str(reason) for reason, _ in (*CHASE_RULES, *CASE_RULES)))
    assert set(explained) == {str(reason) for reason in Reason}


def test_every_exit_code_is_explained(text: str) -> None:
    assert re.findall(r"(?m)^\| (\d) \|", text) == ["0", "1", "2", "3"]


def test_every_option_shown_in_toml_is_one_of_the_example(text: str) -> None:
    example = re.sub(r"(?m)^#(?=[a-z\[])", "", read("config.example.toml"))
    known = set(paths(tomllib.loads(example)))
    shown = [path for block in blocks(text, "toml") for path in paths(tomllib.loads(block))]
    assert shown
    assert [path for path in shown if path and path not in known] == []


def paths(value: object, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every path to an option, without the ranks of lists; what a company says for itself is an option
    like any other, and the words of a reference to a secret are none."""
    if isinstance(value, dict):
        for name, inner in value.items():
            path = () if name == "company" and isinstance(inner, list) else (*above, name)
            yield path
            yield from paths(inner, path) if name not in {"key", "password"} else ()
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, above)


def test_both_languages_show_the_same_commands_and_settings() -> None:
    english, french = (read(name) for name in READMES)
    assert len(command_lines(english)) == len(command_lines(french))
    assert [len(block.splitlines()) for block in blocks(english, "toml")] == [
        len(block.splitlines()) for block in blocks(french, "toml")
    ]
    headings = [re.findall(r"(?m)^## ", readme) for readme in (english, french)]
    assert len(headings[0]) == len(headings[1])


def test_the_pictures_load_nothing_from_elsewhere() -> None:
    for picture in sorted((ROOT / "docs").glob("*.svg")):
        svg = picture.read_text(encoding="utf-8")
        assert not re.search(r"url\(\"?https?:|href=\"https?:", svg), picture.name
        assert len(svg) < 200_000
