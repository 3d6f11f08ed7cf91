"""The stories of a company whose customers promise, dispute, answer and agree on plans more than others'.

See ``test_chase_machine``: the rules and the judge are the same.
"""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from tests.system.machine.machine import ChaseMachine, told
from tests.system.machine.story import company


class TalkativeCustomers(ChaseMachine):
    """What people say comes twice as often: much stands in the way of a message."""

    companies = company(scenario={"spacing": st.sampled_from([0, 2]), "minimum": st.just(Decimal(0))})

    another_promise = ChaseMachine.promise
    another_promise_for_all = ChaseMachine.promise_for_all
    another_dispute = ChaseMachine.dispute
    another_plan = ChaseMachine.payment_plan
    another_answer = ChaseMachine.the_customer_answers
    another_hold = ChaseMachine.hold
    another_pass = ChaseMachine.days_pass_and_then_a_pass
    another_week = ChaseMachine.weeks_of_quiet_work


globals().update(told(TalkativeCustomers))
