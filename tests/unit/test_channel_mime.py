"""A message as e-mail: what a mail program will find in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector.channels.mime import address_of, to_mime
from connector.errors import Undeliverable
from connector.escape import one_line
from connector.model import Attachment, Message, Party
from connector.testing import a_message

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def arrived(message: Message) -> EmailMessage:
    """The message as the other side reads it."""
    return message_from_bytes(to_mime(message, NOW).as_bytes(), policy=policy.default)  # type: ignore[return-value]


def test_a_mail_carries_text_and_html_and_says_that_a_machine_wrote_it():
    message = replace(a_message(), reply_to=Party("Recouvrement", "reply@example.com"))
    mail = arrived(message)
    assert mail.get_content_type() == "multipart/alternative"
    assert mail.get_body(("plain",)).get_content().splitlines() == message.text.splitlines()
    assert mail.get_body(("html",)).get_content().strip() == message.html
    assert mail["Message-ID"] == message.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Mon, 23 Nov 2026 08:00:00 +0000"
    assert mail["Reply-To"] == "Recouvrement <reply@example.com>"
    assert mail["Subject"] == message.subject


def test_a_mail_is_plain_ascii_on_the_wire():
    assert to_mime(replace(a_message(), text="é" * 2000), NOW).as_bytes().isascii()


def test_an_attachment_arrives_with_its_name_and_type():
    pdf = Attachment("Facture n° 1.pdf", "application/pdf", b"%PDF-1.7")
    (part,) = arrived(replace(a_message(), attachments=(pdf,))).iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == (pdf.name, pdf.media_type)
    assert part.get_content() == pdf.content


@example("0000000000" + 10 * "\xa0" + "ࠀ𐀀𐀀 𐀀")  # spoiled after "To:", not after "Reply-To:"
@given(st.text(max_size=200).map(one_line))
def test_a_name_arrives_whole_or_not_at_all(name):
    try:
        mail = arrived(replace(a_message(), recipient=Party(name, "claire@exemple.example")))
    except Undeliverable:
        return
    (to,) = mail["To"].addresses
    assert to.addr_spec == "claire@exemple.example"
    assert to.display_name in (name, "")


@pytest.mark.parametrize(
    "name", ["Exemple, Fils & Cie", 'Élodie "Lolo" Modèle', "compta@evil.example", "a;b:c"]
)
def test_a_name_with_signs_is_quoted(name):
    (to,) = arrived(replace(a_message(), recipient=Party(name, "claire@exemple.example")))["To"].addresses
    assert (to.display_name, to.addr_spec) == (name, "claire@exemple.example")


def test_a_domain_with_accents_is_written_in_ascii():
    assert address_of(Party("x", "claire@société.example")) == "claire@xn--socit-esab.example"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "claire",
        "a@b@c.example",
        "a b@c.example",
        "a@c.example\nBcc: x@y.example",
        "a@c.example, b@d.example",
        "<a@b>",
    ],
)
def test_what_is_not_one_address_cannot_leave(address):
    with pytest.raises(Undeliverable):
        to_mime(replace(a_message(), recipient=Party("x", address)), NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Relance\r\nBcc: x@evil.example"},
        {"recipient": Party("x\nBcc: y@evil.example", "a@c.example")},
        {"sender": Party("x\r\nBcc: y@evil.example", "a@c.example")},
        {"message_id": "<a@b>\r\nBcc: y@evil.example"},
        {"language": "fr\nBcc: y@evil.example"},
    ],
)
def test_a_line_break_in_a_header_cannot_leave(changes):
    with pytest.raises(Undeliverable):
        to_mime(replace(a_message(), **changes), NOW)
