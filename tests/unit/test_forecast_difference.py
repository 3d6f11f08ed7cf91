"""Two forecasts beside one another: who gets more, fewer, other, earlier or later messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.cli.seeing_words import Words
from connector.dunning.forecast import (
    Change,
    ComingMessage,
    CustomerChange,
    MessageChange,
    compare,
    forecast,
)
from connector.model import Account, Scenario
from tests import builders as b


def messages(account: Account, *steps: Any, **scenario: Any) -> list[ComingMessage]:
    rules = b.policy(scenarios=(replace(b.SCENARIO, steps=steps or b.STEPS, **scenario),))
    events = forecast(account, b.FRESH, rules, b.TODAY, 60)
    return [event for event in events if isinstance(event, ComingMessage)]


ACCOUNT = b.account(b.invoice(due=-3))
NOW = messages(ACCOUNT)
_, FIRST, SECOND, THIRD, FORMAL = b.STEPS


def changes(*steps: Any, **scenario: Any) -> list[tuple[Change, str]]:
    (customer,) = compare(NOW, messages(ACCOUNT, *steps, **scenario))
    return [(one.change, one.message.step) for one in customer.changes]


def test_the_same_rules_change_nothing() -> None:
    assert compare(NOW, messages(ACCOUNT)) == []


def test_a_step_that_is_taken_out_is_missed() -> None:
    assert changes(FIRST, SECOND, FORMAL) == [(Change.REMOVED, "reminder_3")]


def test_a_step_that_is_put_in_is_told() -> None:
    more = replace(FIRST, name="courtesy", day=3)
    assert (Change.ADDED, "courtesy") in changes(more, FIRST, SECOND, THIRD, FORMAL)


def test_a_step_that_comes_sooner_or_later_is_told() -> None:
    assert changes(replace(FIRST, day=5), SECOND, THIRD, FORMAL) == [(Change.EARLIER, "reminder_1")]
    assert changes(FIRST, replace(SECOND, day=18), THIRD, FORMAL) == [(Change.LATER, "reminder_2")]


def test_a_step_that_takes_another_way_is_told() -> None:
    assert changes(FIRST, replace(SECOND, channel="letter"), THIRD, FORMAL) == [(Change.OTHER, "reminder_2")]


def test_a_step_that_needs_consent_from_now_on_is_told() -> None:
    assert changes(FIRST, replace(SECOND, approval=1), THIRD, FORMAL) == [(Change.OTHER, "reminder_2")]


def test_messages_of_the_same_step_about_different_invoices_are_not_taken_for_one_another() -> None:
    first, *_ = NOW
    other = replace(first, installments=(b.InstallmentKey("i9", 0),), on=first.on + timedelta(days=3))
    (customer,) = compare([first], [other])
    assert {one.change for one in customer.changes} == {Change.ADDED, Change.REMOVED}


def test_a_customer_who_is_not_chased_any_more_is_among_the_differences() -> None:
    assert [(c.customer_name, c.before, c.after) for c in compare(NOW, [])] == [("Exemple c1", len(NOW), 0)]


def test_customers_stand_in_the_order_of_their_names() -> None:
    first, *_ = NOW
    two = [replace(first, customer_ref=ref, customer_name=name) for ref, name in (("a", "Zoé"), ("b", "abc"))]
    assert [c.customer_name for c in compare(two, [])] == ["abc", "Zoé"]


# in words --------------------------------------------------------------------------------------------------
MOVED = MessageChange(Change.EARLIER, NOW[0], replace(NOW[0], on=NOW[0].on - timedelta(days=2)))
OTHERWISE = MessageChange(Change.OTHER, NOW[0], replace(NOW[0], channel="letter", language="en", approval=1))


def plain(text: str) -> str:
    """The same with ordinary spaces."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_change_is_said_in_french() -> None:
    words = Words("fr")
    assert plain(words.change(MOVED)) == (
        "Rappel 1 le 25/11/2026 au lieu du 27/11/2026, 2 jours plus tôt : FAC/i1, 1 200,00 €"
    )
    assert plain(words.change(MessageChange(Change.REMOVED, NOW[0], None))) == (
        "Rappel 1 en moins, qui partirait le 27/11/2026 : FAC/i1, 1 200,00 €"
    )
    assert plain(words.change(OTHERWISE)) == (
        "Rappel 1 le 27/11/2026, mais autrement : par courrier, jusqu'ici par e-mail ; en anglais ; "
        "un accord est nécessaire"
    )


def test_a_change_is_said_in_english() -> None:
    words = Words("en")
    assert plain(words.change(MOVED)) == (
        "Reminder 1 on Nov 25, 2026 instead of Nov 27, 2026, 2 days earlier: FAC/i1, €1,200.00"
    )
    assert words.customer(CustomerChange("c1", "Exemple", 2, 3, ())) == "3 messages instead of 2"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_change_has_its_sentence(language: str) -> None:
    for change in Change:
        assert Words(language).change(MessageChange(change, NOW[0], NOW[1]))


def test_a_name_from_the_host_stays_on_its_line_and_keeps_its_braces() -> None:
    hostile = replace(NOW[0], invoices=("F{on}\n1",))
    said = Words("en").change(MessageChange(Change.ADDED, None, hostile))
    assert "F{on} 1" in said
    assert "\n" not in said


def test_scenarios_of_nobody_are_no_difference() -> None:
    other = Scenario("other", b.STEPS, when=b.replace(b.SCENARIO.when, country=frozenset({"CH"})))
    rules = b.policy(scenarios=(b.SCENARIO, other))
    found = forecast(ACCOUNT, b.FRESH, rules, b.TODAY, 60)
    assert compare(NOW, [m for m in found if isinstance(m, ComingMessage)]) == []
