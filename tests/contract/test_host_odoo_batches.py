"""Many entries in few calls, and a bad one among them fails alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from connector.errors import Refused
from connector.model import Kind, Ref
from connector.ports import Claim, CloseTask, Entry, MoveTask, Note, Task, TaskKind
from tests.contract.odoo_played import Played, playing

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(params=[16, 17, 18, 19])
def odoo(request: pytest.FixtureRequest) -> Iterator[Played]:
    with playing(request.param) as played:
        yield played


def task(key: str, on: Ref) -> Task:
    return Task(key, on, TaskKind.CALL, "Appeler", "<p>Appeler</p>", date(2026, 12, 1))


def test_a_thousand_notes_and_two_hundred_changes_of_tasks_take_fifteen_calls(odoo: Played) -> None:
    on = [ref for ref in odoo.ledger.records if ref.kind is Kind.INVOICE]
    odoo.host.claim(Claim("ours", 1, "ici", NOW))
    old = [task(f"old/{n}", on[n % len(on)]) for n in range(80)]
    list(odoo.host.write(old))
    entries: list[Entry] = [Note(f"note/{n}", on[n % len(on)], "<p>Relance</p>") for n in range(1000)]
    entries += [task(f"new/{n}", on[n % len(on)]) for n in range(120)]
    entries += [MoveTask(f"move/{n}", f"old/{n}", date(2026, 12, 2 + n % 2)) for n in range(40)]
    entries += [CloseTask(f"close/{n}", f"old/{n}", ("Tenue", "Rompue")[n % 2]) for n in range(40, 80)]
    count = odoo.host.usage.calls
    odoo.host.claim(Claim("ours", 2, "ici", NOW))
    written = {each.key: each.error for each in odoo.host.write(entries)}
    assert written == {entry.key: None for entry in entries}
    assert odoo.host.usage.calls - count <= 15


def test_two_tasks_on_the_same_record_are_both_written_without_a_refusal(odoo: Played) -> None:
    odoo.host.write([])
    before = dict(odoo.host.usage.by_method)
    written = list(odoo.host.write([task("a", odoo.on), task("b", odoo.on)]))
    assert [each.error for each in written] == [None, None]
    assert len({each.ref for each in written}) == 2
    asked = odoo.host.usage.by_method["mail.activity.create"] - before.get("mail.activity.create", 0)
    assert asked == 2


def test_a_task_deleted_between_the_look_and_the_act_spoils_nothing(
    odoo: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [f"promise/{n}" for n in range(6)]
    on = [ref for ref in odoo.ledger.records if ref.kind is Kind.INVOICE]
    list(odoo.host.write([task(key, ref) for key, ref in zip(keys, on, strict=False)]))
    client = odoo.host._writer.client
    ask = client.call

    def call(model: str, method: str, *args: object, **named: object) -> object:
        answer = ask(model, method, *args, **named)
        if (model, method) == ("mail.activity", "search_read"):
            for key in ("promise/1", "promise/4"):
                odoo.colleague.delete_task(key)
        return answer

    monkeypatch.setattr(client, "call", call)
    moves = [MoveTask(f"move/{key}", key, date(2026, 12, 2)) for key in keys[:3]]
    closes = [CloseTask(f"close/{key}", key, "Tenue") for key in keys[3:]]
    written = {each.key: each for each in odoo.host.write([*moves, *closes])}
    errors = {key for key, each in written.items() if each.error}
    assert errors == {"move/promise/1"}
    assert len(written) == 6


def test_a_task_that_is_done_cannot_move_and_need_not_be_closed(odoo: Played) -> None:
    list(odoo.host.write([task("promise/1", odoo.on)]))
    odoo.colleague.mark_done("promise/1")
    moved, closed = odoo.host.write(
        [MoveTask("move", "promise/1", date(2026, 12, 2)), CloseTask("close", "promise/1", "Tenue")]
    )
    assert isinstance(moved.error, Refused)
    assert closed.error is None
