"""Our line in the private note of an invoice: what people write around it and into it stays, to the byte."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connector.hosts.plain_text import length
from connector.hosts.quickbooks import private_note
from connector.hosts.quickbooks.private_note import LONGEST, theirs, with_line, without_line

KEY = "promise/7"
SAID = "Relance : règlement promis pour le 15/12/2026"
LATER = "Relance : règlement promis pour le 18/12/2026"


def line(invoice: str = "130", key: str = KEY, said: str = SAID) -> str:
    return put("", invoice, key, said)


def put(text: str, invoice: str = "130", key: str = KEY, said: str = SAID) -> str:
    found = with_line(text, invoice, key, said)
    assert found is not None
    return found


#: What people write, what QuickBooks does to it, and what may confuse whoever looks for the line.
PIECES = st.one_of(
    st.text(alphabet="ab []()#\t\n\r é€:–0f", max_size=15),
    st.text(max_size=8),
    st.sampled_from(
        [
            "\r\n",
            "Voided",
            "Voided - ",
            "[Relance",
            "[Relance: x (0123456789ab)]",
            "#promise 15/12",
            line("131"),
        ]
    ),
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)


@given(TEXTS)
def test_a_promise_set_moved_and_taken_out_leaves_every_byte(text: str) -> None:
    moved = put(put(text), said=LATER)
    assert SAID not in moved.removeprefix(text)
    assert moved.startswith(text)
    assert without_line(moved, "130", KEY) == text


@given(TEXTS, TEXTS, TEXTS)
def test_what_is_written_around_the_line_later_stays_too(text: str, before: str, after: str) -> None:
    noted = before + put(text) + after
    for said in (SAID, LATER):
        noted = put(noted, said=said)
    bare = without_line(noted, "130", KEY)
    assert bare == before + text + after


@given(TEXTS, st.lists(st.sampled_from("123"), min_size=1, max_size=8))
def test_several_promises_come_and_go_in_any_order(text: str, keys: list[str]) -> None:
    noted = text
    for key in keys:
        noted = put(noted, key=key)
    for key in dict.fromkeys(reversed(keys)):
        noted = without_line(noted, "130", key)
    assert noted == text


@given(TEXTS, st.integers(0, 80), st.text(min_size=1, max_size=5))
def test_a_line_into_which_somebody_wrote_is_his(text: str, at: int, typed: str) -> None:
    mine = line()
    edited = mine[: at % len(mine) + 1] + typed + mine[at % len(mine) + 1 :]
    if edited.startswith(mine) or edited.endswith(mine):
        return  # he wrote beside it
    assert without_line(edited, "130", KEY) == edited
    assert without_line(put(edited), "130", KEY) == edited


@given(TEXTS)
def test_the_line_on_a_copy_of_the_invoice_is_not_ours(text: str) -> None:
    copied = put(text, "130")
    assert without_line(copied, "999", KEY) == copied
    own = put(copied, "999")
    assert without_line(own, "999", KEY) == copied


def test_the_line_of_another_promise_is_left_alone() -> None:
    both = put(put("Vu hier", key="promise/1"), key="plan/2")
    assert without_line(both, "130", "promise/1") == put("Vu hier", key="plan/2")


def test_the_same_line_is_not_written_twice() -> None:
    once = put("Vu hier\r\n")
    assert put(once) == once
    assert once.count(SAID) == 1


def test_a_void_invoice_keeps_its_word_before_the_line() -> None:
    assert without_line(f"Voided{line()}", "130", KEY) == "Voided"
    assert without_line("Voided - " + put("à voir"), "130", KEY) == "Voided - à voir"


@given(st.integers(0, 200))
def test_a_persons_text_has_the_room_first(short_of: int) -> None:
    text = "é" * (LONGEST - short_of)
    found = with_line(text, "130", KEY, SAID)
    assert (found is None) == (short_of < length(line()) + 1)
    assert found is None or found.startswith(text)


def test_a_line_can_be_moved_in_a_note_that_is_full() -> None:
    full = put("x" * (LONGEST - length(line()) - 1))
    assert length(full) == LONGEST
    assert with_line(full, "130", KEY, LATER) is not None


# for whoever looks for orders ----------------------------------------------------------------------------
@given(TEXTS)
def test_neither_our_line_nor_a_copied_one_is_an_order(text: str) -> None:
    noted = put(put(text, "130", said="Relance : #promesse [15/12]"), "131")
    assert theirs(noted).count("promesse") == theirs(text).count("promesse")


def test_an_order_beside_our_line_is_the_same_whatever_ours_says() -> None:
    before, after = (f"{line(said=said)} #promesse 15/12" for said in (SAID, LATER))
    assert theirs(before) == theirs(after) == " #promesse 15/12"


def test_an_order_that_somebody_wrote_into_our_line_is_one() -> None:
    assert "#attente" in theirs(line().replace("promis", "promis #attente 31/12"))


def test_the_mark_is_not_that_of_another_line() -> None:
    marks = {line(i, k, s)[-14:-2] for i in ("1", "2") for k in ("a", "b") for s in (SAID, LATER)}
    assert len(marks) == 8
    assert private_note.LONGEST == 4_000
