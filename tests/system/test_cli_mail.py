"""Messages that really leave: through a mail server, and through the host itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from connector.sandbox.paper import pdf
from tests.contract.test_channel_email import Running, Server
from tests.system.desk import TODAY, Desk


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def port(server: Server) -> Iterator[int]:
    running = Running(server)
    yield running.port
    running.controller.stop()


def through_smtp(desk: Desk, port: int) -> None:
    desk.edit('via = "folder"', 'via = "smtp"')
    smtp = f'[email.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n\n[rules]'
    desk.edit("[rules]", smtp)


def test_reminders_leave_through_a_mail_server_once(desk: Desk, server: Server, port: int) -> None:
    through_smtp(desk, port)
    report = desk.relance("run", "--once", "--json")
    assert report.code == 0, report.err
    assert report.object["delivered"]["sent"] == len(server.received) > 0
    messages = [message_from_bytes(e.content, policy=policy.default) for e in server.received]
    assert {m["From"].addresses[0].addr_spec for m in messages} == {"compta@example.com"}
    assert all(
        m["To"].addresses[0].addr_spec == e.rcpt_tos[0]
        for m, e in zip(messages, server.received, strict=True)
    )
    assert desk.relance("run", "--once", "--json").object["delivered"]["sent"] == 0
    assert desk.mails() == []


def test_an_address_that_is_refused_becomes_a_task_and_is_not_tried_again(
    desk: Desk, server: Server, port: int
) -> None:
    through_smtp(desk, port)
    server.at_rcpt = "550 no such mailbox"
    first = desk.relance("run", "--once", "--json")
    assert first.code == 1
    assert first.object["delivered"]["failed"] > 0
    assert server.received == []
    refused = {o["to"] for o in desk.relance("outbox", "list", "--json").objects if o["state"] == "refused"}
    assert refused
    tasks = len(list(desk.ledger.activities))
    server.at_rcpt = None
    desk.relance("run", "--once")  # whoever has a second address is written to there
    desk.relance("run", "--once", today=TODAY + timedelta(days=1))
    assert refused.isdisjoint(e.rcpt_tos[0] for e in server.received)
    assert tasks > 0


def test_a_line_that_breaks_after_the_text_was_taken_is_never_sent_again_by_itself(
    desk: Desk, server: Server, port: int
) -> None:
    through_smtp(desk, port)
    server.hang_up_at = "after data is taken"
    first = desk.relance("run", "--once", "--json")
    assert first.code == 1
    taken = len(server.received)
    assert first.object["delivered"]["unknown"] == taken > 0
    server.hang_up_at = None
    for days in (0, 1, 9):
        desk.relance("run", "--once", today=TODAY + timedelta(days=days))
    unknown = [o for o in desk.relance("outbox", "list", "--json").objects if o["state"] == "unknown"]
    assert len(unknown) == taken
    first_taken = {e.rcpt_tos[0] for e in server.received[:taken]}
    ids = [message_from_bytes(e.content)["Message-ID"] for e in server.received]
    assert len(ids) == len(set(ids))
    settled = desk.relance("outbox", "settle", str(unknown[0]["key"]), "--sent", "--json")
    assert settled.object["state"] == "done"
    lost = desk.relance("outbox", "settle", str(unknown[1]["key"]), "--not-sent", "--json")
    assert lost.object["state"] == "dropped"
    before = len(server.received)
    desk.relance("run", "--once", today=TODAY + timedelta(days=9))
    again = {e.rcpt_tos[0] for e in server.received[before:]}
    assert unknown[0]["to"] in first_taken
    assert unknown[0]["to"] not in again
    assert unknown[1]["to"] in again


def test_a_mail_server_that_is_away_is_left_alone_and_all_waits(desk: Desk) -> None:
    through_smtp(desk, 9)
    result = desk.relance("run", "--once", "--json")
    assert result.code == 1
    assert 0 < result.object["delivered"]["failed"] <= 3
    assert {o["state"] for o in desk.relance("outbox", "list", "--json").objects} <= {"ready", "approval"}


def test_reminders_leave_through_the_host_and_stand_in_the_chatter_once(desk: Desk) -> None:
    desk.edit('via = "folder"', 'via = "host"')
    report = desk.relance("run", "--once", "--json")
    assert report.code == 0, report.err
    mails = list(desk.ledger.mails)
    assert report.object["delivered"]["sent"] == len(mails) > 0
    assert all(mail.to for mail in mails)
    assert desk.relance("run", "--once", "--json").object["delivered"]["sent"] == 0
    assert len(list(desk.ledger.mails)) == len(mails)


def test_an_invoice_that_was_printed_goes_with_the_mail_that_odoo_sends(desk: Desk) -> None:
    desk.edit('via = "folder"', 'via = "host"')
    desk.edit("# attach_invoices", "attach_invoices")
    for document in desk.ledger.documents():
        name = f"{document.number.replace('/', '_')}.pdf"
        file = desk.ledger.attach(document, name, pdf(document.number), "application/pdf")
        file.held_by = "invoice_pdf_report_file"
    report = desk.relance("run", "--once", "--json")
    assert report.code == 0, report.err
    sent = [note for note in desk.ledger.notes if note.recipients]
    assert len(sent) == report.object["delivered"]["sent"] > 0
    first = [note.attachments[0] for note in sent]
    assert all(file.content.startswith(b"%PDF") and file.name.endswith(".pdf") for file in first)
    number = sent[0].subject.number
    told = [o for o in desk.relance("show", number, "--json").objects if o["event"] == "reminder_sent"]
    assert told[0]["attached"] >= 1


def test_a_host_that_takes_the_message_and_loses_the_answer_sends_it_once(desk: Desk) -> None:
    desk.edit('via = "folder"', 'via = "host"')
    desk.sandbox.faults.arm("lost_after", "*message_post*", times=1)
    desk.relance("run", "--once")
    desk.relance("run", "--once", today=TODAY + timedelta(days=1))
    titles = [(m.to, m.subject, m.body) for m in desk.ledger.mails]
    assert titles
    assert len(titles) == len(set(titles))
    assert len({m.token for m in desk.ledger.mails}) == len(list(desk.ledger.mails))
