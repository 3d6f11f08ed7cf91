"""How a promise ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from connector.dunning.calendar import is_working_day, next_working_day, working_days_between
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
