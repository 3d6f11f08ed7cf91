"""Kills, dealt out over a story, and the comparison with the story told in peace."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.system.crash.points import Point
from tests.system.crash.story import Story
from tests.system.crash.zygote import Zygote

#: How far the process is let to come, by what it does: (call, most occurrences). First where something is
#: being done, as there is on a new day; then anywhere.
EFFECTS = (
    ("*mail.message.create", 1),
    ("*mail.activity.create", 1),
    ("*message_post", 2),
    ("*action_feedback", 1),
    ("smtp", 2),
)
ANYWHERE = (("*", 6), ("*", 16), ("time", 300))
#: Kills of each story; more by ``make crash``.
KILLS = int(os.environ.get("RELANCE_CRASH_KILLS", "40"))


def endure(folder: Path, zygote: Zygote, *, via: str, version: int, kills: int) -> Counter[str]:
    """Tell a story in peace and one with at least so many kills; compare. Returns where it was killed."""
    chance = random.Random(f"{via}{version}")
    torn = Story(folder / "torn", via, version, seed=version, zygote=zygote)
    calm = Story(folder / "calm", via, version, seed=version, zygote=zygote)
    with torn.told():
        days = [0]
        torn.until_done()
        while torn.kills.total() < kills:
            days.append(chance.choice((1, 2, 5)))
            torn.day(days[-1])
            for nth in range(8):
                point = _some_point(chance, EFFECTS if nth < 3 else ANYWHERE)
                torn.relance("run", "--once", point=point)
            torn.until_done()
    with calm.told():
        calm.until_done()
        for span in days[1:]:
            calm.day(span)
            calm.until_done()
    compare(torn, calm)
    return torn.kills


def _some_point(chance: random.Random, places: Sequence[tuple[str, int]]) -> Point:
    what, most = chance.choice(places)
    return Point(what, chance.randint(20 if what == "time" else 1, most), after=chance.random() < 0.5)


def compare(torn: Story, calm: Story) -> None:
    """Nothing twice, nothing lost, the same facts."""
    for kind, found in torn.identities().items():
        twice = {key: count for key, count in found.items() if count > 1}
        assert not twice, f"{kind} twice: {twice}"
    assert torn.messages_done() == torn.identities()["messages"].total()
    effects, known = torn.effects(), torn.known()
    for kind, expected in calm.effects().items():
        assert effects[kind] == expected, kind
    for kind, in_peace in calm.known().items():
        assert known[kind] == in_peace, kind
