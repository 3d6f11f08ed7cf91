"""What stands in the host after a message has left, as the pass writes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connector.channels import as_file
from connector.model import Kind
from connector.ports import Note
from tests.builders import TODAY
from tests.system.people import Office
from tests.system.world import World


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = Office(World(tmp_path), started=False)
    yield found
    found.world.close()


def of_the_message(office: Office) -> dict[str, Note]:
    return {note.key.rpartition("/")[2]: note for note in office.notes() if "/note/" in note.key}


def test_each_invoice_and_the_customer_are_told_what_was_sent_and_what_comes_next(office: Office) -> None:
    office.host.invoice("i2", "c1", [(TODAY, "300.00")])
    office.world.move(days=9)
    office.run()
    notes = of_the_message(office)
    assert set(notes) == {"i1", "i2", "customer"}
    assert notes["customer"].on.kind is Kind.CUSTOMER
    for text in ("F-i1", "F-i2", "1\u202f200,00", "Envoyé le 02/12/2026."):
        assert text in notes["customer"].html
    assert "Prochaine étape : « Rappel 2 »" in notes["i1"].html


def test_a_second_pass_writes_none_of_them_again(office: Office) -> None:
    office.run()
    first = of_the_message(office)
    assert set(first) == {"i1"}
    office.run()
    assert of_the_message(office) == first


def test_the_mail_goes_with_the_note_when_people_ask_for_it(office: Office) -> None:
    office.world.company = replace(office.world.company, enclose=as_file)
    office.run()
    (file,) = of_the_message(office)["i1"].attachments
    assert file.media_type == "message/rfc822"
    assert office.message().item.message_id.encode() in file.content  # type: ignore[union-attr]


def test_a_thank_you_is_told_too(office: Office) -> None:
    office.run()
    office.world.move(days=2)
    office.host.pay("i1", on=office.world.today)
    office.run()
    office.world.move(days=1)
    office.run()
    thanks = [note for note in office.notes() if "Remerciement" in note.html]
    assert [note.on.id for note in thanks] == ["i1"]
    assert "Prochaine étape" not in thanks[0].html
