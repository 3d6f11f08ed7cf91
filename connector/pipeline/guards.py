"""When the world looks wrong: stop, say why, and ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from connector.company import Company
from connector.errors import SafetyStop
from connector.model import Message
from connector.model.chase import THANK_YOU
from connector.pipeline.expected import LastPass, last_pass, open_installments
from connector.store.ports import Effect, Unit

#: Fewer messages than this are never too many; where more are sent, a share of the busiest recent day.
_FEW, _SHARE = 20, 5
_LOOK_BACK = timedelta(days=30)
#: Invoices issued so shortly before the last pass may have been posted after it.
_NEW = timedelta(days=7)
#: How many steps a stop names.
_NAMED = 4
#: Clocks are set by a little now and then.
CLOCK_TOLERANCE = timedelta(minutes=5)
#: A clock that is so wrong has the day wrong.
_WRONG_DAY = timedelta(hours=12)


# the clock ----------------------------------------------------------------------------------------------
def check_clock(company: Company) -> None:
    """Raise SafetyStop when it is earlier now than at the end of the last pass: which day it is, what is due
    and how old the facts are cannot be told any more. A day that a person gave is not judged."""
    last, now = last_pass(company), company.clock()
    if last is None or last.as_if or company.as_if or now >= last.at - CLOCK_TOLERANCE:
        return
    raise SafetyStop(
        f"The clock went back: it is {_moment(company, now)} for this machine, and the last pass of "
        f"{company.id} ended at {_moment(company, last.at)}. Nothing leaves until that moment has passed.",
        remedy="Set the clock. If it is right now, and was wrong then, run once with --accept.",
    )


def check_host_clock(company: Company) -> None:
    """Raise SafetyStop when the host has another day than we have: reminders would leave too early or too
    late. Looks at the clock that came with the host's last answer, where there is one."""
    ahead = company.host.usage.clock_ahead
    if ahead is not None and abs(ahead) >= _WRONG_DAY and not company.as_if:
        raise SafetyStop(
            f"The clock of {company.host.name} is {apart(ahead)} ours: one of the two has the day wrong.",
            remedy="Set the clock that is wrong. If it is the host's and it must stay so, run with --accept.",
        )


def apart(ahead: timedelta) -> str:
    """Say how far the host's clock is from ours: "3 h 05 min ahead of"."""
    minutes = round(abs(ahead).total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    span = f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
    return f"{span} {'ahead of' if ahead > timedelta() else 'behind'}"


def _moment(company: Company, at: datetime) -> str:
    return f"{at.astimezone(company.zone):%Y-%m-%d %H:%M}"


# the volume ---------------------------------------------------------------------------------------------
def check_volume(company: Company, waiting: Sequence[Effect], today: date) -> None:
    """Raise SafetyStop when more messages wait than the company allows in a pass, or far more than the last
    pass foresaw for the days since.

    Held against the forecast is what was written since then and follows from it: not what a person agreed to,
    not thanks for payments, not what is about invoices that are new.
    """
    limits = company.limits
    if len(waiting) > limits.max_messages:
        raise SafetyStop(
            f"{len(waiting)} messages wait to leave for {company.id}, more than max_messages_per_pass = "
            f"{limits.max_messages}.",
            remedy="Look at `relance outbox list`; then raise the limit or run once with --accept.",
        )
    last = last_pass(company)
    if limits.forecast_factor is None or last is None or last.at > company.clock():
        return
    fresh = [effect for effect in waiting if effect.created_at > last.at and not effect.approved_by]
    foreseen = last.until(today)
    allowed = max(_few(company), int(foreseen.total() * limits.forecast_factor))
    if len(fresh) <= allowed:
        return
    with company.store.begin(company.id) as unit:
        steps = _unforeseeable_left_out(unit, fresh, last)
        owed = open_installments(unit.summary())
    if steps.total() > allowed:
        raise _too_many(company, steps, foreseen, last, owed)


def _few(company: Company) -> int:
    since = company.clock() - _LOOK_BACK
    with company.store.begin(company.id) as unit:
        sent = unit.sent_messages(since)
    days = Counter(at.astimezone(company.zone).date() for at in sent)
    return max(_FEW, max(days.values(), default=0) // _SHARE)


def _unforeseeable_left_out(unit: Unit, fresh: Collection[Effect], last: LastPass) -> Counter[str]:
    """The steps of these messages, without thanks and without those that ask for new invoices alone."""
    messages = [effect.item for effect in fresh if isinstance(effect.item, Message)]
    accounts = unit.accounts(sorted({message.customer_ref for message in messages}))
    since = last.at.date() - _NEW
    new = {i.ref for account in accounts for i in account.invoices if i.issued_on >= since}
    steps: Counter[str] = Counter()
    for message in messages:
        reminders = unit.reminders(message_key=message.key)
        leader = max(reminders, key=lambda reminder: reminder.level, default=None)
        if leader is not None and leader.step != THANK_YOU and not set(message.invoice_refs) <= new:
            steps[leader.step] += 1
    return steps


def _too_many(
    company: Company, steps: Counter[str], foreseen: Counter[str], last: LastPass, owed: int
) -> SafetyStop:
    excess = sorted(steps, key=lambda step: (foreseen[step] - steps[step], step))
    named = ", ".join(f"{step} {steps[step]} ({foreseen[step]} foreseen)" for step in excess[:_NAMED])
    more = owed - last.open_installments
    books = f" The books show {owed} open installments, {more} more than then." if more > 0 else ""
    return SafetyStop(
        f"{steps.total()} reminders are ready to leave for {company.id}; {foreseen.total()} were foreseen "
        f"since the last pass of {_moment(company, last.at)}. By step: {named}.{books}",
        remedy="Look at `relance outbox list` and `relance explain` one of the customers: were payments "
        "taken back in the host, or the scenarios changed? If it is right, run once with --accept.",
    )
