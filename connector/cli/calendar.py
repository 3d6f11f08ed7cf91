"""The calendar of ``plan --days``: what will leave on each coming day if nobody pays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from connector.cli.options import Session
from connector.cli.seeing_words import Words
from connector.dunning.forecast import ComingEnding, ComingMessage, ComingTask, ForecastEvent
from connector.model import Action
from connector.pipeline import Company
from connector.pipeline.foresee import foresee, known


@dataclass(slots=True)
class Sum:
    """Messages counted together, with the amounts they ask for by currency."""

    messages: int = 0
    customers: set[str] = field(default_factory=set)
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, message: ComingMessage) -> None:
        self.messages += 1
        self.customers.add(message.customer_ref)
        self.amounts[message.currency] = self.amounts.get(message.currency, Decimal(0)) + message.amount

    def as_dict(self) -> dict[str, object]:
        """For programs."""
        return {"messages": self.messages, "customers": len(self.customers), "amounts": texts(self.amounts)}


def texts(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    """Amounts by currency, as text for JSON."""
    return {currency: str(amount) for currency, amount in sorted(amounts.items())}


def summed(messages: Iterable[ComingMessage]) -> Sum:
    total = Sum()
    for message in messages:
        total.add(message)
    return total


def show_calendar(ours: Session, company: Company, days: int, *, approved: bool) -> None:
    """Print what will leave in the coming ``days`` days: by day and step, with a total for each week."""
    today = ours.day(company)
    with ours.output.progress(company.id) as progress:
        facts = known(company, today)
        events = foresee(facts, company.policy, days, approved=approved, progress=progress)
    messages = [event for event in events if isinstance(event, ComingMessage)]
    if ours.output.json:
        for some in by_day_and_step(messages):
            ours.output.emit({"company": company.id, **_day_object(some)})
        return
    words = Words(company.language)
    title = words.line(
        "calendar",
        company=company.name,
        messages=words.counted("messages", len(messages)),
        first_on=today,
        last_on=today + timedelta(days=max(days - 1, 0)),
    )
    columns = [words.column(name) for name in ("day", "step", "messages", "amount")]
    ours.output.table(title, columns, _rows(messages, words), right=[2, 3])
    _say_rest(ours, words, events)


def _say_rest(ours: Session, words: Words, events: Iterable[ForecastEvent]) -> None:
    """The tasks and endings that the days bring along, counted."""
    kinds = {"asked": ComingTask, "ended": ComingEnding}
    found = list(events)
    for name, kind in kinds.items():
        count = sum(isinstance(event, kind) for event in found)
        if count:
            ours.output.say(words.line(name, **{name: words.counted(name, count)}))


def by_day_and_step(messages: Iterable[ComingMessage]) -> list[list[ComingMessage]]:
    """The messages of each day and step together, in the order of days and then of levels."""
    found: dict[tuple[date, int, str], list[ComingMessage]] = {}
    for message in messages:
        found.setdefault((message.on, message.level, message.step), []).append(message)
    merged: dict[tuple[date, str], list[ComingMessage]] = {}
    for (on, _, step), some in sorted(found.items()):  # a step may have another level in another scenario
        merged.setdefault((on, step), []).extend(some)
    return list(merged.values())


def _day_object(messages: Sequence[ComingMessage]) -> dict[str, object]:
    first = messages[0]
    return {
        "on": first.on,
        "step": first.step,
        "action": first.action,
        "channels": sorted({message.channel for message in messages}),
        **summed(messages).as_dict(),
        "approval": max(message.approval for message in messages),
        "waits": any(message.waits for message in messages),
    }


def _rows(messages: Sequence[ComingMessage], words: Words) -> Iterator[tuple[str, str, str, str]]:
    """For each week a total, then its days; each day is named once."""
    week: date | None = None
    shown: date | None = None
    for some in by_day_and_step(messages):
        on = some[0].on
        monday = on - timedelta(days=on.weekday())
        if monday != week:
            if week is not None:
                yield "", "", "", ""
            week = monday
            of_week = summed(m for m in messages if monday <= m.on < monday + timedelta(days=7))
            yield _week(monday, words), "", str(of_week.messages), words.amounts(of_week.amounts)
        total = summed(some)
        day = "" if on == shown else f"  {words.day(on)}"
        shown = on
        yield day, words.step(some[0]), str(total.messages), words.amounts(total.amounts)
    if messages:
        yield "", "", "", ""
    yield from _totals(messages, words)


def _week(monday: date, words: Words) -> str:
    number = str(monday.isocalendar().week)
    return words.line("week", number=number, first_on=monday, last_on=monday + timedelta(days=6))


def _totals(messages: Sequence[ComingMessage], words: Words) -> Iterator[tuple[str, str, str, str]]:
    """The sum of each step, in the order of levels, then of all."""
    first = words.line("total")
    for some in by_step(messages).values():
        total = summed(some)
        yield first, words.step(some[0]), str(total.messages), words.amounts(total.amounts)
        first = ""


def by_step(messages: Iterable[ComingMessage]) -> dict[str, list[ComingMessage]]:
    """The messages of each step together, in the order of levels; thanks are the last."""
    found: dict[str, list[ComingMessage]] = {}
    for message in sorted(messages, key=lambda m: (m.action is Action.THANK, m.level, m.step)):
        found.setdefault(message.step, []).append(message)
    return found
