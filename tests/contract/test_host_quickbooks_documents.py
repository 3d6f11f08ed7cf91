"""Invoices as QuickBooks prints them, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.errors import Unavailable
from connector.model import Kind, Ref
from connector.sandbox.paper import pdf
from tests.contract.quickbooks_played import Played, playing


@pytest.fixture
def played() -> Iterator[Played]:
    with playing() as found:
        yield found


def test_each_invoice_is_one_billed_call(played: Played) -> None:
    refs = [Ref(Kind.INVOICE, ref) for ref in played.open_refs()[:3]]
    found = played.host().documents(refs)
    assert {ref: file.content for ref, file in found.items()} == {
        ref: pdf(played.invoice(ref.id).number) for ref in refs
    }
    assert played.billed == 3


def test_credit_memos_and_what_is_no_ref_of_quickbooks_cost_nothing(played: Played) -> None:
    names = ("creditmemo/73", "../customer/1", "", "1/../2")
    assert played.host().documents([Ref(Kind.INVOICE, name) for name in names]) == {}
    assert played.hosts[-1].usage.calls == 0


def test_a_server_that_stumbles_means_later(played: Played) -> None:
    played.sandbox.faults.arm("server_error", "invoice/{id}/pdf", times=9)
    with pytest.raises(Unavailable):
        played.host().documents([played.on])
