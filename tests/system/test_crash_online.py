"""Killed beside QuickBooks and Pennylane, while people work in them, tokens are renewed and calls fail: no
effect twice, none lost, nothing asked for that is paid, no word of a person's moved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.sandbox.faults import FAULT_NAMES
from tests.system.crash.acts import Act, Acts
from tests.system.crash.ordeal import Trouble, endure, suffer
from tests.system.crash.pennylane import Pennylane
from tests.system.crash.points import Happening, Point
from tests.system.crash.quickbooks import QuickBooks
from tests.system.crash.story import MakeBeside, Story
from tests.system.crash.zygote import Zygote

HOSTS: dict[str, MakeBeside] = {"quickbooks": QuickBooks, "pennylane": Pennylane}
#: Kills beside each host, at most so many in one story; more by ``make crash``.
KILLS, MOST = int(os.environ.get("RELANCE_CRASH_KILLS", "12")), 50
LONG = KILLS > 12
KILLED = -9
SEEDS = range(-(-KILLS // MOST))
#: Each in a story of its own, when there is time.
FAULTS = [*FAULT_NAMES, "access taken back"] if LONG else []
#: A way of reading and one of writing, beside each.
CALLS = {
    "quickbooks": ("cdc", "query", "batch", "write attachable", "write invoice", QuickBooks.renewal),
    "pennylane": (
        "changelogs/customer_invoices",
        "customer_invoices",
        "customers",
        "write customer_invoices/{id}/comments",
        "write *_customers/{id}",
        Pennylane.renewal,
    ),
}
#: What may come twice: of all else the answer before was to another question.
PAGES = {"quickbooks": ("cdc",), "pennylane": ("changelogs/customer_invoices", "changelogs/customers")}
#: What happens to everybody: a storm of refusals, an answer that comes too late, a page of a gateway, a
#: person who clicks on the wrong line.
USUAL = {
    "quickbooks": (
        Trouble("rate_limited", "*", times=12, after=1),
        Trouble("hang_after", "write attachable"),
        Trouble("access taken back", "write attachable"),
        Trouble("bad_gateway", "write attachable", times=3),
        Trouble("lost_after", "write invoice", times=3),
    ),
    "pennylane": (
        Trouble("rate_limited", "*", times=12, after=1),
        Trouble("hang_after", "write *comments"),
        Trouble("access taken back", "write *comments"),
        Trouble("bad_gateway", "write *comments"),
        Trouble("lost_after", "write *_customers/{id}"),
    ),
}


@pytest.fixture(scope="module", params=HOSTS)
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def zygote(host: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """The parent of all processes, that has worked for a company on that host."""
    make = HOSTS[host]
    made = Zygote(hurry=getattr(make, "hurry", 1.0))
    with Story(tmp_path_factory.mktemp("warm") / "story", "folder", make, 0, made).told() as story:
        story.warm()
    yield made
    made.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_anywhere(tmp_path: Path, zygote: Zygote, host: str, seed: int) -> None:
    told = endure(
        tmp_path,
        zygote,
        via="smtp",
        make=HOSTS[host],
        seed=seed,
        kills=min(KILLS, MOST),
        of_a_day=Acts.of_a_day_with_words,
    )
    assert told.kills.total() >= min(KILLS, MOST)
    assert len(told.kills) >= 3, f"all in one place: {told.kills}"


def test_calls_that_go_wrong(tmp_path: Path, zygote: Zygote, host: str) -> None:
    told = suffer(tmp_path, zygote, make=HOSTS[host], seed=11, troubles=USUAL[host])
    assert told.connected > 1


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_at_every_call(tmp_path: Path, zygote: Zygote, host: str, fault: str) -> None:
    calls = PAGES[host] if fault == "duplicate_page" else CALLS[host]
    troubles = [Trouble(fault, call, times) for times in (1, 3) for call in calls]
    suffer(tmp_path, zygote, make=HOSTS[host], seed=len(fault), troubles=troubles)


def test_paid_between_the_kill_and_the_next_look(tmp_path: Path, zygote: Zygote, host: str) -> None:
    """Messages are ready, and one is under way, when the process is killed. Everybody pays after the next one
    has pulled: nothing leaves any more."""
    with Story(tmp_path / "story", "smtp", HOSTS[host], 2, zygote).told() as story:
        story.day(0, ())
        assert story.relance("run", "--once", point=Point("smtp")) == KILLED
        assert story.waiting()

        def everybody_pays() -> None:
            for document in story.acts.open_ones():
                story.act(Act("pay", document.serial, str(document.open_amount), story.today.isoformat()))

        paying = Happening(Point(story.beside.before_look), everybody_pays)
        story.relance("run", "--once", happening=paying)
        assert paying.done
        story.until_done()
        assert not story.effects()["mails"]
        assert not story.unfinished()
