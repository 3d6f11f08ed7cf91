"""Lent access in real processes: two that renew at once, and one that is killed around the renewal."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from connector import app
from connector.config import load, starter
from connector.hosts.oauth import Pair
from connector.sandbox.pennylane import PennylaneOptions
from connector.sandbox.pennylane.oauth import CLIENT_ID, CLIENT_SECRET
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving

#: Looks at the company as ``relance check`` does, in a process that waits for a file before it renews the
#: token, and may end around the saving of the new pair.
CHECK = """
import os, sys, time
from pathlib import Path
from connector.cli import run
from connector.hosts.oauth import LentTokens, Pair

config, ends, gate = sys.argv[1:]
save, renew = Pair.save, LentTokens._renew

def together(self, old):
    Path(gate, str(os.getpid())).touch()
    while not Path(gate, "go").exists():
        time.sleep(0.01)
    renew(self, old)

def mortal(self, token):
    if ends == "before":
        os._exit(9)
    save(self, token)
    if ends == "after":
        os._exit(9)

Pair.save, LentTokens._renew = mortal, together
sys.exit(run(["check", "--config", config]))
"""


@dataclass
class Partner:
    """A company that a partner's program has entered; its access token is about to end."""

    sandbox: Sandbox
    file: Path

    @property
    def gate(self) -> Path:
        return self.file.parent / "gate"

    def check(self, ends: str = "") -> subprocess.Popen[str]:
        command = [sys.executable, "-c", CHECK, str(self.file), ends, str(self.gate)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def open_the_gate(self, waiting: int = 0) -> None:
        """Let the processes renew, once so many stand before it."""
        for _ in range(6000):
            if len(list(self.gate.iterdir())) >= waiting:
                break
            time.sleep(0.01)
        (self.gate / "go").touch()

    def renewals(self) -> int:
        return sum(refresh.used for refresh in self.sandbox.pennylane.tokens.refreshes.values())


@pytest.fixture
def partner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Partner]:
    options = PennylaneOptions(rate=100_000)
    sandbox = build(
        SandboxOptions(
            today=date(2026, 11, 20), host="pennylane", customers=4, documents=8, pennylane=options
        )
    )
    monkeypatch.setenv("PENNYLANE_SECRET", CLIENT_SECRET)
    with serving(sandbox) as url:
        text = starter(
            host="pennylane", url=url, key_env="X", company_id="exemple", company_name="Exemple SARL"
        )
        by_partner = f'client_id = "{CLIENT_ID}"\nclient_secret = {{ env = "PENNYLANE_SECRET" }}'
        lines = [by_partner if line.startswith("token =") else line for line in text.splitlines()]
        file = tmp_path / "relance.toml"
        file.write_text("\n".join(lines), encoding="utf-8")
        configuration = load(file)
        store = app.open_store(configuration)
        _, pair = app.lent_access(configuration.companies[0], store)
        _lend(sandbox, pair)
        store.close()
        made = Partner(sandbox, file)
        made.gate.mkdir()
        yield made


def _lend(sandbox: Sandbox, pair: Pair) -> None:
    tokens = sandbox.pennylane.tokens
    access, refresh = tokens.pair(tokens.issue("relance"))
    pair.save({"access_token": access.value, "refresh_token": refresh.value, "expires_at": 0.0})


def test_two_processes_that_find_the_token_at_its_end_renew_it_once(partner: Partner) -> None:
    partner.sandbox.faults.arm("slow", "/oauth/token", seconds=0.5)
    both = [partner.check(), partner.check()]
    partner.open_the_gate(waiting=2)
    said = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert partner.renewals() == 1


def test_a_process_killed_after_the_pair_was_saved_leaves_one_that_opens(partner: Partner) -> None:
    partner.open_the_gate()
    killed = partner.check("after")
    killed.communicate(timeout=60)
    assert killed.returncode == 9
    again = partner.check()
    said = again.communicate(timeout=60)[0]
    assert again.returncode == 0, said
    assert partner.renewals() == 1


def test_a_process_killed_before_the_pair_was_saved_is_told_aloud_by_the_next(partner: Partner) -> None:
    partner.open_the_gate()
    killed = partner.check("before")
    killed.communicate(timeout=60)
    assert killed.returncode == 9
    again = partner.check()
    said = again.communicate(timeout=60)[0]
    assert again.returncode != 0
    assert "relance connect pennylane" in " ".join(said.split())
