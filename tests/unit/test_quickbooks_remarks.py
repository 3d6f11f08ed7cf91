"""Orders that people write into private notes of invoices and into the notes of customers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.hosts.quickbooks.private_note import with_line
from connector.hosts.quickbooks.remarks import Remarks
from connector.model import Kind

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SAVED = "2026-11-19T23:10:00-08:00"
COMPANY = {"id": "company/1", "name": "Exemple SARL", "email": None}


class Desk:
    """A company whose records are read again and again."""

    def __init__(self) -> None:
        self.memo: dict[str, str] = {}
        self.asked: list[tuple[set[str], str]] = []

    def numbered(self, numbers: Collection[str], customer: str) -> Mapping[str, str]:
        self.asked.append((set(numbers), customer))
        return {"1037": "130"} if "1037" in numbers else {}

    def read(self, kind: Kind, text: str, number: str = "130") -> list[dict[str, Any]]:
        """As a new process would."""
        reader = Remarks(self.memo, lambda what: f"quickbooks.x.{what}", lambda: NOW, self.numbered)
        name = "PrivateNote" if kind is Kind.INVOICE else "Notes"
        row = {"Id": number, name: text, "MetaData": {"LastUpdatedTime": SAVED}}
        return reader.of(kind, row, COMPANY)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_order_in_a_private_note_is_about_that_invoice(desk: Desk) -> None:
    (said,) = desk.read(Kind.INVOICE, "Livré le 3\r\n#promesse 15/12\r\nmerci")
    assert said == {
        "id": "invoice/130/1",
        "on_kind": "invoice",
        "on_id": "130",
        "said_at": SAVED,
        "author": COMPANY,
        "text": "#promesse 15/12",
    }
    assert desk.asked == []


def test_an_order_in_the_notes_of_a_customer_may_name_an_invoice_of_his(desk: Desk) -> None:
    first, second = desk.read(Kind.CUSTOMER, "1037 #promise 15 Dec\n#hold 31 Dec", "24")
    assert (first["on_kind"], first["on_id"], first["text"]) == ("invoice", "130", "#promise 15 Dec")
    assert (second["on_kind"], second["on_id"], second["text"]) == ("customer", "24", "#hold 31 Dec")
    desk.read(Kind.CUSTOMER, "1037 #promise 15 Dec\n#hold 31 Dec", "24")
    assert desk.asked == [({"1037"}, "24")]  # billed once


def test_a_number_that_is_not_his_names_nothing(desk: Desk) -> None:
    (said,) = desk.read(Kind.CUSTOMER, "9999 #hold 31 Dec", "24")
    assert (said["on_kind"], said["text"]) == ("customer", "9999 #hold 31 Dec")


def test_a_figure_behind_the_sign_is_no_order(desk: Desk) -> None:
    assert desk.read(Kind.INVOICE, "PO #4711, #12 Example Street") == []
    assert desk.memo == {}


def test_what_we_wrote_ourselves_is_no_order_and_moves_none(desk: Desk) -> None:
    (before,) = desk.read(Kind.INVOICE, "#promesse 15/12")
    noted = with_line("#promesse 15/12", "130", "promise/1", "Relance : promis pour le 15/12/2026 #attente")
    assert noted is not None
    assert desk.read(Kind.INVOICE, noted) == [before]


def test_an_order_keeps_its_number_when_the_text_around_it_changes(desk: Desk) -> None:
    (before,) = desk.read(Kind.INVOICE, "#attente 31/12")
    assert desk.read(Kind.INVOICE, "Vu hier\n\n#attente 31/12\nmerci") == [before]
    assert desk.read(Kind.INVOICE, "") == []
    assert desk.read(Kind.INVOICE, "#attente 31/12") == [before]  # taken out, and put back at once


def test_an_order_in_other_words_is_the_same_remark(desk: Desk) -> None:
    desk.read(Kind.INVOICE, "#attente 31/12")
    (said,) = desk.read(Kind.INVOICE, "#litige prix")
    assert (said["id"], said["text"]) == ("invoice/130/1", "#litige prix")


def test_the_void_of_an_invoice_repeats_no_order(desk: Desk) -> None:
    (before,) = desk.read(Kind.INVOICE, "#attente 31/12")
    assert desk.read(Kind.INVOICE, "Voided - #attente 31/12") == [before]


def test_records_without_orders_cost_no_look_into_the_memo(desk: Desk) -> None:
    class Counted(dict[str, str]):
        looks = 0

        def get(self, *args: Any) -> Any:
            self.looks += 1
            return super().get(*args)

    memo = Counted()
    reader = Remarks(memo, lambda what: what, lambda: NOW, desk.numbered)
    for n in range(100):
        reader.of(
            Kind.INVOICE,
            {"Id": str(n), "PrivateNote": "rien", "MetaData": {"LastUpdatedTime": SAVED}},
            COMPANY,
        )
    assert memo.looks == 0
