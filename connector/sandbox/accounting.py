"""The accounting acts: invoice, post, receive, allocate, credit, take back, cancel, delete."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Concatenate, ParamSpec, TypeVar

from connector.sandbox.books import Books
from connector.sandbox.nouns import (
    CENT,
    ZERO,
    Company,
    Currency,
    Document,
    DocumentKind,
    Entry,
    Line,
    LineRole,
    Party,
    Payment,
    Terms,
    User,
)

P = ParamSpec("P")
T = TypeVar("T")
B = TypeVar("B", bound=Books)


class LedgerError(Exception):
    """The books refuse an act. The message says which record, why, and what to do instead."""


def act(method: Callable[Concatenate[B, P], T]) -> Callable[Concatenate[B, P], T]:
    """One act at a time, whoever acts: a served request or a person in the same process."""

    @functools.wraps(method)
    def locked(books: B, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with books.lock:
            return method(books, *args, **kwargs)

    return locked


class Accounting(Books):
    """Amounts are positive ``Decimal`` in the document's currency; ``on`` defaults to the sandbox's today."""

    # ------------------------------------------------------------------ finding

    def document(self, number: str | Document) -> Document:
        """The invoice or credit note of that number. Raises LedgerError when there is none."""
        found = number if isinstance(number, Document) else self.entries_by_number.get(number)
        if not isinstance(found, Document) or found.serial not in self.entries:
            raise LedgerError(f"no invoice or credit note {number!r} in the sandbox: list ledger.documents()")
        return found

    def customer(self, name: str | Party) -> Party:
        """The party of exactly that name. Raises LedgerError when there is none."""
        if isinstance(name, Party):
            return name
        for party in self.parties:
            if party.name == name:
                return party
        raise LedgerError(f"nobody is called {name!r} in the sandbox: list ledger.customers()")

    def customers(self) -> list[Party]:
        """Those who owe or could: no contacts, no people of ours."""
        return [
            party for party in self.parties if party.is_customer and party.active and party.payer is party
        ]

    # ------------------------------------------------------------------ writing documents

    @act
    def invoice(
        self,
        customer: str | Party,
        total: Decimal,
        *,
        on: date | None = None,
        terms: Terms | None = None,
        company: Company | None = None,
        currency: str = "EUR",
        reference: str = "",
        salesperson: User | None = None,
        label: str = "Prestation d’exemple",
        post: bool = True,
    ) -> Document:
        """A new invoice; with ``post=False`` a draft without number."""
        document = self._write(
            "invoice", self.customer(customer), total, on or self.clock.today, terms, company,
            self.currencies[currency], reference, salesperson, label,
        )  # fmt: skip
        if post:
            self._post(document, self.clock.tick())
        return document

    @act
    def post(self, document: Document) -> str:
        """Give a draft its number. Returns it."""
        if document.state != "draft":
            raise LedgerError(f"{document.number} is {document.state}: only a draft can be posted")
        self._post(document, self.clock.tick())
        return document.number

    @act
    def credit(
        self,
        number: str | Document,
        amount: Decimal | None = None,
        *,
        on: date | None = None,
        apply: bool = True,
    ) -> Document:
        """A posted credit note on an invoice, of what is open by default, set against it if ``apply``."""
        invoice = self._posted(number)
        wanted = invoice.open_amount if amount is None and apply else amount or invoice.total
        if not ZERO < wanted <= invoice.total:
            raise LedgerError(
                f"{invoice.number}: cannot credit {wanted} of {invoice.total}; name an amount within it"
            )
        note = self._write(
            "credit_note", invoice.customer, wanted, on or self.clock.today, None, invoice.company,
            invoice.currency, f"Reversal of: {invoice.number}", invoice.salesperson, "Avoir d’exemple",
        )  # fmt: skip
        note.corrects = invoice
        invoice.corrections.append(note)
        self._post(note, self.clock.tick())
        if apply:
            self._set_against(note.due_lines, invoice.due_lines)
        return note

    @act
    def credit_customer(self, customer: str | Party, amount: Decimal, *, on: date | None = None,
                        company: Company | None = None, currency: str = "EUR") -> Document:  # fmt: skip
        """An open credit note that no invoice asked for."""
        note = self._write(
            "credit_note", self.customer(customer), amount, on or self.clock.today, None, company,
            self.currencies[currency], "", None, "Avoir d’exemple",
        )  # fmt: skip
        self._post(note, self.clock.tick())
        return note

    # ------------------------------------------------------------------ money

    @act
    def receive(
        self, customer: str | Party, amount: Decimal, *, on: date | None = None,
        company: Company | None = None, currency: str = "EUR", memo: str = "VIREMENT SANS REFERENCE",
    ) -> Payment:  # fmt: skip
        """Money in the bank, not allocated to anything."""
        if amount <= 0:
            raise LedgerError(f"cannot receive {amount}: name a positive amount")
        party = self.customer(customer).payer
        company = company or next(iter(self.companies))
        journal, day = self.journal(company, "bank"), on or self.clock.today
        now = self.clock.tick()
        payment = Payment(
            self.entries.next(), company, journal, self.currencies[currency], party, day,
            self.user("admin"), now, now, self.next_number(journal.code, day.year), "posted", memo,
            payment_serial=self.payments.next(), memo=memo,
        )  # fmt: skip
        self._line(payment, "bank", f"Manual Payment: {memo}", amount, now)
        self._line(payment, "due", f"Manual Payment: {memo}", -amount, now)
        self.keep_entry(payment)
        return payment

    @act
    def apply(self, credit: Payment | Document, number: str | Document) -> Decimal:
        """Set a payment or credit note against an invoice, installment by installment. Returns how much
        fitted.
        """
        return self._set_against(credit.due_lines, self._posted(number).due_lines)

    @act
    def pay(self, number: str | Document, amount: Decimal | None = None, on: date | None = None) -> Payment:
        """The customer pays an invoice: all that is open by default. What is too much stays unapplied."""
        invoice = self._posted(number)
        if amount is None and not invoice.open_amount:
            raise LedgerError(f"{invoice.number} is settled already: name an amount to overpay it")
        payment = self.receive(
            invoice.customer, amount or invoice.open_amount, on=on, company=invoice.company,
            currency=invoice.currency.code, memo=invoice.number,
        )  # fmt: skip
        self.apply(payment, invoice)
        return payment

    @act
    def unreconcile(self, number: str | Entry) -> int:
        """Take every allocation off an invoice, credit note or payment. Returns how many there were."""
        entry = self.document(number) if isinstance(number, str) else number
        return self._unreconcile(entry, self.clock.tick())

    @act
    def cancel_payment(self, payment: Payment) -> None:
        """The bank took it back: its allocations go, the invoices are open again."""
        now = self.clock.tick()
        self._unreconcile(payment, now)
        payment.state = "cancelled"
        self.touch(payment, now)

    # ------------------------------------------------------------------ second thoughts

    @act
    def post_late(
        self, customer: str | Party, total: Decimal, *, behind: timedelta = timedelta(minutes=5),
        on: date | None = None,
    ) -> Document:  # fmt: skip
        """A posted invoice whose transaction began ``behind`` ago: its write date is older than others seen
        since.
        """
        document = self.invoice(customer, total, on=on)
        began = self.clock.now - behind
        document.created_at = began
        self.touch(document, began)
        return document

    @act
    def reset_to_draft(self, number: str | Document) -> Document:
        """Back to draft, allocations lost, number kept."""
        document, now = self.document(number), self.clock.tick()
        self._unreconcile(document, now)
        document.state, document.blocked = "draft", False
        self.touch(document, now)
        return document

    @act
    def cancel(self, number: str | Document) -> None:
        document, now = self.document(number), self.clock.tick()
        self._unreconcile(document, now)
        document.state = "cancelled"
        self.touch(document, now)

    @act
    def delete(self, number: str | Document) -> None:
        """Gone without a trace. Only a draft or cancelled document can be."""
        document = self.document(number)
        if document.state == "posted":
            raise LedgerError(f"{document.number} is posted: reset_to_draft it before deleting it")
        self.drop_entry(document)

    @act
    def block(self, number: str | Document, *, blocked: bool = True) -> None:
        """Set or lift the host's own "do not chase" on an invoice."""
        document = self.document(number)
        document.blocked = blocked
        for line in document.due_lines:
            line.withheld = blocked
        self.touch(document, self.clock.tick())

    # ------------------------------------------------------------------ inside

    def _posted(self, number: str | Document) -> Document:
        document = self.document(number)
        if document.state != "posted":
            raise LedgerError(f"{document.number or 'this draft'} is {document.state}: post it first")
        return document

    def _write(
        self, kind: DocumentKind, customer: Party, total: Decimal, on: date, terms: Terms | None,
        company: Company | None, currency: Currency, reference: str, salesperson: User | None, label: str,
    ) -> Document:  # fmt: skip
        company = company or next(iter(self.companies))
        now = self.clock.tick()
        customer.is_customer = True  # a contact that is billed counts as one too
        document = Document(
            self.entries.next(), company, self.journal(company, "sale"), currency, customer, on,
            self.user("admin"), now, now, reference=reference, kind=kind, salesperson=salesperson,
            terms=terms or customer.payer.terms or self.terms[1],
        )  # fmt: skip
        sign = 1 if kind == "invoice" else -1
        self._line(document, "item", label, -sign * total, now)
        self._write_due_lines(document, sign * total, now)
        self.keep_entry(document)
        return document

    def _write_due_lines(self, document: Document, total: Decimal, now: datetime) -> None:
        parts = document.terms.parts if document.terms else ((100, 0),)
        left = total
        for place, (percent, days) in enumerate(parts):
            last = place == len(parts) - 1
            share = left if last else (total * percent / 100).quantize(CENT)
            left -= share
            line = self._line(document, "due", "", share, now)
            line.due_on = document.on + timedelta(days=days)

    def _line(self, entry: Entry, role: LineRole, label: str, amount: Decimal, now: datetime) -> Line:
        residual = amount if role == "due" else ZERO
        line = Line(self.lines.next(), entry, role, label, amount, residual, now, now)
        entry.lines.append(line)
        return line

    def _post(self, document: Document, now: datetime) -> None:
        if not document.number:
            prefix = document.journal.code if document.kind == "invoice" else f"R{document.journal.code}"
            document.number = self.next_number(prefix, document.on.year)
        document.state = "posted"
        due = document.due_lines
        for place, line in enumerate(due, 1):
            line.label = f"{document.number} installment #{place}" if len(due) > 1 else ""
        self.keep_number(document)
        self.touch(document, now)

    def _set_against(self, credit_lines: Iterable[Line], debits: Sequence[Line]) -> Decimal:
        now, fitted = self.clock.tick(), ZERO
        for credit in credit_lines:
            for debit in sorted(debits, key=lambda line: line.due_on or line.entry.on):
                amount = min(debit.residual, -credit.residual)
                if amount > 0:
                    self.allocate(debit, credit, amount, now)
                    fitted += amount
        return fitted

    def _unreconcile(self, entry: Entry, now: datetime) -> int:
        found = entry.allocations
        for allocation in found:
            self.deallocate(allocation, now)
        return len(found)
