"""The store's contract on reminders and the outbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from connector.errors import StoreError
from connector.model import Attachment, InstallmentKey, Kind, Ref, Reminder, ReminderState
from connector.ports import CloseTask, Entry, MoveTask, Note, Task, TaskKind
from connector.store.ports import Effect, EffectState
from tests.builders import reminder
from tests.contract.test_store_base import NOW, TODAY, OnAStore, message

LATER = NOW + timedelta(minutes=5)
TOMORROW = TODAY + timedelta(days=1)
I1 = Ref(Kind.INVOICE, "i1")


def queued(key: str = "m1", **changes: object) -> Reminder:
    base = reminder(message_key=key, state=ReminderState.QUEUED, completed_on=None)
    return replace(base, **changes)  # type: ignore[arg-type]


def note(key: str = "note/1") -> Note:
    return Note(key, I1, "<p>Relance</p>", (Attachment("a.pdf", "application/pdf", b"\x00\xff\xfb?>"),))


class OutboxTests(OnAStore):
    def queue(self, key: str = "m1", *reminders: Reminder, state: EffectState = EffectState.READY) -> bool:
        with self.unit() as unit:
            return unit.queue_message(message(key), reminders or (queued(key),), state, NOW)

    def effect(self, key: str = "m1") -> Effect:
        with self.unit() as unit:
            return unit.effects(keys=[key])[0]

    def settle(self, state: EffectState, key: str = "m1", **rest: object) -> None:
        with self.unit() as unit:
            unit.settle(key, state, NOW, **({"today": TODAY} | rest))  # type: ignore[arg-type]

    def reminder(self, key: str = "m1") -> Reminder:
        with self.unit() as unit:
            return unit.reminders(message_key=key)[0]

    # queueing --------------------------------------------------------------------------------------------
    def test_a_message_and_its_reminders_come_back_as_they_were_saved(self) -> None:
        whole = message(
            attachments=(Attachment("f.pdf", "application/pdf", bytes(range(256))),),
            reply_to=message().sender,
            fingerprint="abc",
        )
        with self.unit() as unit:
            assert unit.queue_message(whole, [queued()], EffectState.READY, NOW)
        assert self.effect() == Effect("m1", whole, EffectState.READY, NOW)
        assert self.reminder() == queued()
        assert self.account().reminders == (queued(),)

    def test_the_same_message_is_saved_once(self) -> None:
        assert self.queue("m1", queued(step="reminder_1"))
        assert not self.queue("m1", queued(step="reminder_2"))
        with self.unit() as unit:
            assert [r.step for r in unit.reminders(message_key="m1")] == ["reminder_1"]

    def test_the_same_step_of_an_installment_is_saved_once_and_its_message_not_at_all(self) -> None:
        assert self.queue("m1")
        fresh = queued("m2", installment=InstallmentKey("i2", 0))
        assert not self.queue("m2", fresh, queued("m2"))
        with self.unit() as unit:
            assert unit.effects(keys=["m2"]) == []
            assert [r.installment.invoice_ref for r in unit.accounts(["c1"])[0].reminders] == ["i1"]

    def test_a_refused_message_leaves_the_rest_of_the_unit_alive(self) -> None:
        assert self.queue("m1")
        with self.unit() as unit:
            unit.queue_entries([note("before")], NOW)
            assert not unit.queue_message(message("m2"), [queued("m2")], EffectState.READY, NOW)
            unit.queue_entries([note("after")], NOW)
        with self.unit() as unit:
            assert [e.key for e in unit.effects()] == ["m1", "before", "after"]

    @pytest.mark.parametrize(
        "other",
        [{"occurrence": 1}, {"step": "reminder_2"}, {"installment": InstallmentKey("i1", 1)}],
        ids=["next occurrence", "next step", "next installment"],
    )
    def test_another_step_occurrence_or_installment_is_another_reminder(
        self, other: dict[str, object]
    ) -> None:
        assert self.queue("m1")
        assert self.queue("m2", queued("m2", **other))

    def test_entries_with_a_known_key_are_left_out(self) -> None:
        first: list[Entry] = [note("a"), note("b"), note("a")]
        with self.unit() as unit:
            assert unit.queue_entries(first, NOW) == 2
            assert unit.queue_entries([note("b"), note("c")], NOW) == 1
            assert unit.queue_entries([], NOW) == 0
            assert [effect.key for effect in unit.effects()] == ["a", "b", "c"]

    def test_every_kind_of_entry_comes_back_as_it_was_saved(self) -> None:
        entries: list[Entry] = [
            note(),
            Task("task/1", I1, TaskKind.PROMISE, "Promesse", "<p>x</p>", TODAY, "7"),
            MoveTask("move/1", "task/1", TOMORROW),
            CloseTask("close/1", "task/1", "réglé"),
        ]
        with self.unit() as unit:
            unit.queue_entries(entries, NOW)
            found = [effect.item for effect in unit.effects()]
        assert found == entries
        assert isinstance(found[1], Task)
        assert isinstance(found[1].on, Ref)

    def test_effects_are_chosen_by_state_and_key_oldest_first(self) -> None:
        self.queue("m2", queued("m2", step="s2"))
        self.queue("m1", queued("m1", step="s1"))
        self.queue("m3", queued("m3", step="s3"), state=EffectState.APPROVAL)
        with self.unit() as unit:
            assert [e.key for e in unit.effects()] == ["m2", "m1", "m3"]
            assert [e.key for e in unit.effects([EffectState.READY])] == ["m2", "m1"]
            assert [e.key for e in unit.effects([EffectState.APPROVAL, EffectState.DONE])] == ["m3"]
            assert [e.key for e in unit.effects(keys=["m3", "m2"])] == ["m2", "m3"]
            assert [e.key for e in unit.effects([EffectState.READY], ["m3", "m1"])] == ["m1"]
            assert [e.key for e in unit.effects(limit=2)] == ["m2", "m1"]

    # attempting ------------------------------------------------------------------------------------------
    def test_an_attempt_is_recorded_and_counted(self) -> None:
        self.queue()
        with self.unit() as unit:
            assert unit.attempt(["m1", "no such key"], LATER) == ["m1"]
        effect = self.effect()
        assert (effect.state, effect.attempts, effect.attempted_at) == (EffectState.ATTEMPTED, 1, LATER)
        self.settle(EffectState.READY, not_before=LATER)
        assert self.effect().not_before == LATER
        with self.unit() as unit:
            unit.attempt(["m1"], LATER)
        assert self.effect().attempts == 2

    def test_a_message_under_attempt_is_left_to_who_took_it(self) -> None:
        self.queue()
        with self.unit() as unit:
            assert unit.attempt(["m1"], NOW) == ["m1"]
        with self.unit() as unit:
            assert unit.attempt(["m1"], LATER) == []
        assert self.effect().attempts == 1

    def test_an_entry_under_attempt_may_be_taken_up_again(self) -> None:
        with self.unit() as unit:
            unit.queue_entries([note("a")], NOW)
            assert unit.attempt(["a"], NOW) == ["a"]
            assert unit.attempt(["a"], LATER) == ["a"]
        assert self.effect("a").attempts == 2

    @pytest.mark.parametrize(
        "state", [s for s in EffectState if s not in (EffectState.READY, EffectState.ATTEMPTED)]
    )
    def test_what_is_not_ready_cannot_be_attempted(self, state: EffectState) -> None:
        self.queue()
        self.settle(state)
        with self.unit() as unit:
            assert unit.attempt(["m1"], LATER) == []
        assert self.effect().state is state

    # settling --------------------------------------------------------------------------------------------
    @pytest.mark.parametrize(
        ("state", "reminder_state"),
        [
            (EffectState.READY, ReminderState.QUEUED),
            (EffectState.APPROVAL, ReminderState.APPROVAL),
            (EffectState.DONE, ReminderState.SENT),
            (EffectState.REFUSED, ReminderState.REFUSED),
            (EffectState.FAILED, ReminderState.FAILED),
            (EffectState.UNKNOWN, ReminderState.UNKNOWN),
            (EffectState.DROPPED, ReminderState.DROPPED),
            (EffectState.CANCELLED, ReminderState.CANCELLED),
        ],
    )
    def test_reminders_follow_their_message(self, state: EffectState, reminder_state: ReminderState) -> None:
        self.queue()
        self.settle(state, ref="r1", detail="250 OK")
        effect, found = self.effect(), self.reminder()
        assert (effect.state, effect.ref, effect.detail) == (state, "r1", "250 OK")
        assert found.state is reminder_state
        assert found.completed_on == (TODAY if state is EffectState.DONE else None)

    def test_settling_twice_changes_nothing_the_second_time(self) -> None:
        self.queue()
        self.settle(EffectState.DONE, ref="r1", detail="250 OK")
        before = self.effect(), self.reminder()
        self.decided("c1")
        self.settle(EffectState.DONE, today=TOMORROW)
        assert (self.effect(), self.reminder()) == before
        assert self.to_look_at() == []

    def test_a_settled_message_makes_its_customer_be_looked_at(self) -> None:
        self.queue()
        self.decided("c1")
        self.settle(EffectState.DONE)
        assert self.to_look_at() == ["c1"]

    def test_a_message_that_bounced_after_it_was_sent_is_refused(self) -> None:
        self.queue()
        self.settle(EffectState.DONE)
        self.settle(EffectState.REFUSED, detail="550 no such user")
        assert self.reminder().state is ReminderState.REFUSED
        assert self.reminder().completed_on is None

    def test_an_unknown_key_is_an_error_that_names_it(self) -> None:
        with pytest.raises(StoreError, match=r"no entry nothing.*relance outbox"), self.unit() as unit:
            unit.settle("nothing", EffectState.DONE, NOW, today=TODAY)

    # approving -------------------------------------------------------------------------------------------
    def test_approvals_count_distinct_people_and_the_state_waits(self) -> None:
        self.queue(state=EffectState.APPROVAL)
        with self.unit() as unit:
            assert unit.approve("m1", "Anna Exemple").approved_by == ("Anna Exemple",)
            assert unit.approve("m1", " anna  EXEMPLE ").approved_by == ("Anna Exemple",)
            effect = unit.approve("m1", "Boris Exemple")
        assert effect == self.effect()
        assert effect.approved_by == ("Anna Exemple", "Boris Exemple")
        assert effect.state is EffectState.APPROVAL
        self.settle(EffectState.READY)
        assert self.effect().approved_by == ("Anna Exemple", "Boris Exemple")

    def test_what_was_taken_back_takes_no_approval(self) -> None:
        self.queue(state=EffectState.APPROVAL)
        self.settle(EffectState.CANCELLED)
        with self.unit() as unit:
            effect = unit.approve("m1", "Anna Exemple")
        assert (effect.state, effect.approved_by) == (EffectState.CANCELLED, ())

    # moments ---------------------------------------------------------------------------------------------
    def test_moments_come_back_in_utc(self) -> None:
        paris = datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=1)))
        with self.unit() as unit:
            unit.queue_entries([note("a")], paris)
        created = self.effect("a").created_at
        assert created == paris
        assert created.tzinfo is UTC

    def test_a_moment_without_zone_is_refused(self) -> None:
        naive = datetime(2026, 11, 23)  # noqa: DTZ001 - that is the point
        with pytest.raises(StoreError, match="time zone"), self.unit() as unit:
            unit.queue_entries([note("a")], naive)
        with self.unit() as unit:
            assert unit.effects() == []
