"""Which PDF of an invoice Odoo gives: the one that it made, and no other that lies there. On every version,
since only later ones know it by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.hosts.odoo.documents import is_called
from connector.model import Ref
from connector.sandbox.nouns import Document
from connector.sandbox.paper import pdf
from connector.sandbox.server import Sandbox
from tests.contract.odoo_played import Played, playing


@pytest.fixture(params=[16, 17, 18, 19])
def odoo(request: pytest.FixtureRequest) -> Iterator[Played]:
    with playing(request.param) as played:
        yield played


def document(odoo: Played) -> Document:
    found = odoo.sandbox.ledger.entries.get(int(odoo.on.id))
    assert isinstance(found, Document)
    return found


def attach(sandbox: Sandbox, on: Document, name: str, content: bytes, kind: str = "application/pdf") -> None:
    sandbox.ledger.attach(on, name, content, kind)


def given(odoo: Played) -> bytes | None:
    found = odoo.host.documents([odoo.on])
    return found[odoo.on].content if found else None


def test_an_invoice_that_was_never_printed_has_none(odoo: Played) -> None:
    assert odoo.host.documents([odoo.on]) == {}


def test_a_file_that_is_called_by_the_number_is_the_invoice_and_the_newest_counts(odoo: Played) -> None:
    on = document(odoo)
    name = on.number.replace("/", "_")
    attach(odoo.sandbox, on, f"{name}.pdf", b"%PDF old")
    attach(odoo.sandbox, on, f"Facture_{name}.pdf", b"%PDF new")
    assert given(odoo) == b"%PDF new"


@pytest.mark.parametrize("name", ["contrat.pdf", "{} (detached by Camille on 01-01).pdf", "{}_proforma.pdf"])
def test_a_file_of_another_name_is_not_the_invoice(odoo: Played, name: str) -> None:
    on = document(odoo)
    attach(odoo.sandbox, on, name.format(on.number.replace("/", "_")), b"%PDF")
    assert given(odoo) is None


def test_a_file_that_is_no_pdf_or_too_large_is_left_out(odoo: Played) -> None:
    on = document(odoo)
    name = f"{on.number.replace('/', '_')}.pdf"
    attach(odoo.sandbox, on, name, b"<html>", "text/html")
    attach(odoo.sandbox, on, name, b"%PDF" + bytes(9 * 1024 * 1024))
    assert given(odoo) is None


def test_a_file_that_came_by_mail_is_not_taken_for_the_invoice(odoo: Played) -> None:
    on = document(odoo)
    name = f"{on.number.replace('/', '_')}.pdf"
    note = odoo.sandbox.ledger.customer_writes(on, "voir les corrections")
    note.attachments.append(odoo.sandbox.ledger.attach(on, name, b"%PDF changed", "application/pdf"))
    assert given(odoo) is None
    attach(odoo.sandbox, on, name, b"%PDF ours")
    assert given(odoo) == b"%PDF ours"


def test_a_file_that_hangs_on_another_invoice_is_not_taken(odoo: Played) -> None:
    on = document(odoo)
    other = next(d for d in odoo.sandbox.ledger.entries if isinstance(d, Document) and d is not on)
    attach(odoo.sandbox, other, f"{on.number.replace('/', '_')}.pdf", b"%PDF")
    assert given(odoo) is None


def test_an_invoice_that_went_back_to_draft_is_given_no_more(odoo: Played) -> None:
    odoo.colleague.print(odoo.on.id)
    assert given(odoo)
    odoo.colleague.call("account.move", "button_draft", [int(odoo.on.id)])
    assert given(odoo) is None


def test_an_invoice_of_another_company_is_not_given(odoo: Played) -> None:
    ledger = odoo.sandbox.ledger
    foreign = [e for e in ledger.entries if isinstance(e, Document) and e.company.serial != 1]
    asked = []
    for each in foreign[:3]:
        attach(odoo.sandbox, each, f"{each.number.replace('/', '_')}.pdf", b"%PDF")
        asked.append(Ref(odoo.on.kind, str(each.serial)))
    assert asked
    assert odoo.host.documents(asked) == {}


def test_all_are_fetched_in_as_many_calls_as_one(odoo: Played) -> None:
    ledger = odoo.sandbox.ledger
    invoices = [e for e in ledger.entries if isinstance(e, Document) and e.company.serial == 1]
    posted = [e for e in invoices if e.state == "posted"][:20]
    for each in posted:
        odoo.colleague.print(str(each.serial))
    odoo.host.documents([odoo.on])  # what is learned once
    before = odoo.host.usage.calls
    found = odoo.host.documents([Ref(odoo.on.kind, str(each.serial)) for each in posted])
    assert [file.content for file in found.values()] == [pdf(each.number) for each in posted]
    assert odoo.host.usage.calls - before <= 4


@pytest.mark.parametrize(
    ("file", "number", "fits"),
    [
        ("INV_2026_00001.pdf", "INV/2026/00001", True),
        ("Invoice_INV_2026_00001.pdf", "INV/2026/00001", True),
        ("facture FAC-2026-7.pdf", "FAC/2026/7", True),
        ("INV_2026_000012.pdf", "INV/2026/00001", False),
        ("my_copy_of_INV_2026_00001.pdf", "INV/2026/00001", False),
        ("2_INV_2026_00001.pdf", "INV/2026/00001", False),
        (".pdf", "", False),
        ("x.pdf", "/", False),
    ],
)
def test_a_file_is_known_by_the_number_in_its_name(file: str, number: str, fits: bool) -> None:
    assert is_called(file, number) is fits
