"""Reminders and the outbox: what is to be done outside, exactly once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, Select, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from connector.errors import StoreError
from connector.model import Message, Reminder, ReminderState
from connector.ports import Entry, Task
from connector.store import codec, rows
from connector.store.ports import Effect, EffectState, OutboxItem
from connector.store.scope import Row, in_chunks
from connector.store.tables import outbox, reminders
from connector.store.unit_heard import HeardPart

#: What an effect's state means for the reminders of a message.
_REMINDER_STATE = {
    EffectState.READY: ReminderState.QUEUED,
    EffectState.APPROVAL: ReminderState.APPROVAL,
    EffectState.ATTEMPTED: ReminderState.QUEUED,
    EffectState.DONE: ReminderState.SENT,
    EffectState.REFUSED: ReminderState.REFUSED,
    EffectState.FAILED: ReminderState.FAILED,
    EffectState.UNKNOWN: ReminderState.UNKNOWN,
    EffectState.DROPPED: ReminderState.DROPPED,
    EffectState.CANCELLED: ReminderState.CANCELLED,
}


#: … and for those of a call: one that the host refused is for a person to look at, it has no address to mend.
_CALL_STATE = {EffectState.REFUSED: ReminderState.FAILED}


class OutboxPart(HeardPart):
    """The outbox of one company."""

    def queue_message(
        self, message: Message | Task, reminders_: Sequence[Reminder], state: EffectState, now: datetime
    ) -> bool:
        holders = self._holders_of({reminder.installment.invoice_ref for reminder in reminders_})
        new = [rows.reminder_row(self._company, reminder, holders) for reminder in reminders_]
        try:
            with self._connection.begin_nested():  # the keys of the tables judge, even between processes
                self._connection.execute(insert(outbox), [self._outbox_row(message, state, now)])
                if new:
                    self._connection.execute(insert(reminders), new)
        except IntegrityError:
            return False
        if isinstance(message, Task) and state is EffectState.READY:
            self._note_entries([message], now)
        return True

    def queue_entries(self, entries: Iterable[Entry], now: datetime) -> int:
        new: dict[str, Entry] = {}
        for entry in entries:
            new.setdefault(entry.key, entry)
        for keys in in_chunks(list(new)):
            query = select(outbox.c.key).where(self._ours(outbox), outbox.c.key.in_(keys))
            for key in self._connection.execute(query).scalars():
                del new[key]
        if new:
            items = [self._outbox_row(entry, EffectState.READY, now) for entry in new.values()]
            self._connection.execute(insert(outbox), items)
            self._note_entries(new.values(), now)
        return len(new)

    def effects(
        self, states: Collection[EffectState] = (), keys: Collection[str] = (), limit: int | None = None
    ) -> list[Effect]:
        query = select(outbox).where(self._ours(outbox))
        if states:
            query = query.where(outbox.c.state.in_([state.value for state in states]))
        if not keys:
            found = self._fetch(query.order_by(outbox.c.id).limit(limit))
        else:
            chunks = in_chunks(list(keys))
            found = [row for some in chunks for row in self._fetch(query.where(outbox.c.key.in_(some)))]
            found = sorted(found, key=lambda row: row["id"])[:limit]
        return [_effect(row) for row in found]

    def sent_messages(self, since: datetime) -> list[datetime]:
        query = select(outbox.c.attempted_at).where(
            self._ours(outbox),
            outbox.c.item_kind == codec.MESSAGE,
            outbox.c.state == EffectState.DONE.value,
            outbox.c.attempted_at >= since,
        )
        return list(self._connection.execute(query).scalars())

    def attempt(self, keys: Collection[str], now: datetime) -> list[str]:
        """A message is taken only when READY: its earlier attempt is settled first. An entry may be taken
        up again, since the host is asked for its key before it is written."""
        entry_again = and_(outbox.c.state == EffectState.ATTEMPTED.value, outbox.c.item_kind != codec.MESSAGE)
        free = or_(outbox.c.state == EffectState.READY.value, entry_again)
        taken: list[str] = []
        for some in in_chunks(list(keys)):
            ours = and_(self._ours(outbox), outbox.c.key.in_(some))
            query = select(outbox.c.key).where(ours, free).order_by(outbox.c.id).with_for_update()
            found = list(self._connection.execute(query).scalars())
            changed = update(outbox).where(self._ours(outbox), outbox.c.key.in_(found))
            values = {"state": EffectState.ATTEMPTED.value, "attempts": outbox.c.attempts + 1}
            self._connection.execute(changed.values(**values, attempted_at=now))
            taken += found
        return taken

    def settle(
        self,
        key: str,
        state: EffectState,
        now: datetime,
        *,
        today: date,
        ref: str | None = None,
        detail: str = "",
        not_before: datetime | None = None,
    ) -> None:
        """Saying the same twice changes nothing the second time, the day of completion included. Raises
        StoreError for an unknown key."""
        row = self._row(key)
        values: Row = {"state": state.value, "not_before": not_before}
        if ref is not None:
            values["ref"] = ref
        if detail or row["state"] != state.value:
            values["detail"] = detail
        changed = update(outbox).where(self._ours(outbox), outbox.c.key == key)
        self._connection.execute(changed.values(**values))
        if row["item_kind"] == codec.MESSAGE:
            self._settle_reminders(key, _REMINDER_STATE[state], today)
            return
        item = codec.load_item(row["item_kind"], key, row["item"])
        if isinstance(item, Task):  # the steps that are taken by it, when it is a call
            self._settle_reminders(key, _CALL_STATE.get(state, _REMINDER_STATE[state]), today)
        if not isinstance(item, Message):
            self._note_outcome(item, state, ref, now)

    def approve(self, key: str, by: str) -> Effect:
        """Note that a person agrees; the same person twice counts once, in any case and spacing. What no
        longer waits for approval is returned unchanged. Raises StoreError for an unknown key."""
        effect = _effect(self._row(key))
        person = " ".join(by.split())
        if effect.state is not EffectState.APPROVAL or person.casefold() in {
            name.casefold() for name in effect.approved_by
        }:
            return effect
        names = (*effect.approved_by, person)
        changed = update(outbox).where(self._ours(outbox), outbox.c.key == key)
        self._connection.execute(changed.values(approved_by=codec.dump_names(names)))
        return replace(effect, approved_by=names)

    def reminders(self, *, message_key: str) -> list[Reminder]:
        query = select(reminders).where(self._ours(reminders), reminders.c.message_key == message_key)
        query = query.order_by(reminders.c.invoice_ref, reminders.c.position, reminders.c.step)
        return [rows.reminder_of(row) for row in self._connection.execute(query).mappings()]

    # -----------------------------------------------------------------------------------------------------
    def _outbox_row(self, item: OutboxItem, state: EffectState, now: datetime) -> Row:
        kind, text = codec.dump_item(item)
        return {
            "company": self._company,
            "key": item.key,
            "item_kind": kind,
            "item": text,
            "state": state.value,
            "created_at": now,
            "attempts": 0,
            "detail": "",
            "approved_by": codec.dump_names(()),
        }

    def _settle_reminders(self, key: str, state: ReminderState, today: date) -> None:
        changed = update(reminders).where(self._ours(reminders), reminders.c.message_key == key)
        changed = changed.where(reminders.c.state != state.value)
        done = today if state is ReminderState.SENT else None
        if self._connection.execute(changed.values(state=state.value, completed_on=done)).rowcount:
            query = select(reminders.c.customer_ref, reminders.c.moved_to).where(
                self._ours(reminders), reminders.c.message_key == key
            )
            self._mark_dirty({ref for row in self._connection.execute(query) for ref in row})

    def _fetch(self, query: Select[Any]) -> Sequence[RowMapping]:
        return self._connection.execute(query).mappings().all()

    def _row(self, key: str) -> RowMapping:
        found = self._fetch(select(outbox).where(self._ours(outbox), outbox.c.key == key).with_for_update())
        if not found:
            raise StoreError(f"The outbox of {self._company} has no entry {key}. See `relance outbox list`.")
        return found[0]


def _effect(row: RowMapping) -> Effect:
    return Effect(
        key=row["key"],
        item=codec.load_item(row["item_kind"], row["key"], row["item"]),
        state=EffectState(row["state"]),
        created_at=row["created_at"],
        attempts=row["attempts"],
        attempted_at=row["attempted_at"],
        not_before=row["not_before"],
        ref=row["ref"],
        detail=row["detail"],
        approved_by=codec.load_names(row["approved_by"]),
    )
