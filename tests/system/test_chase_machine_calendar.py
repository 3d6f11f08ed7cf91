"""The stories of a company that keeps days and hours, and counts how often it writes.

See ``test_chase_machine``: the rules and the judge are the same.
"""

from __future__ import annotations

from datetime import time
from decimal import Decimal

from hypothesis import strategies as st

from connector.dunning.policy import Budget
from tests.system.machine.machine import ChaseMachine, told
from tests.system.machine.story import agreed_by, company

_BUDGETS = st.sampled_from([None, Budget(1, 10), Budget(2, 15), Budget(3, 30)])


class CarefulCompany(ChaseMachine):
    """Closed on some weekdays and on public holidays, open for some hours, with a budget of contacts."""

    companies = company(
        scenario={
            "steps": st.sampled_from([agreed_by(formal_notice=1), agreed_by(reminder_1=1, reminder_3=1)]),
            "spacing": st.sampled_from([0, 3, 5]),
            "minimum": st.just(Decimal(0)),
        },
        budget=_BUDGETS,
        closed_weekdays=st.sampled_from([frozenset({5, 6}), frozenset({0, 2, 6})]),
        close_on_holidays=st.booleans(),
        hours=st.sampled_from([None, None, (time(9), time(18)), (time(6), time(12))]),
    )

    # what was written on an open day may be ready to leave on a closed one
    another_approval = ChaseMachine.approve
    another_payment = ChaseMachine.pay
    another_trouble = ChaseMachine.a_pass_with_trouble_in_the_channel
    another_pass = ChaseMachine.days_pass_and_then_a_pass


globals().update(told(CarefulCompany))
