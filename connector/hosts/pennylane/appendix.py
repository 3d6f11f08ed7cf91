"""Appendices of an invoice: one small PDF for each entry, known by its name.

The last resort. Whoever gets the invoice with its appendices may see them, and none can be deleted by us.
Needs fpdf2 (``pip install "relance[appendix]"``), which is imported when it is used.
"""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from connector.errors import Refused
from connector.hosts.pennylane.reading import Reader
from connector.hosts.plain_text import Item
from connector.model import Kind
from connector.ports import Written

_NO_PDF = 'appendices are made with fpdf2, which is not installed: pip install "relance[appendix]"'


@dataclass(frozen=True, slots=True)
class Appendices:
    reader: Reader

    def write(self, items: Sequence[Item], again: Collection[str], left: list[Item]) -> Iterator[Written]:
        """Put each entry beside its invoice; one whose PDF is there already is found."""
        for item in items:
            if item.on.kind is not Kind.INVOICE:
                left.append(item)
                continue
            try:
                yield Written(item.key, self._write(item))
            except Refused as refused:
                yield Written(item.key, error=refused)

    def _write(self, item: Item) -> str:
        path = f"customer_invoices/{item.on.id}/appendices"
        for row in self.reader.client.rows(path):
            if item.mark in str(row.get("filename")):
                return f"appendix/{row['id']}"
        day = self.reader.now().date().isoformat()
        made = self.reader.client.upload(
            path, f"relance-{day}-{item.mark}.pdf", pdf(f"Relance {day}", item.text), "application/pdf"
        )
        return f"appendix/{made['id'] if isinstance(made, dict) else item.mark}"


def can_be_made() -> bool:
    """Whether the library for PDFs is there."""
    try:
        importlib.import_module("fpdf")
    except ImportError:
        return False
    return True


def pdf(title: str, text: str) -> bytes:
    """A page with a title and plain text. Its fonts know Western Europe's letters alone; others become a
    question mark. Raises Refused where the library is missing."""
    try:
        fpdf: Any = importlib.import_module("fpdf")
    except ImportError:
        raise Refused(_NO_PDF) from None
    page = fpdf.FPDF(format="A4")
    page.set_title(title)
    page.add_page()
    page.set_font("Helvetica", "B", 14)
    page.multi_cell(0, 8, _western(title), new_x="LMARGIN", new_y="NEXT")
    page.set_font("Helvetica", "", 10)
    page.multi_cell(0, 5, _western(text), new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


def _western(text: str) -> str:
    """As the built-in fonts of PDF can show it."""
    known = text.replace("€", "EUR").replace("’", "'").replace("–", "-").replace("\u202f", " ")
    return known.encode("latin-1", "replace").decode("latin-1")
