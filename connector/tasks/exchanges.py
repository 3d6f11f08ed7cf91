"""What was said between us and a customer: messages sent, answers received, calls and what came of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, tzinfo
from email.utils import parseaddr

from connector.model import Account, Reminder, ReminderState
from connector.model.chase import CALL_CHANNEL
from connector.store.ports import Event
from connector.tasks.html import short
from connector.tasks.words import day, words
from connector.wording import channel_label, step_label

_CALL = re.compile(r".+/call(?:/again/\d+)?|follow_up/.+/missing_order_number/.+")
_SAID = 140  # characters of what somebody wrote


@dataclass(frozen=True, slots=True)
class Call:
    """A call that somebody made: ``said`` is what he wrote of it, maybe nothing."""

    on: date
    by: str
    said: str


def calls_in(events: Iterable[Event], zone: tzinfo) -> list[Call]:
    """The calls in a customer's history: tasks to call that were marked done."""
    return [
        Call(e.at.astimezone(zone).date(), str(e.data.get("by") or ""), str(e.data.get("reason_text") or ""))
        for e in events
        if e.name == "task_done" and _CALL.fullmatch(str(e.data.get("task") or ""))
    ]


def exchanges(language: str, account: Account, calls: Iterable[Call] = (), most: int = 3) -> list[str]:
    """The last ``most`` exchanges with a customer, each a line, the newest first."""
    lines = [*_reminders(language, account), *_answers(language, account), *_calls(language, calls)]
    lines.sort(key=lambda line: line[0], reverse=True)
    return [f"{day(on, language)} – {said}" for on, said in lines[:most]]


def _reminders(language: str, account: Account) -> Iterator[tuple[date, str]]:
    """One line for a message, however many installments it listed; that of the step that leads it."""
    told: dict[str, Reminder] = {}
    for reminder in account.reminders:
        sent = reminder.state is ReminderState.SENT and reminder.channel != CALL_CHANNEL
        before = told.get(reminder.message_key)
        if sent and (before is None or reminder.level > before.level):
            told[reminder.message_key] = reminder
    text = words(language)["sheet"]["exchange"]["sent"]
    for one in told.values():
        figures = {
            "step": step_label(one.step, language),
            "channel": channel_label(one.channel, language),
            "recipient": short(one.recipient, 80),
        }
        yield one.completed_on or one.queued_on, text.format(**figures)


def _answers(language: str, account: Account) -> Iterator[tuple[date, str]]:
    text = words(language)["sheet"]["exchange"]["received"]
    for one in account.inbound:
        name, address = parseaddr(one.sender)
        sender = short(name or address or one.sender, 60)
        yield one.received_at.date(), text.format(sender=sender, text=short(one.text, _SAID))


def _calls(language: str, calls: Iterable[Call]) -> Iterator[tuple[date, str]]:
    table = words(language)["sheet"]["exchange"]
    for one in calls:
        said = table["call"].format(text=short(one.said, _SAID)) if one.said else table["silent_call"]
        yield one.on, f"{said} ({short(one.by, 40)})" if one.by else said
