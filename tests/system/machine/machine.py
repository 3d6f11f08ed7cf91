"""The state machine, put together; and how many stories of it are told.

``RELANCE_STORIES=50000`` tells so many in all, in small lots that many processes can share (``make fuzz``).
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from tests.system.machine.ledger_rules import LedgerRules
from tests.system.machine.people_rules import PeopleRules
from tests.system.machine.trouble_rules import TroubleRules

#: Stories of each module in a test run, and of each lot in a long one; modules with a machine.
STORIES, LOT, MODULES = 250, 100, 4
STEPS, LONG = 20, 60


class ChaseMachine(LedgerRules, PeopleRules, TroubleRules):
    """Whatever happens, in whatever order: no message leaves that should not."""


def told(machine: type[ChaseMachine], share: int = 100) -> dict[str, Any]:
    """Return the tests of a machine by name; it tells ``share`` percent of a module's stories."""
    name, wanted = machine.__name__, os.environ.get("RELANCE_STORIES")
    if not wanted:
        return {f"Test{name}": _test(machine, name, STORIES * share // 100, STEPS)}
    lots = -(-int(wanted) * share // (LOT * MODULES * 100))
    return {
        f"Test{name}{n}": _test(machine, f"{name}{n}", LOT, LONG if n % 2 else STEPS) for n in range(lots)
    }


def _test(machine: type[ChaseMachine], name: str, stories: int, steps: int) -> Any:
    test = type(name, (machine,), {}).TestCase
    test.settings = settings(
        max_examples=stories,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[phase for phase in Phase if phase is not Phase.explain],
    )
    return test
