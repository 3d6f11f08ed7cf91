"""How a promise ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from connector.dunning.calendar import (
    add_bank_days,
    is_target_day,
    is_working_day,
    next_working_day,
    working_days_between,
)
from connector.dunning.promises import settle_promises
from connector.model import Allocation, AllocationSource, PromiseState
from tests.builders import TODAY, account, invoice, paid, policy, promise


def outcome(item, **changes):
    return [state for _, state in settle_promises(item, TODAY, policy(**changes))]


def part(amount: str, on: date = TODAY):
    item = invoice()
    return replace(
        item,
        residual=item.residual - Decimal(amount),
        allocations=(Allocation("a", AllocationSource.PAYMENT, Decimal(amount), on),),
        installments=(replace(item.installments[0], residual=item.residual - Decimal(amount)),),
    )


def test_it_is_kept_as_soon_as_the_money_is_there():
    assert outcome(account(paid(invoice()), promises=(promise(5),))) == [PromiseState.KEPT]


def test_a_promised_amount_is_kept_when_that_much_came_since():
    assert outcome(account(part("500.00"), promises=(promise(5, amount=Decimal(500)),))) == [
        PromiseState.KEPT
    ]


def test_money_from_before_the_promise_does_not_count():
    early = part("500.00", on=TODAY - timedelta(days=9))
    assert outcome(account(early, promises=(promise(5, amount=Decimal(500)),))) == []


# TODAY is a Monday: what was promised for Thursday may come until today, two working days later
@pytest.mark.parametrize(("days", "ended"), [(-4, []), (-5, [PromiseState.BROKEN])])
def test_it_is_broken_only_when_the_days_of_grace_are_over(days, ended):
    assert outcome(account(promises=(promise(days, made=-9),))) == ended


def test_a_part_of_the_money_keeps_it_in_part():
    assert outcome(account(part("300.00"), promises=(promise(-6, made=-9),))) == [PromiseState.PARTLY]


def test_a_promise_that_ended_is_not_settled_again():
    assert outcome(account(promises=(promise(-9, state=PromiseState.BROKEN),))) == []


def test_french_public_holidays_are_no_working_days():
    assert not is_working_day(date(2026, 7, 14), "FR")
    assert is_working_day(date(2026, 7, 14), "GB")
    assert next_working_day(date(2026, 11, 21), "FR") == date(2026, 11, 23)  # a Saturday
    assert next_working_day(date(2026, 11, 11), "FR") == date(2026, 11, 12)


def test_working_days_between_two_dates_leave_out_the_first():
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 23), "FR") == 1
    assert working_days_between(date(2026, 11, 23), date(2026, 11, 20), "FR") == 0


@pytest.mark.parametrize(
    "closed",
    [
        date(2026, 1, 1),  # New Year's Day
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 1),
        date(2026, 12, 25),
        date(2025, 12, 26),
        date(2026, 11, 21),  # a Saturday
    ],
)
def test_target_is_closed_on_six_holidays_and_at_the_week_end(closed):
    assert not is_target_day(closed)


@pytest.mark.parametrize(
    "open_", [date(2026, 5, 8), date(2026, 7, 14), date(2026, 11, 11), date(2026, 12, 24)]
)
def test_target_is_open_on_the_other_holidays_of_its_countries(open_):
    assert is_target_day(open_)


def test_a_day_of_grace_is_open_at_the_bank_and_in_the_company_s_country():
    # Wednesday 11 November: TARGET is open, nobody in France is there to see the money
    assert add_bank_days(date(2026, 11, 10), 1, "FR") == date(2026, 11, 12)
    assert add_bank_days(date(2026, 11, 10), 1, "DE") == date(2026, 11, 11)
