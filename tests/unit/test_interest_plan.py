"""Interest on a debt that is paid by a plan: on what is left, until each date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connector.errors import ConfigError
from connector.interest import Claim, Movement, PlanInterest, Share, Suspension, plan_interest, rule
from connector.model import Money

FR = rule("fr_b2b")
DUE = date(2026, 9, 30)


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def part(on: date, amount: str) -> Movement:
    return Movement(on, euros(amount))


def share(name: str, amount: str, due_on: date = DUE, **changes: object) -> Share:
    return Share(name, Decimal(amount), Claim(euros(amount), due_on, **changes))  # type: ignore[arg-type]


TWO_PARTS = (part(date(2026, 11, 30), "600.00"), part(date(2026, 12, 30), "600.00"))


def days_and_bases(agreed: PlanInterest) -> list[tuple[str, int, Decimal]]:
    return [
        (name, segment.days, segment.base.amount)
        for name, found in agreed.calculations
        for segment in found.segments
    ]


def test_it_is_counted_on_what_is_left_until_each_date() -> None:
    """61 days on 1200.00 and 30 days on 600.00 at 12.40 %: 24.8679 + 6.1151, rounded once."""
    agreed = plan_interest(FR, [share("F-101", "1200.00")], TWO_PARTS)
    assert days_and_bases(agreed) == [("F-101", 61, Decimal("1200.00")), ("F-101", 30, Decimal("600.00"))]
    assert (agreed.amount, agreed.to_on, agreed.complete) == (euros("30.98"), date(2026, 12, 30), True)


def test_the_parts_pay_the_oldest_debt_first_and_the_sum_is_that_of_the_annexes() -> None:
    shares = [share("F-101", "600.00"), share("F-102", "600.00", date(2026, 10, 31))]
    agreed = plan_interest(FR, shares, TWO_PARTS)
    assert days_and_bases(agreed) == [("F-101", 61, Decimal("600.00")), ("F-102", 60, Decimal("600.00"))]
    assert agreed.amount.amount == sum(found.interest.amount for _, found in agreed.calculations)


def test_a_debt_that_bears_none_takes_its_share_of_the_money_all_the_same() -> None:
    disputed = Share("F-101", Decimal("600.00"), None)
    agreed = plan_interest(FR, [disputed, share("F-102", "600.00")], TWO_PARTS)
    assert days_and_bases(agreed) == [("F-102", 91, Decimal("600.00"))]


def test_the_days_of_a_dispute_bear_none() -> None:
    pause = (Suspension(date(2026, 10, 11), date(2026, 10, 20)),)
    agreed = plan_interest(FR, [share("F-101", "1200.00", suspensions=pause)], TWO_PARTS)
    assert agreed.amount == euros("26.91")  # ten days on 1200.00 less: 4.0767


def test_a_debt_that_falls_due_after_the_plan_bears_none() -> None:
    agreed = plan_interest(FR, [share("F-101", "1200.00", date(2027, 1, 31))], TWO_PARTS)
    assert (agreed.amount, agreed.calculations) == (euros("0"), ())


def test_days_without_a_known_rate_are_left_out_and_it_says_so() -> None:
    parts = (part(date(2026, 12, 31), "600.00"), part(date(2039, 1, 31), "600.00"))
    agreed = plan_interest(FR, [share("F-101", "1200.00")], parts)
    assert not agreed.complete
    assert agreed.amount.amount > 0


def test_without_any_known_rate_it_is_refused_naming_the_half_year() -> None:
    with pytest.raises(ConfigError, match="2039-S1"):
        plan_interest(FR, [share("F-101", "5.00", date(2039, 1, 1))], [part(date(2039, 3, 1), "5.00")])
