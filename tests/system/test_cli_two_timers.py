"""Two processes, each for a company of its own, share one store."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox.server import serving
from tests.stores import KINDS, empty_store
from tests.system.desk import Desk, small_sandbox

PATIENCE = 60  # seconds after which the test gives up


@pytest.fixture(params=KINDS)
def desks(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[list[Desk]]:
    """Two companies, each beside its own Odoo and with its own configuration, and one store."""
    with ExitStack() as ends:
        address = ends.enter_context(empty_store(request.param, tmp_path))
        found = []
        for seed, name in enumerate(("Exemple SARL", "Deuxieme SARL"), 1):
            sandbox = small_sandbox(seed=seed)
            folder = tmp_path / f"company-{seed}"
            folder.mkdir()
            desk = Desk(folder, sandbox, ends.enter_context(serving(sandbox)), capsys)
            assert desk.init("--name", name).code == 0
            desk.keep_in(address)
            found.append(desk)
            monkeypatch.setenv("RELANCE_TEST_KEY", desk.key)
        assert found[0].key == found[1].key, "they are entered with one key"
        yield found


def first_report(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    report: dict[str, Any] = json.loads(process.stdout.readline())
    return report


def test_each_timer_works_for_its_company_and_neither_waits_for_the_other(desks: list[Desk]) -> None:
    timers = [desk.spawn("run", "--json") for desk in desks]
    try:
        reports = [first_report(timer) for timer in timers]
        assert [timer.poll() for timer in timers] == [None, None]
        for timer in timers:
            timer.send_signal(signal.SIGTERM)
        ends = [timer.communicate(timeout=PATIENCE) for timer in timers]
    finally:
        for timer in timers:
            timer.kill()
    assert [timer.returncode for timer in timers] == [0, 0], ends
    assert reports[0]["company"] != reports[1]["company"]
    for desk, report in zip(desks, reports, strict=True):
        assert "errors" not in report
        sent = [mail for mail in desk.mails() if "compta@example.com" not in mail["To"]]
        assert report["delivered"]["sent"] == len(desk.mails()) > 0
        assert sent
        again = desk.relance("run", "--once", "--json").object
        assert again["delivered"]["sent"] == 0
