"""From decisions to messages: one message to one customer in one currency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from connector.dunning.contacts import Recipient, callee, choose_recipient, written_language
from connector.dunning.marks import with_marks
from connector.dunning.policy import Policy
from connector.dunning.segments import segment_of
from connector.model import (
    Account,
    Action,
    Check,
    Decision,
    InstallmentKey,
    Invoice,
    MessagePlan,
    PlannedLine,
    Reason,
    Scenario,
    Step,
)
from connector.model.chase import THANK_YOU

#: Overdue, but no step of its own today: listed in the message all the same, so that it states it all.
_LISTED_TOO = (Reason.NOT_DUE, Reason.SPACING, Reason.ENDED)
_REMIND = Action.REMIND  # once: see ``case``


def plan_messages(
    account: Account, decisions: Sequence[Decision], policy: Policy, today: date
) -> list[MessagePlan]:
    """Group the decisions of one account that remind or thank into messages.

    By currency: the highest step due leads and gives channel and text; ``include = "same_step"`` keeps the
    others out (they wait for the customer's spacing, or for a message of their own when there is none).
    """
    account = with_marks(account)
    plans: list[MessagePlan] = []
    for currency in sorted({d.currency for d in decisions}):
        ours = [d for d in decisions if d.currency == currency]
        remind = [d for d in ours if d.action is Action.REMIND]
        while remind:
            leader = max(remind, key=_rank)
            listed = _listed(leader, remind, ours, today)
            plan = _plan(account, leader, listed, policy, Action.REMIND)
            if plan is not None:
                plans.append(plan)
            taken = {d.installment for d in listed if d.step is not None}
            remind = [d for d in remind if d.installment not in taken]
            if leader.scenario is not None and leader.scenario.spacing > 0:
                break
        thank = [d for d in ours if d.action is Action.THANK]
        if thank and policy.thank_you is not None:
            plan = _thank(account, thank, policy)
            plans += [plan] if plan else []
    return plans


def leave_for_later(decisions: list[Decision], today: date) -> list[Decision]:
    """What would remind today but finds no place in its currency's message waits for the customer's spacing,
    as if that message had left: so that what is decided is what happens."""
    by_currency: dict[str, list[Decision]] = {}
    for decision in decisions:
        if decision.action is _REMIND:
            by_currency.setdefault(decision.currency, []).append(decision)
    for remind in by_currency.values():
        leader = max(remind, key=_rank) if len(remind) > 1 else remind[0]
        spacing = leader.scenario.spacing if leader.scenario else 0
        later = {d.installment for d in remind if not _finds_place(d, leader)} if spacing else set()
        if later:
            decisions = [_wait(d, spacing, today) if d.installment in later else d for d in decisions]
    return decisions


def by_message(remind: Sequence[Decision]) -> Iterator[list[Decision]]:
    """Take apart what reminds in one currency into what goes into one message."""
    left = list(remind)
    while left:
        leader = max(left, key=_rank)
        together = [d for d in left if _finds_place(d, leader)]
        yield together
        taken = {d.installment for d in together}
        left = [d for d in left if d.installment not in taken]


def _finds_place(decision: Decision, leader: Decision) -> bool:
    """True when the installment takes its step in the leader's message."""
    step, first = decision.step, leader.step
    if step is None or first is None or step is first or step == first:
        return True
    if first.include == "same_step" or first.day < 0 or step.day < 0:
        return False
    return step.include != "same_step" and step.approval <= first.approval


def _wait(decision: Decision, spacing: int, today: date) -> Decision:
    seen = {"last_sent_on": today, "spacing": spacing}
    checks = (*decision.checks[:-1], Check(Reason.SPACING, True, seen)) if decision.checks else ()
    return replace(
        decision,
        action=Action.WAIT,
        reason=Reason.SPACING,
        wake_on=today + timedelta(days=spacing),
        seen=seen,
        checks=checks,
    )


def _rank(decision: Decision) -> tuple[int, int, str]:
    scenario, step = decision.scenario, decision.step
    level = scenario.level(step.name) if scenario and step else 0
    age = -decision.due_on.toordinal() if decision.due_on else 0
    return level, age, decision.number


def _listed(
    leader: Decision, remind: Sequence[Decision], ours: Sequence[Decision], today: date
) -> list[Decision]:
    """The decisions whose installments the message lists; only those that remind take a step."""
    step = leader.step
    if step is None or step.include == "same_step" or step.day < 0:
        listed = [d for d in remind if d.step == step]
    else:
        # what is not due yet is not asked for beside what is overdue
        late = [_as_listed(d, step) for d in remind if d.step is not None and d.step.day >= 0]
        others = [d for d in ours if d.reason in _LISTED_TOO and d.due_on is not None and d.due_on < today]
        listed = [*late, *(replace(d, step=None) for d in others)]
    # the leader's invoice first: a host that sends the message itself posts it there
    return sorted(listed, key=lambda d: d.installment != leader.installment)


def _as_listed(decision: Decision, leader: Step) -> Decision:
    """A step that must stand alone, or that more people must agree to, is not taken by being listed in
    another's message: it is still to come."""
    step = decision.step
    if step is None or step == leader:
        return decision
    alone = step.include == "same_step" or step.approval > leader.approval
    return replace(decision, step=None) if alone else decision


def _plan(
    account: Account, leader: Decision, listed: Sequence[Decision], policy: Policy, action: Action
) -> MessagePlan | None:
    if leader.step is None or leader.scenario is None:
        return None
    begun = _begun(account)
    lines = tuple(_line(begun, d, d.step, d.scenario or leader.scenario) for d in listed)
    return _addressed(account, leader.step, leader.scenario, leader.currency, lines, policy, action)


def _thank(account: Account, thank: Sequence[Decision], policy: Policy) -> MessagePlan | None:
    step = policy.thank_you
    if step is None:
        return None
    scenario = thank[0].scenario or Scenario(THANK_YOU, (step,))
    begun = _begun(account)
    lines = tuple(_line(begun, d, step, scenario) for d in thank)
    return _addressed(account, step, scenario, thank[0].currency, lines, policy, Action.THANK)


def _begun(account: Account) -> Counter[tuple[InstallmentKey, str]]:
    """How often each step was begun for each installment."""
    return Counter((reminder.installment, reminder.step) for reminder in account.reminders)


def _line(
    begun: Counter[tuple[InstallmentKey, str]], decision: Decision, step: Step | None, scenario: Scenario
) -> PlannedLine:
    key = decision.installment
    if key is None:
        raise ValueError("a decision about no installment cannot be listed")
    if step is None:
        return PlannedLine(key, None, 0, 0, scenario)
    return PlannedLine(key, step, scenario.level(step.name), begun[key, step.name], scenario)


def _addressed(
    account: Account,
    leader: Step,
    scenario: Scenario,
    currency: str,
    lines: tuple[PlannedLine, ...],
    policy: Policy,
    action: Action,
) -> MessagePlan | None:
    by_ref = {invoice.ref: invoice for invoice in account.invoices}
    if leader.is_call:
        recipient: Recipient | None = callee(account, policy)
    else:
        recipient = choose_recipient(account, _invoices_of(lines, by_ref), policy)
    if recipient is None:
        return None
    return MessagePlan(
        customer_ref=account.customer.ref,
        currency=currency,
        action=action,
        leader=leader,
        scenario=scenario,
        lines=lines,
        contact_ref=recipient.ref,
        recipient_name=recipient.name,
        recipient=recipient.address,
        language=written_language(recipient.language, leader.template, policy),
        segment=segment_of(account.customer, policy),
    )


def _invoices_of(lines: Sequence[PlannedLine], by_ref: dict[str, Invoice]) -> list[Invoice]:
    keys: dict[str, InstallmentKey] = {line.installment.invoice_ref: line.installment for line in lines}
    return [by_ref[ref] for ref in keys if ref in by_ref]
