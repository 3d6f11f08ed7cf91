"""Which PDFs go with a message, and under which names."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.model import Attachment, Invoice, Kind, Ref
from connector.pipeline.enclosing import MOST_BYTES, MOST_FILES, chosen, file_name, open_invoices
from connector.testing import a_message
from tests.builders import account, credit_note, invoice, paid

PDF = b"%PDF-1.7 made up"


def files(*invoices: Invoice, content: bytes = PDF) -> dict[Ref, Attachment]:
    return {Ref(Kind.INVOICE, i.ref): Attachment(f"{i.ref}.pdf", "text/html", content) for i in invoices}


def test_the_open_invoices_of_a_message_come_with_the_most_overdue_first() -> None:
    late, later, settled = invoice("i1", due=-3), invoice("i2", due=-30), paid(invoice("i3", due=-60))
    other = invoice("i4", due=-90)
    whole = account(late, later, settled, other, credit_note("i5"))
    about = a_message(invoice_refs=("i1", "i2", "i3", "i5"))
    assert [each.ref for each in open_invoices(about, whole)] == ["i2", "i1"]


def test_what_is_owed_on_counts_and_not_the_first_due_date() -> None:
    early = invoice("i1", due=-60)
    (part,) = early.installments
    settled, coming = part, invoice("x", due=5).installments[0]
    parts = (replace(settled, residual=Decimal(0)), replace(coming, position=1))
    split = replace(early, installments=parts)
    about = a_message(invoice_refs=("i1", "i2"))
    assert [i.ref for i in open_invoices(about, account(split, invoice("i2", due=-1)))] == ["i2", "i1"]


def test_a_file_is_taken_for_the_pdf_that_it_is_and_nothing_else_is_taken() -> None:
    good, bad = invoice("i1"), invoice("i2")
    found = files(good) | files(bad, content=b"<html>%PDF-1.7")
    assert chosen((good, bad), found) == (Attachment("i1.pdf", "application/pdf", PDF),)


def test_no_more_than_ten_files_go() -> None:
    many = tuple(invoice(f"i{n:02}") for n in range(MOST_FILES + 3))
    taken = chosen(many, files(*many))
    assert [file.name for file in taken] == [f"i{n:02}.pdf" for n in range(MOST_FILES)]


def test_a_file_for_which_there_is_no_room_is_left_out_and_a_smaller_one_goes() -> None:
    first, large, small = invoice("i1"), invoice("i2"), invoice("i3")
    half = PDF + bytes(MOST_BYTES // 2)
    found = files(first, large, content=half) | files(small)
    taken = chosen((first, large, small), found)
    assert [file.name for file in taken] == ["i1.pdf", "i3.pdf"]
    assert sum(len(file.content) for file in taken) <= MOST_BYTES


@pytest.mark.parametrize(
    ("name", "harmless"),
    [
        ("Facture n° 12 été.pdf", "Facture n° 12 été.pdf"),
        ("INV_2026_00001.PDF", "INV_2026_00001.pdf"),
        ("../../etc/passwd", "etc_passwd.pdf"),
        ("C:\\temp\\run.exe", "C_temp_run.exe.pdf"),
        ("a\r\nBcc: x@example.com\r\n.pdf", "a Bcc_ x@example.com.pdf"),
        ("facture\u202efdp.exe", "facture fdp.exe.pdf"),
        ('"; rm "*".pdf', "rm.pdf"),
        ("  ...  ", "FAC-2026_7.pdf"),
        ("", "FAC-2026_7.pdf"),
        (".pdf", "FAC-2026_7.pdf"),
        ("x" * 500 + ".pdf", "x" * 80 + ".pdf"),
        ("lone \udcff.pdf", "lone.pdf"),
    ],
)
def test_a_name_from_the_host_does_no_harm(name: str, harmless: str) -> None:
    assert file_name(name, "FAC-2026/7") == harmless


def test_two_files_of_one_name_are_told_apart() -> None:
    one, two = invoice("i1", number="7"), invoice("i2", number="7")
    found = {ref: Attachment("", "application/pdf", PDF) for ref in files(one, two)}
    assert [file.name for file in chosen((one, two), found)] == ["7.pdf", "7-2.pdf"]


def test_an_invoice_whose_number_says_nothing_has_a_name_all_the_same() -> None:
    assert file_name("", "///") == "invoice.pdf"
