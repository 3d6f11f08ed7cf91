"""Each way in which a host can fail, at each thing that is asked of it: no effect twice, none lost."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from random import Random

import pytest

from connector.sandbox.faults import FAULT_NAMES
from tests.system.crash.odoo import Odoo
from tests.system.crash.ordeal import compare
from tests.system.crash.story import Story
from tests.system.crash.zygote import Zygote

CALLS = ("*search_read", "*mail.message.create", "*mail.activity.create", "*message_post", "*action_feedback")


#: With mail through the host itself, those after which it is not known what the host has done.
UNCLEAR = ("lost_before", "lost_after", "hang_before", "hang_after", "torn_body")
CASES = [*((fault, "smtp") for fault in FAULT_NAMES), *((fault, "host") for fault in UNCLEAR)]


@pytest.mark.parametrize(("fault", "via"), CASES)
def test_a_host_that_fails(tmp_path: Path, zygote: Zygote, fault: str, via: str) -> None:
    torn = Story(tmp_path / "torn", via, partial(Odoo, 18), 3, zygote)
    calm = Story(tmp_path / "calm", via, partial(Odoo, 18), 3, zygote)
    with torn.told():
        _day(torn, 7)
        for call in CALLS:
            torn.sandbox.faults.arm(fault, call, times=1, seconds=1)  # type: ignore[arg-type]
            torn.relance("run", "--once")
            torn.sandbox.faults.clear()
        _day(torn, 1)  # what was put off for minutes or hours is tried again
        torn.until_done()
    with calm.told():
        for days, acts in zip((7, 1), torn.script, strict=True):
            calm.day(days, acts)
            calm.until_done()
    compare(torn, calm)


def _day(story: Story, days: int) -> None:
    story.day(days, ())
    for act in story.acts.of_a_day(story.today, Random(days)):
        story.act(act)
