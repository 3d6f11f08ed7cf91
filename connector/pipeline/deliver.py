"""Deliver: look again at the balances, decide again, and only then hand the message over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Enum, auto
from functools import partial

import structlog

from connector.company import Company
from connector.dunning import CONSENTED, apply_endings, decide, endings, plan_messages, spare
from connector.dunning.calendar import is_closed
from connector.message import fingerprint, message_key
from connector.model import Account, Kind, Message, MessagePlan, Reason, Ref
from connector.orders import sent_notes
from connector.pipeline import guards
from connector.pipeline.decide import judge, load
from connector.pipeline.enclosing import Enclosing, Files, open_invoices
from connector.pipeline.pull import refresh
from connector.pipeline.report import PassReport, Progress, silent
from connector.ports import Channel, Receipt, ReceiptStatus
from connector.store.ports import Effect, EffectState, Event, Unit

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a receipt means for the outbox, and the name of its event."""

    state: EffectState
    event: str


_OUTCOMES = {
    ReceiptStatus.SENT: Outcome(EffectState.DONE, "reminder_sent"),
    ReceiptStatus.QUEUED: Outcome(EffectState.DONE, "reminder_sent"),
    ReceiptStatus.INVALID: Outcome(EffectState.REFUSED, "reminder_refused"),
    ReceiptStatus.REJECTED: Outcome(EffectState.REFUSED, "reminder_refused"),
    ReceiptStatus.UNKNOWN: Outcome(EffectState.UNKNOWN, "reminder_unknown"),
}


#: A channel that fails so often in a row is left alone for the rest of the pass.
_DEAD_AFTER = 3


def waiting_messages(unit: Unit, now: datetime) -> list[Effect]:
    """Messages ready to leave now, oldest first."""
    return [
        effect
        for effect in unit.effects([EffectState.READY])
        if isinstance(effect.item, Message) and effect.item.for_customer and effect.is_due(now)
    ]


def deliver(
    company: Company, today: date, report: PassReport, *, accept: bool = False, progress: Progress = silent
) -> int:
    """Hand over every message that is ready and still right; return how many were dropped as no longer so.

    Raises SafetyStop, before anything leaves, when more messages wait than the company allows in a pass.
    """
    recover(company, today, report)
    with company.store.begin(company.id) as unit:
        waiting = waiting_messages(unit, company.clock())
    if not accept:
        guards.check_volume(company, waiting, today)
    round_ = _Round(company, today, report, Enclosing(company, report))
    size = company.limits.batch
    for start in range(0, len(waiting), size):
        round_.batch(waiting[start : start + size], partial(_step, progress, start, len(waiting)))
    round_.enclosing.tell()
    return round_.dropped


def _step(progress: Progress, start: int, total: int, done: int) -> None:
    progress("deliver", start + done, total)


@dataclass
class _Round:
    """One walk over the messages that wait."""

    company: Company
    today: date
    report: PassReport
    enclosing: Enclosing
    dropped: int = 0
    failures: Counter[str] = field(default_factory=Counter)  # in a row, by channel
    #: what goes with the messages of the batch, by key: None for nothing; one that is missing waits for it
    files: dict[str, Files | None] = field(default_factory=dict)

    def batch(self, effects: Sequence[Effect], checkpoint: Callable[[int], None]) -> None:
        """Look at the balances of these messages once more, then hand them over one by one."""
        messages = [e.item for e in effects if isinstance(e.item, Message) and self._works(e.item.channel)]
        self.files = self._fetch_files(effects)
        refs = {Ref(Kind.INVOICE, ref) for message in messages for ref in message.invoice_refs}
        refresh(self.company, sorted(refs), sorted({message.customer_ref for message in messages}))
        for done, message in enumerate(messages):
            checkpoint(done)
            if self._works(message.channel) and self._take(message):
                self._hand_over(message)

    def _fetch_files(self, effects: Sequence[Effect]) -> dict[str, Files | None]:
        """Of messages that do not look right as it is, none: each file may cost a call, in vain."""
        if not self.enclosing.is_on:
            return dict.fromkeys(effect.key for effect in effects)
        company, wanted = self.company, {}
        with company.store.begin(company.id) as unit:
            for effect in effects:
                if (
                    isinstance(effect.item, Message)
                    and self._works(effect.item.channel)
                    and look_again(company, unit, effect, self.today) is Look.RIGHT
                ):
                    (account,) = unit.accounts([effect.item.customer_ref])
                    wanted[effect.key] = open_invoices(effect.item, account)
        files = self.enclosing.fetch({key: invoices for key, invoices in wanted.items() if invoices})
        return {**files, **{key: None for key, invoices in wanted.items() if not invoices}}

    def _works(self, channel: str) -> bool:
        return self.failures[channel] < _DEAD_AFTER

    def _take(self, message: Message) -> bool:
        """Record that the attempt begins, if the message is still right; drop it if not. What another
        process or a person has taken in hand since the list was made is theirs."""
        company = self.company
        with company.store.begin(company.id) as unit:
            effect = unit.effects(keys=[message.key])[0]
            if effect.state is not EffectState.READY:
                return False
            look = look_again(company, unit, effect, self.today)
            if look is Look.LATER or (look is Look.RIGHT and message.key not in self.files):
                return False
            if look is Look.RIGHT:
                return bool(unit.attempt([message.key], company.clock()))
            drop(company, unit, message, self.today)
        self.dropped += 1
        return False

    def _hand_over(self, message: Message) -> None:
        company = self.company
        files = self.files[message.key]
        whole = replace(message, attachments=(*message.attachments, *(files or ())))
        receipt = company.channels[message.channel].send(whole)
        attached = None if files is None else len(files)
        with company.store.begin(company.id) as unit:
            settle(company, unit, message, receipt, self.today, self.report, attached)
        if receipt.status is not ReceiptStatus.FAILED:
            self.failures[message.channel] = 0
            return
        self.failures[message.channel] += 1
        if not self._works(message.channel):
            self.report.errors.append(
                f"{message.channel}: {_DEAD_AFTER} messages in a row could not be handed over; "
                "the others wait for the next pass"
            )


class Look(Enum):
    """What the last look before sending says of a message."""

    RIGHT = auto()
    WRONG = auto()
    LATER = auto()  # right, but this is no day or hour to send on


def look_again(company: Company, unit: Unit, effect: Effect, today: date) -> Look:
    """Decide again as if the message had not been written: it is right when the same one would be.

    A person who consented to it has set aside the spacing and the budget, that may have run out since.
    """
    message = effect.item
    accounts = load(company, unit, [message.customer_ref], today) if isinstance(message, Message) else []
    if not accounts or not isinstance(message, Message):
        return Look.WRONG
    account = accounts[0]
    others = tuple(r for r in account.reminders if r.message_key != message.key)
    account = replace(account, reminders=others)
    account = apply_endings(account, endings(account, today, company.policy), today)
    standing = judge(company, unit.standing())
    waived = (CONSENTED if effect.approved_by else frozenset()) | {Reason.CLOSED_DAY}
    decisions = decide(account, standing, company.policy, today, waived=waived)
    plans = plan_messages(account, decisions, company.policy, today)
    shown = spare(account, today)
    if not any(_same(company, plan, shown, message) for plan in plans):
        return Look.WRONG
    shut = standing.out_of_hours or is_closed(today, company.policy, account.customer.country)
    return Look.LATER if shut else Look.RIGHT


def _same(company: Company, plan: MessagePlan, account: Account, message: Message) -> bool:
    return message_key(plan, company.id) == message.key and fingerprint(plan, account) == message.fingerprint


def drop(company: Company, unit: Unit, message: Message, today: date) -> None:
    """Take a message back that is no longer right; its customer is decided anew."""
    now = company.clock()
    unit.settle(message.key, EffectState.DROPPED, now, today=today, detail="the facts had changed")
    unit.record(_events(message, "reminder_dropped", now))
    unit.look_again([message.customer_ref])


def settle(
    company: Company,
    unit: Unit,
    message: Message,
    receipt: Receipt,
    today: date,
    report: PassReport,
    attached: int | None = None,
) -> None:
    """Record what became of a message, with the notes that follow from it, in one transaction. ``attached``
    invoices went with it; None: none were to, or nobody saw."""
    now = company.clock()
    effect = unit.effects(keys=[message.key])[0]
    outcome = _OUTCOMES.get(receipt.status)
    if outcome is None:  # it certainly did not leave
        last = effect.attempts >= company.limits.tries
        outcome = Outcome(EffectState.FAILED if last else EffectState.READY, "reminder_failed")
    notes = sent_notes(company, unit, message, today, attached) if outcome.state is EffectState.DONE else []
    unit.settle(
        message.key,
        outcome.state,
        now,
        today=today,
        ref=receipt.ref or None,
        detail=receipt.detail,
        not_before=now + backoff(effect.attempts) if outcome.state is EffectState.READY else None,
    )
    unit.record(_events(message, outcome.event, now, detail=receipt.detail, attached=attached))
    unit.look_again([message.customer_ref])
    if outcome.state is EffectState.DONE:
        report.delivered["sent"] += 1
        unit.queue_entries(notes, now)
    else:
        kind = "unknown" if outcome.state is EffectState.UNKNOWN else "failed"
        report.delivered[kind] += 1
        report.errors.append(f"message to {message.recipient.email}: {receipt.detail}")
        log.warning("message not sent", company=company.id, key=message.key, outcome=str(outcome.state))


def backoff(attempts: int) -> timedelta:
    """5 minutes, doubled at each attempt, 6 hours at most."""
    return min(timedelta(minutes=5 * 2 ** max(attempts - 1, 0)), timedelta(hours=6))


def recover(company: Company, today: date, report: PassReport) -> None:
    """Settle the messages whose attempt began but whose end nobody saw: the process died, or the line.

    The channel is asked. If it has not left, it is ready again at once; if the channel cannot tell, the
    message is ``unknown`` and waits for a person: never twice.
    """
    with company.store.begin(company.id) as unit:
        lost = unit.effects([EffectState.ATTEMPTED])
    for effect in lost:
        message = effect.item
        if not isinstance(message, Message) or not message.for_customer:
            continue
        if not effect.is_over(company.clock(), company.limits.settle_after):
            continue
        channel: Channel = company.channels[message.channel]
        receipt = channel.find(message)
        with company.store.begin(company.id) as unit:
            if unit.effects(keys=[effect.key])[0] != effect:
                continue  # another process has settled it since
            if receipt.status is ReceiptStatus.FAILED:
                now = company.clock()
                unit.settle(effect.key, EffectState.READY, now, today=today, detail=receipt.detail)
            else:
                settle(company, unit, message, receipt, today, report)


def _events(
    message: Message, name: str, now: datetime, detail: str = "", attached: int | None = None
) -> list[Event]:
    data = {
        "recipient": message.recipient.email,
        "subject": message.subject,
        "message_key": message.key,
        "channel": message.channel,
        "detail": detail,
        **({} if attached is None else {"attached": attached}),
    }
    refs = message.invoice_refs or (None,)
    return [Event(now, name, message.customer_ref, ref, data) for ref in refs]
