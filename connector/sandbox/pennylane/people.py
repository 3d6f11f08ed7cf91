"""What people do in Pennylane that no ledger knows, and what a test wants to see there.

Everything else they do is an act of the ledger: ``pay``, ``credit``, ``unreconcile``, ``note_customer`` …
"""

from __future__ import annotations

import html
from typing import TypeVar

from connector.sandbox.nouns import Attachment, Document, Entry, Party, Payment
from connector.sandbox.pennylane.stage import Stage
from connector.sandbox.pennylane.values import CUSTOMERS, ENTRIES

R = TypeVar("R")


class People:
    """Documents are named by their number, or by themselves. Raises LedgerError when there is none."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    # ------------------------------------------------------------------ acts

    def archive(self, number: str | Document) -> None:
        """Put an invoice away: it is neither late nor upcoming any more."""
        with self._stage.ledger.lock:
            found = self._stage.ledger.document(number)
            self._stage.write(found)
            self._stage.extras.archived[found.serial] = found.written_at

    def leave_incomplete(self, number: str | Document) -> None:
        """An imported invoice whose information is missing: it says what remains whatever was paid."""
        with self._stage.ledger.lock:
            found = self._stage.ledger.document(number)
            self._stage.extras.incomplete.add(found.serial)
            self._stage.write(found)

    def hold_pdf(self, number: str | Document, *, held: bool = True) -> None:
        """The PDF is not made yet: no link, and ``send_by_email`` answers 409."""
        with self._stage.ledger.lock:
            found = self._stage.ledger.document(number)
            (self._stage.extras.pdf_held.add if held else self._stage.extras.pdf_held.discard)(found.serial)

    def assign(self, payment: Payment, customer: Party | None) -> None:
        """Say who paid a transaction, or that nobody knows."""
        with self._stage.ledger.lock:
            self._stage.assign(payment, customer)

    # ------------------------------------------------------------------ what is there

    def comments(self, number: str | Document) -> list[str]:
        """The comments under an invoice, oldest first, as plain text. The API lists none."""
        ledger = self._stage.ledger
        with ledger.lock:
            notes = ledger.notes_by_subject.get(id(ledger.document(number)), ())
            found = [one.body for one in notes if one.kind == "comment"]
        return [html.unescape(one.removeprefix("<p>").removesuffix("</p>")) for one in found]

    def appendices(self, number: str | Document) -> list[Attachment]:
        with self._stage.ledger.lock:
            found = self._stage.ledger.document(number)
            return [one for one in self._stage.ledger.attachments if one.subject is found]

    @staticmethod
    def id_of(record: Entry | Party) -> int:
        """The id over there of an invoice, a credit note, a payment (its transaction) or a customer."""
        return (CUSTOMERS if isinstance(record, Party) else ENTRIES).of(record.serial)

    def document_of(self, number: int | str) -> Document:
        """The invoice or credit note of that id. Raises KeyError."""
        found = self._stage.ledger.entries.get(ENTRIES.serial(int(number)))
        if not isinstance(found, Document):
            raise KeyError(number)
        return found

    def customer_of(self, number: int | str) -> Party:
        """The customer of that id. Raises KeyError."""
        found = self._stage.ledger.parties.get(CUSTOMERS.serial(int(number)))
        if found is None:
            raise KeyError(number)
        return found
