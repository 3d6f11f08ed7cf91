"""The stories of a company where one or two people agree to what leaves, in two currencies.

See ``test_chase_machine``: the rules and the judge are the same.
"""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from connector.model import Start
from tests.system.machine.machine import ChaseMachine, told
from tests.system.machine.story import agreed_by, company


class AskingCompany(ChaseMachine):
    """Approvals by one and two people, a minimum, a tolerance, a start by age."""

    companies = company(
        scenario={
            "steps": st.builds(
                agreed_by,
                reminder_2=st.integers(0, 2),
                reminder_3=st.integers(0, 1),
                formal_notice=st.integers(0, 2),
            ),
            "spacing": st.sampled_from([0, 5]),
            "minimum": st.sampled_from([Decimal(0), Decimal(15), Decimal(150)]),
            "start": st.sampled_from([Start.FIRST, Start.BY_AGE]),
        },
        tolerance=st.sampled_from([{}, {"EUR": Decimal(10), "USD": Decimal(1)}]),
    )
    currencies = ("EUR", "EUR", "USD")

    another_approval = ChaseMachine.approve
    one_more_approval = ChaseMachine.approve
    another_settling = ChaseMachine.settle
    another_pass = ChaseMachine.days_pass_and_then_a_pass
    another_week = ChaseMachine.weeks_of_quiet_work


globals().update(told(AskingCompany))
