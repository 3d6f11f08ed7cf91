"""The store's contract on what people write and do in the host."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from connector.model import Activity, Kind, Person, Ref, Remark, ReminderState
from connector.ports import CloseTask, MoveTask, Task, TaskKind
from connector.store.ports import EffectState, Found, HostTask, MappedPage
from tests.builders import customer, invoice, paid, reminder
from tests.contract.test_store_base import NOW, TODAY, OnAStore

I1 = Ref(Kind.INVOICE, "i1")
CAMILLE = Person("7", "Camille")
LATER = TODAY + timedelta(days=9)


def remark(ref: str = "m1", text: str = "#attente", days: int = 0, **fields: str) -> Remark:
    return Remark(ref, I1, NOW + timedelta(days=days), CAMILLE, text, **fields)  # type: ignore[arg-type]


def task(key: str = "promise/1", kind: TaskKind = TaskKind.PROMISE) -> Task:
    return Task(key, I1, kind, "Promesse", "<p>Promesse</p>", TODAY)


def activity(key: str = "promise/1", due_on: date = TODAY, ref: str = "a1") -> Activity:
    return Activity(ref, I1, "Promesse", due_on, marker=key)


class RemarkTests(OnAStore):
    # remarks -------------------------------------------------------------------------------------------
    def hear(self, *remarks: Remark, digest: str = "d") -> None:
        facts = tuple((Ref(Kind.REMARK, r.ref), f"{digest}-{r.text}", r) for r in remarks)
        with self.unit() as unit:
            unit.save_page(MappedPage(facts), NOW)

    def new(self) -> list[str]:
        with self.unit() as unit:
            return [one.remark.text for one in unit.new_remarks()]

    def take_all(self) -> int:
        with self.unit() as unit:
            return unit.take_remarks(unit.new_remarks(), NOW)

    def test_new_remarks_are_told_in_the_order_in_which_they_were_said(self) -> None:
        self.save(customer(), invoice())
        self.hear(remark("m1", "second", days=2), remark("m2", "first", days=1))
        assert self.new() == ["first", "second"]

    def test_a_remark_is_taken_once_however_often_it_is_saved(self) -> None:
        self.hear(remark())
        assert self.take_all() == 1
        self.hear(remark(), digest="another mapping")
        self.hear(remark(text=" #attente\n"), digest="laid out otherwise")
        assert self.new() == []

    def test_two_that_take_it_at_once_are_one(self) -> None:
        self.hear(remark())
        with self.unit() as unit:
            new = unit.new_remarks()
            assert unit.take_remarks(new, NOW) == 1
            assert unit.take_remarks(new, NOW) == 0

    def test_a_remark_that_is_edited_is_new_and_only_its_last_text_counts(self) -> None:
        self.hear(remark())
        self.hear(remark(text="#attente 31/12"))
        assert self.new() == ["#attente 31/12"]
        self.take_all()
        self.hear(remark(text="#reprise"))
        assert self.new() == ["#reprise"]

    def test_what_is_not_committed_is_not_taken(self) -> None:
        self.hear(remark())
        try:
            with self.unit() as unit:
                unit.take_remarks(unit.new_remarks(), NOW)
                raise RuntimeError
        except RuntimeError:
            pass
        assert self.new() == ["#attente"]

    def test_a_deleted_remark_is_not_told(self) -> None:
        self.hear(remark())
        self.save(gone=(Ref(Kind.REMARK, "m1"),))
        assert self.new() == []

    def test_another_company_hears_nothing_of_it(self) -> None:
        self.hear(remark())
        with self.store.begin(f"{self.company}-other") as unit:
            assert unit.new_remarks() == []

    def test_people_are_answered_from_the_first_call_on(self) -> None:
        with self.unit() as unit:
            unit.mark_synced(NOW - timedelta(days=3))
            assert unit.heard_since(NOW) == NOW
        with self.unit() as unit:
            assert unit.heard_since(NOW + timedelta(days=1)) == NOW
            assert unit.standing().synced_at == NOW - timedelta(days=3)

    def test_an_order_is_about_who_pays(self) -> None:
        self.save(customer("c1"), customer("c2", payer_ref="c1"), invoice(customer_ref="c2"))
        with self.unit() as unit:
            assert unit.found(I1) == Found("c1", "Exemple c1", "i1", "FAC/i1")
            assert unit.found(Ref(Kind.CUSTOMER, "c2")) == Found("c1", "Exemple c1")
            assert unit.found(Ref(Kind.INVOICE, "i9")) is None

    def test_what_was_read_is_kept_up_to_its_moment(self) -> None:
        self.save(customer("c1"), customer("c2", payer_ref="c1"))
        with self.unit() as unit:
            unit.mark_read("c2", NOW)
            unit.mark_read("c1", NOW - timedelta(days=1))
        assert self.account().read_at == NOW
        self.decided("c1")
        assert self.account().read_at == NOW

    # tasks ---------------------------------------------------------------------------------------------
    def written(self, *tasks: Task, ref: str = "a1") -> None:
        """Tasks that stand in the host."""
        with self.unit() as unit:
            unit.queue_entries(tasks, NOW)
            unit.attempt([one.key for one in tasks], NOW)
            for one in tasks:
                unit.settle(one.key, EffectState.DONE, NOW, today=TODAY, ref=ref)

    def task(self, key: str = "promise/1") -> HostTask:
        with self.unit() as unit:
            found = unit.host_task(key)
        assert found is not None
        return found

    def changed(self) -> list[str]:
        with self.unit() as unit:
            return [one.key for one in unit.changed_tasks()]

    def queue_these(self, *entries: MoveTask | CloseTask) -> None:
        with self.unit() as unit:
            unit.queue_entries(entries, NOW)

    def settle_it(self, key: str, state: EffectState) -> None:
        with self.unit() as unit:
            unit.settle(key, state, NOW, today=TODAY)

    def test_a_task_is_known_from_when_it_is_queued(self) -> None:
        self.save(customer(), invoice())
        with self.unit() as unit:
            unit.queue_entries([task()], NOW)
        assert self.task() == HostTask("promise/1", TaskKind.PROMISE, I1, TODAY)
        self.written(task("promise/2"))
        assert self.task("promise/2").seen_on == TODAY

    def test_a_person_moves_it(self) -> None:
        self.written(task())
        self.save(activity())
        assert self.changed() == []
        self.save(activity(due_on=LATER))
        assert self.task() == HostTask("promise/1", TaskKind.PROMISE, I1, TODAY, LATER, moved=True)
        with self.unit() as unit:
            unit.keep_deadline("promise/1", LATER)
        assert self.changed() == []
        self.save(activity(due_on=LATER))
        assert self.changed() == []

    def test_a_move_of_ours_is_no_persons(self) -> None:
        self.written(task())
        self.save(activity())
        self.queue_these(MoveTask("ours", "promise/1", LATER))
        self.save(activity())  # shown once more as it was
        assert self.changed() == []
        self.settle_it("ours", EffectState.DONE)
        self.save(activity(due_on=LATER))
        assert self.changed() == []
        assert (self.task().due_on, self.task().seen_on) == (LATER, LATER)

    def test_a_move_of_ours_that_is_refused_leaves_it_where_it_is(self) -> None:
        self.written(task())
        self.queue_these(MoveTask("ours", "promise/1", LATER))
        self.settle_it("ours", EffectState.REFUSED)
        self.save(activity())
        assert self.changed() == []
        assert self.task().due_on == TODAY

    def test_a_person_who_moves_it_while_ours_waits_is_heard(self) -> None:
        self.written(task())
        self.save(activity())
        self.queue_these(MoveTask("ours", "promise/1", LATER))
        self.save(activity(due_on=LATER + timedelta(days=1)))
        assert self.changed() == ["promise/1"]

    def test_it_vanishes_and_may_come_back(self) -> None:
        self.written(task())
        self.save(gone=(Ref(Kind.ACTIVITY, "a1"),))
        assert self.task().gone
        assert self.changed() == ["promise/1"]
        self.save(activity())
        assert self.changed() == []

    def test_what_we_close_ourselves_vanishes_without_a_word(self) -> None:
        self.written(task())
        self.queue_these(CloseTask("close", "promise/1", "tenue"))
        self.save(gone=(Ref(Kind.ACTIVITY, "a1"),))
        assert self.changed() == []
        assert self.task().ended

    def test_one_that_the_host_refused_is_at_its_end(self) -> None:
        with self.unit() as unit:
            unit.queue_entries([task()], NOW)
        self.settle_it("promise/1", EffectState.REFUSED)
        assert self.task().ended

    def test_one_that_no_pull_has_shown_is_to_be_looked_for(self) -> None:
        self.written(task(), task("promise/2"))
        self.save(activity("promise/2", ref="a1"))
        with self.unit() as unit:
            assert unit.unseen_tasks() == [Ref(Kind.ACTIVITY, "a1")]
            unit.end_task("promise/1", NOW)
            assert unit.unseen_tasks() == []

    def test_tasks_are_found_by_key_kind_and_place(self) -> None:
        self.written(task(), task("m/approval/1", TaskKind.APPROVE))
        with self.unit() as unit:
            unit.end_task("m/approval/1", NOW)
            assert [t.key for t in unit.host_tasks()] == ["promise/1"]
            assert [t.key for t in unit.host_tasks(prefix="m/approval/")] == ["m/approval/1"]
            assert unit.host_tasks(kind=TaskKind.APPROVE) == []
            assert [t.key for t in unit.host_tasks(on=[I1])] == ["promise/1"]

    def test_a_task_is_idle_when_its_invoice_is_not_open_any_more(self) -> None:
        self.save(customer(), invoice())
        self.written(task("x/call", TaskKind.CALL))
        with self.unit() as unit:
            assert unit.idle_tasks(TaskKind.CALL) == []
        self.save(paid(invoice()))
        with self.unit() as unit:
            assert [t.key for t in unit.idle_tasks(TaskKind.CALL)] == ["x/call"]

    def test_the_task_of_a_call_takes_its_steps_when_it_is_written(self) -> None:
        self.save(customer(), invoice())
        call = task("x/call", TaskKind.CALL)
        queued = replace(reminder(message_key="x/call"), completed_on=None, state=ReminderState.QUEUED)
        with self.unit() as unit:
            assert unit.queue_message(call, [queued], EffectState.READY, NOW)
            assert not unit.queue_message(call, [queued], EffectState.READY, NOW)
            unit.settle("x/call", EffectState.DONE, NOW, today=TODAY)
        (taken,) = self.account().reminders
        assert (taken.state.value, taken.completed_on) == ("sent", TODAY)
        assert self.task("x/call").seen_on == TODAY

    def test_a_call_that_is_refused_is_for_a_person_to_look_at(self) -> None:
        self.save(customer(), invoice())
        with self.unit() as unit:
            queued = replace(reminder(message_key="x/call"), completed_on=None, state=ReminderState.QUEUED)
            unit.queue_message(task("x/call", TaskKind.CALL), [queued], EffectState.READY, NOW)
            unit.settle("x/call", EffectState.REFUSED, NOW, today=TODAY)
        assert [r.state.value for r in self.account().reminders] == ["failed"]

    # follow-ups ----------------------------------------------------------------------------------------
    def test_a_follow_up_that_a_person_closed_rests_until_its_day(self) -> None:
        self.save(customer())
        with self.unit() as unit:
            first = unit.open_follow_up("c1", "covered", TODAY)
            assert first is not None
            rested = unit.rest_follow_up(first.key, TODAY, LATER)
            assert rested == replace(first, closed_on=TODAY, again_on=LATER)
            assert unit.rest_follow_up(first.key, TODAY, LATER) is None
            assert unit.open_follow_up("c1", "covered", LATER - timedelta(days=1)) is None
            assert unit.open_follow_up("c1", "no_contact", TODAY) is not None
            again = unit.open_follow_up("c1", "covered", LATER)
        assert again is not None
        assert again.key != first.key
        assert self.account().follow_ups[0] == rested

    def test_a_reason_that_went_wakes_it(self) -> None:
        self.save(customer())
        with self.unit() as unit:
            first = unit.open_follow_up("c1", "covered", TODAY)
            assert first is not None
            unit.rest_follow_up(first.key, TODAY, LATER)
            unit.wake_follow_ups("c1", ["covered"])
            assert unit.open_follow_up("c1", "covered", TODAY) is not None

    def test_a_promise_moves(self) -> None:
        self.save(customer(), invoice())
        with self.unit() as unit:
            made = unit.add_promise("c1", "i1", TODAY, TODAY, None, "EUR", "")
        self.decided("c1")
        with self.unit() as unit:
            unit.move_promise(made.id, LATER, None)
        assert [p.promised_on for p in self.account().promises] == [LATER]
        assert self.to_look_at() == ["c1"]
