"""Killed while it pulls, decides, sends through a mail server and writes back: no effect twice, none lost."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.system.crash.odoo import Odoo
from tests.system.crash.ordeal import KILLS, endure
from tests.system.crash.zygote import Zygote


@pytest.mark.parametrize(("via", "version"), [("smtp", 16), ("smtp", 18), ("smtp", 19), ("folder", 17)])
def test_killed_anywhere(tmp_path: Path, zygote: Zygote, via: str, version: int) -> None:
    told = endure(tmp_path, zygote, via=via, make=partial(Odoo, version), seed=version, kills=KILLS)
    assert told.kills.total() >= KILLS
    assert len(told.kills) >= 3, f"all in one place: {told.kills}"
