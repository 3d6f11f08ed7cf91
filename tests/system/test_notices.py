"""What was granted to us in the host ends: announced thirty days ahead, once, until it is renewed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector import app
from connector.model import Message
from connector.pipeline import PassReport
from connector.pipeline.notices import notices_of
from connector.ports import Ability
from connector.wording import event_sentence
from connector.worklist import CompanyNotice, NoticeName, access_notice
from connector.worklist.words import Words
from tests.builders import TODAY as MONDAY
from tests.system.world import ZONE, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.host.name = "quickbooks"
    yield made
    made.close()


def ends_in(world: World, days: int) -> None:
    at = datetime.combine(world.today + timedelta(days=days), datetime.min.time(), ZONE)
    world.host.usage.access_until = at.astimezone(UTC)


def run(world: World) -> PassReport:
    report = world.run()
    assert report is not None
    assert report.errors == []
    return report


def mails(world: World) -> list[Message]:
    return [a.message for a in world.channel.accepted if not a.message.for_customer]


def events(world: World) -> list[str]:
    with world.unit() as unit:
        return [e.name for e in unit.events() if e.name.startswith("access_")]


def test_nothing_is_said_of_an_access_that_does_not_end_or_ends_far_away(world: World) -> None:
    run(world)
    ends_in(world, 31)
    assert run(world).company_notices == []
    assert (mails(world), events(world)) == ([], [])


def test_thirty_days_ahead_it_is_announced_in_the_report_and_nothing_stops(world: World) -> None:
    world.host.customer("alpha", "Exemple alpha")
    world.host.invoice("1", "alpha", [(MONDAY - timedelta(days=8), "100.00")])
    ends_in(world, 30)
    report = run(world)
    (notice,) = report.as_dict()["company_notices"]  # type: ignore[misc]
    assert (notice["notice"], notice["on"]) == ("access_ends", "2026-12-23")
    assert "relance connect quickbooks --company exemple" in notice["do"]
    assert not report.asks, "the exit code is that of a pass that works"
    assert report.delivered["sent"] == 1


def test_it_is_mailed_once_to_the_companys_own_desk_even_where_the_host_has_tasks(world: World) -> None:
    assert Ability.ACTIVITY in world.host.supports
    ends_in(world, 30)
    until = world.host.usage.access_until
    for _ in range(5):
        run(world)
        world.host.usage.access_until = until + timedelta(seconds=7) if until else None  # told anew each hour
        world.move(days=1)
    (mail,) = mails(world)
    assert mail.recipient.email == "compta@exemple.example"
    assert "à faire avant que les relances ne s'arrêtent" in mail.subject
    for said in ("relance connect quickbooks --company exemple", "23/12/2026", "plus rien ne part"):
        assert said in mail.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "relance connect quickbooks" in (mail.html or "")
    assert events(world) == ["access_ends_announced"]


def test_a_mail_that_failed_is_tried_again_with_a_later_pass(world: World) -> None:
    world.channel.outcomes = ["failed"]
    ends_in(world, 20)
    report = world.run()
    assert report is not None
    world.move(hours=3)
    world.run()
    assert len(mails(world)) == 1


def test_on_a_day_off_it_waits_for_the_next_working_day(world: World) -> None:
    world.move(days=5)  # a Saturday
    ends_in(world, 29)
    run(world)
    assert mails(world) == []
    world.move(days=2)
    run(world)
    assert len(mails(world)) == 1


def test_renewed_it_is_announced_no_more_and_the_next_end_is_told_again(world: World) -> None:
    ends_in(world, 10)
    run(world)
    ends_in(world, 1826)
    world.move(days=1)
    assert run(world).company_notices == []
    assert events(world) == ["access_ends_announced", "access_renewed"]
    ends_in(world, 12)
    world.move(days=1)
    run(world)
    assert events(world) == ["access_ends_announced", "access_renewed", "access_ends_announced"]
    assert len(mails(world)) == 2


def test_the_daily_list_says_it_again_above_the_customers(world: World) -> None:
    world.host.supports = frozenset({Ability.NOTE, Ability.MAIL})
    world.host.customer("beta", "Exemple beta", email=None)
    world.host.invoice("2", "beta", [(MONDAY - timedelta(days=20), "1200.00")])
    ends_in(world, 10)
    run(world)
    world.move(days=1)
    run(world)
    last = mails(world)[-1]
    assert "à traiter" in last.subject
    assert last.text.index("relance connect") < last.text.index("Exemple beta")


def test_every_command_knows_it_without_asking_the_host(world: World) -> None:
    ends_in(world, 10)
    before = world.host.usage.calls
    assert [one.name for one in notices_of(world.company, world.today)] == [NoticeName.ACCESS_ENDS]
    assert world.host.usage.calls == before


def test_check_says_until_when_and_warns_when_it_is_near(world: World) -> None:
    assert app.check_access(world.company) == []
    ends_in(world, 400)
    assert [f.ok for f in app.check_access(world.company)] == [True]
    ends_in(world, 30)
    (finding,) = app.check_access(world.company)
    assert (finding.ok, finding.warning) == (False, True)
    assert "2026-12-23" in finding.what
    assert "relance connect quickbooks --company exemple" in finding.remedy


def test_an_end_that_has_come_is_still_announced() -> None:
    assert access_notice(MONDAY - timedelta(days=3), MONDAY, "exemple", "quickbooks") is not None


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", list(NoticeName))
def test_every_notice_has_its_words(language: str, name: NoticeName) -> None:
    for text in Words(language).notice(CompanyNotice(name, MONDAY, "exemple", "quickbooks")):
        assert text
        assert not set("{}[]") & set(text)


@pytest.mark.parametrize("name", ["access_ends_announced", "access_renewed"])
def test_every_event_of_it_is_told(name: str) -> None:
    told = {language: event_sentence(name, {"until_on": "2026-12-23"}, language) for language in ("fr", "en")}
    assert told["fr"] != told["en"]
    assert "_" not in told["fr"] + told["en"]
