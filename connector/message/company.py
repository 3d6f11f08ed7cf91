"""What the company says of itself in a message."""

from __future__ import annotations

from dataclasses import dataclass

from connector.model import Party


@dataclass(frozen=True, slots=True)
class CompanyText:
    """The sender, as the reader sees it. ``language`` is that of the company's own journal (notes)."""

    id: str
    name: str
    sender: Party
    language: str  # ISO 639-1
    country: str | None = None  # ISO 3166-1 alpha-2; the law that a formal notice may quote depends on it
    reply_to: Party | None = None
    signature: str = ""  # the person or desk who signs; empty: the company's name
    phone: str | None = None
    address: tuple[str, ...] = ()  # lines
    legal_line: str | None = None  # legal form, capital, registry: what the law wants on a letter
    iban: str | None = None
    bic: str | None = None
    payment_url: str | None = None  # a page where anything can be paid; an invoice's own link goes first
    notice_days: int = 8  # the time that a formal notice leaves, in days after it is received
