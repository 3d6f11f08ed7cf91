"""QuickBooks announces a change, the command hears it, and a billed pass reads it from the books."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
import requests

from connector.cli import run
from connector.config import starter
from connector.hosts.quickbooks.webhooks import PATH
from connector.sandbox.nouns import Document
from connector.sandbox.quickbooks import QuickBooksOptions
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving

PATIENCE = 60.0
PLENTY = 1_000_000


def books(**more: Any) -> Sandbox:
    options = QuickBooksOptions(per_minute=PLENTY, per_second=PLENTY, batches=PLENTY, **more)
    today = datetime.now(UTC).date()
    return build(
        SandboxOptions(today=today, host="quickbooks", customers=12, documents=60, quickbooks=options)
    )


def configured(sandbox: Sandbox, url: str, folder: Path) -> Path:
    at = sandbox.address(url)
    file = folder / "exemple.toml"
    text = starter(
        host="quickbooks", url=url, database=at.database, key_env="QUICKBOOKS_TOKEN",
        company_id="exemple", company_name="Exemple",
    )  # fmt: skip
    verified = '[host]\nwebhook_verifier = { env = "QUICKBOOKS_VERIFIER" }'
    assert text.count("\n[host]\n") == 1
    text = text.replace("[host]", verified, 1)
    file.write_text(
        text + '\n[schedule]\nevery = "24 hours"\n\n[serve]\nport = 0\nquiet = "1 second"\n', "utf-8"
    )
    return file


@contextmanager
def command(file: Path, sandbox: Sandbox) -> Iterator[subprocess.Popen[str]]:
    key = sandbox.ledger.user(sandbox.login).key
    known = {"QUICKBOOKS_TOKEN": key, "QUICKBOOKS_VERIFIER": sandbox.quickbooks.stage.options.verifier}
    process = subprocess.Popen(
        [sys.executable, "-m", "connector", "serve", "--json", "--config", str(file)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **known},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def an_open_invoice(sandbox: Sandbox) -> Document:
    wanted = ("invoice", "posted", 1)
    found = (one for one in sandbox.ledger.documents() if (one.kind, one.state, one.company.serial) == wanted)
    return next(one for one in found if one.open_amount)


@pytest.mark.parametrize("written", ["classic", "cloud"])
def test_a_payment_that_is_announced_is_read_by_a_pass_of_few_billed_calls(
    tmp_path: Path, written: Literal["classic", "cloud"]
) -> None:
    sandbox = books(webhook_format=written, duplicates=True, disorder=True)
    hooks = sandbox.quickbooks.webhooks
    with serving(sandbox) as url, command(configured(sandbox, url, tmp_path), sandbox) as process:
        address = line(process)["listening"] + PATH
        hooks.post = lambda _url, body, headers: (
            requests.post(address, data=body, headers=headers, timeout=PATIENCE).status_code
        )
        first = line(process)
        assert first["pulled"]["invoices"] > 0
        assert first["billed"]["projected"] is None
        sandbox.ledger.pay(an_open_invoice(sandbox))
        assert hooks.deliver() > 0
        assert hooks.refused == []
        second = line(process)
    assert second["pulled"]["payments"] > 0
    assert 0 < second["billed"]["calls"] <= 4
    assert second["billed"]["month"] == first["billed"]["month"] + second["billed"]["calls"]
    assert second["billed"]["quota"] == 500_000


def test_check_says_the_month_and_warns_beyond_the_quota(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = books()
    monkeypatch.setenv("QUICKBOOKS_TOKEN", sandbox.ledger.user(sandbox.login).key)
    monkeypatch.setenv("QUICKBOOKS_VERIFIER", "verifier-of-the-example")
    with serving(sandbox) as url:
        file = configured(sandbox, url, tmp_path)

        def checked() -> Any:
            capsys.readouterr()
            assert run(["check", "--json", "--config", str(file)]) == 0
            findings = json.loads(capsys.readouterr().out)["findings"]
            return next(one for one in findings if one["what"].startswith("billed calls"))

        assert "after a few passes" in checked()["what"]
        for _ in range(2):
            run(["run", "--once", "--config", str(file)])
        said = capsys.readouterr().out
        assert "1 billed (this month" in said.replace("\n", " ")
        assert checked()["ok"]
        text = file.read_text("utf-8").replace("[host]", "[host]\nmonthly_reads = 5", 1)
        file.write_text(text, "utf-8")
        assert checked()["warning"]
        assert "quota, 5, is shared by all companies" in checked()["what"]
