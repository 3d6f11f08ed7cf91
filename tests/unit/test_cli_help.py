"""``--help`` tells the truth: every command and every option has its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from connector.cli import cli, run


def commands(at: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in getattr(at, "commands", {}).items():
        yield (*path, name), command
        yield from commands(command, (*path, name))


TREE = dict(commands(typer.main.get_command(cli)))
LEAVES = {path: command for path, command in TREE.items() if not getattr(command, "commands", None)}
WITHOUT_COMPANY = {("init",), ("sandbox",), ("demo",), ("interest",)}
WITH_A_DAY = {
    ("pull",), ("plan",), ("run",), ("explain",), ("show",), ("promise",), ("hold",), ("resume",),
    ("outbox", "approve"), ("outbox", "cancel"), ("outbox", "retry"), ("outbox", "settle"),
}  # fmt: skip


def names(command: Any) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts}


@pytest.mark.parametrize("path", sorted(TREE), ids=" ".join)
def test_every_command_and_option_has_a_sentence(path: tuple[str, ...]) -> None:
    command = TREE[path]
    assert (command.help or "").strip().endswith((".", ".\n")), f"{path} says nothing"
    for parameter in command.params:
        assert (getattr(parameter, "help", "") or "").strip(), f"{' '.join(path)} {parameter.name}"


@pytest.mark.parametrize("path", sorted(LEAVES), ids=" ".join)
def test_help_shows_every_option(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert run([*path, "--help"]) == 0
    shown = capsys.readouterr().out
    missing = [name for name in names(LEAVES[path]) if name.startswith("--") and name not in shown]
    assert missing == []


def test_the_verbs_are_those_that_were_promised() -> None:
    assert {path[0] for path in LEAVES} >= {
        "init", "check", "pull", "plan", "explain", "run", "promise", "hold", "resume", "outbox", "show",
        "demo", "sandbox",
    }  # fmt: skip
    assert {path[1] for path in LEAVES if path[0] == "outbox"} >= {
        "list", "show", "approve", "cancel", "retry", "settle"
    }  # fmt: skip


@pytest.mark.parametrize("path", sorted(set(LEAVES) - WITHOUT_COMPANY), ids=" ".join)
def test_commands_on_a_company_take_the_common_options(path: tuple[str, ...]) -> None:
    assert {"--config", "--company", "--json"} <= names(LEAVES[path])
    assert "--today" in names(LEAVES[path]) or path not in WITH_A_DAY
