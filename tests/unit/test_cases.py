"""The tables of ``tests/cases``: facts in, decisions out, as a credit controller would say them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from connector.dunning import spare
from connector.model import Action, Decision, InstallmentKey, MessagePlan, Reason
from connector.wording import sentence
from tests.cases.tables import CaseTable, day_of
from tests.cases.world import World, cases, files

BOOK = [(path.stem, case) for path in files() for case in cases(path)]
CASES = [case for _, case in BOOK]
ALL = [
    pytest.param(
        case,
        id=f"{stem}: {case.title}",
        marks=[pytest.mark.xfail(reason=case.fault, strict=True)] if case.fault else [],
    )
    for stem, case in BOOK
]
PAINS = range(1, 26)

#: Only a person, the host or the channel changes these: time does not.
WAITS_FOR_SOMEBODY = frozenset(
    {
        Reason.PAUSED,
        Reason.STALE_SYNC,
        Reason.STALE_BANK,
        Reason.HELD,
        Reason.INSOLVENT,
        Reason.UNREADABLE,
        Reason.EXCLUDED,
        Reason.NO_SCENARIO,
        Reason.SETTLED,
        Reason.IN_PAYMENT,
        Reason.DISPUTED,
        Reason.UNKNOWN_DELIVERY,
        Reason.FAILED_DELIVERY,
        Reason.QUEUED,
        Reason.APPROVAL,
        Reason.ENDED,
        Reason.OLD_DEBT,
        Reason.BELOW_MINIMUM,
    }
)


@pytest.mark.parametrize("case", ALL)
def test_case(case: CaseTable) -> None:
    world = World(case)
    assert sorted(world.ended) == sorted(case.ends)
    assert decided(world) == expected_decisions(world)
    assert sent(world) == expected_messages(case)
    for number, words in case.says.items():
        assert words in explained(world, number)
    if case.deducts is not None:
        shown = spare(world.account, case.today).payments
        assert sorted(p.unapplied for p in shown) == sorted(case.deducts)


def explained(world: World, number: str) -> str:
    """What `relance explain` says of an invoice in French, without its unbreakable spaces."""
    told = next(sentence(d, "fr") for d in world.decisions if d.number == number)
    return told.replace("\u202f", " ").replace("\u00a0", " ")


def place(key: InstallmentKey | None) -> str:
    """An installment as the tables write it: its invoice's number, and its rank unless the first."""
    if key is None:
        return "no installment"
    return key.invoice_ref if key.position == 0 else f"{key.invoice_ref}/{key.position + 1}"


def decided(world: World) -> dict[str, dict[str, object]]:
    """What was decided; of figures that a case need not mention only those that it does."""
    mentioned = {(d.of, d.part): d.model_fields_set for d in world.case.decisions}
    return {
        place(d.installment): _said(world, d, mentioned.get(_rank(d.installment), frozenset()))
        for d in world.decisions
    }


def _rank(key: InstallmentKey | None) -> tuple[str, int]:
    return (key.invoice_ref, key.position + 1) if key else ("", 0)


def _said(world: World, decision: Decision, mentioned: frozenset[str] | set[str]) -> dict[str, object]:
    figures: dict[str, object] = {
        "step": decision.step.name if decision.step else None,
        "channel": decision.step.channel if decision.step else None,
        "scenario": decision.scenario.name if decision.scenario else None,
        "asks": decision.residual,
    }
    if "scenario_by" in mentioned:
        traced = world.decide(trace=True)
        same = next(d for d in traced if d.installment == decision.installment)
        figures["scenario_by"] = next(c for c in same.checks if c.reason is Reason.NO_SCENARIO).seen["by"]
    return {
        "action": decision.action,
        "reason": decision.reason,
        "wake_on": decision.wake_on,
        **{name: value for name, value in figures.items() if name in mentioned},
    }


def expected_decisions(world: World) -> dict[str, dict[str, object]]:
    expected: dict[str, dict[str, object]] = {}
    for says in world.case.decisions:
        figures = {k: getattr(says, k) for k in says.model_fields_set - {"of", "part", "wake_on"}}
        acts = says.action is Action.REMIND
        wake_on = world.day_or_none(says.wake_on) or (world.case.today if acts else None)
        expected[place(InstallmentKey(says.of, says.part - 1))] = {**figures, "wake_on": wake_on}
    return expected


def sent(world: World) -> list[dict[str, object]]:
    named = iter([m.currency is not None for m in world.case.messages])
    return [_message(plan, with_currency=next(named, False)) for plan in world.messages]


def _message(plan: MessagePlan, *, with_currency: bool) -> dict[str, object]:
    return {
        "to": plan.recipient,
        "language": plan.language,
        "step": plan.leader.name,
        "lists": sorted(place(line.installment) for line in plan.lines),
        "only_listed": sorted(place(line.installment) for line in plan.lines if line.step is None),
        "currency": plan.currency if with_currency else None,
        "thanks": plan.action is Action.THANK,
    }


def expected_messages(case: CaseTable) -> list[dict[str, object]]:
    return [
        {**dict(m), "lists": sorted(m.lists), "only_listed": sorted(m.only_listed)} for m in case.messages
    ]


def test_there_are_at_least_eighty_cases_and_no_two_have_the_same_title() -> None:
    titles = Counter(case.title for case in CASES)
    assert len(CASES) >= 80
    assert [title for title, count in titles.items() if count > 1] == []


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_expected_by_a_case(reason: Reason) -> None:
    assert any(d.reason is reason for case in CASES for d in case.decisions if not case.fault)


@pytest.mark.parametrize("pain", PAINS)
def test_every_pain_of_users_elsewhere_has_a_case(pain: int) -> None:
    assert any(case.pain == pain for case in CASES if not case.fault)


def test_no_case_names_a_pain_that_is_not_known() -> None:
    assert {case.pain for case in CASES if case.pain} <= set(PAINS)


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_every_open_installment_has_one_decision_that_says_what_comes_next(case: CaseTable) -> None:
    world = World(case)
    owed = [InstallmentKey(i.ref, n.position) for i in world.account.invoices for n in i.installments]
    assert Counter(d.installment for d in world.decisions) == Counter(owed)
    for decision in world.decisions:
        assert comes_next(world, decision), (decision.number, decision.reason, decision.wake_on)


def comes_next(world: World, decision: Decision) -> bool:
    """True when something is done today, or a day is known, or somebody must change something first."""
    today = world.case.today
    if decision.action in (Action.REMIND, Action.FOLLOW_UP, Action.THANK):
        return True
    if decision.wake_on is not None and decision.wake_on > today:
        return True
    if decision.reason is Reason.CLOSED_DAY:  # shut at this hour: open again later today
        return decision.wake_on == today and world.standing.out_of_hours
    return decision.reason in WAITS_FOR_SOMEBODY


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_every_decision_to_remind_or_thank_is_in_one_message_or_waits_for_its_turn(case: CaseTable) -> None:
    """No message lists what is not to be asked for, and none of them twice."""
    world = World(case)
    by_key = {d.installment: d for d in world.decisions}
    steps = Counter(line.installment for m in world.messages for line in m.lines if line.step)
    assert all(count == 1 for count in steps.values())
    for message in world.messages:
        for line in message.lines:
            assert by_key[line.installment].residual > 0 or message.action is Action.THANK
            if line.step is not None:
                assert by_key[line.installment].action is message.action


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_the_explanation_gives_the_answer_of_the_run_and_ends_at_its_reason(case: CaseTable) -> None:
    world = World(case)
    explained = world.decide(trace=True)
    assert [replace(d, checks=()) for d in explained] == world.decisions
    for decision in explained:
        assert [check.reason for check in decision.checks if check.applies] == [decision.reason]


def test_an_unknown_key_is_an_error() -> None:
    case = {"title": "t", "invoices": [{"number": "F-1", "dew": "today"}], "decisions": []}
    with pytest.raises(ValidationError, match=r"invoices\.0\.dew"):
        CaseTable.model_validate(case)


def test_a_number_that_the_case_does_not_have_is_an_error() -> None:
    case = {"title": "t", "invoices": [], "decisions": [{"of": "F-1", "action": "wait", "reason": "due"}]}
    with pytest.raises(ValidationError, match="no invoice F-1"):
        CaseTable.model_validate(case)


def test_days_are_dates_or_words() -> None:
    today = CASES[0].today
    assert day_of("today", today) == today
    assert day_of("1 day ago", today) == today - timedelta(days=1)
    assert day_of("in 5 days", today) == today + timedelta(days=5)
    with pytest.raises(ValueError, match="is no day"):
        day_of("yesterday", today)
