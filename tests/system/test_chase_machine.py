"""Whatever happens, in whatever order: no message leaves that should not.

A machine pays, credits, promises, disputes, holds, kills the process and lies on behalf of the host; the
judge looks at each message at the very moment it is accepted, with the host's own books before him. This
module tells the stories of a plain company; its neighbours those of companies with more rules.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from tests.system.machine.machine import ChaseMachine, told
from tests.system.machine.story import company


class PlainCompany(ChaseMachine):
    """The standard scenario, with and without days between messages."""

    companies = company(
        scenario={"spacing": st.sampled_from([0, 5]), "minimum": st.just(Decimal(0))},
        # where the books are seldom compared as a whole, only the look before sending sees what a page hid
        sweep_every=st.sampled_from([timedelta(days=1), timedelta(days=30)]),
    )


class KeptInAFile(PlainCompany):
    """The same with the store in a file, where each transaction reaches the disk."""

    in_a_file = True


globals().update(told(PlainCompany))
globals().update(told(KeptInAFile, share=10))
