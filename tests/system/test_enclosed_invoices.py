"""The invoices' PDFs beside the reminder, over whole passes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.channels import as_file
from connector.errors import HostError, RateLimited, Refused, Unauthorized, Unavailable
from connector.model import Attachment, Message, Ref
from connector.ports import Ability
from tests.builders import TODAY
from tests.system.people import Office
from tests.system.world import World


def office_in(folder: Path, **policy: Any) -> Office:
    """A company that asks for the PDFs, and a customer with one late invoice, whose PDF is made."""
    found = Office(World(folder, **policy), started=False)
    found.world.company = replace(found.world.company, attach_invoices=True)
    found.host.print("i1")
    return found


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = office_in(tmp_path)
    yield found
    found.world.close()


class Failing:
    """Lets the host fail at giving documents: always, or where ``bad`` is asked for."""

    def __init__(self, office: Office, error: HostError, bad: str | None = None) -> None:
        self.asked: list[list[str]] = []
        self._give, self._error, self._bad = office.host.documents, error, bad
        office.host.documents = self  # type: ignore[method-assign]

    def __call__(self, refs: Collection[Ref]) -> Mapping[Ref, Attachment]:
        self.asked.append([ref.id for ref in refs])
        if self._bad is None or any(ref.id == self._bad for ref in refs):
            raise self._error
        return self._give(refs)


def sent(office: Office) -> list[Message]:
    return [a.message for a in office.world.channel.accepted]


def names(message: Message) -> list[str]:
    return [file.name for file in message.attachments]


def asked_for(office: Office) -> int:
    return office.host.usage.by_method.get("documents", 0)


def test_the_invoice_goes_with_its_reminder_and_all_say_so(office: Office) -> None:
    report = office.run()
    (message,) = sent(office)
    assert names(message) == ["F-i1.pdf"]
    assert message.attachments[0].content.startswith(b"%PDF")
    (event,) = office.events("reminder_sent")
    assert event.data["attached"] == 1
    assert "1 facture jointe." in office.notes()[0].html
    assert "errors" not in report


def test_the_files_are_kept_neither_in_the_outbox_nor_in_the_mail_beside_the_note(office: Office) -> None:
    office.world.company = replace(office.world.company, enclose=as_file)
    office.run()
    (message,) = sent(office)
    item = office.message().item
    assert isinstance(item, Message)
    assert message.attachments
    assert item.attachments == ()
    (proof,) = office.notes()[0].attachments
    assert b"application/pdf" not in proof.content


def test_nobody_is_asked_for_files_that_people_do_not_want(office: Office) -> None:
    office.world.company = replace(office.world.company, attach_invoices=False)
    office.run()
    assert (names(sent(office)[0]), asked_for(office)) == ([], 0)
    assert "attached" not in office.events("reminder_sent")[0].data
    assert "jointe" not in office.notes()[0].html


def test_a_host_without_pdfs_is_not_asked(office: Office) -> None:
    office.host.supports = office.host.supports - {Ability.PDF}
    office.run()
    assert (names(sent(office)[0]), asked_for(office)) == ([], 0)


@pytest.mark.parametrize("refuses", [True, False])
def test_without_a_pdf_the_message_leaves_and_says_that_none_went(office: Office, refuses: bool) -> None:
    office.host.pdfs.clear()
    if refuses:
        Failing(office, Refused("no report is set up"))
    report = office.run()
    assert names(sent(office)[0]) == []
    assert office.events("reminder_sent")[0].data["attached"] == 0
    assert "0 facture jointe." in office.notes()[0].html
    assert "errors" not in report


@pytest.mark.parametrize("error", [Unavailable("it is down"), RateLimited("too many calls")])
def test_when_the_host_cannot_give_them_now_the_message_waits_for_the_next_pass(
    office: Office, error: HostError
) -> None:
    give = office.host.documents
    Failing(office, error)
    report = office.run()
    assert sent(office) == []
    assert office.events("reminder_sent", "reminder_failed") == []
    assert office.message().attempts == 0
    (said,) = report["errors"]
    assert said.startswith("1 message(s) wait")
    assert str(error) in said
    office.host.documents = give  # type: ignore[method-assign]
    office.run()
    assert [names(message) for message in sent(office)] == [["F-i1.pdf"]]


def test_one_invoice_that_cannot_be_had_holds_its_own_message_alone(office: Office) -> None:
    for n in ("2", "3"):
        office.host.customer(f"c{n}")
        office.host.invoice(f"i{n}", f"c{n}", [(TODAY - timedelta(days=10), "50.00")])
        office.host.print(f"i{n}")
    Failing(office, Unavailable("it cannot be made"), bad="i2")
    report = office.run()
    assert sorted(name for message in sent(office) for name in names(message)) == ["F-i1.pdf", "F-i3.pdf"]
    assert report["errors"][0].startswith("1 message(s) wait")


def test_a_host_that_is_down_is_not_asked_for_every_message(office: Office) -> None:
    office.world.company = replace(office.world.company, limits=replace(office.world.company.limits, batch=5))
    for n in range(2, 14):
        office.host.customer(f"c{n}")
        office.host.invoice(f"i{n}", f"c{n}", [(TODAY - timedelta(days=10), "50.00")])
    failing = Failing(office, Unavailable("it is down"))
    report = office.run()
    assert sent(office) == []
    assert len(failing.asked) == 3  # the first batch, and two messages of it
    assert report["errors"][0].startswith("13 message(s) wait")


def test_a_lost_access_stops_the_company_before_anything_leaves(office: Office) -> None:
    Failing(office, Unauthorized("the key is wrong"))
    report = office.run()
    assert sent(office) == []
    assert report["errors"] == ["the key is wrong"]


def test_a_payment_that_came_while_files_were_fetched_still_stops_the_message(office: Office) -> None:
    give = office.host.documents

    def slowly(refs: Collection[Ref]) -> Mapping[Ref, Attachment]:
        office.host.pay("i1", on=office.world.today)
        return give(refs)

    office.host.documents = slowly  # type: ignore[method-assign]
    office.run()
    assert sent(office) == []
    assert office.events("reminder_dropped")


def test_a_thank_you_takes_no_paid_invoice_along(office: Office) -> None:
    office.run()
    office.world.move(days=2)
    office.host.pay("i1", on=office.world.today)
    office.run()
    office.world.move(days=1)
    office.run()
    thanks = sent(office)[-1]
    assert len(sent(office)) == 2
    assert names(thanks) == []
    assert "attached" not in office.events("reminder_sent")[-1].data


def test_nothing_is_fetched_for_a_message_that_waits_for_an_open_day(tmp_path: Path) -> None:
    office = office_in(tmp_path, closed_weekdays=frozenset({5, 6}))
    office.world.channel.outcomes.append("failed")
    office.run()
    before = asked_for(office)
    office.world.move(days=(5 - office.world.today.weekday()) % 7)
    office.run()
    assert (office.world.today.weekday(), sent(office)) == (5, [])
    assert asked_for(office) == before
    office.world.move(days=2)
    office.run()
    assert [names(message) for message in sent(office)] == [["F-i1.pdf"]]
    office.world.close()
