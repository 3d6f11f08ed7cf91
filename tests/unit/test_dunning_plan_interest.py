"""A payment plan with interest, as it is ordered, written down, shown and judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector import orders
from connector.dunning import decide, endings
from connector.model import Account, PaymentPlan, PlanState, Reason
from connector.pipeline.pull import pull
from connector.ports import Note
from connector.wording import event_sentence, sentence
from tests.builders import FRESH
from tests.system.world import ZONE, World

TODAY = date(2026, 11, 23)
FIRST = date(2026, 11, 30)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    world.company = replace(world.company, text=replace(world.company.text, country="FR"))
    world.now = datetime.combine(TODAY, time(8), ZONE)
    world.host.customer("alpha", "Exemple alpha", language="fr", country="FR")
    world.host.invoice("1", "alpha", [(date(2026, 9, 30), "1200.00")])
    pull(world.company)
    yield world
    world.close()


def agree(world: World, *numbers: str, **changes: Any) -> PaymentPlan:
    values = {"count": 2, "first_on": FIRST, "today": TODAY, "interest": True, **changes}
    return orders.payment_plan(world.company, numbers or ("F-1",), **values)


def account(world: World) -> Account:
    pull(world.company)
    with world.unit() as unit:
        return unit.accounts(["alpha"])[0]


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_the_interest_is_added_to_the_last_part_and_the_sum_is_exact(world: World) -> None:
    made = agree(world)
    assert [(p.due_on, p.amount, p.interest) for p in made.parts] == [
        (FIRST, Decimal("600.00"), Decimal(0)),
        (date(2026, 12, 30), Decimal("630.98"), Decimal("30.98")),
    ]
    assert (made.total, made.principal, made.interest) == (
        Decimal("1230.98"),
        Decimal("1200.00"),
        Decimal("30.98"),
    )
    assert account(world).plans == (made,)


def test_its_calculation_is_kept_in_the_history_and_shown_in_the_host(world: World) -> None:
    made = agree(world)
    with world.unit() as unit:
        (annex,) = orders.annex_of(unit, made.invoice_refs)
        (event,) = [e for e in unit.events(invoice_ref="1") if e.name == "plan_made"]
        notes = [e.item for e in unit.effects() if isinstance(e.item, Note)]
    assert isinstance(annex, dict)
    assert (annex["rule"], annex["interest"], annex["stated"]["rounding"]) == ("fr_b2b", "30.98", "once")
    assert [(s["days"], s["base"], s["rate"]) for s in annex["segments"]] == [
        (61, "1200.00", "12.40"),
        (30, "600.00", "12.40"),
    ]
    told = plain(event_sentence(event.name, event.data, "fr"))
    assert told.startswith("Plan de paiement de 1 230,98 € (dont 30,98 € d'intérêts) en 2 échéances")
    assert "61 j, 1 200,00 € × 12,4 % ÷ 365 = 24,87 €" in plain(notes[0].html)


def test_explain_says_how_much_of_the_next_part_is_interest(world: World) -> None:
    agree(world)
    world.host.pay("1", "600.00", on=FIRST)
    (decision,) = decide(account(world), FRESH, world.company.policy, FIRST)
    assert "prochaine échéance de 630,98 € (dont 30,98 € d'intérêts) le 30/12/2026" in plain(
        sentence(decision, "fr")
    )
    assert "next part of €630.98 (of which €30.98 interest) on Dec 30, 2026" in sentence(decision, "en")


def test_the_plan_is_kept_when_the_invoices_are_paid_since_the_books_know_no_interest(world: World) -> None:
    agree(world)
    world.host.pay("1", "600.00", on=FIRST)
    (decision,) = decide(account(world), FRESH, world.company.policy, FIRST)
    assert decision.reason is Reason.PLANNED
    world.host.pay("1", "600.00", on=date(2026, 12, 30))
    ended = endings(account(world), date(2026, 12, 30), world.company.policy)
    assert [state for _, state in ended.plans] == [PlanState.KEPT]


def test_a_missed_part_breaks_it_as_any_other(world: World) -> None:
    agree(world)
    ended = endings(account(world), date(2026, 12, 3), world.company.policy)
    assert [state for _, state in ended.plans] == [PlanState.BROKEN]


def test_a_disputed_invoice_bears_none_and_its_dispute_that_is_over_none_for_its_days(world: World) -> None:
    world.host.invoice("2", "alpha", [(date(2026, 9, 30), "1200.00")])
    pull(world.company)
    orders.dispute(world.company, "F-2", "price", "", TODAY)
    both = agree(world, "F-1", "F-2")
    with world.unit() as unit:
        assert len(orders.annex_of(unit, both.invoice_refs)) == 1
    orders.withdraw_plan(world.company, "F-1", TODAY)
    orders.close_dispute(world.company, "F-2", TODAY)
    later = agree(world, "F-2")
    assert later.interest == Decimal("30.58")  # one day on 1200.00 less: 30.9830 - 0.4077


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ({"segment": "consumer"}, "no law gives interest from a consumer"),
        ({"segment": "public", "country": "BE"}, "public body outside France"),
    ],
)
def test_where_no_law_gives_interest_it_is_refused_with_the_reason(
    world: World, who: dict[str, str], why: str
) -> None:
    world.host.customer("alpha", "Exemple alpha", language="fr", **{"country": "FR", **who})
    pull(world.company)
    orders.mark(world.company, "alpha", "segment", who["segment"])
    with pytest.raises(orders.OrderError, match=why):
        agree(world)
    assert account(world).plans == ()
    assert agree(world, interest=False).interest == 0


def test_where_the_company_s_country_has_no_rule_it_is_refused(world: World) -> None:
    world.company = replace(world.company, text=replace(world.company.text, country="JP"))
    with pytest.raises(orders.OrderError, match="between companies in JP"):
        agree(world)


def test_where_nothing_is_late_by_its_dates_it_is_refused(world: World) -> None:
    world.host.invoice("3", "alpha", [(date(2027, 3, 31), "500.00")])
    pull(world.company)
    with pytest.raises(orders.OrderError, match="nothing is late"):
        agree(world, "F-3")
