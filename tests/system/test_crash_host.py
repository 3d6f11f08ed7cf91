"""Killed while the host itself sends the reminders: no effect twice, none lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.crash.ordeal import KILLS, endure
from tests.system.crash.zygote import Zygote


@pytest.mark.parametrize("version", [16, 17, 18, 19])
def test_killed_anywhere(tmp_path: Path, zygote: Zygote, version: int) -> None:
    killed = endure(tmp_path, zygote, via="host", version=version, kills=KILLS)
    assert killed.total() >= KILLS
    assert len(killed) >= 3, f"all in one place: {killed}"
