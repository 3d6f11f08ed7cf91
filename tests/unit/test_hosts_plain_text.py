"""Entries as plain text: what is cut, and what is not."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from connector.hosts.plain_text import cut, item_of, length
from connector.model import Attachment, Kind, Ref
from connector.ports import Note, Task, TaskKind

ON = Ref(Kind.INVOICE, "130")
TEXTS = st.text(alphabet="ab \n€é🙂", max_size=120)


@given(TEXTS, st.integers(20, 60))
def test_what_fits_is_not_cut_and_what_does_not_says_so(text: str, longest: int) -> None:
    shown = cut(text, longest, "… (cut)")
    assert length(shown) <= longest
    assert (shown == text) == (length(text) <= longest)
    assert shown == text or shown.endswith("… (cut)")


def test_a_cut_is_between_words() -> None:
    text = "Relance 1 envoyée à compta@exemple.example le 3 décembre"
    assert cut(text, 44, "… (coupé)") == "Relance 1 envoyée à … (coupé)"
    assert cut(text, 52, "… (coupé)") == "Relance 1 envoyée à compta@exemple.example … (coupé)"


def test_a_single_long_word_is_cut_in_its_middle() -> None:
    assert cut("x" * 50, 20, "… (cut)") == f"{'x' * 12} … (cut)"


def test_a_sign_outside_the_basic_plane_is_not_cut_in_two() -> None:
    assert cut("🙂" * 20, 20, "…") == f"{'🙂' * 9} …"


def test_a_note_says_which_files_went_along() -> None:
    note = Note("n", ON, "<p>Relance <b>1</b></p>", (Attachment("facture.pdf", "application/pdf", b""),))
    assert item_of(note).text == "Relance 1\n[facture.pdf]"


def test_a_table_takes_no_room_beside_its_words() -> None:
    rows = "<tr><td>Facture</td><td>Reste</td></tr><tr><td>F-2026-0012</td><td>1</td></tr>"
    assert item_of(Note("n", ON, f"<table>{rows}</table>")).text == "Facture      Reste\nF-2026-0012  1"


def test_of_a_task_only_day_and_summary_are_told() -> None:
    task = Task("t", ON, TaskKind.CALL, "Appeler", "<p>Répondez « promis »</p>", date(2026, 12, 1))
    assert item_of(task).text == "2026-12-01 : Appeler"
