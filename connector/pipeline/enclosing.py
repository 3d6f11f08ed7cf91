"""The PDFs that go with a message: its invoices, as the host makes them.

They are fetched before the last look at the balances, so that nothing slow stands between that look and the
sending, and put into the message as it is handed over: the outbox does not hold them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import structlog

from connector.company import Company
from connector.errors import Conflict, RateLimited, Refused, Unavailable
from connector.model import Account, Attachment, Invoice, InvoiceKind, Kind, Message, Ref
from connector.pipeline.report import PassReport
from connector.ports import LARGEST_DOCUMENT, Ability

log = structlog.get_logger()

Files: TypeAlias = tuple[Attachment, ...]

#: What one message takes along at most: files, and bytes of them all. Mail servers refuse more.
MOST_FILES = 10
MOST_BYTES = LARGEST_DOCUMENT
#: A host that cannot give the files of so many messages in a row is left alone for the rest of the pass.
_DOWN_AFTER = 2
_LONGEST_NAME = 80
_PDF = "application/pdf"
_HEAD = b"%PDF-"
#: What a file name means to some system or other: folders, drives, patterns, quotes, headers.
_MEANT = re.compile(r'[/\\:*?"<>|;,\'`$%&=]+')


def open_invoices(message: Message, account: Account) -> tuple[Invoice, ...]:
    """The invoices of a message that something is owed on, the most overdue first."""
    mine = [
        invoice
        for invoice in account.invoices
        if invoice.ref in message.invoice_refs and invoice.kind is InvoiceKind.INVOICE and invoice.is_open
    ]
    return tuple(sorted(mine, key=lambda invoice: (_due_on(invoice), invoice.number)))


def _due_on(invoice: Invoice) -> date:
    owed = (part.due_on for part in invoice.installments if part.residual > 0)
    return min(owed, default=invoice.issued_on)


@dataclass
class Enclosing:
    """Fetches files during one walk over the messages that wait."""

    company: Company
    report: PassReport
    _failed: int = 0  # messages in a row
    _waiting: int = 0
    _why: str = ""

    @property
    def is_on(self) -> bool:
        """Whether people asked for it and the host can do it."""
        return self.company.attach_invoices and Ability.PDF in self.company.host.supports

    def fetch(self, wanted: Mapping[str, Sequence[Invoice]]) -> dict[str, Files]:
        """Return what goes with each message, by its key; ``wanted`` are its invoices, those that go first
        first. A message that is missing waits for the next pass: the host cannot give its files now.

        Raises HostError for what stops the company.
        """
        found = self._try(wanted) if len(wanted) > 1 and not self._is_down else None
        if found is None:  # one of them alone may be in the way
            found = {}
            for key, invoices in wanted.items():
                found |= (self._try({key: invoices}) or {}) if not self._is_down else {}
        self._waiting += len(wanted) - len(found)
        return found

    def tell(self) -> None:
        """Say in the report how many messages wait, and why."""
        if self._waiting:
            self.report.errors.append(
                f"{self._waiting} message(s) wait for the next pass: {self.company.host.name} cannot give the"
                f" PDFs of their invoices now ({self._why}); email.attach_invoices = false sends without"
            )

    @property
    def _is_down(self) -> bool:
        return self._failed >= _DOWN_AFTER

    def _try(self, wanted: Mapping[str, Sequence[Invoice]]) -> dict[str, Files] | None:
        try:
            found = self._packed(wanted)
        except (Unavailable, Conflict) as error:
            self._why = str(error)
            if isinstance(error, RateLimited):
                self._failed = _DOWN_AFTER
            elif len(wanted) == 1:
                self._failed += 1
            return None
        self._failed = 0
        return found

    def _packed(self, wanted: Mapping[str, Sequence[Invoice]]) -> dict[str, Files]:
        refs = {_ref(invoice) for invoices in wanted.values() for invoice in invoices[:MOST_FILES]}
        try:
            found = self.company.host.documents(sorted(refs)) if refs else {}
        except Refused as error:  # asking again will not help: better a reminder without
            log.warning("no invoices attached", company=self.company.id, why=str(error))
            found = {}
        return {key: chosen(invoices, found) for key, invoices in wanted.items()}


def chosen(invoices: Sequence[Invoice], found: Mapping[Ref, Attachment]) -> Files:
    """The files that one message takes along, under names that do no harm. What is no PDF is left out."""
    files: list[Attachment] = []
    room = MOST_BYTES
    for invoice in invoices[:MOST_FILES]:
        file = found.get(_ref(invoice))
        if file is None or not file.content.startswith(_HEAD) or len(file.content) > room:
            continue
        name = file_name(file.name, invoice.number, {one.name for one in files})
        files.append(Attachment(name, _PDF, file.content))
        room -= len(file.content)
    return tuple(files)


def file_name(name: str, number: str, taken: Collection[str] = ()) -> str:
    """Return a name for the PDF of an invoice: the host's, else its number; made of what no mail program and
    no disk takes for anything else, and other than those ``taken``."""
    stem = _plain(name) or _plain(number) or "invoice"
    found = f"{stem}.pdf"
    rank = 2
    while found in taken:
        found = f"{stem}-{rank}.pdf"
        rank += 1
    return found


def _plain(text: str) -> str:
    """A text as the stem of a file name; control and format characters (which may turn it round) go."""
    seen = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    line = _MEANT.sub("_", " ".join(seen.split()))
    if line.lower().endswith(".pdf"):
        line = line[:-4]
    return line[:_LONGEST_NAME].strip("._ -")


def _ref(invoice: Invoice) -> Ref:
    return Ref(Kind.INVOICE, invoice.ref)
