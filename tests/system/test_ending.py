"""A program that waits for a host ends when it is asked to, and not when the wait is over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer

import pytest

from connector.config import starter
from connector.errors import Interrupted
from connector.http import ending, pause
from connector.sandbox.quickbooks import QuickBooksOptions
from connector.sandbox.server import SandboxOptions, build, serving

#: Less than the minute for which QuickBooks asks, and than the three minutes for which we would try.
PATIENCE = 40.0


@pytest.mark.parametrize("command", [["run", "--once"], ["run"]])
def test_a_signal_ends_the_minute_for_which_quickbooks_asks(tmp_path: Path, command: list[str]) -> None:
    options = QuickBooksOptions(per_minute=1)
    today = datetime.now(UTC).date()
    sandbox = build(
        SandboxOptions(today=today, host="quickbooks", customers=5, documents=20, quickbooks=options)
    )
    with serving(sandbox) as url:
        at = sandbox.address(url)
        file = tmp_path / "relance.toml"
        text = starter(
            host="quickbooks", url=url, database=at.database, key_env="T", company_id="exemple",
            company_name="Exemple",
        )  # fmt: skip
        file.write_text(text, encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "connector", *command, "--config", str(file)],
            cwd=Path(__file__).parents[2], env={**os.environ, "T": at.key}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        refused = sandbox.quickbooks.rate
        while process.poll() is None and not refused.refused:
            ending.wait(0.05)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=PATIENCE)
    assert refused.refused == 1
    assert "ended on request" in said
    assert process.returncode == (1 if "--once" in command else 0)


def test_who_waits_is_told_that_it_is_over() -> None:
    timer = Timer(0.05, ending.set)
    timer.start()
    try:
        with pytest.raises(Interrupted):
            pause(PATIENCE)
    finally:
        timer.join()
        ending.clear()
