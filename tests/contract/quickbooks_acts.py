"""What people do in a QuickBooks that the sandbox plays, for the contract tests."""

from __future__ import annotations

from datetime import date

import pytest

from connector.model import Kind, Ref
from connector.sandbox.nouns import Document, Party
from connector.sandbox.server import Sandbox


class QuickBooksActs:
    """Acts on the ledger behind the sandbox. Refs are QuickBooks' ids; ``creditmemo/73`` of a credit note."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._ledger = sandbox.ledger
        self.people = sandbox.quickbooks.people

    # the ledger ----------------------------------------------------------------------------------------
    def pay(self, invoice_ref: str) -> None:
        self._ledger.pay(self.document(invoice_ref))

    def unreconcile(self, invoice_ref: str) -> None:
        self._ledger.unreconcile(self.document(invoice_ref))

    def withdraw(self, invoice_ref: str) -> None:
        """A void: the invoice stays, over nothing."""
        self._ledger.cancel(self.document(invoice_ref))

    def print(self, invoice_ref: str) -> None:
        """It is made with the invoice."""

    # the private note of an invoice and the notes of a customer, which people write into -------------------
    def say(self, on: Ref, text: str) -> str:
        """A line below what stands there."""
        before = self.text(on)
        self.note(on, f"{before}\n{text}" if before else text)
        orders = [line for line in self.text(on).split("\n") if "#" in line]
        return f"{on.kind.value}/{on.id}/{len(orders)}"

    def say_again(self, ref: str, text: str) -> None:
        """Other words in the last line, which was ``ref``'s."""
        kind, number, _ = ref.split("/")
        on = Ref(Kind(kind), number)
        self.note(on, "\n".join([*self.text(on).split("\n")[:-1], text]))

    def text(self, on: Ref) -> str:
        if on.kind is Kind.CUSTOMER:
            return self.customer(on).notes
        return self.people.memo(self.document(on.id))

    def note(self, on: Ref, text: str) -> None:
        """Somebody saves that invoice or customer with another note."""
        if on.kind is Kind.CUSTOMER:
            self._ledger.note_customer(self.customer(on), text)
        else:
            self.people.write_memo(self.document(on.id), text)

    def document(self, ref: str) -> Document:
        return self.people.document_of(ref.removeprefix("creditmemo/"))

    def customer(self, on: Ref) -> Party:
        if on.kind is Kind.CUSTOMER:
            return self.people.customer_of(on.id)
        return self.document(on.id).customer.payer

    # what nobody can do there ----------------------------------------------------------------------------
    def answer(self, on: Ref, text: str) -> str:
        pytest.skip("no message from outside arrives in QuickBooks")

    def mark_done(self, task_key: str, feedback: str = "") -> None:
        pytest.skip("there are no tasks in QuickBooks")

    def move_task(self, task_key: str, due_on: date) -> None:
        pytest.skip("there are no tasks in QuickBooks")

    def delete_task(self, task_key: str) -> None:
        pytest.skip("there are no tasks in QuickBooks")
