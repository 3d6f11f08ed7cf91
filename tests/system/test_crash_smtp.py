"""Killed while it pulls, decides, sends through a mail server and writes back: no effect twice, none lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.crash.ordeal import KILLS, endure
from tests.system.crash.zygote import Zygote


@pytest.mark.parametrize(("via", "version"), [("smtp", 16), ("smtp", 18), ("smtp", 19), ("folder", 17)])
def test_killed_anywhere(tmp_path: Path, zygote: Zygote, via: str, version: int) -> None:
    killed = endure(tmp_path, zygote, via=via, version=version, kills=KILLS)
    assert killed.total() >= KILLS
    assert len(killed) >= 3, f"all in one place: {killed}"
