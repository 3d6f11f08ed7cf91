"""Which step comes next for an installment, and on which day it is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from connector.dunning.calendar import days
from connector.model import Reminder, ReminderState, Scenario, Start, Step
from connector.model.chase import THANK_YOU

#: A step in one of these states is behind us. A cancelled one too: a person decided it need not go.
_TAKEN = (ReminderState.SENT, ReminderState.UNKNOWN, ReminderState.CANCELLED)
_BY_AGE = Start.BY_AGE  # once: see ``case``


class NextStep(NamedTuple):
    step: Step
    on: date  # first day on which it may be taken
    previous: Reminder | None


def steps_taken(history: Sequence[Reminder]) -> list[Reminder]:
    """The reminders of an installment that count as steps done, the latest step last."""
    done = [r for r in history if r.state in _TAKEN and r.step != THANK_YOU]
    if len(done) > 1:
        done.sort(key=lambda r: (r.day, r.completed_on or r.queued_on))
    return done


def next_step(
    scenario: Scenario, due_on: date, history: Sequence[Reminder], today: date, started_on: date | None
) -> NextStep | None:
    """Return the first step not yet taken, or None at the end of the scenario.

    It is due at the later of its own day and of the previous step's completion plus the difference of
    their days, so a late start or an outage never fires a burst. Steps before the due date lapse on it.
    """
    taken = steps_taken(history) if history else None
    previous = taken[-1] if taken else None
    remaining = scenario.steps if previous is None else _after(scenario, previous)
    if today >= due_on and remaining and remaining[0].day < 0:
        remaining = tuple([s for s in remaining if s.day >= 0])
    if not remaining:
        return None
    if previous is None and scenario.start is _BY_AGE and started_on is not None:
        remaining = _by_age(remaining, due_on, started_on)
    step = remaining[0]
    on = due_on + days(step.day)
    if previous is not None:
        done_on = previous.completed_on or previous.queued_on
        on = max(on, done_on + days(step.day - previous.day))
    return NextStep(step, on, previous)


def is_old_debt(scenario: Scenario, due_on: date, started_on: date | None) -> bool:
    """True for a debt whose first step after the due date had passed before we were there at all."""
    first = next((s for s in scenario.steps if s.day >= 0), None)
    return bool(first and started_on and due_on + days(first.day) < started_on)


def _after(scenario: Scenario, previous: Reminder) -> tuple[Step, ...]:
    rank = scenario.level(previous.step)
    if rank:
        return scenario.steps[rank:]
    # the scenario was changed or is another one: go on by age, never backwards
    return tuple([s for s in scenario.steps if s.day > previous.day])


def _by_age(steps: tuple[Step, ...], due_on: date, started_on: date) -> tuple[Step, ...]:
    """Begin at the last step whose day had passed, but never at one that needs people's consent."""
    passed = [n for n, s in enumerate(steps) if due_on + days(s.day) < started_on and not s.approval]
    return steps[passed[-1] :] if passed else steps
