"""The days of a claim: when interest starts and ends, and where something changes between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from connector.interest.calculation import Source
from connector.interest.claim import Claim, Counting, CreditEffect, DayCount, Movement, Options, Rounding
from connector.interest.law import Rule, StartMode
from connector.interest.periods import Period
from connector.interest.rates import half_end

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Event:
    """A movement and the first day that bears interest on what it left."""

    effective_on: date
    source: Source
    movement: Movement


@dataclass(frozen=True, slots=True)
class Piece:
    """Days in a row in which nothing changes."""

    first_on: date
    last_on: date
    period: Period
    suspended: bool


def default_on(rule: Rule, claim: Claim) -> date | None:
    """Return the day after which the customer is in default; None while a formal notice is missing."""
    if rule.start is StartMode.DUE or (rule.start is StartMode.FIXED_DATE_OR_NOTICE and claim.fixed_date):
        return claim.due_on
    days = [claim.due_on + timedelta(rule.otherwise_days)] if rule.otherwise_days else []
    if claim.notice_on is not None:
        days.append(max(claim.due_on, claim.notice_on))
    return min(days, default=None)


def first_day(default: date, options: Options) -> date:
    """Return the first day that bears interest."""
    return default if options.counting is Counting.FROM_DUE else default + _DAY


def last_day(claim: Claim, to: date, options: Options) -> date:
    """Return the last day that bears interest: the day itself, or the one before insolvency proceedings."""
    last = to - _DAY if options.counting is Counting.FROM_DUE else to
    return last if claim.insolvency_on is None else min(last, claim.insolvency_on - _DAY)


def events(claim: Claim, to: date, options: Options) -> list[Event]:
    """Return what happened up to a day, in order: by day, credit notes before payments."""
    found = [Event(first_day(paid.on, options), Source.PAYMENT, paid) for paid in claim.payments]
    for credit in claim.credits:
        backdated = options.credit_effect is CreditEffect.DUE_DATE
        day = min(credit.on, claim.due_on) if backdated else credit.on
        found.append(Event(first_day(day, options), Source.CREDIT, credit))
    known = [event for event in found if event.movement.on <= to]
    return sorted(known, key=lambda e: (e.effective_on, e.source, e.movement.on, e.movement.amount.amount))


def pieces(
    claim: Claim, options: Options, changes: list[Event], periods: Iterator[Period]
) -> Iterator[Piece]:
    """Cut the periods wherever the base, the divisor or a suspension changes."""
    days = {event.effective_on for event in changes}
    for pause in claim.suspensions:
        days |= {pause.first_on, pause.last_on + _DAY if pause.last_on else pause.first_on}
    for period in periods:
        inside = {day for day in days | _calendar_cuts(period, options) if day > period.first_on}
        inside = {day for day in inside if day <= period.last_on}
        for start, end in pairwise([period.first_on, *sorted(inside), period.last_on + _DAY]):
            yield Piece(start, end - _DAY, period, _is_suspended(claim, start))


def _calendar_cuts(period: Period, options: Options) -> set[date]:
    """The 1 January where years differ in length; also the 1 July where each half-year is rounded."""
    cuts: set[date] = set()
    if options.rounding is not Rounding.PER_SEGMENT and options.day_count is not DayCount.ACT_ACT:
        return cuts
    day = half_end(period.first_on) + _DAY
    while day <= period.last_on:
        if day.month == 1 or options.rounding is Rounding.PER_SEGMENT:
            cuts.add(day)
        day = half_end(day) + _DAY
    return cuts


def _is_suspended(claim: Claim, day: date) -> bool:
    return any(p.first_on <= day and (p.last_on is None or day <= p.last_on) for p in claim.suspensions)
