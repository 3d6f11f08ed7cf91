"""What stops a whole company: a person's pause, old books, an old bank. Told until it is settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from connector import app
from connector.errors import Unavailable
from connector.model import Message, Pause
from connector.pipeline import PassReport, pausing
from connector.pipeline.company_tasks import stops_of
from connector.pipeline.decide import look
from connector.pipeline.worklist import OWN_PEOPLE
from connector.ports import Ability
from connector.store.ports import EffectState
from connector.wording import event_sentence, sentence
from connector.worklist import CompanyStop, StopName
from connector.worklist.words import Words
from tests.builders import TODAY as MONDAY
from tests.system.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, max_bank_age=5)
    made.host.customer("alpha", "Exemple alpha")
    made.host.invoice("1", "alpha", [(MONDAY - timedelta(days=8), "100.00")])
    yield made
    made.close()


def run(world: World, **options: bool) -> PassReport:
    report = world.run(**options)
    assert report is not None
    return report


def paused(world: World, until: date | None = None, why: str = "migration") -> Pause:
    return pausing.pause(world.inner, world.company.id, Pause(world.now, "Camille", why, until))


def to_customers(world: World) -> list[Message]:
    return [a.message for a in world.channel.accepted if a.message.for_customer]


def to_us(world: World) -> list[Message]:
    return [a.message for a in world.channel.accepted if not a.message.for_customer]


def events(world: World, *names: str) -> list[str]:
    with world.unit() as unit:
        return [event.name for event in unit.events() if event.name in names]


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def told(report: PassReport) -> list[object]:
    return [stop["reason"] for stop in report.company_stops]


# a pause ------------------------------------------------------------------------------------------------


def test_while_paused_what_comes_in_is_read_and_nothing_leaves(world: World) -> None:
    paused(world)
    report = run(world)
    assert report.pulled["invoices"] == 1
    assert world.channel.accepted == []
    (stop,) = report.as_dict()["company_stops"]  # type: ignore[misc]
    assert stop["reason"] == "paused"
    assert "Camille" in stop["why"]
    assert "migration" in stop["why"]
    assert not report.asks, "it is somebody's wish"
    assert events(world, "paused") == ["paused"]


def test_explain_says_who_paused_the_company_and_why(world: World) -> None:
    run(world)
    paused(world, MONDAY + timedelta(days=3))
    with world.unit() as unit:
        (decided,) = look(world.company, unit, ["alpha"], world.today)
    assert plain(sentence(decided.decisions[0], "fr")) == (
        "Relance bloquée : la relance de la société est suspendue par Camille depuis le 23/11/2026 jusqu'au "
        "26/11/2026 inclus : migration."
    )


def test_a_message_that_waits_when_the_pause_begins_leaves_after_it(world: World) -> None:
    world.channel.outcomes = ["failed"]
    run(world)
    paused(world)
    world.move(hours=1)
    run(world)
    with world.unit() as unit:
        assert [e.state for e in unit.effects() if isinstance(e.item, Message)] == [EffectState.READY]
        key = unit.effects()[0].key
    pausing.unpause(world.inner, world.company.id, "Camille", world.now)
    run(world)
    assert [message.key for message in to_customers(world)] == [key]
    assert events(world, "unpaused", "reminder_dropped") == ["unpaused"]


def test_the_end_of_a_pause_has_everybody_decided_anew(world: World) -> None:
    world.host.customer("beta", "Exemple beta")
    world.host.invoice("2", "beta", [(MONDAY + timedelta(days=30), "100.00")])
    run(world)
    paused(world)
    with world.unit() as unit:
        assert "beta" not in unit.customers_to_look_at(world.today)
    assert pausing.unpause(world.inner, world.company.id, "Camille", world.now)
    with world.unit() as unit:
        assert "beta" in unit.customers_to_look_at(world.today)
    assert not pausing.unpause(world.inner, world.company.id, "Camille", world.now)


def test_a_pause_ends_by_itself_after_its_last_day(world: World) -> None:
    paused(world, MONDAY + timedelta(days=1))
    run(world)
    world.move(days=1)
    run(world)
    assert to_customers(world) == []
    world.move(days=1)
    assert stops_of(world.company, world.today) == [], "plan and explain need no pass to know it"
    run(world)
    assert len(to_customers(world)) == 1
    assert events(world, "pause_ended") == ["pause_ended"]


def test_a_company_paused_twice_is_paused_since_the_first_time(world: World) -> None:
    first = paused(world, why="first")
    world.move(days=1)
    second = paused(world, why="second")
    assert (second.since_at, second.why) == (first.since_at, "second")
    with world.unit() as unit:
        assert unit.standing().pause == second


# old books, an old bank -----------------------------------------------------------------------------------


def test_an_old_bank_is_told_once_and_closes_itself(world: World) -> None:
    world.host.bank_entry_on = MONDAY - timedelta(days=10)
    for _ in range(3):
        report = run(world)
        world.move(hours=2)
    assert told(report) == ["stale_bank"]
    assert report.asks
    assert to_customers(world) == []
    assert events(world, "company_stopped", "company_resumed") == ["company_stopped"]
    world.host.bank_entry_on = MONDAY
    world.host.customer("beta")
    report = run(world)
    assert (told(report), report.asks) == ([], False)
    assert len(to_customers(world)) == 1
    assert events(world, "company_stopped", "company_resumed") == ["company_stopped", "company_resumed"]


def test_an_old_bank_comes_by_mail_once_a_working_day_to_the_companys_own_desk(world: World) -> None:
    world.host.bank_entry_on = MONDAY - timedelta(days=10)
    run(world)
    world.move(hours=2)
    run(world)
    (mail,) = to_us(world)
    assert mail.recipient.email == "compta@exemple.example"
    assert "aucune relance ne part" in mail.subject
    for said in ("13/11/2026", "6 jours ouvrés", "depuis le 23/11/2026", "importer les relevés"):
        assert said in plain(mail.text), mail.text
    world.move(days=1)
    run(world)
    assert len(to_us(world)) == 2


def test_above_the_daily_list_stands_that_the_company_is_paused(world: World) -> None:
    world.host.supports = frozenset({Ability.NOTE, Ability.MAIL})
    world.host.customer("beta", email=None)
    world.host.invoice("2", "beta", [(MONDAY - timedelta(days=20), "1200.00")])
    world.channel.outcomes = ["unknown_lost"] * 2  # a person must say what became of the reminder
    run(world)
    paused(world)
    world.move(days=1)
    run(world)
    mail = to_us(world)[-1]
    assert "suspendues par Camille" in mail.text
    assert mail.text.index("Camille") < mail.text.index("Exemple alpha")
    assert "Camille" in (mail.html or "")


def test_books_that_cannot_be_read_any_more_are_told_though_the_pass_fails(world: World) -> None:
    run(world)
    world.host.down = Unavailable("no answer")
    world.move(hours=2)
    report = run(world)
    assert (told(report), report.errors) == ([], ["no answer"]), "one pass that fails is no alarm"
    world.move(days=2)
    report = run(world)
    assert told(report) == ["stale_sync"]
    assert "2026-11-23 08:00" in str(report.company_stops[0]["why"])
    assert report.asks
    assert len(to_us(world)) == 1
    world.host.down = None
    world.move(hours=1)
    assert told(run(world)) == []


def test_a_word_that_cannot_be_mailed_is_an_error_once_a_day(world: World) -> None:
    world.channel.name = "host"
    world.host.bank_entry_on = MONDAY - timedelta(days=10)
    assert ["not mailed" in error for error in run(world).errors] == [True]
    assert run(world).errors == []
    assert to_us(world) == []


def test_beside_a_host_that_mails_to_customers_our_own_people_have_a_channel(world: World) -> None:
    world.channel.name = "host"
    own = replace(world.channel, name="email")
    world.company = replace(world.company, channels={"email": world.channel, OWN_PEOPLE: own})
    world.host.bank_entry_on = MONDAY - timedelta(days=10)
    assert run(world).errors == []
    assert len(to_us(world)) == 1  # the copy shares the list of what was accepted


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", list(StopName))
def test_every_stop_has_its_words(language: str, name: StopName) -> None:
    words = Words(language)
    message = "x" * 400 + " --accept"
    figures = {"bank_entry_on": MONDAY, "age": 6, "moment": "2026-11-23 08:00", "message": message}
    for do, why in (
        words.stop(CompanyStop(name, MONDAY, figures)),
        words.stop(CompanyStop(name, None, figures)),
    ):
        assert do
        assert why
        assert not set("{}[]") & set(do + why)
        assert name is not StopName.STOPPED or why.endswith("--accept"), "the remedy is never cut off"


@pytest.mark.parametrize("name", ["paused", "unpaused", "pause_ended", "company_stopped", "company_resumed"])
def test_every_event_of_a_company_is_told(name: str) -> None:
    data = {"by": "Camille", "reason": "stale_bank", "until_on": "2026-11-23"}
    for carried in ({}, data):
        assert "_" not in event_sentence(name, carried, "fr") + event_sentence(name, carried, "en")
    assert event_sentence(name, {}, "fr") != event_sentence(name, {}, "en")


# the clock of the host --------------------------------------------------------------------------------------


def test_check_warns_when_the_hosts_clock_is_another(world: World) -> None:
    assert app.check_clock(world.company) == [], "a host that does not tell the time"
    world.host.usage.clock_ahead = timedelta(minutes=2)
    assert [f.ok for f in app.check_clock(world.company)] == [True]
    world.host.usage.clock_ahead = timedelta(minutes=-65)
    (finding,) = app.check_clock(world.company)
    assert (finding.ok, finding.warning) == (False, True)
    assert "1 h 05 min behind ours" in finding.what
    assert finding.remedy
