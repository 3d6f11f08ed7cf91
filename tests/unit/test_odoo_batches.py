"""What is refused for want of a right is not tried a hundred times."""

from __future__ import annotations

from collections.abc import Sequence

from connector.errors import Refused
from connector.hosts.odoo.batches import at_both_ends
from connector.model import Kind, Ref
from connector.ports import Note

NOTES = [Note(f"n{n}", Ref(Kind.CUSTOMER, str(n)), "<p>Relance</p>") for n in range(40)]


class Odoo:
    """Refuses what concerns these customers; ``why`` is what it says."""

    def __init__(self, refused: range, why: str = "no right to change customers") -> None:
        self.refused, self.why, self.calls = refused, why, 0

    def make(self, notes: Sequence[Note]) -> list[int]:
        self.calls += 1
        if any(int(note.on.id) in self.refused for note in notes):
            raise Refused(f"{self.why} (record {self.calls})")
        return [int(note.on.id) for note in notes]


def test_without_the_right_all_are_refused_after_three_calls() -> None:
    odoo = Odoo(range(40))
    written = list(at_both_ends(NOTES, odoo.make))
    assert {one.key for one in written} == {note.key for note in NOTES}
    assert all(isinstance(one.error, Refused) for one in written)
    assert odoo.calls == 3


def test_a_bad_one_among_them_is_refused_alone() -> None:
    for bad in (0, 17, 39):
        odoo = Odoo(range(bad, bad + 1))
        refused = [one.key for one in at_both_ends(NOTES, odoo.make) if one.error]
        assert refused == [f"n{bad}"]


def test_with_the_right_one_call_writes_all() -> None:
    odoo = Odoo(range(0))
    assert [one.ref for one in at_both_ends(NOTES, odoo.make)] == [str(n) for n in range(40)]
    assert odoo.calls == 1
