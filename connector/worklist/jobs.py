"""What a person has to do for one customer today, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from connector.dunning.policy import Policy
from connector.dunning.priority import recently_broken
from connector.model import Account, Action, Decision, Reason, Reminder, ReminderState
from connector.model.chase import CALL_CHANNEL

#: A call for the customer's salesperson, which is what no name means too.
SALESPERSON = "salesperson"


class JobName(StrEnum):
    """Kinds of job, in the order in which one customer's are told."""

    UNKNOWN_DELIVERY = "unknown_delivery"
    REPLIED = "replied"
    PROMISE_BROKEN = "promise_broken"
    CALL = "call"
    APPROVAL = "approval"
    FAILED_DELIVERY = "failed_delivery"
    COVERED = "covered"
    MISSING_ORDER_NUMBER = "missing_order_number"
    NO_CONTACT = "no_contact"
    ENDED = "ended"
    HOLD_ENDS = "hold_ends"
    OLD_DEBT = "old_debt"
    UNREADABLE = "unreadable"
    NO_SCENARIO = "no_scenario"


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to do. ``figures`` fill its sentence; ``numbers`` are the invoices it is about; ``assign`` is
    the person that the scenario names for it, None for the customer's salesperson."""

    name: JobName
    numbers: tuple[str, ...] = ()
    figures: Mapping[str, object] = field(default_factory=dict)
    assign: str | None = None


#: Answers of ``decide`` that time alone will not change: a person must do something.
_BY_REASON = {
    Reason.REPLIED: JobName.REPLIED,
    Reason.COVERED: JobName.COVERED,
    Reason.MISSING_ORDER_NUMBER: JobName.MISSING_ORDER_NUMBER,
    Reason.NO_CONTACT: JobName.NO_CONTACT,
    Reason.ENDED: JobName.ENDED,
    Reason.OLD_DEBT: JobName.OLD_DEBT,
    Reason.UNREADABLE: JobName.UNREADABLE,
    Reason.NO_SCENARIO: JobName.NO_SCENARIO,
}
_BY_STATE = {
    ReminderState.UNKNOWN: JobName.UNKNOWN_DELIVERY,
    ReminderState.FAILED: JobName.FAILED_DELIVERY,
    ReminderState.APPROVAL: JobName.APPROVAL,
}


def jobs_of(account: Account, decisions: Sequence[Decision], policy: Policy, today: date) -> tuple[Job, ...]:
    """Return what a person has to do for a customer today, in the order of ``JobName``; empty for most.

    ``account`` as it stands after what ended by itself (``apply_endings``), ``decisions`` made of it.
    """
    found = [
        *_from_decisions(decisions),
        *_calls_due(decisions),
        *_calls_given(account, today),
        *_from_deliveries(account),
        *_from_promises(account, policy, today),
        *_from_holds(account, today),
    ]
    order = list(JobName)
    return tuple(sorted(found, key=lambda job: order.index(job.name)))


def _from_decisions(decisions: Sequence[Decision]) -> Iterator[Job]:
    by_name: dict[JobName, list[Decision]] = {}
    for decision in decisions:
        name = _BY_REASON.get(decision.reason)
        if name is not None and decision.residual > 0:
            by_name.setdefault(name, []).append(decision)
    for name, concerned in by_name.items():
        figures = {"currency": concerned[0].currency, **concerned[0].seen}
        yield Job(name, _numbers(concerned), figures)


def _calls_due(decisions: Sequence[Decision]) -> Iterator[Job]:
    """Steps of today that are calls."""
    by_person: dict[str | None, list[Decision]] = {}
    for decision in decisions:
        step = decision.step
        if decision.action is Action.REMIND and step is not None and step.channel == CALL_CHANNEL:
            assign = None if step.assign == SALESPERSON else step.assign
            by_person.setdefault(assign, []).append(decision)
    for assign, concerned in by_person.items():
        step = concerned[0].step
        figures: dict[str, object] = {"step": step.name if step else None}
        yield Job(JobName.CALL, _numbers(concerned), figures, assign)


def _calls_given(account: Account, today: date) -> Iterator[Job]:
    """Calls that a pass has handed to a person: waiting still, or given today."""
    numbers = {i.ref: i.number for i in account.invoices if i.is_open}
    by_step: dict[str, list[str]] = {}
    for reminder in account.reminders:
        fresh = reminder.state is ReminderState.SENT and reminder.completed_on == today
        number = numbers.get(reminder.installment.invoice_ref)
        if reminder.channel == CALL_CHANNEL and number and (fresh or reminder.state is ReminderState.QUEUED):
            by_step.setdefault(reminder.step, []).append(number)
    for step, about in by_step.items():
        yield Job(JobName.CALL, tuple(dict.fromkeys(about)), {"step": step})


def _from_deliveries(account: Account) -> Iterator[Job]:
    """One job for each message; read from the reminders, since a rule on the customer may hide them."""
    numbers = {i.ref: i.number for i in account.invoices if i.is_open}
    by_message: dict[tuple[str, ReminderState], list[Reminder]] = {}
    for reminder in account.reminders:
        if reminder.state in _BY_STATE and reminder.installment.invoice_ref in numbers:
            by_message.setdefault((reminder.message_key, reminder.state), []).append(reminder)
    for (key, state), reminders in by_message.items():
        first = reminders[0]
        figures = {
            "message_key": key,
            "recipient": first.recipient,
            "on": first.queued_on,
            "step": first.step,
        }
        about = dict.fromkeys(numbers[r.installment.invoice_ref] for r in reminders)
        yield Job(_BY_STATE[state], tuple(about), figures)


def _from_promises(account: Account, policy: Policy, today: date) -> Iterator[Job]:
    numbers = {i.ref: i.number for i in account.invoices}
    for promise in recently_broken(account, policy, today):
        figures = {
            "promised_on": promise.promised_on,
            "amount": promise.amount,
            "currency": promise.currency or (account.invoices[0].currency if account.invoices else ""),
        }
        number = numbers.get(promise.invoice_ref or "")
        yield Job(JobName.PROMISE_BROKEN, (number,) if number else (), figures)


def _from_holds(account: Account, today: date) -> Iterator[Job]:
    numbers = {i.ref: i.number for i in account.invoices if i.is_open}
    for hold in account.holds:
        if hold.until_on != today or hold.released_at is not None:
            continue
        if hold.invoice_ref is None or hold.invoice_ref in numbers:
            about = (numbers[hold.invoice_ref],) if hold.invoice_ref else ()
            yield Job(JobName.HOLD_ENDS, about, {"until_on": hold.until_on, "reason_text": hold.reason})


def _numbers(decisions: Sequence[Decision]) -> tuple[str, ...]:
    ordered = sorted(decisions, key=lambda d: (d.due_on or date.max, d.number))
    return tuple(dict.fromkeys(d.number for d in ordered))
