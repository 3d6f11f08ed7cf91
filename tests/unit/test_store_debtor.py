"""Who a customer is across companies, and who pays in the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.store.debtor import debtor_key
from connector.store.payers import last_payers


@pytest.mark.parametrize(
    ("registry", "vat", "country", "key"),
    [
        ("552 100 554", None, "FR", "FR:552100554"),
        ("552.100.554.00013", None, "FR", "FR:552100554"),
        ("RCS Paris 552 100 554", None, "FR", "FR:552100554"),
        (None, "FR 96 552100554", "FR", "FR:552100554"),
        ("552100554", "FR96552100554", None, "FR:552100554"),
        ("HRB 12345", "DE123456789", "DE", "DE:HRB12345"),
        (None, "de 123.456.789", "DE", "VAT:DE123456789"),
        ("N/A", "DE123456789", "DE", "VAT:DE123456789"),
        ("000 000 000", None, "FR", None),
        ("néant", "-", "FR", None),
        (None, None, None, None),
    ],
)
def test_a_debtor_is_known_by_his_company_number_else_by_his_vat_number(
    registry: str | None, vat: str | None, country: str | None, key: str | None
) -> None:
    assert debtor_key(registry, vat, country) == key


_REFS = st.sampled_from("abcdef")


@given(st.dictionaries(_REFS, st.none() | _REFS), st.sets(_REFS))
def test_a_last_payer_is_known_is_another_and_is_paid_for_by_nobody(
    links: dict[str, str | None], known: set[str]
) -> None:
    last = last_payers(links, known)
    for ref, payer in last.items():
        if payer is not None:
            assert payer in known
            assert payer != ref
            assert last.get(payer) is None
