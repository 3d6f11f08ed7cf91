"""The demo beside QuickBooks, on the sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.cli import run


def test_the_demo_works_beside_quickbooks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"
    sizes = ["--customers", "20", "--documents", "80"]
    assert run(["demo", "--host", "quickbooks", "--folder", str(folder), *sizes]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "nothing left a second time" in shown
    assert "the pass took 1 calls to QuickBooks" in shown
    assert "Odoo" not in shown
    assert "Envoyé le" in (folder / "look" / "chatter.html").read_text(encoding="utf-8")
