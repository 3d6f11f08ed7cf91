"""Values to JSON text and back; names as they are searched."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import StoreError
from connector.model import (
    Allocation,
    AllocationSource,
    Attachment,
    Customer,
    Invoice,
    InvoiceState,
    Kind,
    Message,
    Person,
)
from connector.store import codec
from tests.builders import customer, invoice
from tests.contract.test_store_base import message

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False)
_ALLOCATIONS = st.builds(
    Allocation,
    _TEXT,
    st.sampled_from(AllocationSource),
    _AMOUNTS,
    st.dates(),
    st.none() | st.integers(0, 9),
    _TEXT,
)
_INVOICES = st.builds(
    invoice,
    number=_TEXT,
    issued_on=st.dates(),
    total=_AMOUNTS,
    state=st.sampled_from(InvoiceState),
    salesperson=st.none() | st.builds(Person, _TEXT, _TEXT, st.none() | _TEXT),
    allocations=st.lists(_ALLOCATIONS, max_size=2).map(tuple),
    products=st.lists(_TEXT, max_size=3).map(tuple),
)


class TestFacts:
    @given(_INVOICES)
    def test_an_invoice_of_any_shape_comes_back_equal(self, fact: Invoice) -> None:
        back = codec.load_fact(Kind.INVOICE, "i", codec.dump_fact(Kind.INVOICE, fact))
        assert back == fact
        assert str(back.total) == str(fact.total), "to the last zero"

    def test_what_is_damaged_names_the_record_and_not_its_content(self) -> None:
        text = codec.dump_fact(Kind.CUSTOMER, customer(name="Exemple SARL")).replace("true", '"maybe so"', 1)
        with pytest.raises(StoreError, match="damaged customer c1") as caught:
            codec.load_fact(Kind.CUSTOMER, "c1", text)
        assert "Exemple" not in str(caught.value)
        assert "maybe" not in str(caught.value)

    def test_a_field_that_came_later_takes_its_default(self) -> None:
        text = codec.dump_fact(Kind.INVOICE, invoice()).replace('"no_reminders":false,', "")
        assert "no_reminders" not in text
        assert codec.load_fact(Kind.INVOICE, "i1", text) == invoice()

    def test_an_invoice_that_was_kept_before_products_were_read_names_none(self) -> None:
        text = codec.dump_fact(Kind.INVOICE, invoice()).replace(',"products":[]', "")
        assert "products" not in text
        assert codec.load_fact(Kind.INVOICE, "i1", text) == invoice()

    def test_lone_surrogates_are_replaced_at_any_depth(self) -> None:
        person = replace(customer().contacts[0], name="A\udfff")
        fact = customer(name="B\ud800", contacts=(person,), tags=frozenset({"\ud800"}))
        back: Customer = codec.load_fact(Kind.CUSTOMER, "c1", codec.dump_fact(Kind.CUSTOMER, fact))
        assert (back.name, back.contacts[0].name, back.tags) == ("B\ufffd", "A\ufffd", frozenset({"\ufffd"}))


class TestItems:
    @given(st.binary(), _TEXT)
    def test_bytes_and_text_of_a_message_come_back_equal(self, content: bytes, text: str) -> None:
        whole: Message = message(text=text, attachments=(Attachment("a.pdf", "application/pdf", content),))
        assert codec.load_item("message", "m1", codec.dump_item(whole)[1]) == whole


class TestNames:
    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("  Société   Générale ", "societe generale"),
            ("ŒUVRES D’ÉTÉ", "oeuvres d'ete"),
            ("Straße", "strasse"),
            ("Łódź Ørsted Æther", "lodz orsted aether"),
            ("İstanbul", "istanbul"),
            ("ﬁ ①", "fi 1"),
            ("株式会社", "株式会社"),
        ],
    )
    def test_a_name_is_searched_without_case_or_accents(self, name: str, key: str) -> None:
        assert codec.name_key(name) == key

    @given(st.text(max_size=30))
    def test_a_key_is_its_own_key(self, name: str) -> None:
        assert codec.name_key(codec.name_key(name)) == codec.name_key(name)
