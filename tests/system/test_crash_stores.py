"""Two stores on one company, and an old copy of one, in real processes beside QuickBooks and
Pennylane: one alone sends. For Odoo see ``test_reliability``."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from connector.cli.codes import DONE, FAILED, SAFETY
from tests.stores import about_the_file
from tests.system.crash.acts import Acts
from tests.system.crash.pennylane import Pennylane
from tests.system.crash.quickbooks import QuickBooks
from tests.system.crash.story import MakeBeside, Story, free_port
from tests.system.crash.zygote import Zygote

HOSTS: dict[str, MakeBeside] = {"quickbooks": QuickBooks, "pennylane": Pennylane}
pytestmark = about_the_file


@pytest.fixture(scope="module")
def zygotes(zygote: Zygote) -> Iterator[tuple[Zygote, Zygote]]:
    """Two parents of processes, which can run at the same time."""
    second = Zygote()
    yield zygote, second
    second.close()


@pytest.fixture(params=HOSTS)
def story(request: pytest.FixtureRequest, tmp_path: Path, zygote: Zygote) -> Iterator[Story]:
    """A company that has worked for a day."""
    with Story(tmp_path / "story", "smtp", HOSTS[request.param], 5, zygote).told() as told:
        told.day(0, ())
        yield told


@dataclass
class Installation:
    """Relance on a machine of its own: the same company, another store."""

    story: Story
    folder: Path
    zygote: Zygote

    def __post_init__(self) -> None:
        text = self.story.config.read_text(encoding="utf-8")
        self.folder.mkdir()
        there = text.replace(self.story.store, f"sqlite:///{self.folder / 'store.sqlite'}")
        self.config.write_text(there, encoding="utf-8")
        if self.story.beside.renewal:
            assert self.relance("connect", self.story.beside.name, "--port", str(free_port())) == 0

    @property
    def config(self) -> Path:
        return self.folder / "exemple.toml"

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    def relance(self, *words: str) -> int:
        command = [*words, "--config", str(self.config)]
        now = self.story.now if self.story.beside.own_days else None
        if now is None:
            command += ["--today", self.story.today.isoformat()]
        return self.zygote.run(command, self.folder / "log.txt", self.story.environment, now=now)


def everything_once(story: Story) -> None:
    assert story.killer.mails
    for kind, found in story.identities().items():
        twice = [key for key, count in found.items() if count > 1]
        assert not twice, f"{kind}: {twice}"


def at_once(*installations: Installation) -> list[int]:
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda each: each.relance("run", "--once"), installations))


def test_two_installations_that_begin_at_the_same_moment(
    story: Story, zygotes: tuple[Zygote, Zygote], tmp_path: Path
) -> None:
    """Both decide the same messages; one of the two sends them, and the other never does."""
    both = [Installation(story, tmp_path / str(n), zygote) for n, zygote in enumerate(zygotes)]
    first = at_once(*both)
    for span in (0, 8, 8):
        story.day(span, list(Acts.of_a_day(story.acts, story.today, Random(span))))
        assert at_once(*both) == first  # trying again does not wear it down
    assert sorted(first) == [DONE, SAFETY], both[0].log + both[1].log
    assert "Another store of Relance" in both[first.index(SAFETY)].log
    everything_once(story)


def test_an_old_copy_of_the_store(story: Story) -> None:
    story.until_done()
    copy = story.folder / "copy.sqlite"
    store = story.folder / "store.sqlite"
    with closing(sqlite3.connect(store)) as now, closing(sqlite3.connect(copy)) as then:
        now.backup(then)
    story.day(8, list(Acts.of_a_day(story.acts, story.today, Random(8))))
    story.until_done()
    sent = story.effects()["mails"]
    for file in (store, *story.folder.glob("store.sqlite-*")):
        file.unlink()
    copy.rename(store)
    for _ in range(3):  # trying again does not wear it down
        # the access in the copy may be dead: then that is said first, and a person connects again
        code = story.relance("run", "--once")
        assert code in (FAILED, SAFETY)
    assert code == SAFETY
    assert "is an old copy" in story.log.read_text(encoding="utf-8")
    assert story.effects()["mails"] == sent
    everything_once(story)
