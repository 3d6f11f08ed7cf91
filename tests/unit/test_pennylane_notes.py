"""Our block in the notes of a customer, and the orders that people write around it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from connector.hosts import remarks
from connector.hosts.pennylane import block
from connector.hosts.pennylane.block import BAR, Line
from connector.hosts.plain_text import mark

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
#: What people write, and what may confuse whoever looks for the block.
WORDS = st.one_of(
    st.text(alphabet="ab #│=é\t", max_size=12),
    st.sampled_from(
        [block.BEGIN, block.END, "=== Relance :", "=== fin", "│ à moi", "⟨0123456789⟩", "#attente 3/12"]
    ),
)
TEXTS = st.lists(WORDS, max_size=6).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n"]).map(lambda end: end.join(lines))
)
ENTRIES = st.lists(st.text(alphabet="abc\n€ #", max_size=40), min_size=1, max_size=4)


def lines(texts: list[str], start: int = 0) -> list[Line]:
    return [Line(mark(f"key/{n}"), text) for n, text in enumerate(texts, start)]


@given(TEXTS, ENTRIES)
def test_what_a_person_wrote_stands_there_in_its_order_whatever_it_looks_like(
    theirs: str, texts: list[str]
) -> None:
    after = block.with_entries(theirs, lines(texts))
    kept = iter([line for line in after.splitlines() if line.strip()])
    mine = [line for line in theirs.splitlines() if line.strip()]
    assert all(line in kept for line in mine)


@given(st.text(alphabet="ab \n\r\té#", max_size=40), ENTRIES)
def test_without_a_block_every_byte_stays_in_front(theirs: str, texts: list[str]) -> None:
    once = block.with_entries(theirs, lines(texts))
    twice = block.with_entries(once, lines(["encore"], start=50))
    assert once.startswith(theirs)
    assert twice.startswith(theirs)
    assert block.theirs(twice)[: len(theirs.splitlines())] == theirs.splitlines()


def test_words_typed_right_before_the_block_are_theirs_and_it_is_still_ours() -> None:
    once = "Vu. " + block.with_entries("", [Line("0123456789", "Promesse #1"), Line("claim:x", "nous")])
    after = block.with_entries(once, lines(["encore"]))
    assert after.startswith("Vu. " + block.BEGIN)
    assert after.count(block.BEGIN) == 1
    assert block.marks(after) == {"0123456789", "claim:x", mark("key/0")}
    assert block.theirs(after) == ["Vu. "]


@given(TEXTS, ENTRIES)
def test_entries_stand_once_and_are_found_again(theirs: str, texts: list[str]) -> None:
    new = lines(texts)
    once = block.with_entries(theirs, new)
    assert {line.mark for line in new} <= block.marks(once)
    assert block.with_entries(once, new) == once


@given(TEXTS, ENTRIES)
def test_no_entry_of_ours_is_an_order(theirs: str, texts: list[str]) -> None:
    after = block.with_entries(theirs, lines([f"#promesse {text}" for text in texts]))
    assert not any("#promesse" in line for line in remarks.lines_in(block.theirs(after)))


@given(TEXTS)
def test_a_claim_takes_the_place_of_the_last_one_and_nothing_elses(theirs: str) -> None:
    notes = block.with_entries(theirs, lines(["Relance 1"]))
    first = block.with_claim(notes, "YWJj", "Relance suit")
    second = block.with_claim(first, "ZGVm", "Relance suit encore")
    assert block.claim_in(second) == "ZGVm"
    assert second.count("claim:") == 1 + theirs.count("claim:")
    assert block.marks(notes) <= block.marks(second)


def test_of_many_entries_the_oldest_go_and_the_claim_stays() -> None:
    notes = block.with_claim("à nous", "YWJj", "Relance suit")
    for n in range(block.KEPT + 5):
        notes = block.with_entries(notes, lines([f"Relance {n}\nsuite"], start=n))
    assert sum("Relance " in line and line.startswith(BAR) for line in notes.splitlines()) == block.KEPT + 1
    assert block.claim_in(notes) == "YWJj"
    assert "Relance 4 ⟨" not in notes
    assert "Relance 5 ⟨" in notes


# orders ---------------------------------------------------------------------------------------------------
def numbers(
    known: list[remarks.Said], texts: list[str], now: datetime = NOW
) -> tuple[list[remarks.Said], list[int]]:
    kept, there = remarks.follow(known, texts, "2026-11-20T07:00:00Z", now)
    return remarks.load(remarks.dump(kept)), [said.number for said in there]


def test_lines_keep_their_numbers_when_others_come_and_move() -> None:
    known, first = numbers([], ["#a", "#b"])
    known, moved = numbers(known, ["#c", "#b", "#a"])
    assert first == [1, 2]
    assert moved == [3, 2, 1]


def test_a_line_in_other_words_keeps_its_number() -> None:
    known, _ = numbers([], ["#a", "#b", "#c"])
    assert numbers(known, ["#a", "#autre", "#c"])[1] == [1, 2, 3]


def test_a_line_put_back_within_two_days_is_the_same_and_later_a_new_one() -> None:
    known, _ = numbers([], ["#a"])
    without, _ = numbers(known, [])
    assert numbers(without, ["#a"], NOW + timedelta(days=1))[1] == [1]
    assert numbers(without, ["#a"], NOW + timedelta(days=3))[1] == [2]


def test_no_number_is_given_twice() -> None:
    known, _ = numbers([], ["#a", "#b"])
    for day in range(1, 9):
        known, _ = numbers(known, [], NOW + timedelta(days=day))
    assert numbers(known, ["#c"], NOW + timedelta(days=9))[1] == [3]


def test_the_number_of_an_invoice_before_an_order_is_told_apart() -> None:
    assert remarks.named("F-2026-0012 #promesse 15/12") == ("F-2026-0012", "#promesse 15/12")
    assert remarks.named("F-2026-0012 : #promesse 15/12") == ("F-2026-0012", "#promesse 15/12")
    assert remarks.named("Vu hier #promesse 15/12") == ("", "Vu hier #promesse 15/12")
    assert remarks.named("#promesse 15/12 1 200 €") == ("", "#promesse 15/12 1 200 €")
