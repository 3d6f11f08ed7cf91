"""The PDFs that Odoo keeps of its invoices: nothing is rendered for us, since no public method does that.

From 17 on an invoice knows the one that was printed or sent. Before, and where it knows none, it is looked
for among its attachments, by its name. There lies what anybody has put there: a file that came by mail from
outside is not taken for the invoice, whatever it is called.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.hosts.odoo import domains
from connector.hosts.odoo.reading import Reader
from connector.model import Attachment, Kind, Ref
from connector.ports import LARGEST_DOCUMENT

Row = dict[str, Any]

PDF = "application/pdf"
_FACTS = ("name", "mimetype", "file_size", "res_model", "res_id")
#: Bytes of files that one answer may hold, when they are several.
_AT_ONCE = 2 * LARGEST_DOCUMENT
_WORD = re.compile(r"[^\W\d_]+_")  # before the number: Invoice_, Facture_


@dataclass(frozen=True, slots=True)
class Documents:
    """All methods raise HostError."""

    reader: Reader

    def of(self, refs: Collection[Ref]) -> dict[Ref, Attachment]:
        """See ``Host.documents``: three calls for those that know their PDF and are not large, two more where
        it is looked for."""
        ids = sorted({int(ref.id) for ref in refs if ref.kind is Kind.INVOICE and ref.id.isdigit()})
        invoices = self._invoices(ids) if ids else []
        chosen = self._known(invoices)
        chosen |= self._found([row for row in invoices if row["id"] not in chosen])
        contents = self._contents(list(chosen.values()))
        return {
            Ref(Kind.INVOICE, str(invoice)): Attachment(str(row["name"] or ""), PDF, contents[row["id"]])
            for invoice, row in chosen.items()
            if row["id"] in contents
        }

    def _invoices(self, ids: list[int]) -> list[Row]:
        own = ("invoice_pdf_report_id",) if self.reader.client.version.keeps_pdf else ()
        ours = domains.documents(self.reader.company_id)
        posted = [["id", "in", ids], ["state", "=", "posted"], *ours]
        return self.reader.ask("account.move", posted, ("name", *own))

    def _known(self, invoices: Sequence[Row]) -> dict[int, Row]:
        """The file that each invoice names itself, by invoice."""
        named = {file: row["id"] for row in invoices if (file := row.get("invoice_pdf_report_id"))}
        # a domain by id: Odoo hides the files that a field of a record holds from all other searches
        rows = self._files([["id", "in", sorted(named)]]) if named else []
        return {named[row["id"]]: row for row in rows if _is_ours(row, named[row["id"]])}

    def _found(self, invoices: Sequence[Row]) -> dict[int, Row]:
        """The newest file of each invoice that is called like it."""
        numbers = {row["id"]: str(row["name"] or "") for row in invoices}
        on = [["res_model", "=", "account.move"], ["res_id", "in", sorted(numbers)]]
        rows = self._files([*on, ["mimetype", "=", PDF]]) if numbers else []
        named = [row for row in rows if is_called(str(row["name"]), numbers.get(row["res_id"], ""))]
        foreign = self._from_outside(named)
        return {row["res_id"]: row for row in named if row["id"] not in foreign}  # by id: the newest last

    def _files(self, domain: list[Any]) -> list[Row]:
        rows = self.reader.ask("ir.attachment", domain, _FACTS)
        return [row for row in rows if row["mimetype"] == PDF and 0 < row["file_size"] <= LARGEST_DOCUMENT]

    def _from_outside(self, files: Sequence[Row]) -> set[int]:
        """Those that came with a message which no colleague wrote."""
        ids = {row["id"] for row in files}
        if not ids:
            return set()
        fields = ("attachment_ids", "message_type", "author_id")
        messages = self.reader.ask("mail.message", [["attachment_ids", "in", sorted(ids)]], fields)
        colleagues = self.reader.known.colleagues()
        strange = (m for m in messages if m["message_type"] == "email" or m["author_id"] not in colleagues)
        return {file for message in strange for file in message["attachment_ids"]} & ids

    def _contents(self, files: Sequence[Row]) -> dict[int, bytes]:
        found = {}
        for part in _parts(files):
            ids = [row["id"] for row in part]
            for row in self.reader.ask("ir.attachment", [["id", "in", ids]], ("datas",)):
                content = _bytes(row["datas"])
                if content and len(content) <= LARGEST_DOCUMENT:
                    found[row["id"]] = content
        return found


def is_called(file: str, number: str) -> bool:
    """Whether a file is called by that number, as Odoo calls it: ``INV_2026_00001.pdf`` for INV/2026/00001,
    or with a word before it. One that was detached, or is a pro forma, has more in its name."""
    wanted, stem = _plain(number), _plain(file.removesuffix(".pdf"))
    return bool(wanted) and wanted in {stem, _WORD.sub("", stem, count=1)}


def _plain(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_").casefold()


def _is_ours(row: Mapping[str, Any], invoice: int) -> bool:
    return bool(row["res_model"] == "account.move" and row["res_id"] == invoice)


def _parts(files: Sequence[Row]) -> Iterator[list[Row]]:
    """As many files together as one answer may hold."""
    part: list[Row] = []
    for row in sorted(files, key=lambda row: row["id"]):
        if part and sum(each["file_size"] for each in (*part, row)) > _AT_ONCE:
            yield part
            part = []
        part.append(row)
    if part:
        yield part


def _bytes(text: object) -> bytes | None:
    try:
        return base64.b64decode(str(text or ""), validate=True)
    except (ValueError, binascii.Error):
        return None
