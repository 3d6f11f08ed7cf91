"""Obey: what people wrote and did in the host since the last pass becomes orders, each exactly once.

A remark is marked as taken in the transaction of what it orders; what was done with a task of ours is a
state of that task, settled in the transaction of what follows from it. So a crash repeats nothing and loses
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog

from connector.company import Company
from connector.errors import SafetyStop
from connector.grammar.sayings import Saying, SaysNothing
from connector.model import Kind, Ref
from connector.orders import Said
from connector.pipeline.obeying import approvals, reading
from connector.pipeline.obeying.hearing import Hearing
from connector.pipeline.obeying.sayings import carry_out
from connector.pipeline.obeying.tasks_deleted import check_deleted, task_deleted
from connector.pipeline.obeying.tasks_done import task_done
from connector.pipeline.obeying.tasks_moved import task_moved
from connector.pipeline.pull import refresh
from connector.pipeline.report import PassReport
from connector.ports import TaskKind
from connector.store.ports import HostTask, NewRemark, Unit

log = structlog.get_logger()

#: What a text that nobody can foresee may do to who reads it. It must not stop the others.
_UNREADABLE = (ValueError, ArithmeticError, LookupError, TypeError, RecursionError)


def obey(company: Company, today: date, report: PassReport, *, accept: bool = False) -> None:
    """Carry out all that people said and did in the host, in the order in which they said it.

    Raises SafetyStop, after all else, when a large part of our tasks vanished without a word; unless
    ``accept``.
    """
    obeying = _Obeying(company, today, report)
    obeying.remarks()
    obeying.moved()
    obeying.deleted(accept=accept)
    keep_approvals(company, today)


def keep_approvals(company: Company, today: date) -> None:
    """Ask for the consents that are missing, and close the tasks of those that are not any more."""
    with company.store.begin(company.id) as unit:
        approvals.keep(company, unit, today)


@dataclass(frozen=True, slots=True)
class _Obeying:
    """One walk over what is new."""

    company: Company
    today: date
    report: PassReport

    def remarks(self) -> None:
        company = self.company
        with company.store.begin(company.id) as unit:
            since = unit.heard_since(company.clock())
            new = unit.new_remarks()
            mute = [one for one in new if _says_nothing(one)]
            unit.take_remarks(mute, company.clock())
        for one in new:
            if not _says_nothing(one):
                self._try(f"remark {one.remark.ref}", lambda one=one: self._remark(one, since))  # type: ignore[misc]

    def _remark(self, new: NewRemark, since: datetime) -> None:
        company, remark = self.company, new.remark
        on = remark.said_at.astimezone(company.zone).date()
        said = Said(on, remark.said_at, remark.author.name, quiet=remark.said_at < since)
        with company.store.begin(company.id) as unit:
            if not unit.take_remarks([new], company.clock()):
                return  # another process has taken it since
            hearing = self._hearing(unit, remark.on, said, f"order/{remark.ref}/{new.digest}/answer")
            hearing.person = remark.author
            if remark.task is not None:
                task_done(hearing, remark.task, remark.text, self._outcome(hearing, new, on))
            else:
                for saying in reading.orders_in(hearing, remark.text, on):
                    carry_out(hearing, saying)
            hearing.answer()
        self.report.heard += hearing.counts

    def _outcome(self, hearing: Hearing, new: NewRemark, on: date) -> Sequence[Saying]:
        remark = new.remark
        if not remark.text.strip() or remark.task is None:
            return (SaysNothing(),)
        task = hearing.unit.host_task(remark.task)
        kind = task.kind if task else TaskKind.TODO
        return reading.outcome_of(hearing, remark.text, kind, on)

    def moved(self) -> None:
        with self.company.store.begin(self.company.id) as unit:
            changed = unit.changed_tasks()
        for task in changed:
            if task.moved and not task.gone:
                self._try(f"task {task.key}", lambda task=task: self._with_task(task, task_moved))  # type: ignore[misc]

    def deleted(self, *, accept: bool) -> None:
        company = self.company
        with company.store.begin(company.id) as unit:
            unseen = unit.unseen_tasks()
        refresh(company, unseen)
        gone = self._gone()
        if gone and not accept:
            with company.store.begin(company.id) as unit:
                standing = [task for task in unit.host_tasks() if task.seen_on is not None]
            check_deleted(company.id, gone, len(standing))
        for task in gone:
            self._try(f"task {task.key}", lambda task=task: self._with_task(task, task_deleted))  # type: ignore[misc]

    def _gone(self) -> list[HostTask]:
        """Tasks that vanished without a word; where a remark of that customer cannot be read, it may be the
        word, and they wait until it can."""
        with self.company.store.begin(self.company.id) as unit:
            gone = [task for task in unit.changed_tasks() if task.gone]
            aside = unit.set_aside() if gone else []
            unread = {why.customer_ref for why in aside if why.ref.kind is Kind.REMARK}
            if not unread:
                return gone
            if None in unread:
                return []
            owners = [unit.found(task.on) for task in gone]
        known = zip(gone, owners, strict=True)
        return [task for task, owner in known if owner is None or owner.customer_ref not in unread]

    def _with_task(self, task: HostTask, work: Callable[[Hearing, HostTask], None]) -> None:
        company = self.company
        now = company.clock()
        with company.store.begin(company.id) as unit:
            if unit.host_task(task.key) != task:
                return  # another process was faster
            key = f"order/{task.key}/{now:%Y%m%dT%H%M%S}/answer"
            hearing = self._hearing(unit, task.on, Said(self.today, now), key)
            work(hearing, task)
            hearing.answer()
        self.report.heard += hearing.counts

    def _hearing(self, unit: Unit, on: Ref, said: Said, key: str) -> Hearing:
        return Hearing(self.company, unit, self.today, said, on, unit.found(on), key)

    def _try(self, what: str, work: Callable[[], None]) -> None:
        """One that nobody can read stops no other: it is reported, and looked at again by the next pass."""
        try:
            work()
        except SafetyStop:
            raise
        except _UNREADABLE as error:
            log.error("order not read", company=self.company.id, what=what, error=type(error).__name__)
            self.report.errors.append(f"{what}: what it says could not be read ({type(error).__name__})")


def _says_nothing(new: NewRemark) -> bool:
    return new.remark.task is None and reading.SIGN not in new.remark.text
