"""What people do in a Pennylane that the sandbox plays, for the contract tests."""

from __future__ import annotations

from datetime import date

import pytest

from connector.model import Kind, Ref
from connector.sandbox.nouns import Party
from connector.sandbox.server import Sandbox


class PennylaneActs:
    """Acts on the ledger behind the sandbox. Refs are Pennylane's ids."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._ledger = sandbox.ledger
        self.people = sandbox.pennylane.people

    # the ledger ----------------------------------------------------------------------------------------
    def pay(self, invoice_ref: str) -> None:
        self._ledger.pay(self.people.document_of(invoice_ref))

    def unreconcile(self, invoice_ref: str) -> None:
        self._ledger.unreconcile(self.people.document_of(invoice_ref))

    def withdraw(self, invoice_ref: str) -> None:
        self._ledger.cancel(self.people.document_of(invoice_ref))

    def print(self, invoice_ref: str) -> None:
        """It is made with the invoice."""

    # the notes of a customer, which are the journal ------------------------------------------------------
    def say(self, on: Ref, text: str) -> str:
        """A line below what stands there; one about an invoice begins with its number."""
        customer, line = self.customer(on), text
        if on.kind is Kind.INVOICE:
            line = f"{self.people.document_of(on.id).number} {text}"
        self.note(customer, f"{customer.notes}\n{line}" if customer.notes else line)
        return f"{self.people.id_of(customer)}/{self._lines(customer)}"

    def say_again(self, ref: str, text: str) -> None:
        """Other words in the last line, which was ``ref``'s; the number before it stays."""
        customer = self.people.customer_of(ref.partition("/")[0])
        *before, last = customer.notes.split("\n")
        number = last.partition("#")[0]
        self.note(customer, "\n".join([*before, f"{number}{text}"]))

    def note(self, customer: Party, text: str) -> None:
        """Somebody saves that customer with other notes."""
        self._ledger.note_customer(customer, text)

    def customer(self, on: Ref) -> Party:
        if on.kind is Kind.CUSTOMER:
            return self.people.customer_of(on.id)
        return self.people.document_of(on.id).customer.payer

    def _lines(self, customer: Party) -> int:
        return sum("#" in line for line in customer.notes.split("\n"))

    # what nobody can do there ----------------------------------------------------------------------------
    def answer(self, on: Ref, text: str) -> str:
        pytest.skip("no message from outside arrives in Pennylane")

    def mark_done(self, task_key: str, feedback: str = "") -> None:
        pytest.skip("there are no tasks in Pennylane")

    def move_task(self, task_key: str, due_on: date) -> None:
        pytest.skip("there are no tasks in Pennylane")

    def delete_task(self, task_key: str) -> None:
        pytest.skip("there are no tasks in Pennylane")
