"""What people write and do in the host: remarks to be taken, and our tasks as they stand there."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from connector.model import Activity, Kind, Ref, Remark
from connector.ports import CloseTask, Entry, MoveTask, Task, TaskKind
from connector.store import codec
from connector.store.ports import EffectState, Found, HostTask, MappedPage, NewRemark
from connector.store.scope import Row, Scope, by_kind, in_chunks, upsert
from connector.store.tables import accounts, facts, remarks, states, tasks

#: An entry in one of these states was not written, and will not be by itself.
_GIVEN_UP = (EffectState.REFUSED, EffectState.FAILED, EffectState.DROPPED, EffectState.CANCELLED)


def text_digest(text: str) -> str:
    """The digest of what a remark says; the same words laid out otherwise have the same."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()[:12]


class HeardPart(Scope):
    """Remarks and tasks of one company."""

    # remarks -------------------------------------------------------------------------------------------
    def heard_since(self, now: datetime) -> datetime:
        """From when on people are answered: the moment of the first call."""
        query = select(states.c.heard_since).where(self._ours(states))
        since: datetime | None = self._connection.execute(query).scalar()
        if since is None:
            row: Row = {"company": self._company, "paused": False, "heard_since": now}
            upsert(self._connection, states, [row], only=("heard_since",))
        return since or now

    def new_remarks(self) -> list[NewRemark]:
        """The remarks whose text was never taken, by the moment at which they were said."""
        text = (remarks.c.ref, remarks.c.digest, facts.c.customer_ref, facts.c.body)
        said = and_(
            facts.c.company == remarks.c.company,
            facts.c.kind == Kind.REMARK.value,
            facts.c.ref == remarks.c.ref,
            facts.c.gone.is_(False),
            facts.c.body.is_not(None),
        )
        query = select(*text).select_from(remarks.join(facts, said))
        query = query.where(self._ours(remarks), remarks.c.taken_at.is_(None))
        found = []
        for ref, digest, customer, body in self._connection.execute(query).all():
            remark: Remark = codec.load_fact(Kind.REMARK, ref, body)
            if text_digest(remark.text) == digest:  # else it was edited since: its other text is here too
                found.append(NewRemark(remark, digest, customer))
        return sorted(found, key=lambda new: (new.remark.said_at, new.remark.ref))

    def take_remarks(self, new: Collection[NewRemark], now: datetime) -> int:
        taken = 0
        for one in new:
            asked = (remarks.c.ref == one.remark.ref, remarks.c.digest == one.digest)
            query = update(remarks).where(self._ours(remarks), *asked, remarks.c.taken_at.is_(None))
            taken += self._connection.execute(query.values(taken_at=now)).rowcount
        return taken

    def _hear(self, page: MappedPage) -> None:
        """Note the texts of a page's remarks; one that was there before stays as it was."""
        said = [(ref.id, fact) for ref, _, fact in page.facts if isinstance(fact, Remark)]
        new = [{"company": self._company, "ref": ref, "digest": text_digest(fact.text)} for ref, fact in said]
        if new:
            dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
            self._connection.execute(dialect.insert(remarks).on_conflict_do_nothing(), new)

    def found(self, on: Ref) -> Found | None:
        """What a record of the host is for an order: an invoice or a customer, under who pays for it. None
        when it was never pulled."""
        named = (facts.c.customer_ref, facts.c.number)
        query = select(*named).where(self._ours(facts), facts.c.kind == on.kind.value, facts.c.ref == on.id)
        row = self._connection.execute(query).one_or_none()
        if row is None or not row.customer_ref:
            return None
        holder = self._payers_of([row.customer_ref]).get(row.customer_ref, row.customer_ref)
        himself = select(facts.c.name).where(
            self._ours(facts), facts.c.kind == Kind.CUSTOMER.value, facts.c.ref == holder
        )
        name = self._connection.execute(himself).scalar() or holder
        if on.kind is Kind.INVOICE:
            return Found(holder, name, on.id, row.number or on.id)
        return Found(holder, name)

    def mark_read(self, customer_ref: str, at: datetime) -> None:
        """A person has read what the customer wrote up to that moment."""
        holder = self._payers_of([customer_ref]).get(customer_ref, customer_ref)
        self._mark_dirty([holder])
        his = and_(self._ours(accounts), accounts.c.customer_ref == holder)
        earlier = or_(accounts.c.read_at.is_(None), accounts.c.read_at < at)
        self._connection.execute(update(accounts).where(his, earlier).values(read_at=at))

    # tasks ---------------------------------------------------------------------------------------------
    def host_task(self, key: str) -> HostTask | None:
        found = self._tasks(tasks.c.key == key)
        return found[0] if found else None

    def host_tasks(
        self, *, prefix: str = "", kind: TaskKind | None = None, on: Collection[Ref] = ()
    ) -> list[HostTask]:
        """Our tasks, by key: ended ones too when ``prefix`` is given; else those that are open."""
        asked: list[ColumnElement[bool]] = [] if prefix else [tasks.c.ended_at.is_(None)]
        if prefix:
            asked.append(func.substr(tasks.c.key, 1, len(prefix)) == prefix)
        if kind is not None:
            asked.append(tasks.c.kind == kind.value)
        if not on:
            return self._tasks(*asked)
        places = by_kind(on)
        return [
            task
            for of_kind, ids in places
            for task in self._tasks(*asked, tasks.c.on_kind == of_kind.value, tasks.c.on_ref.in_(ids))
        ]

    def changed_tasks(self) -> list[HostTask]:
        """Open tasks that a person moved, or that the host shows no more."""
        return self._tasks(
            tasks.c.ended_at.is_(None), or_(tasks.c.moved.is_(True), tasks.c.gone_at.is_not(None))
        )

    def idle_tasks(self, kind: TaskKind) -> list[HostTask]:
        closed = select(facts.c.ref).where(
            self._ours(facts),
            facts.c.kind == Kind.INVOICE.value,
            facts.c.ref == tasks.c.on_ref,
            facts.c.open.is_(False),
        )
        open_ = (tasks.c.ended_at.is_(None), tasks.c.kind == kind.value)
        return self._tasks(*open_, tasks.c.on_kind == Kind.INVOICE.value, closed.exists())

    def unseen_tasks(self) -> list[Ref]:
        """Open tasks that were written and that no pull has shown."""
        query = select(tasks.c.ref).where(
            self._ours(tasks),
            tasks.c.ended_at.is_(None),
            tasks.c.gone_at.is_(None),
            tasks.c.seen.is_(False),
            tasks.c.ref.is_not(None),
        )
        return [Ref(Kind.ACTIVITY, ref) for ref in self._connection.execute(query).scalars() if ref]

    def end_task(self, key: str, now: datetime) -> None:
        query = update(tasks).where(self._ours(tasks), tasks.c.key == key, tasks.c.ended_at.is_(None))
        self._connection.execute(query.values(ended_at=now, moved=False))

    def keep_deadline(self, key: str, due_on: date) -> None:
        """From now on we stand for that day, which a person gave the task."""
        query = update(tasks).where(self._ours(tasks), tasks.c.key == key)
        self._connection.execute(query.values(due_on=due_on, moved=False))

    # what the outbox says of them ------------------------------------------------------------------------
    def _note_entries(self, entries: Iterable[Entry], now: datetime) -> None:
        """Entries that were queued: a new task, another day for one, the end of one."""
        new: list[Row] = []
        for entry in entries:
            match entry:
                case Task():
                    new.append(self._task_row(entry))
                case MoveTask():
                    query = update(tasks).where(self._ours(tasks), tasks.c.key == entry.task_key)
                    self._connection.execute(query.values(due_on=entry.due_on, moved=False))
                case CloseTask():
                    if new:
                        self._connection.execute(insert(tasks), new)
                        new = []
                    self.end_task(entry.task_key, now)
        if new:
            self._connection.execute(insert(tasks), new)

    def _task_row(self, task: Task) -> Row:
        return {
            "company": self._company,
            "key": task.key,
            "kind": task.task.value,
            "on_kind": task.on.kind.value,
            "on_ref": task.on.id,
            "due_on": task.due_on,
            "seen": False,
            "moved": False,
        }

    def _note_outcome(self, item: Entry, state: EffectState, ref: str | None, now: datetime) -> None:
        """An entry was written, or given up."""
        match item:
            case Task() if state is EffectState.DONE:
                ours = (self._ours(tasks), tasks.c.key == item.key)
                seen_on = func.coalesce(tasks.c.seen_on, item.due_on)
                known = {"ref": func.coalesce(ref, tasks.c.ref), "seen_on": seen_on}
                self._connection.execute(update(tasks).where(*ours).values(**known))
            case Task() if state in _GIVEN_UP:
                self.end_task(item.key, now)
            case MoveTask() if state is EffectState.DONE:
                self._connection.execute(self._of_move(item).values(seen_on=item.due_on))
            case MoveTask() if state in _GIVEN_UP:  # it stays where it is, and no person put it there
                seen = tasks.c.seen_on.is_not(None)
                self._connection.execute(self._of_move(item).where(seen).values(due_on=tasks.c.seen_on))
            case _:
                pass

    def _of_move(self, move: MoveTask) -> Any:
        return update(tasks).where(
            self._ours(tasks), tasks.c.key == move.task_key, tasks.c.due_on == move.due_on
        )

    # what a pull says of them ----------------------------------------------------------------------------
    def _see_tasks(self, page: MappedPage, now: datetime) -> None:
        """A person moved a task when the host shows a day that is neither the one we last saw nor ours: a
        move of ours that is not written yet leaves the old day there, which says nothing."""
        shown = {fact.marker: fact for _, _, fact in page.facts if isinstance(fact, Activity) and fact.marker}
        for keys in in_chunks(list(shown)):
            query = select(tasks).where(self._ours(tasks), tasks.c.key.in_(keys))
            for row in self._connection.execute(query).mappings().all():
                self._see(row, shown[row["key"]])
        gone = [ref.id for ref in page.gone if ref.kind is Kind.ACTIVITY]
        for refs in in_chunks(gone):
            ours = (self._ours(tasks), tasks.c.ref.in_(refs), tasks.c.gone_at.is_(None))
            self._connection.execute(update(tasks).where(*ours).values(gone_at=now))

    def _see(self, row: Mapping[Any, Any], shown: Activity) -> None:
        known = (row["seen_on"], row["due_on"])
        moved = row["moved"] if shown.due_on == row["seen_on"] else shown.due_on not in known
        values = {"ref": shown.ref, "seen_on": shown.due_on, "seen": True, "moved": moved, "gone_at": None}
        query = update(tasks).where(self._ours(tasks), tasks.c.key == row["key"])
        self._connection.execute(query.values(**values))

    # -----------------------------------------------------------------------------------------------------
    def _tasks(self, *conditions: ColumnElement[bool]) -> list[HostTask]:
        query = select(tasks).where(self._ours(tasks), *conditions).order_by(tasks.c.key)
        return [_task_of(row) for row in self._connection.execute(query).mappings()]


def _task_of(row: Mapping[Any, Any]) -> HostTask:
    return HostTask(
        key=row["key"],
        kind=TaskKind(row["kind"]),
        on=Ref(Kind(row["on_kind"]), row["on_ref"]),
        due_on=row["due_on"],
        seen_on=row["seen_on"],
        moved=row["moved"],
        gone=row["gone_at"] is not None,
        ended=row["ended_at"] is not None,
    )
