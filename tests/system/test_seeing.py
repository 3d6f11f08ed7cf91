"""Seeing before acting: what is foreseen is what the run then does, and what a person reads of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from connector import orders
from connector.cli.seeing import first_day
from connector.dunning import plan_messages
from connector.dunning.forecast import ComingMessage, forecast
from connector.errors import ConfigError
from connector.model import Kind, Ref
from connector.pipeline.decide import decide_and_queue, look
from connector.pipeline.foresee import foresee, known
from connector.pipeline.pull import pull
from connector.pipeline.report import PassReport
from connector.store.ports import EffectState
from tests import builders as b
from tests.system.desk import TODAY, Desk
from tests.system.world import World

DAYS = 40
Telling = tuple[date, str, str, tuple[str, ...]]

# the forecast and the run ----------------------------------------------------------------------------------
AMOUNTS = st.sampled_from(["100.00", "250.00", "9.99"])
INVOICES = st.lists(
    st.tuples(st.sampled_from(["alpha", "beta"]), st.integers(-60, 30), AMOUNTS, st.integers(1, 2)),
    min_size=1,
    max_size=5,
)
PROMISES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 12)), max_size=2)
RULES = st.builds(
    lambda spacing, weekend: {
        "scenarios": (replace(b.SCENARIO, spacing=spacing, minimum=Decimal(0)),),
        "closed_weekdays": weekend,
    },
    st.sampled_from([0, 5]),
    st.sampled_from([frozenset(), frozenset({5, 6})]),
)


@contextmanager
def world(invoices: list[Any], promises: list[tuple[int, int]], rules: Any) -> Iterator[World]:
    """A company whose facts have just been pulled, with promises made."""
    with TemporaryDirectory() as folder:
        made = World(Path(folder), **rules)
        try:
            _fill(made, invoices, promises)
            yield made
        finally:
            made.close()


def _fill(made: World, invoices: list[Any], promises: list[tuple[int, int]]) -> None:
    for name in ("alpha", "beta"):
        made.host.customer(name, f"Exemple {name}", language="fr", version="1")
    for n, (customer, due, amount, parts) in enumerate(invoices):
        days = [(made.today + timedelta(days=due + 20 * part), amount) for part in range(parts)]
        made.host.invoice(f"i{n}", customer, days, issued_on=made.today - timedelta(days=90))
    pull(made.company)
    for n, days_ahead in promises:
        if n < len(invoices):
            on = made.today + timedelta(days=days_ahead)
            orders.promise(made.company, f"F-i{n}", on, None, made.today)


def foreseen(made: World, days: int) -> list[ComingMessage]:
    events = foresee(known(made.company, made.today), made.company.policy, days, approved=False)
    return [event for event in events if isinstance(event, ComingMessage)]


def told(message: ComingMessage) -> Telling:
    refs = tuple(sorted({key.invoice_ref for key in message.installments}))
    return message.on, message.step, message.recipient, refs


def done(made: World) -> list[Telling]:
    """What was really sent, in the same words."""
    return [
        (
            taken.on,
            max(taken.steps, key=lambda step: step.level).name,
            taken.message.recipient.email,
            tuple(sorted(set(taken.message.invoice_refs))),
        )
        for taken in made.channel.accepted
    ]


@given(INVOICES, PROMISES, RULES)
@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_the_run_does_in_the_coming_weeks_what_was_foreseen(
    invoices: list[Any], promises: list[tuple[int, int]], rules: Any
) -> None:
    with world(invoices, promises, rules) as made:
        messages = foreseen(made, DAYS)
        for _ in range(DAYS):
            for _pass in range(
                3
            ):  # several a day, as the timer does: what one queues last the next one sends
                made.run()
            made.move(days=1)
        assert Counter(done(made)) == Counter(told(m) for m in messages if not m.waits)
        with made.unit() as unit:
            waiting = unit.effects([EffectState.APPROVAL])
            asked = {r.installment for effect in waiting for r in unit.reminders(message_key=effect.key)}
        # one that waits is written anew when the next installment comes to the same step
        assert asked == {key for m in messages if m.waits for key in m.installments}


@given(INVOICES, PROMISES, RULES)
@settings(max_examples=20, deadline=None)
def test_plan_and_forecast_and_queue_agree_on_today(
    invoices: list[Any], promises: list[tuple[int, int]], rules: Any
) -> None:
    with world(invoices, promises, rules) as made:
        company = made.company
        facts = known(company, made.today)
        first = {
            account.customer.ref: [
                event
                for event in forecast(account, facts.standing, company.policy, made.today, 1)
                if isinstance(event, ComingMessage)
            ]
            for account in facts.accounts
        }
        with made.unit() as unit:
            decided = list(look(company, unit, sorted(first), made.today))
        for item in decided:
            again = plan_messages(item.account, item.decisions, company.policy, made.today)
            planned = [(p.leader.name, p.recipient, [line.installment for line in p.lines]) for p in again]
            ahead = [(m.step, m.recipient, list(m.installments)) for m in first[item.account.customer.ref]]
            assert ahead[: len(planned)] == planned
            assert bool(ahead) == bool(planned)
        decide_and_queue(company, made.today, PassReport(company.id, "memory", made.today))
        with made.unit() as unit:
            queued = [e.item for e in unit.effects([EffectState.READY, EffectState.APPROVAL])]
        keys = sorted(
            (m.recipient.email, tuple(m.invoice_refs)) for m in queued if hasattr(m, "invoice_refs")
        )
        plans = [(p.recipient, p.lines) for item in decided for p in item.plans]
        refs = ((to, dict.fromkeys(line.installment.invoice_ref for line in lines)) for to, lines in plans)
        assert keys == sorted((to, tuple(found)) for to, found in refs)


def test_what_waits_to_leave_is_foreseen_for_today_and_once(tmp_path: Path) -> None:
    with world([("alpha", -10, "100.00", 1)], [], {}) as made:
        decide_and_queue(made.company, made.today, PassReport("exemple", "memory", made.today))
        message, *later = foreseen(made, 10)
        assert (message.on, message.step, message.written) == (made.today, "reminder_1", True)
        assert [m.step for m in later] == ["reminder_2"]


# the ledger with its past ----------------------------------------------------------------------------------
def test_the_ledger_has_what_was_owed_since_a_day(tmp_path: Path) -> None:
    made = World(tmp_path)
    host, today = made.host, made.today
    for name in ("alpha", "beta", "gamma"):
        host.customer(name, f"Exemple {name}")
    long_ago, lately = today - timedelta(days=400), today - timedelta(days=20)
    host.invoice("open", "alpha", [(today, "100.00")], issued_on=long_ago)
    host.invoice("paid", "alpha", [(lately, "200.00")], issued_on=long_ago)
    host.pay("paid", on=lately)
    host.invoice("old", "alpha", [(long_ago, "300.00")], issued_on=long_ago)
    host.pay("old", on=long_ago)
    host.invoice("his", "beta", [(long_ago, "300.00")], issued_on=long_ago)
    host.pay("his", on=long_ago)
    host.receive("money", "alpha", "50.00", today)
    host.receive("alone", "gamma", "50.00", today)
    pull(made.company)
    with made.unit() as unit:
        (account,) = unit.ledger(today - timedelta(days=365))
    assert account.customer.name == "Exemple alpha"
    assert {invoice.ref for invoice in account.invoices} == {"open", "paid"}
    assert [payment.ref for payment in account.payments] == ["money"]
    assert account.reminders == ()
    made.close()


def test_what_is_gone_is_not_in_the_ledger(tmp_path: Path) -> None:
    made = World(tmp_path)
    made.host.customer("alpha", "Exemple alpha")
    made.host.invoice("i1", "alpha", [(made.today, "100.00")])
    pull(made.company)
    made.host.delete(Ref(Kind.INVOICE, "i1"))
    pull(made.company)
    with made.unit() as unit:
        assert list(unit.ledger(made.today - timedelta(days=365))) == []
    made.close()


# at the command line ---------------------------------------------------------------------------------------
SOONER = """
[[scenario]]
name = "standard"
[[scenario.step]]
name = "reminder_1"
day = 2
[[scenario.step]]
name = "formal_notice"
day = 20
include = "same_step"
approval = 1
"""


def amounts(objects: list[dict[str, Any]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in objects:
        total.update({currency: Decimal(text) for currency, text in one["amounts"].items()})
    return total


def test_the_calendar_has_one_object_for_each_day_and_step(desk: Desk) -> None:
    objects = desk.relance("plan", "--days", "60", "--json").objects
    places = [(one["on"], one["step"]) for one in objects]
    assert places == sorted(set(places), key=places.index)
    days = [on for on, _ in places]
    assert days == sorted(days)
    assert all(TODAY.isoformat() <= on <= (TODAY + timedelta(days=59)).isoformat() for on in days)


def test_the_first_day_of_the_calendar_is_the_plan_of_today(desk: Desk) -> None:
    planned = [o for o in desk.relance("plan", "--json").objects if "message" in o]
    (*today,) = desk.relance("plan", "--days", "1", "--json").objects
    assert sum(one["messages"] for one in today) == len(planned) > 0
    asked: Counter[str] = Counter()
    for one in planned:
        asked[one["currency"]] += Decimal(one["amount"])
    assert amounts(today) == asked


def test_the_calendar_adds_up_its_weeks_and_steps_in_french(desk: Desk) -> None:
    page = desk.relance("plan", "--days", "60").out
    assert "si personne ne paie" in page
    assert "Semaine 48, du 23/11/2026 au 29/11/2026" in page
    assert "lun. 23/11/2026" in page
    assert "Mise en demeure (si" in page  # the cell may be folded
    assert "Total" in page


def test_without_consent_a_step_waits_in_the_calendar(desk: Desk) -> None:
    objects = desk.relance("plan", "--days", "60", "--not-approved", "--json").objects
    formal = [one for one in objects if one["step"] == "formal_notice"]
    assert formal
    assert all(one["waits"] for one in formal)
    assert "(attend" in desk.relance("plan", "--days", "60", "--not-approved").out


def test_a_plan_for_no_day_is_refused(desk: Desk) -> None:
    assert desk.relance("plan", "--days", "0").code == 2


def _simulate(desk: Desk, *words: str) -> Any:
    return desk.relance("simulate", *words, "--today", TODAY.isoformat())


@pytest.fixture
def pulled(desk: Desk) -> Desk:
    assert desk.relance("pull").code == 0
    return desk


def test_a_changed_scenario_shows_for_whom_and_when(pulled: Desk) -> None:
    (pulled.folder / "sooner").mkdir()
    file = pulled.folder / "sooner" / "scenario.toml"
    file.write_text(SOONER, encoding="utf-8")
    objects = _simulate(pulled, "--scenario", str(file), "--json").objects
    steps = {one["step"]: one for one in objects if one["kind"] == "step"}
    customers = [one for one in objects if one["kind"] == "customer"]
    assert steps["reminder_2"]["after"]["messages"] == 0 < steps["reminder_2"]["before"]["messages"]
    for when in ("before", "after"):
        told_of = {c["customer"]: c[when] for c in customers}
        assert sum(step[when]["messages"] for step in steps.values()) >= sum(told_of.values()) > 0
    earlier = [x for c in customers for x in c["changes"] if x["change"] == "earlier"]
    assert earlier
    assert all(x["after"]["on"] < x["before"]["on"] for x in earlier)
    page = _simulate(pulled, "--scenario", str(file)).out
    assert "au lieu du" in page
    assert customers[0]["name"].split("\n")[0] in page


def test_the_same_configuration_changes_nothing(pulled: Desk) -> None:
    result = _simulate(pulled, "--scenario", str(pulled.config))
    assert result.code == 0
    assert "Aucun message ne change." in result.out


def test_a_simulation_leaves_no_trace(pulled: Desk) -> None:
    before = pulled.relance("plan", "--no-pull", "--json").out
    _simulate(pulled, "--replay", "12m")
    assert pulled.relance("plan", "--no-pull", "--json").out == before
    assert pulled.mails() == []
    assert pulled.relance("outbox", "list", "--json").objects == []


def test_a_mistake_in_the_changed_file_is_told_at_its_place(pulled: Desk) -> None:
    file = pulled.folder / "wrong.toml.changed"
    file.write_text(SOONER.replace("day = 20", "day = 1"), encoding="utf-8")
    result = _simulate(pulled, "--scenario", str(file))
    assert result.code == 2
    assert "scenario[0].step[1].day" in result.err


def test_a_file_that_is_not_there_is_told(pulled: Desk) -> None:
    result = _simulate(pulled, "--scenario", str(pulled.folder / "none.toml"))
    assert result.code == 2
    assert "there is no such file" in result.err


def test_a_simulation_of_nothing_is_refused(desk: Desk) -> None:
    assert _simulate(desk).code == 2


def test_the_past_year_tells_what_would_have_left_and_what_was_paid(pulled: Desk) -> None:
    objects = _simulate(pulled, "--replay", "12m", "--json").objects
    steps = {one["step"]: one for one in objects if one["kind"] == "step"}
    messages = [one for one in objects if one["kind"] == "message"]
    assert Counter(m["step"] for m in messages) == {name: s["messages"] for name, s in steps.items()}
    assert all("2025-11-23" <= m["on"] <= TODAY.isoformat() for m in messages)
    for message in messages:
        in_time = (date.fromisoformat(message["on"]) + timedelta(days=15)).isoformat()
        paid = sum((Decimal(p["amount"]) for p in message["paid"] if p["on"] <= in_time), Decimal(0))
        assert Decimal(message["paid_within"]) == paid <= Decimal(message["amount"])
        assert all(p["on"] > message["on"] for p in message["paid"])
    assert any(Decimal(m["paid_within"]) for m in messages)


def test_the_past_year_is_told_in_words_with_what_cannot_be_known(pulled: Desk) -> None:
    page = _simulate(pulled, "--replay", "12m").out
    assert "ce qui serait parti du 23/11/2025 au 23/11/2026" in page
    assert "payé sous 15 jours" in page
    assert "Ne peuvent être connus" in page


def test_the_past_year_can_be_told_under_a_changed_scenario(pulled: Desk) -> None:
    file = pulled.folder / "sooner.changed"
    file.write_text(SOONER, encoding="utf-8")
    objects = _simulate(pulled, "--replay", "90d", "--scenario", str(file), "--json").objects
    assert {one["step"] for one in objects if one["kind"] == "message"} <= {
        "reminder_1", "formal_notice", "thank_you"
    }  # fmt: skip
    assert any(one["kind"] == "customer" for one in objects)


@pytest.mark.parametrize(
    ("span", "day"),
    [("12m", date(2025, 11, 23)), ("90d", date(2026, 8, 25)), ("1y", date(2025, 11, 23))],
)
def test_a_span_of_time_goes_back_from_today(span: str, day: date) -> None:
    assert first_day(span, TODAY) == day


@pytest.mark.parametrize("span", ["", "m", "0m", "12", "99y", "-3m", "12 months"])
def test_a_span_that_is_none_is_refused(span: str) -> None:
    with pytest.raises(ConfigError):
        first_day(span, TODAY)
