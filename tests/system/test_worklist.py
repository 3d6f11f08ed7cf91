"""The work list at the command line, and once a day by e-mail where the host cannot hold tasks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.model import Message
from connector.pipeline.worklist import mail, no_way, todays_list
from connector.ports import Ability
from connector.store.ports import Effect, EffectState
from tests.builders import TODAY as MONDAY
from tests.system.desk import Desk, Result
from tests.system.world import World

WITHOUT_TASKS = frozenset({Ability.NOTE, Ability.MAIL})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A customer whom nobody can write to, in books that cannot hold tasks."""
    made = World(tmp_path)
    made.host.supports = WITHOUT_TASKS
    made.host.customer("c1", email=None)
    made.host.invoice("i1", "c1", [(MONDAY - timedelta(days=20), "1200.00")])
    yield made
    made.close()


def lists(world: World) -> list[Message]:
    return [a.message for a in world.channel.accepted if not a.message.for_customer]


def effects(world: World) -> list[Effect]:
    with world.unit() as unit:
        found = unit.effects()
    return [e for e in found if isinstance(e.item, Message) and not e.item.for_customer]


# in a pass ------------------------------------------------------------------------------------------------


def test_the_list_is_mailed_once_a_day_and_again_the_next(world: World) -> None:
    world.run()
    world.move(hours=2)
    world.run()
    assert len(lists(world)) == 1
    assert lists(world)[0].recipient.email == "compta@exemple.example"
    assert "F-i1" in lists(world)[0].text
    world.move(days=1)
    world.run()
    assert len(lists(world)) == 2


def test_nothing_to_do_is_no_mail(world: World) -> None:
    world.host.pay("i1")
    world.run()
    assert lists(world) == []


def test_a_host_that_holds_tasks_needs_no_mail(world: World) -> None:
    world.host.supports = WITHOUT_TASKS | {Ability.ACTIVITY}
    world.run()
    assert effects(world) == []
    assert world.host.tasks


def test_nobody_is_mailed_on_a_day_off(world: World) -> None:
    world.move(days=-1)  # a Sunday
    world.run()
    assert lists(world) == []


def test_a_mail_that_failed_is_tried_again_later_that_day(world: World) -> None:
    world.channel.outcomes = ["failed"]
    report = world.run()
    assert report is not None
    assert [e for e in report.errors if "work list" in e]
    assert lists(world) == []
    world.move(hours=1)
    world.run()
    world.move(hours=1)
    world.run()
    assert len(lists(world)) == 1


def test_a_mail_that_never_left_on_its_day_is_dropped_for_the_next_days(world: World) -> None:
    world.channel.outcomes = ["failed"]
    world.run()
    world.move(days=1)
    world.run()
    assert sorted(e.state for e in effects(world)) == [EffectState.DONE, EffectState.DROPPED]


@pytest.mark.parametrize("outcome", ["unknown_gone", "unknown_lost", "dies_after", "dies_before"])
def test_a_mail_that_may_have_left_is_not_sent_again(world: World, outcome: str) -> None:
    world.channel.outcomes = [outcome]
    world.run()
    for _ in range(3):
        world.move(hours=1)
        world.run()
    assert [e.state for e in effects(world)] == [EffectState.UNKNOWN]
    assert len(lists(world)) <= 1


def test_a_list_that_waits_is_no_reminder_for_the_pass(world: World) -> None:
    world.channel.outcomes = ["failed"]
    world.run()
    world.host.supports = WITHOUT_TASKS | {Ability.ACTIVITY}
    world.move(hours=1)
    report = world.run()
    assert report is not None
    assert report.delivered["sent"] == 0
    assert [e.state for e in effects(world)] == [EffectState.READY]


def test_a_list_that_waits_is_tried_again_without_deciding_for_every_customer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> list[object]:
        raise AssertionError("who has what to do was decided before")

    world.channel.outcomes = ["failed"]
    world.run()
    assert lists(world) == []
    monkeypatch.setattr("connector.pipeline.worklist.todays_list", never)
    world.move(hours=1)
    world.run()
    world.move(hours=1)
    world.run()
    assert len(lists(world)) == 1
    assert [e.state for e in effects(world)] == [EffectState.DONE]


def test_a_list_never_goes_through_the_hosts_own_mail(world: World) -> None:
    world.channel.name = "host"
    report = world.run()
    assert report is not None
    assert [error for error in report.errors if "not mailed" in error], "never in silence"
    again = world.run()
    assert again is not None
    assert again.errors == [], "once a day"
    assert lists(world) == []
    assert "smtp" in (no_way(world.company) or "")


def test_a_second_process_sends_nothing(world: World) -> None:
    world.run()
    other = replace(world.company, store=world.inner)
    with world.unit() as unit:
        items = todays_list(other, unit, world.today)
    (mailed,) = mail(other, items, world.today)
    assert (mailed.state, mailed.now) == (EffectState.DONE, False)
    assert len(lists(world)) == 1


# at the command line ----------------------------------------------------------------------------------------


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A desk on which first reminders wait for a person's consent: some for a salesperson, some nobody's."""
    desk.edit('name = "reminder_1"\n', 'name = "reminder_1"\napproval = 1\n')
    for party in desk.ledger.parties:
        if party.salesperson is not None and party.salesperson.login.startswith("hugo"):
            party.salesperson = None
    assert desk.relance("run", "--once").code == 0
    people = [o["person"] for o in listed(desk)]
    assert any(people)
    assert not all(people)
    return desk


def worklist(desk: Desk, *words: str) -> Result:
    return desk.relance("worklist", *words, "--today", desk.today.isoformat())


def listed(desk: Desk, *words: str) -> list[dict[str, Any]]:
    result = worklist(desk, "--json", *words)
    assert result.code == 0, result.err
    return result.objects


def test_the_list_is_ordered_by_its_score_and_says_what_to_do(busy: Desk) -> None:
    found = listed(busy)
    scores = [Decimal(o["score"]) for o in found]
    assert scores == sorted(scores, reverse=True)
    for one in found:
        assert sum(Decimal(p["value"]) for p in one["parts"]) == Decimal(one["score"])
        assert all(p["sentence"] for p in one["parts"])
        assert all(job["do"] and job["why"] for job in one["jobs"])
        assert one["payer_type_suggested"]["sentence"]
        assert one["overdue"].keys() <= one["owed"].keys()


def test_each_person_sees_his_own_and_nobody_the_rest(busy: Desk) -> None:
    everything = listed(busy)
    people = {o["person"]["name"] for o in everything if o["person"]}
    shares = {name: listed(busy, "--person", name) for name in (*people, "nobody")}
    assert sum(map(len, shares.values())) == len(everything)
    assert all(o["person"]["name"] == name for name in people for o in shares[name])
    assert listed(busy, "--person", "Personne Inconnue") == []


def test_on_screen_every_customer_stands_with_his_points(busy: Desk) -> None:
    result = worklist(busy)
    assert result.code == 0, result.err
    for one in listed(busy):
        assert one["name"].split()[-2] in result.out
        assert one["score"].replace(".", ",") in result.out


def test_what_was_approved_is_off_the_list(busy: Desk) -> None:
    (first, *_) = [o for o in listed(busy) if o["jobs"][0]["job"] == "approval"]
    keys = [j["figures"]["message_key"] for j in first["jobs"] if j["job"] == "approval"]
    for key in keys:
        assert busy.relance("outbox", "approve", key).code == 0
    assert not {"approval"} & {
        j["job"] for o in listed(busy) for j in o["jobs"] if o["customer"] == first["customer"]
    }


def test_by_mail_each_person_gets_his_list_once_a_day(busy: Desk) -> None:
    before = len(busy.mails())
    everything = listed(busy)
    readers = {(o["person"] or {}).get("ref") for o in everything}
    first = worklist(busy, "--mail", "--json")
    assert first.code == 0, first.err
    assert len(busy.mails()) - before == len(first.objects) == len(readers)
    sent = [m.get_body(("plain",)).get_content() for m in busy.mails()]  # type: ignore[union-attr]
    assert all(any(o["name"] in text and "points" in text for text in sent) for o in everything)
    second = worklist(busy, "--mail", "--json")
    assert [o["now"] for o in second.objects] == [False] * len(readers)
    assert len(busy.mails()) - before == len(readers)


def test_a_list_in_the_outbox_is_shown_like_any_message(desk: Desk) -> None:
    desk.relance("run", "--once")
    (key, *_) = [o["key"] for o in worklist(desk, "--mail", "--json").objects]
    assert desk.relance("outbox", "show", key, "--json").object["text"]
    assert desk.relance("outbox", "list", "--all").code == 0
