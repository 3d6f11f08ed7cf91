"""relance connect, init and check for a company in QuickBooks, against the sandbox on loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from connector import app
from connector.cli import run
from connector.config import load, starter
from connector.hosts.oauth import Pair
from connector.sandbox.quickbooks import CLIENT_ID, CLIENT_SECRET, QuickBooksOptions
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving

PLENTY = 1_000_000
Served = tuple[Sandbox, Path]
#: A process that wants to call, with the access as it lies in the store.
SOUND = """
import sys
from pathlib import Path
from connector import app
from connector.config import load
from connector.host_options import host_options
from connector.hosts.oauth import LentTokens
configuration = load(Path(sys.argv[1]))
company, store = configuration.companies[0], app.open_store(configuration)
told = host_options(company, store)
LentTokens(told["credentials"], store.memo(company.id), told["alone"]).bearer()
"""
#: ... that is killed when it has the new tokens, before it can save them.
KILLED = (
    """
import os, signal
from connector.hosts.oauth import Pair
Pair.save = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""
    + SOUND
)


def options(**answers: Any) -> SandboxOptions:
    quickbooks = QuickBooksOptions(per_minute=PLENTY, per_second=PLENTY, batches=PLENTY, **answers)
    # the tokens' hours count on the real clock, so the ledger's has to be there
    today = datetime.now(UTC).date()
    return SandboxOptions(today=today, host="quickbooks", customers=12, documents=60, quickbooks=quickbooks)


@pytest.fixture
def answers() -> dict[str, Any]:
    return {"rotate": "always"}


@pytest.fixture
def served(answers: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    sandbox = build(options(**answers))
    monkeypatch.setenv("QUICKBOOKS_SECRET", CLIENT_SECRET)
    with serving(sandbox) as url:
        yield sandbox, written(tmp_path / "relance.toml", url)


def written(file: Path, url: str, *more: str) -> Path:
    """A company file of an app whose Intuit is the sandbox."""
    text = starter(
        host="quickbooks", url=url, login=CLIENT_ID, key_env="QUICKBOOKS_SECRET", company_id="exemple",
        company_name="Exemple SARL",
    )  # fmt: skip
    lines = ["\n".join([line, *more]) if line.startswith("client_id") else line for line in text.splitlines()]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def browse(url: str) -> bool:
    """A browser in which a person lets the program in at once."""
    threading.Thread(target=lambda: requests.get(url, timeout=10), daemon=True).start()
    return True


@pytest.fixture
def connected(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    monkeypatch.setattr("connector.cli.connect.webbrowser.open", browse)
    assert connect(served[1]) == 0
    return served


def connect(file: Path, *more: str) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    return run(["connect", "quickbooks", "--config", str(file), "--port", str(port), *more])


def pair_of(file: Path) -> tuple[Pair, dict[str, Any]]:
    """What the store holds of the access."""
    configuration = load(file)
    store = app.open_store(configuration)
    _, pair = app.lent_access(configuration.companies[0], store)
    return pair, pair.load() or {}


def let_it_end(file: Path) -> None:
    """The access token's hour is over."""
    pair, token = pair_of(file)
    pair.save({**token, "expires_at": 0})


def in_a_process(code: str, file: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(file)], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip


# connecting ------------------------------------------------------------------------------------------
def test_a_browser_lets_the_program_in_and_check_is_content(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox, file = served
    assert run(["check", "--config", str(file)]) == 1
    assert "relance connect quickbooks" in capsys.readouterr().err
    monkeypatch.setattr("connector.cli.connect.webbrowser.open", browse)
    assert connect(file) == 0
    assert run(["check", "--config", str(file)]) == 0
    shown = capsys.readouterr().out
    assert f"is connected to company {sandbox.quickbooks.people.realm()}" in shown
    assert "we are let in" in shown
    assert CLIENT_SECRET not in shown


def test_when_the_grant_ends_is_kept_and_shown(connected: Served, capsys: pytest.CaptureFixture[str]) -> None:
    _pair, token = pair_of(connected[1])
    now = datetime.now(UTC).timestamp()
    assert 99 < (token["refresh_ends_at"] - now) / 86400 < 102
    assert token["grant_ends_at"] > now + 86400 * 365 * 4
    run(["check", "--config", str(connected[1])])
    assert "our access lasts until" in capsys.readouterr().out


def test_an_address_pasted_from_another_machine_does_as_well(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("connector.cli.connect.typer.prompt", lambda _what, **_more: followed(capsys))
    assert connect(served[1], "--paste") == 0
    assert run(["check", "--config", str(served[1])]) == 0


def followed(capsys: pytest.CaptureFixture[str], before: str = "", after: str = "") -> str:
    """Where a browser elsewhere ended."""
    url = next(line for line in capsys.readouterr().err.splitlines() if "/connect/oauth2" in line)
    found = requests.get(url, timeout=10, allow_redirects=False).headers["Location"]
    return found.replace(before, after) if before else found


def test_production_keys_come_back_to_an_address_of_their_own(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    url = load(served[1]).companies[0].host.base_url  # type: ignore[union-attr]
    file = written(tmp_path / "https.toml", url, 'redirect_url = "https://exemple.example/relance"')
    arrived = []

    def paste(_what: str, **_more: object) -> str:
        arrived.append(followed(capsys))
        return str(arrived[0])

    monkeypatch.setattr("connector.cli.connect.typer.prompt", paste)
    assert connect(file) == 0
    assert arrived[0].startswith("https://exemple.example/relance?")


def test_an_address_without_its_company_is_refused(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = lambda _what, **_more: followed(capsys, "realmId", "other")  # noqa: E731
    monkeypatch.setattr("connector.cli.connect.typer.prompt", cut)
    assert connect(served[1], "--paste") == 1
    assert "which company" in capsys.readouterr().err


def test_an_address_of_another_question_is_refused(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = "http://localhost:8745/callback?code=sandbox-code-1&state=forged&realmId=93414521206001"
    monkeypatch.setattr("connector.cli.connect.typer.prompt", lambda _what, **_more: forged)
    assert connect(served[1], "--paste") == 1
    assert "state" in capsys.readouterr().err


def test_the_wrong_company_is_not_connected_by_a_wrong_click(
    connected: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox, file = connected
    first, second = (company.name for company in list(sandbox.ledger.companies)[:2])
    before = pair_of(file)[1]
    sandbox.quickbooks.oauth.company = second
    assert connect(file) == 2
    assert "nothing was changed" in capsys.readouterr().err
    assert pair_of(file)[1] == before
    assert connect(file, "--other-company") == 0
    assert pair_of(file)[1]["realm"] == sandbox.quickbooks.people.realm(second)
    assert first != second


def test_a_company_whose_invoices_are_kept_here_gives_way_to_no_other(
    connected: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox, file = connected
    second = [company.name for company in sandbox.ledger.companies][1]
    assert run(["run", "--once", "--config", str(file)]) == 0
    before = pair_of(file)[1]
    sandbox.quickbooks.oauth.company = second
    assert connect(file, "--other-company") == 2
    assert "make a company file with another id" in " ".join(capsys.readouterr().err.split())
    assert pair_of(file)[1] == before


def test_a_company_fixed_in_the_file_is_the_only_one(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    url = load(served[1]).companies[0].host.base_url  # type: ignore[union-attr]
    file = written(tmp_path / "fixed.toml", url, 'realm = "9341452120699999"')
    monkeypatch.setattr("connector.cli.connect.webbrowser.open", browse)
    assert connect(file, "--other-company") == 2
    assert "host.realm of exemple is 9341452120699999" in " ".join(capsys.readouterr().err.split())


def test_connecting_again_renews_the_grant(connected: Served) -> None:
    before = pair_of(connected[1])[1]
    assert connect(connected[1]) == 0
    after = pair_of(connected[1])[1]
    assert after["realm"] == before["realm"]
    assert after["refresh_token"] != before["refresh_token"]


def test_access_that_is_given_back_opens_nothing_any_more(
    connected: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox, file = connected
    assert connect(file, "--revoke") == 0
    assert sandbox.quickbooks.tokens.grants[-1].ended
    assert run(["check", "--config", str(file)]) == 1
    assert "relance connect quickbooks" in capsys.readouterr().err
    assert connect(file, "--revoke") == 0


# tokens between processes ------------------------------------------------------------------------------
@pytest.mark.parametrize("answers", [{"rotate": "always", "reuse_revokes": True}])
def test_two_processes_at_once_renew_once(connected: Served) -> None:
    sandbox, file = connected
    let_it_end(file)
    both = [in_a_process(SOUND, file) for _ in range(2)]
    ends = [(process.communicate(timeout=60), process.returncode) for process in both]
    assert [code for _, code in ends] == [0, 0], ends
    assert sandbox.quickbooks.tokens.grants[-1].renewals == 1


def test_a_new_token_lost_by_a_kill_says_to_connect_again_and_that_heals_it(
    connected: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox, file = connected
    let_it_end(file)
    killed = in_a_process(KILLED, file)
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert sandbox.quickbooks.tokens.grants[-1].renewals == 1
    capsys.readouterr()
    assert run(["check", "--config", str(file)]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "gives no token (invalid_grant): run `relance connect quickbooks` again" in said
    assert connect(file) == 0
    assert run(["check", "--config", str(file)]) == 0


@pytest.mark.parametrize("answers", [{"rotate": "daily"}])
def test_a_token_that_was_not_changed_by_the_lost_answer_goes_on(connected: Served) -> None:
    sandbox, file = connected
    let_it_end(file)
    in_a_process(KILLED, file).communicate(timeout=60)
    assert sandbox.quickbooks.tokens.grants[-1].renewals == 1
    assert run(["check", "--config", str(file)]) == 0


# init ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("realm", ["", "9341452120600001"])
def test_the_file_that_init_writes_says_quickbooks_and_loads(
    language: str, realm: str, tmp_path: Path
) -> None:
    file = tmp_path / "relance.toml"
    text = starter(
        host="quickbooks", key_env="T", company_id="exemple", company_name="Exemple", language=language,
        database=realm,
    )  # fmt: skip
    file.write_text(text, encoding="utf-8")
    assert load(file).warnings == ()
    assert "Odoo" not in text
    assert "$" not in text


def test_init_writes_the_file_and_says_to_connect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QB", "x")
    file = tmp_path / "relance.toml"
    init = [
        "init",
        "--host",
        "quickbooks",
        "--login",
        "exemple-client",
        "--key-env",
        "QB",
        "--name",
        "Exemple",
    ]
    assert run([*init, "--language", "fr", "--output", str(file)]) == 0
    assert "relance connect quickbooks" in capsys.readouterr().out
    assert load(file).companies[0].host.type == "quickbooks"


def test_connected_is_said_as_json_too(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("connector.cli.connect.webbrowser.open", browse)
    assert connect(served[1], "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["connected"]
    assert told["realm"] == served[0].quickbooks.people.realm()
    assert told["ends_at"]
