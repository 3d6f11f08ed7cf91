"""Kills, dealt out over a story, and the comparison with the story told in peace."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.system.crash.acts import Acts, OfADay
from tests.system.crash.points import Happening, Point
from tests.system.crash.story import MakeBeside, Story
from tests.system.crash.zygote import Zygote

#: How far the process is let to come, by what it does: (call, most occurrences). First where something is
#: being done (``Beside.effects``), as there is on a new day; then anywhere.
ANYWHERE = (("*", 6), ("*", 16), ("time", 300))
#: Kills of each story; more by ``make crash``.
KILLS = int(os.environ.get("RELANCE_CRASH_KILLS", "40"))
#: How often a process is started on a day that it may not live to see the end of.
_STARTS, _AT_EFFECTS = 8, 3


class Trouble(NamedTuple):
    """A fault of the sandbox (see ``sandbox.faults``), or "access taken back", at so many calls of that name
    once ``after`` of them have passed."""

    fault: str
    call: str
    times: int = 1
    after: int = 0


def endure(
    folder: Path,
    zygote: Zygote,
    *,
    via: str,
    make: MakeBeside,
    seed: int,
    kills: int,
    of_a_day: OfADay = Acts.of_a_day,
) -> Story:
    """Tell a story in peace and one with at least so many kills; compare. Returns the second."""
    torn, calm = (Story(folder / name, via, make, seed, zygote) for name in ("torn", "calm"))
    chance = random.Random(f"{torn.beside.name}{via}{seed}")
    spans = [0]
    with torn.told():
        torn.day(0, ())
        torn.until_done()
        while torn.kills.total() < kills:
            spans.append(chance.choice((1, 2, 5)))
            _day_with_kills(torn, spans[-1], chance, of_a_day)
        spans.append(1)
        torn.day(1, ())  # what was put off for hours is tried again
        torn.until_done()
    retell(torn, calm, spans)
    compare(torn, calm)
    return torn


def retell(torn: Story, calm: Story, spans: Sequence[int]) -> None:
    """The same days with the same acts, and nothing goes wrong."""
    with calm.told():
        for span, acts in zip(spans, torn.script, strict=True):
            calm.day(span, acts)
            calm.until_done()
    assert calm.connected <= 1, "access was lost in peace"


def _day_with_kills(torn: Story, span: int, chance: random.Random, of_a_day: OfADay) -> None:
    torn.day(span, ())
    for act in of_a_day(torn.acts, torn.today, chance):
        torn.act(act)
    mails = len(torn.killer.mails)
    smtp = [("smtp", 2)] if torn.via == "smtp" else []
    renewal = [(torn.beside.renewal, 1)] if torn.beside.renewal else []
    for nth in range(_STARTS):
        places = [*torn.beside.effects, *smtp, *renewal] if nth < _AT_EFFECTS else ANYWHERE
        happening = _surprise(torn, mails, chance) if torn.beside.own_days and chance.random() < 0.4 else None
        torn.relance("run", "--once", point=_some_point(chance, places), happening=happening)
        if happening is not None and not happening.done:
            happening.happen()
    torn.until_done()


def _surprise(torn: Story, mails: int, chance: random.Random) -> Happening | None:
    """Something that happens while the process works, before it looks at balances for the last time; words to
    us before it pulls, as they are obeyed after that."""
    said = [act for day in torn.script for act in day if act.name == "say"]
    written_to, done = torn.written_to(mails), torn.script[-1]
    act = torn.acts.surprise(torn.today, chance, written_to, done, said, torn.waiting())
    if act is None:
        return None
    where = torn.beside.before_pull if act.name == "say" else torn.beside.before_look
    return Happening(Point(where), lambda: torn.act(act))


def _some_point(chance: random.Random, places: Sequence[tuple[str, int]]) -> Point:
    what, most = chance.choice(places)
    return Point(what, chance.randint(20 if what == "time" else 1, most), after=chance.random() < 0.5)


def compare(torn: Story, calm: Story) -> None:
    """Nothing twice, nothing lost, nothing of people's harmed, nothing asked for that was paid; the same
    facts."""
    for story in (torn, calm):
        for kind, found in story.identities().items():
            twice = {key: count for key, count in found.items() if count > 1}
            assert not twice, f"{kind} twice: {twice}"
        assert not story.beside.harmed()
        assert not story.unfinished()
        if story.via == "smtp":
            assert not story.asked_for_paid()
    assert torn.messages_done() == torn.identities()["messages"].total()
    effects, known = torn.effects(), torn.known()
    for kind, expected in calm.effects().items():
        assert effects[kind] == expected, (kind, effects[kind] - expected, expected - effects[kind])
    differences = torn.beside.differences(calm.beside)
    assert not differences, differences
    for kind, in_peace in calm.known().items():
        assert known[kind] == in_peace, kind


# faults ------------------------------------------------------------------------------------------------
def suffer(
    folder: Path, zygote: Zygote, *, make: MakeBeside, seed: int, troubles: Sequence[Trouble]
) -> Story:
    """Tell a story in which each day a call goes wrong, and in peace; compare. Returns the first."""
    torn, calm = (Story(folder / name, "smtp", make, seed, zygote) for name in ("torn", "calm"))
    chance = random.Random(f"{torn.beside.name}{seed}")
    spans = [0]
    with torn.told():
        torn.day(0, ())
        torn.until_done()
        for trouble in troubles:
            spans.append(chance.choice((1, 2, 5)))
            torn.day(spans[-1], ())
            for act in Acts.of_a_day_with_words(torn.acts, torn.today, chance):
                torn.act(act)
            _befall(torn, trouble)
            torn.until_done()
        spans.append(1)
        torn.day(1, ())
        torn.until_done()
    retell(torn, calm, spans)
    compare(torn, calm)
    return torn


def _befall(torn: Story, trouble: Trouble) -> None:
    """One pass with trouble in the middle of it."""
    taken_back = trouble.fault == "access taken back"
    happening = Happening(Point(trouble.call, trouble.after + 1), torn.beside.take_back)
    if not taken_back:
        torn.sandbox.faults.arm(
            trouble.fault,
            trouble.call,
            times=trouble.times,
            seconds=1,
            after=trouble.after,  # type: ignore[arg-type]
        )
    torn.relance("run", "--once", happening=happening if taken_back else None)
    torn.sandbox.faults.clear()
