"""What the tests of the whole share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.sandbox.server import serving
from tests.system.desk import Desk, small_sandbox


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A company that works, as ``relance init`` writes it, beside a small Odoo."""
    monkeypatch.setenv("COLUMNS", "200")
    sandbox = small_sandbox()
    with serving(sandbox) as url:
        at = Desk(tmp_path, sandbox, url, capsys)
        assert at.init().code == 0
        monkeypatch.setenv("RELANCE_TEST_KEY", at.key)
        yield at
