"""Two forecasts of the same accounts beside one another: for whom, and when, they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from connector.dunning.forecast.events import ComingMessage


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    EARLIER = "earlier"
    LATER = "later"
    OTHER = "other"  # the same step on the same day: another way, address, language or list of invoices


@dataclass(frozen=True, slots=True)
class MessageChange:
    """One message before and after; None where there is none."""

    change: Change
    before: ComingMessage | None
    after: ComingMessage | None

    @property
    def message(self) -> ComingMessage:
        """The message as it would be, else as it was."""
        message = self.after or self.before
        if message is None:
            raise ValueError("a change concerns a message")
        return message


@dataclass(frozen=True, slots=True)
class CustomerChange:
    """How a customer's messages differ: how many before and after, and which."""

    customer_ref: str
    customer_name: str
    before: int
    after: int
    changes: tuple[MessageChange, ...]


def compare(before: Iterable[ComingMessage], after: Iterable[ComingMessage]) -> list[CustomerChange]:
    """Return the customers whose messages differ, by name. Equal messages are not told."""
    olds, news = _by_customer(before), _by_customer(after)
    found: list[CustomerChange] = []
    for ref in {**olds, **news}:
        old, new = olds.get(ref, []), news.get(ref, [])
        changes = _changes(old, new)
        if changes:
            name = (old or new)[0].customer_name
            found.append(CustomerChange(ref, name, len(old), len(new), tuple(changes)))
    return sorted(found, key=lambda c: (c.customer_name.casefold(), c.customer_ref))


def _by_customer(messages: Iterable[ComingMessage]) -> dict[str, list[ComingMessage]]:
    found: dict[str, list[ComingMessage]] = {}
    for message in messages:
        found.setdefault(message.customer_ref, []).append(message)
    return found


def _changes(olds: Sequence[ComingMessage], news: Sequence[ComingMessage]) -> list[MessageChange]:
    """Pair the messages of the same step: those of the same day first, then those that speak of the same
    installments; what is left over was taken out or is new."""
    left = list(news)
    same_day = _pair(olds, left, lambda old, new: old.on == new.on)
    others = [old for old in olds if old not in same_day]
    moved = _pair(others, left, lambda old, new: not set(old.installments).isdisjoint(new.installments))
    changes = [_change(old, new) for old, new in [*same_day.items(), *moved.items()] if _differ(old, new)]
    changes += [MessageChange(Change.REMOVED, old, None) for old in others if old not in moved]
    changes += [MessageChange(Change.ADDED, None, new) for new in left]
    return sorted(changes, key=lambda c: (c.message.on, c.message.level, c.message.currency))


def _pair(
    olds: Iterable[ComingMessage],
    news: list[ComingMessage],
    alike: Callable[[ComingMessage, ComingMessage], bool],
) -> dict[ComingMessage, ComingMessage]:
    """Take out of ``news`` the first message that fits each old one."""
    pairs: dict[ComingMessage, ComingMessage] = {}
    for old in olds:
        place = (old.step, old.currency, old.action)
        for new in news:
            if (new.step, new.currency, new.action) == place and alike(old, new):
                pairs[old] = new
                news.remove(new)
                break
    return pairs


def _differ(old: ComingMessage, new: ComingMessage) -> bool:
    return old.on != new.on or _content(old) != _content(new)


def _content(message: ComingMessage) -> tuple[object, ...]:
    return (
        message.channel,
        message.recipient,
        message.language,
        sorted(message.installments),
        message.approval,
    )


def _change(old: ComingMessage, new: ComingMessage) -> MessageChange:
    if old.on == new.on:
        return MessageChange(Change.OTHER, old, new)
    return MessageChange(Change.EARLIER if new.on < old.on else Change.LATER, old, new)
