"""The claim in QuickBooks: free while nobody disputes it, and one store alone however many come at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.hosts.quickbooks.claiming import ClaimInNote
from connector.hosts.quickbooks.query import select
from connector.ports import Claim
from tests.contract.quickbooks_desk import Desk, desk

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@pytest.fixture
def played() -> Iterator[Desk]:
    with desk() as found:
        yield found


def mine(serial: int = 1, store: str = "ours") -> Claim:
    return Claim(store, serial, f"poste {store} <&>", NOW + timedelta(days=serial))


def standing(played: Desk) -> list[dict[str, Any]]:
    return list(played.person.query(select("Attachable", ("Note", "like", "%relance-claim%"))))


def test_a_claim_that_nobody_disputes_is_renewed_without_a_billed_call(played: Desk) -> None:
    assert played.claim(mine(1)) == mine(1)
    before = played.billed
    for serial in range(2, 6):
        assert played.claim(mine(serial)) == mine(serial)
    assert played.billed == before
    assert len(standing(played)) == 1


def test_the_claim_hangs_on_nothing_and_asks_people_to_keep_it(played: Desk) -> None:
    played.claim(mine())
    (note,) = standing(played)
    assert not note.get("AttachableRef")
    assert "please keep" in str(note["Note"])


def test_another_store_meets_it_and_only_takes_it_over_when_told(played: Desk) -> None:
    others: dict[str, str] = {}
    played.claim(mine(3))
    assert played.claim(mine(1, "theirs"), memo=others) == mine(3)
    assert played.claim(mine(2, "theirs"), memo=others, take_over=True) == mine(2, "theirs")
    assert played.claim(mine(4)) == mine(2, "theirs")
    assert played.claim(mine(4), take_over=True) == mine(4)


def test_an_old_copy_of_a_store_meets_its_later_claim(played: Desk) -> None:
    played.claim(mine(1))
    copy = dict(played.memo)
    played.claim(mine(2))
    played.claim(mine(3))
    assert played.claim(mine(2), memo=copy) == mine(3)


def test_a_claim_that_somebody_deleted_is_made_again(played: Desk) -> None:
    played.claim(mine(1))
    for serial in (2, 3):
        played.delete(standing(played)[0])
        assert played.claim(mine(serial)) == mine(serial)
        assert len(standing(played)) == 1


def test_a_memo_that_was_lost_costs_a_look_and_no_second_claim(played: Desk) -> None:
    played.claim(mine(1))
    assert played.claim(mine(2), memo={}) == mine(2)
    assert len(standing(played)) == 1


def test_a_claim_whose_answer_was_lost_is_ours_all_the_same(played: Desk) -> None:
    played.sandbox.faults.arm("lost_after", "write attachable", times=1)
    assert played.claim(mine(1)) == mine(1)
    played.sandbox.faults.arm("lost_after", "write attachable", times=1)
    assert played.claim(mine(2)) == mine(2)
    assert len(standing(played)) == 1


@pytest.mark.parametrize("take_over", [True, False])
@pytest.mark.parametrize("there", [True, False])
def test_a_store_that_is_a_moment_late_meets_the_other(played: Desk, there: bool, take_over: bool) -> None:
    """``there``: both take the place of a third one; else neither found a claim."""
    if there:
        played.claim(mine(1, "gone"), memo={})
    reader = played.reader()
    write = reader.client.post
    faster: list[Claim] = []

    def late(*args: Any, **how: Any) -> Any:
        if not faster:
            faster.append(mine(1, "theirs"))
            assert played.claim(faster[0], memo={}, take_over=there) == faster[0]
        return write(*args, **how)

    reader.client.post = late  # type: ignore[method-assign]
    found = ClaimInNote(reader).claim(mine(), take_over=take_over or there)
    assert found == (mine() if take_over and not there else faster[0])
    assert len(standing(played)) == 1


@pytest.mark.parametrize("first", [True, False])
def test_of_two_stores_at_once_one_wins(played: Desk, first: bool) -> None:
    """``first``: on a company that has no claim yet; else both take over an old one."""
    if not first:
        played.claim(mine(1, "gone"), memo={})
    start = threading.Barrier(2)
    found: dict[str, Claim] = {}

    def run(store: str) -> None:
        start.wait()
        found[store] = played.claim(mine(1, store), memo={}, take_over=not first)

    threads = [threading.Thread(target=run, args=(store,)) for store in ("ours", "theirs")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(standing(played)) == 1
    (last,) = {claim.store for claim in found.values() if found[claim.store] == claim} & {
        played.claim(mine(0, "looks on"), memo={}).store
    }
    assert last in ("ours", "theirs")
    if first:
        assert len(set(found.values())) == 1
