"""The day's work list: who has what to do, on screen and, once a day, by e-mail.

The mails go to our own people and take a way of their own: they are no reminders, so nothing is decided about
them, and ``deliver`` leaves them alone. The key of each is made of company, reader and day, and the outbox
holds it once: a second call, or a second process, sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import structlog

from connector.dunning.calendar import is_working_day
from connector.dunning.contacts import usable
from connector.errors import RelanceError
from connector.model import Message, Person
from connector.pipeline.company import Company
from connector.pipeline.decide import Decided, look
from connector.pipeline.deliver import backoff
from connector.pipeline.report import PassReport
from connector.ports import Ability, Channel, Receipt, ReceiptStatus
from connector.store.ports import Effect, EffectState, Event, Unit
from connector.worklist import Desk, WorkItem, desks, jobs_of, worklist, write_mail
from connector.worklist.mail import CHANNEL
from connector.worklist.words import Words

log = structlog.get_logger()

_HISTORY = timedelta(days=730)  # how far back a payer type looks
_DONE_ON = "worklist_mailed_on"  # in the memo: the last day whose mails all came to an end
_STATES = {
    ReceiptStatus.SENT: EffectState.DONE,
    ReceiptStatus.QUEUED: EffectState.DONE,
    ReceiptStatus.INVALID: EffectState.REFUSED,
    ReceiptStatus.REJECTED: EffectState.REFUSED,
    ReceiptStatus.UNKNOWN: EffectState.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Mailed:
    """What became of one person's mail of the day. ``now`` is True when this call brought it there."""

    key: str
    address: str
    state: EffectState
    now: bool
    detail: str = ""


def todays_list(company: Company, unit: Unit, today: date) -> list[WorkItem]:
    """Decide for every customer with something open, and list those who need a person, most urgent first."""
    policy = company.policy
    found = list(_with_jobs(company, unit, today))
    refs = [item.account.customer.ref for item in found]
    settled = unit.settled_invoices(refs, today - _HISTORY)
    return worklist(((item.account, item.decisions) for item in found), settled, policy, today)


def _with_jobs(company: Company, unit: Unit, today: date) -> Iterator[Decided]:
    for item in look(company, unit, unit.customers_with_open(), today):
        if jobs_of(item.account, item.decisions, company.policy, today):
            yield item


def mail_once_a_day(company: Company, today: date, report: PassReport) -> None:
    """Send the lists, in a pass, for a host that cannot hold tasks: once a working day. One that failed for
    now is tried again with the next pass. What goes wrong stands in the report and stops nothing."""
    memo = company.store.memo(company.id)
    if Ability.ACTIVITY in company.host.supports or memo.get(_DONE_ON) == today.isoformat():
        return
    if not is_working_day(today, company.policy.country):
        return
    if (problem := no_way(company)) is not None:
        log.warning("work lists not mailed", company=company.id, why=problem)
        memo[_DONE_ON] = today.isoformat()
        return
    try:
        with company.store.begin(company.id) as unit:
            items = todays_list(company, unit, today)
        mailed = mail(company, items, today)
    except RelanceError as error:
        report.errors.append(f"work lists: {error}")
        return
    report.errors += [f"work list to {m.address}: {m.detail}" for m in mailed if m.now and _went_wrong(m)]
    if not any(m.state in (EffectState.READY, EffectState.ATTEMPTED) for m in mailed):
        memo[_DONE_ON] = today.isoformat()


def _went_wrong(mailed: Mailed) -> bool:
    return mailed.state is not EffectState.DONE


def no_way(company: Company) -> str | None:
    """Why work lists cannot be mailed, with the remedy; None when they can."""
    channel = company.channels.get(CHANNEL)
    if channel is None:
        return "there is no e-mail channel: set [email] in the configuration"
    if channel.name == "host":
        return "the accounting system sends to customers alone: set email.via to smtp for the work lists"
    return None


def mail(company: Company, items: Sequence[WorkItem], today: date) -> list[Mailed]:
    """Send each person his list of the day, and return what became of each mail.

    At most one leaves for each person and day. One written on an earlier day that never left is dropped.
    Raises TemplateError. Call ``no_way`` first.
    """
    channel = company.channels[CHANNEL]
    written = [write_mail(desk, company.text, company.templates, today) for desk in desks_of(company, items)]
    keys = {message.key for message in written}
    with company.store.begin(company.id) as unit:
        for message in written:
            unit.queue_message(message, (), EffectState.READY, company.clock())
    _clear_up(company, channel, keys, today)
    return [_deliver(company, channel, message, today) for message in written]


def desks_of(company: Company, items: Sequence[WorkItem]) -> list[Desk]:
    """Who gets which list. What is nobody's goes to the company's own desk, and so does the list of a person
    without an address: nothing to do is lost."""
    words = Words(company.text.language)
    own = company.text.reply_to or company.text.sender
    found = []
    for person, his in desks(items).items():
        address = usable(person.email) if person else None
        if person is not None and address:
            found.append(Desk(f"person/{person.ref}", person.name, address, tuple(his)))
        else:
            note = words.line("on_behalf", name=person.name) if person else words.line("intro_nobody")
            found.append(Desk(_own_key(person), own.name, own.email, tuple(his), note))
    return found


def _own_key(person: Person | None) -> str:
    return f"for/{person.ref}" if person else "nobody"


def _clear_up(company: Company, channel: Channel, todays: set[str], today: date) -> None:
    """Settle what an earlier call left behind: a mail whose end nobody saw, and one of another day."""
    with company.store.begin(company.id) as unit:
        left = [e for e in unit.effects([EffectState.READY, EffectState.ATTEMPTED]) if _is_list(e)]
    for effect in left:
        if effect.state is EffectState.ATTEMPTED:
            over = effect.is_over(company.clock(), company.limits.settle_after)
            if over and isinstance(effect.item, Message):
                _settle(company, effect.key, channel.find(effect.item), today)
        elif effect.key not in todays and _day_of(company, effect) != today:
            with company.store.begin(company.id) as unit:
                unit.settle(
                    effect.key, EffectState.DROPPED, company.clock(), today=today, detail="of another day"
                )


def _is_list(effect: Effect) -> bool:
    return isinstance(effect.item, Message) and not effect.item.for_customer


def _day_of(company: Company, effect: Effect) -> date:
    return effect.created_at.astimezone(company.zone).date()


def _deliver(company: Company, channel: Channel, message: Message, today: date) -> Mailed:
    """Record the attempt before the call: a mail that is taken already is another's, or done."""
    with company.store.begin(company.id) as unit:
        effect = unit.effects(keys=[message.key])[0]
        early = not effect.is_due(company.clock())
        ours = (
            effect.state is EffectState.READY and not early and unit.attempt([message.key], company.clock())
        )
    if not ours or not isinstance(effect.item, Message):
        return Mailed(effect.key, message.recipient.email, effect.state, False, effect.detail)
    return _settle(company, effect.key, channel.send(effect.item), today)


def _settle(company: Company, key: str, receipt: Receipt, today: date) -> Mailed:
    """Record the outcome; one that certainly did not leave is tried again later, so many times."""
    now = company.clock()
    with company.store.begin(company.id) as unit:
        effect = unit.effects(keys=[key])[0]
        again = effect.attempts < company.limits.tries
        state = _STATES.get(receipt.status, EffectState.READY if again else EffectState.FAILED)
        later = now + backoff(effect.attempts) if state is EffectState.READY else None
        unit.settle(
            key, state, now, today=today, ref=receipt.ref or None, detail=receipt.detail, not_before=later
        )
        address = effect.item.recipient.email if isinstance(effect.item, Message) else ""
        data = {"recipient": address, "message_key": key, "state": str(state), "detail": receipt.detail}
        unit.record([Event(now, "worklist_mailed", data=data)])
    return Mailed(key, address, state, True, receipt.detail)
