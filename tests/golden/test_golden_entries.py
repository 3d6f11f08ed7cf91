"""What people read in the host: each kind of note and task, in French and in English.

``entries/<name>.<language>.html`` is what is expected. To change it: ``pytest tests/golden --update-golden``,
then read the difference. The customer is hostile: his name is HTML.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.ports import Note, Task
from tests.golden.entries_shown import ENTRIES

FOLDER = Path(__file__).parent / "entries"
CASES = [(name, language) for name in ENTRIES for language in ("fr", "en")]


def shown(entry: Note | Task) -> str:
    """An entry as a page, a tag a line, so that a difference can be read."""
    html = entry.html if isinstance(entry, Note) else entry.note_html
    head = f"<!-- on {entry.on.kind} {entry.on.id} -->\n"
    if isinstance(entry, Task):
        where = f"on {entry.on.kind} {entry.on.id} for {entry.person_ref}"
        head = f"<!-- {entry.task} {where}: {entry.summary} -->\n"
    for tag in ("</p>", "</li>", "</tr>", "</thead>", "<ul", "<table", "<details", "</summary>"):
        html = html.replace(tag, f"{tag}\n" if tag.startswith("</") else f"\n{tag}")
    return head + "\n".join(line for line in html.splitlines() if line.strip()) + "\n"


@pytest.mark.parametrize(("name", "language"), CASES)
def test_it_reads_as_it_should(name: str, language: str, request: pytest.FixtureRequest) -> None:
    file = FOLDER / f"{name}.{language}.html"
    found = shown(ENTRIES[name](language))
    if request.config.getoption("--update-golden"):
        file.write_text(found, "utf-8")
    assert found == file.read_text("utf-8")


def test_no_file_is_left_over() -> None:
    assert {file.name for file in FOLDER.glob("*.html")} == {f"{n}.{la}.html" for n, la in CASES}


@pytest.mark.parametrize(("name", "language"), CASES)
def test_what_the_host_says_is_shown_and_not_obeyed(name: str, language: str) -> None:
    html = shown(ENTRIES[name](language)).partition("-->")[2]
    for told in ("<b>Évil", "<img", "<script", "javascript:", "onerror=x>"):
        assert told not in html


@pytest.mark.parametrize(("name", "language"), CASES)
def test_no_entry_brings_a_colour_or_a_size_of_its_own(name: str, language: str) -> None:
    html = shown(ENTRIES[name](language))
    assert "style=" not in html
