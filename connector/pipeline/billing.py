"""What a host bills for being read, where it does: counted by day in the memo, and foreseen for the month.

A day is one of UTC. A pass counts under its lease, so no call of it is lost; other commands count for
themselves (two of them that end in the same instant may lose a call or two). A process that is killed takes
the calls of its pass with it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from connector.company import Company
from connector.ports import Memo

#: In the memo, by who counts: {"2026-11-23": [billed calls, passes, billed calls of those passes]}. The first
#: pass of all reads everything, and is none of the passes.
_PASSES, _OTHERS = "billed.passes", "billed.others"
#: So many days say what a usual pass and a usual day cost.
_USUAL = 7

Days: TypeAlias = dict[date, list[int]]


@dataclass(frozen=True, slots=True)
class Bill:
    """``calls`` since the host was opened, ``month`` in this month so far (those included), ``projected`` by
    its end; None before a usual pass was seen."""

    calls: int
    month: int
    projected: int | None
    quota: int | None = None  # of a month, shared by all that read with the same registration

    def as_dict(self) -> dict[str, int | None]:
        return asdict(self)


def note_pass(company: Company, *, first: bool) -> None:
    """Count a pass that ends, and what it cost. Call it under the lease of the pass. Not while a unit is
    open."""
    usage = company.host.usage
    if usage.billed:
        cost = usage.billed - usage.billed_kept
        _add(company, _PASSES, [cost, 0, 0] if first else [cost, 1, cost])


def note_rest(company: Company) -> None:
    """Count what was read beside a pass: by a command that looks. Not while a unit is open."""
    usage = company.host.usage
    if usage.billed > usage.billed_kept:
        _add(company, _OTHERS, [usage.billed - usage.billed_kept, 0, 0])


def _add(company: Company, key: str, counted: list[int]) -> None:
    memo, today = company.store.memo(company.id), _now(company).date()
    days = _load(memo, key)
    days[today] = [a + b for a, b in zip(days.get(today, [0, 0, 0]), counted, strict=True)]
    oldest = min(today.replace(day=1), today - timedelta(days=_USUAL + 1))
    kept = {day.isoformat(): figures for day, figures in sorted(days.items()) if day >= oldest}
    memo[key] = json.dumps(kept)
    company.host.usage.billed_kept = company.host.usage.billed


def bill_of(company: Company, every: timedelta | None, quota: int | None = None) -> Bill | None:
    """The bill of a company that is open; None where nothing was ever billed. ``every`` is the schedule."""
    usage, days = company.host.usage, _all_days(company.store.memo(company.id))
    waiting = usage.billed - usage.billed_kept
    now = _now(company)
    if waiting:
        days.setdefault(now.date(), [0, 0, 0])[0] += waiting
    return _bill(days, usage.billed, now, every, quota)


def bill_from_memo(memo: Memo, now: datetime, every: timedelta | None) -> Bill | None:
    """The same of a company that is not open, as far as its memo knows."""
    return _bill(_all_days(memo), 0, now.astimezone(UTC), every, None)


def _now(company: Company) -> datetime:
    """Calls are billed on the day on which they are made, whatever day a person had us decide for."""
    return datetime.now(UTC) if company.as_if else company.clock().astimezone(UTC)


def _bill(days: Days, calls: int, now: datetime, every: timedelta | None, quota: int | None) -> Bill | None:
    if not days:
        return None
    first = now.date().replace(day=1)
    month = sum(figures[0] for day, figures in days.items() if first <= day <= now.date())
    per_day = _per_day(days, now.date(), every)
    projected = None if per_day is None else month + math.ceil(per_day * _days_left(now))
    return Bill(calls, month, projected, quota)


def _per_day(days: Mapping[date, list[int]], today: date, every: timedelta | None) -> float | None:
    """Billed calls of a usual day: by the schedule and the cost of the last days' passes, or as the last
    whole days were (wakes, commands) when that is more. None when neither is known."""
    recent = {day: figures for day, figures in days.items() if today - timedelta(days=_USUAL) <= day <= today}
    passes, cost = (sum(figures[n] for figures in recent.values()) for n in (1, 2))
    found = []
    if passes and every:
        found.append(cost / passes * (timedelta(days=1) / every))
    whole = [figures[0] for day, figures in recent.items() if min(days) < day < today]
    if whole:
        found.append(sum(whole) / len(whole))
    return max(found, default=None)


def _days_left(now: datetime) -> float:
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    after = (first + timedelta(days=32)).replace(day=1)
    return (after - now) / timedelta(days=1)


def _all_days(memo: Memo) -> Days:
    days = _load(memo, _PASSES)
    for day, figures in _load(memo, _OTHERS).items():
        days[day] = [a + b for a, b in zip(days.get(day, [0, 0, 0]), figures, strict=True)]
    return days


def _load(memo: Memo, key: str) -> Days:
    return {date.fromisoformat(day): figures for day, figures in json.loads(memo.get(key, "{}")).items()}
