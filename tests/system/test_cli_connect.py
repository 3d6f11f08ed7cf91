"""relance connect, init and check for a company in Pennylane, against the sandbox on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import requests

from connector.cli import run
from connector.config import load, starter
from connector.sandbox.pennylane import PennylaneOptions
from connector.sandbox.pennylane.oauth import CLIENT_ID, CLIENT_SECRET
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving

Served = tuple[Sandbox, str]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    options = PennylaneOptions(rate=100_000)
    sandbox = build(
        SandboxOptions(
            today=date(2026, 11, 20), host="pennylane", customers=12, documents=60, pennylane=options
        )
    )
    monkeypatch.setenv("PENNYLANE_SECRET", CLIENT_SECRET)
    with serving(sandbox) as url:
        monkeypatch.setenv("PENNYLANE_TOKEN", sandbox.address(url).key)
        yield sandbox, url


@pytest.fixture
def partner(served: Served, tmp_path: Path) -> Path:
    """A company that a partner's program shall enter."""
    text = starter(
        host="pennylane", url=served[1], key_env="X", company_id="exemple", company_name="Exemple SARL"
    )
    by_partner = f'client_id = "{CLIENT_ID}"\nclient_secret = {{ env = "PENNYLANE_SECRET" }}'
    lines = [by_partner if line.startswith("token =") else line for line in text.splitlines()]
    file = tmp_path / "relance.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def browse(url: str) -> bool:
    """A browser in which a person lets the program in at once."""
    threading.Thread(target=lambda: requests.get(url, timeout=10), daemon=True).start()
    return True


def test_a_browser_lets_the_program_in_and_check_is_content(
    partner: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("connector.cli.connect.webbrowser.open", browse)
    assert run(["check", "--config", str(partner)]) == 1
    assert "relance connect pennylane" in capsys.readouterr().err
    assert run(["connect", "pennylane", "--config", str(partner), "--port", str(free_port())]) == 0
    assert run(["check", "--config", str(partner)]) == 0
    shown = capsys.readouterr().out
    assert "the token is good" in shown
    assert "reminder sequences" in shown
    assert CLIENT_SECRET not in shown


def test_an_address_pasted_from_another_machine_does_as_well(
    partner: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def paste(_what: str, **_more: object) -> str:
        url = next(line for line in capsys.readouterr().err.splitlines() if "/oauth/authorize" in line)
        return requests.get(url, timeout=10, allow_redirects=False).headers["Location"]

    monkeypatch.setattr("connector.cli.connect.typer.prompt", paste)
    assert run(["connect", "pennylane", "--config", str(partner), "--paste"]) == 0
    assert run(["check", "--config", str(partner)]) == 0


def test_an_address_of_another_question_is_refused(
    partner: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = "http://localhost:8745/callback?code=sandbox-code-1&state=forged"
    monkeypatch.setattr("connector.cli.connect.typer.prompt", lambda _what, **_more: forged)
    assert run(["connect", "pennylane", "--config", str(partner), "--paste"]) == 1
    assert "state" in capsys.readouterr().err


def test_a_company_with_a_token_of_its_own_has_nothing_to_connect(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "relance.toml"
    init = ["init", "--host", "pennylane", "--key-env", "PENNYLANE_TOKEN", "--name", "Exemple SARL"]
    assert run([*init, "--language", "fr", "--url", served[1], "--output", str(file)]) == 0
    assert load(file).companies[0].host.type == "pennylane"
    assert run(["connect", "pennylane", "--config", str(file)]) == 2
    assert run(["check", "--config", str(file)]) == 0


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_file_that_init_writes_says_pennylane_and_loads(language: str, tmp_path: Path) -> None:
    file = tmp_path / "relance.toml"
    text = starter(
        host="pennylane", key_env="T", company_id="exemple", company_name="Exemple", language=language
    )
    file.write_text(text, encoding="utf-8")
    assert load(file).warnings == ()
    assert "Odoo" not in text
    assert "$" not in text


def test_the_demo_works_beside_pennylane(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"
    sizes = ["--customers", "20", "--documents", "80"]
    assert run(["demo", "--host", "pennylane", "--folder", str(folder), *sizes]) == 0
    shown = capsys.readouterr().out
    assert "nothing left a second time" in shown
    assert "Odoo" not in shown
