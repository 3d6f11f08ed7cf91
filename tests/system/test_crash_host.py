"""Killed while the host itself sends the reminders: no effect twice, none lost."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.system.crash.odoo import Odoo
from tests.system.crash.ordeal import KILLS, endure
from tests.system.crash.zygote import Zygote


@pytest.mark.parametrize("version", [16, 17, 18, 19])
def test_killed_anywhere(tmp_path: Path, zygote: Zygote, version: int) -> None:
    told = endure(tmp_path, zygote, via="host", make=partial(Odoo, version), seed=version, kills=KILLS)
    assert told.kills.total() >= KILLS
    assert len(told.kills) >= 3, f"all in one place: {told.kills}"
