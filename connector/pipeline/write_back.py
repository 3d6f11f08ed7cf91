"""Write back: notes, tasks and dates into the host, exactly once each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import structlog

from connector.company import Company
from connector.errors import HostError, Refused, Unavailable
from connector.model import Message
from connector.pipeline.deliver import backoff
from connector.pipeline.report import PassReport
from connector.ports import Entry, Note, Task, Written
from connector.store.ports import Effect, EffectState, Unit

log = structlog.get_logger()

#: A refusal that repeats is told once in this time.
_TOLD_FOR = timedelta(days=1)
_NUMBERS = re.compile(r"\d+")  # a host may name the record that it refuses


def write_back(company: Company, today: date, report: PassReport) -> None:
    """Write every entry that waits. One that fails is kept for later; the host's facts are never undone.

    An entry whose attempt ended unseen is looked for in the host before it is written again, and not
    before the host's own time limit has passed.
    """
    now = company.clock()
    with company.store.begin(company.id) as unit:
        waiting = [effect for effect in _entries(unit) if _ready(company, effect)]
        unit.attempt([effect.key for effect in waiting], now)
    if not waiting:
        return
    entries = [effect.item for effect in waiting if not isinstance(effect.item, Message)]
    again = {effect.key for effect in waiting if effect.attempts > 0}
    open_keys = {effect.key: effect for effect in waiting}
    refusals = _Refusals()
    try:
        for written in company.host.write(entries, again):
            _settle(company, open_keys.pop(written.key), written, today, report, refusals)
    except HostError as error:
        _put_back(company, list(open_keys.values()), error, today)
        report.errors.append(f"write back: {error}")


def _entries(unit: Unit) -> list[Effect]:
    states = (EffectState.READY, EffectState.ATTEMPTED)
    return [effect for effect in unit.effects(states) if not isinstance(effect.item, Message)]


def _ready(company: Company, effect: Effect) -> bool:
    now = company.clock()
    if effect.state is EffectState.ATTEMPTED:
        return effect.is_over(now, company.limits.settle_after)
    return effect.is_due(now)


def _settle(
    company: Company, effect: Effect, written: Written, today: date, report: PassReport, refusals: _Refusals
) -> None:
    now = company.clock()
    with company.store.begin(company.id) as unit:
        if written.error is None:
            unit.settle(effect.key, EffectState.DONE, now, today=today, ref=written.ref)
            report.written_back["notes" if _is_note(effect.item) else "activities"] += 1
            return
        tries = effect.attempts + 1
        given_up = isinstance(written.error, Refused) or tries >= company.limits.tries
        state = EffectState.REFUSED if given_up else EffectState.READY
        later = None if given_up else now + backoff(tries)
        told = given_up and refusals.knew(unit, effect.item, str(written.error), now)
        unit.settle(effect.key, state, now, today=today, detail=str(written.error), not_before=later)
    if told:  # the same right is missing in the same place: said once a day, not at every pass
        log.info("entry refused again", company=company.id, key=effect.key, error=str(written.error))
        return
    report.errors.append(f"write back {effect.key}: {written.error}")
    log.warning("entry not written", company=company.id, key=effect.key, error=str(written.error))


class _Refusals:
    """What was refused not long ago: read from the store at the first refusal of a pass, and kept."""

    def __init__(self) -> None:
        self._told: set[tuple[type, str, str]] | None = None

    def knew(self, unit: Unit, item: Entry | Message, error: str, now: datetime) -> bool:
        """Whether such an entry was refused for the same reason, on the same kind of record; from now on it
        was."""
        if self._told is None:
            refused = unit.effects([EffectState.REFUSED])
            fresh = (e for e in refused if e.attempted_at and now - e.attempted_at < _TOLD_FOR)
            self._told = {_likeness(e.item, e.detail) for e in fresh}
        like = _likeness(item, error)
        known = like in self._told
        self._told.add(like)
        return known


def _likeness(item: Entry | Message, error: str) -> tuple[type, str, str]:
    place = str(item.on.kind) if isinstance(item, Note | Task) else ""
    return type(item), place, _NUMBERS.sub("", error)


def _put_back(company: Company, effects: Sequence[Effect], error: HostError, today: date) -> None:
    """When the call certainly did nothing its entries are ready again at once; else they wait as
    attempted, to be looked for first."""
    if isinstance(error, Unavailable) and error.maybe_done:
        return
    now = company.clock()
    with company.store.begin(company.id) as unit:
        for effect in effects:
            later = now + backoff(effect.attempts + 1)
            unit.settle(effect.key, EffectState.READY, now, today=today, detail=str(error), not_before=later)


def _is_note(entry: Entry | Message) -> bool:
    return isinstance(entry, Note)
