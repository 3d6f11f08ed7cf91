"""People at work in the host: what the tests of obedience act with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from connector.model import Account, Kind, Message, Ref
from connector.ports import CloseTask, MoveTask, Note
from connector.store.ports import Effect, Event
from tests.builders import TODAY
from tests.system.world import World

I1 = Ref(Kind.INVOICE, "i1")
I2 = Ref(Kind.INVOICE, "i2")
C1 = Ref(Kind.CUSTOMER, "c1")


class Office:
    """A company with a customer, whose first invoice is 10 days late, after its first pass."""

    def __init__(self, world: World, *, late: int = 10, started: bool = True) -> None:
        self.world = world
        self.host = world.host
        world.host.customer("c1", salesperson=None)
        world.host.invoice("i1", "c1", [(TODAY - timedelta(days=late), "1200.00")])
        if started:
            self.run()

    def run(self, **options: Any) -> dict[str, Any]:
        """The next pass, an hour later; its report as ``--json`` prints it."""
        self.world.move(hours=1)
        report = self.world.run(**options)
        assert report is not None
        return report.as_dict()

    @property
    def now(self) -> datetime:
        return self.world.now.astimezone(UTC)

    def say(self, text: str, on: Ref = I1, by: str = "camille", **fields: Any) -> str:
        """Somebody writes a note, now."""
        return self.host.say(on, text, by, self.now + timedelta(minutes=1), **fields)

    def done(self, task: str, feedback: str = "", by: str = "camille", **fields: Any) -> None:
        """Somebody marks a task done."""
        row = self.host.truth(Kind.ACTIVITY, task)
        assert row is not None, f"{task} does not stand in the host"
        self.delete(task)
        self.say(feedback, Ref(Kind(row["on_kind"]), row["on_id"]), by, task=task, **fields)

    def delete(self, task: str) -> None:
        self.host.delete(Ref(Kind.ACTIVITY, task))

    # what came of it -----------------------------------------------------------------------------------
    @property
    def account(self) -> Account:
        with self.world.unit() as unit:
            return unit.accounts(["c1"])[0]

    def events(self, *names: str) -> list[Event]:
        with self.world.unit() as unit:
            return [e for e in unit.events(customer_ref="c1") if not names or e.name in names]

    def effects(self) -> list[Effect]:
        with self.world.unit() as unit:
            return unit.effects()

    def message(self) -> Effect:
        """The newest message to the customer."""
        return [e for e in self.effects() if isinstance(e.item, Message)][-1]

    def moves(self) -> list[MoveTask]:
        return [e.item for e in self.effects() if isinstance(e.item, MoveTask)]

    def closed(self) -> set[str]:
        return {e.item.task_key for e in self.effects() if isinstance(e.item, CloseTask)}

    def answers(self) -> list[str]:
        """What we answered in the host, as HTML."""
        return [note.html for key, note in self.host.notes.items() if key.startswith("order/")]

    def notes(self) -> list[Note]:
        return list(self.host.notes.values())

    def open_tasks(self) -> list[str]:
        """The keys of our tasks that stand in the host now."""
        return sorted(str(row["marker"]) for row in self.host.of_kind(Kind.ACTIVITY))

    def sent(self) -> int:
        return len([a for a in self.world.channel.accepted if a.message.for_customer])
