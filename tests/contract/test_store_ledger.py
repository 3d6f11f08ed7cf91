"""The store's contract on the past of the ledger: what a customer has paid so far."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from connector.model import InvoiceState, Kind, Ref, SetAside
from tests.builders import customer, invoice, paid
from tests.contract.test_store_base import TODAY, OnAStore

SINCE = TODAY - timedelta(days=365)


class TestSettledInvoices(OnAStore):
    @pytest.fixture
    def address(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'store.sqlite'}"

    def settled(self, *customers: str) -> dict[str, list[str]]:
        with self.unit() as unit:
            found = unit.settled_invoices(customers or ("c1",), SINCE)
        return {ref: [item.ref for item in items] for ref, items in found.items()}

    def test_only_what_nothing_is_owed_on_any_more_is_told_by_customer(self) -> None:
        other = paid(invoice("i3", customer_ref="c2"))
        self.save(customer(), customer("c2"), paid(invoice("i1")), invoice("i2"), other)
        assert self.settled() == {"c1": ["i1"]}
        assert self.settled("c1", "c2", "c9") == {"c1": ["i1"], "c2": ["i3"]}

    def test_what_is_paid_but_not_at_the_bank_is_not_settled(self) -> None:
        self.save(customer(), invoice("i1", state=InvoiceState.IN_PAYMENT))
        assert self.settled() == {}

    def test_what_is_older_than_asked_for_is_left_out(self) -> None:
        self.save(customer(), paid(invoice("i1", due=-336)), paid(invoice("i2", due=-334)))
        assert self.settled() == {"c1": ["i2"]}

    def test_what_was_deleted_or_cannot_be_read_is_left_out(self) -> None:
        self.save(customer(), paid(invoice("i1")), paid(invoice("i2")))
        self.save(gone=(Ref(Kind.INVOICE, "i1"),))
        self.save_unreadable(SetAside(Ref(Kind.INVOICE, "i2"), "c1", "total", "not a number"))
        assert self.settled() == {}

    def test_many_customers_are_asked_for_at_once(self) -> None:
        refs = [f"c{n}" for n in range(1100)]
        self.save(*(paid(invoice(f"i-{ref}", customer_ref=ref)) for ref in refs))
        assert len(self.settled(*refs)) == len(refs)
