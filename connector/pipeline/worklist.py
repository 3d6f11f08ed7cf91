"""The day's work list: who has what to do, on screen and, once a day, by e-mail.

The mails go to our own people and take a way of their own: they are no reminders, so nothing is decided about
them, and ``deliver`` leaves them alone. The key of each is made of company, reader and day, and the outbox
holds it once: a second call, or a second process, sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import structlog

from connector.company import Company
from connector.dunning.calendar import is_working_day
from connector.dunning.contacts import usable
from connector.errors import RelanceError
from connector.model import Message, Person
from connector.pipeline.decide import Decided, look
from connector.pipeline.deliver import backoff
from connector.pipeline.report import PassReport
from connector.ports import Ability, Channel, Receipt, ReceiptStatus
from connector.store.ports import Effect, EffectState, Event, Unit
from connector.worklist import (
    CompanyNotice,
    CompanyStop,
    Desk,
    WorkItem,
    desks,
    jobs_of,
    worklist,
    write_mail,
)
from connector.worklist.mail import CHANNEL
from connector.worklist.words import Words

log = structlog.get_logger()

_HISTORY = timedelta(days=730)  # how far back a payer type looks
# in the memo: the last day whose lists were made; that whose mails all came to an end; that on which a stop
# was told, with its names; what was announced, until it is announced no more
_MADE_ON = "worklist_made_on"
_DONE_ON = "worklist_mailed_on"
_STOPS_DONE = "company_stops_mailed"
_NOTICES_DONE = "company_notices_mailed"
#: The channel to our own people, where the one to customers is not for them.
OWN_PEOPLE = "own_people"
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


def mail_once_a_day(
    company: Company,
    today: date,
    report: PassReport,
    stops: Sequence[CompanyStop] = (),
    notices: Sequence[CompanyNotice] = (),
    *,
    lists: bool = True,
) -> None:
    """Send, in a pass and once a working day, the lists for a host that cannot hold tasks, and for any host
    what stops the whole company; once for each, what is announced. What failed for now is tried again with
    the next pass. What goes wrong stands in the report and stops nothing.

    ``lists``: the facts are fresh, so that the lists may be told.
    """
    asking = tuple(stop for stop in stops if stop.asks)
    due = _due(company, today, asking, notices, lists=lists)
    if not due or not is_working_day(today, company.policy.country):
        return
    memo = company.store.memo(company.id)
    try:
        made = memo.get(_MADE_ON) == today.isoformat()
        items = [] if made else _items_due(company, today, due)
        if (asking or notices or items) and (problem := no_way(company)) is not None:
            report.errors.append(f"what a person has to do was not mailed: {problem}")
            memo.update(due)
            return
        apart = [
            *([_stopped_desk(company, asking)] if _STOPS_DONE in due else []),
            *([_notice_desk(company, notices)] if _NOTICES_DONE in due else []),
        ]
        mailed = mail(company, items, today, stops, notices, apart=apart)
        mailed += _once_more(company, today, {m.key for m in mailed}) if made else []
        if _DONE_ON in due:
            memo[_MADE_ON] = today.isoformat()
    except RelanceError as error:
        report.errors.append(f"work lists: {error}")
        return
    report.errors += [f"work list to {m.address}: {m.detail}" for m in mailed if m.now and _went_wrong(m)]
    if not any(m.state in (EffectState.READY, EffectState.ATTEMPTED) for m in mailed):
        memo.update(due)


def _due(
    company: Company,
    today: date,
    asking: Sequence[CompanyStop],
    notices: Sequence[CompanyNotice],
    *,
    lists: bool,
) -> dict[str, str]:
    """What is to be mailed, as the memo will say that it was."""
    memo = company.store.memo(company.id)
    wanted = {}
    if notices:
        wanted[_NOTICES_DONE] = " ".join(str(notice.name) for notice in notices)
    elif _NOTICES_DONE in memo:  # should it come again, it is announced again
        del memo[_NOTICES_DONE]
    if lists and Ability.ACTIVITY not in company.host.supports:
        wanted[_DONE_ON] = today.isoformat()
    if asking:
        wanted[_STOPS_DONE] = " ".join([today.isoformat(), *(str(stop.name) for stop in asking)])
    return {key: value for key, value in wanted.items() if memo.get(key) != value}


def _items_due(company: Company, today: date, due: Mapping[str, str]) -> list[WorkItem]:
    if _DONE_ON not in due:
        return []
    with company.store.begin(company.id) as unit:
        return todays_list(company, unit, today)


def _went_wrong(mailed: Mailed) -> bool:
    return mailed.state is not EffectState.DONE


def no_way(company: Company) -> str | None:
    """Why work lists cannot be mailed, with the remedy; None when they can."""
    channel = _channel(company)
    if channel is None:
        return "there is no e-mail channel: set [email] in the configuration"
    if channel.name == "host":
        return "the accounting system sends to customers alone: add [email.smtp], for our own people's mails"
    return None


def _channel(company: Company) -> Channel | None:
    return company.channels.get(OWN_PEOPLE) or company.channels.get(CHANNEL)


def mail(
    company: Company,
    items: Sequence[WorkItem],
    today: date,
    stops: Sequence[CompanyStop] = (),
    notices: Sequence[CompanyNotice] = (),
    *,
    apart: Sequence[Desk] = (),
) -> list[Mailed]:
    """Send each person his list of the day, and return what became of each mail.

    At most one leaves for each person and day. One written on an earlier day that never left is dropped.
    What ``stops`` the whole company, and what is announced to, stands above the list of the company's own
    desk; the desks ``apart`` have mails of their own too, so that they are told on a day whose list has left.
    Raises TemplateError. Call ``no_way`` first.
    """
    channel = _channel(company) or company.channels[CHANNEL]
    readers = [*apart, *desks_of(company, items, stops, notices)]
    written = [write_mail(desk, company.text, company.templates, today) for desk in readers]
    keys = {message.key for message in written}
    with company.store.begin(company.id) as unit:
        for message in written:
            unit.queue_message(message, (), EffectState.READY, company.clock())
    _clear_up(company, channel, keys, today)
    return [_deliver(company, channel, message, today) for message in written]


def stopped_desks(company: Company, stops: Sequence[CompanyStop]) -> list[Desk]:
    """Who is told apart from any list what stops the company, when somebody must act."""
    asking = [stop for stop in stops if stop.asks]
    return [_stopped_desk(company, asking)] if asking else []


def _notice_desk(company: Company, notices: Sequence[CompanyNotice]) -> Desk:
    own = company.text.reply_to or company.text.sender
    key = "/".join(["notice", *(str(notice.name) for notice in notices)])
    return Desk(key, own.name, own.email, (), notices=tuple(notices))


def _stopped_desk(company: Company, stops: Sequence[CompanyStop]) -> Desk:
    own = company.text.reply_to or company.text.sender
    key = "/".join(["company", *(str(stop.name) for stop in stops)])
    return Desk(key, own.name, own.email, (), stops=tuple(stops))


def desks_of(
    company: Company,
    items: Sequence[WorkItem],
    stops: Sequence[CompanyStop] = (),
    notices: Sequence[CompanyNotice] = (),
) -> list[Desk]:
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
            above = (tuple(stops), tuple(notices))
            found.append(Desk(_own_key(person), own.name, own.email, tuple(his), note, *above))
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


def _once_more(company: Company, today: date, tried: set[str]) -> list[Mailed]:
    """Try again what of today's mails has not left: who has what to do was decided with the first try."""
    channel = _channel(company) or company.channels[CHANNEL]
    with company.store.begin(company.id) as unit:
        waiting = [e for e in unit.effects([EffectState.READY, EffectState.ATTEMPTED]) if _is_list(e)]
    todays = (e.item for e in waiting if e.key not in tried and _day_of(company, e) == today)
    return [_deliver(company, channel, item, today) for item in todays if isinstance(item, Message)]


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
