"""The words of our answers in the host (``templates/<language>/obeyed.toml``); what is foreign is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from connector.escape import one_line
from connector.resources import words
from connector.wording import fill


def line(language: str, table: str, name: str, /, **figures: object) -> str:
    """One sentence as plain text, by the rules of ``wording.fill``; empty when a figure is missing."""
    return fill(str(_table(language)[table][name]), figures, language)


def knows(language: str, table: str, name: str) -> bool:
    """True when there is a sentence of that name."""
    return name in _table(language)[table]


def confirmed_promise(language: str, on: date, amount: Decimal | None) -> str:
    """The order that says once more, and for good, what needs a second word."""
    day = f"{on:%d/%m/%Y}" if language == "fr" else on.isoformat()
    money = "" if amount is None else f" {amount.normalize():f}"
    money = money.replace(".", ",") if language == "fr" else money
    return str(_table(language)["ask"]["promise"]).replace("{day}", day).replace("{amount}", money)


def html(lines: Iterable[str]) -> str:
    """Plain lines as paragraphs; what is HTML already stays what it is."""
    parts = (text if isinstance(text, Markup) else Markup("<p>{}</p>").format(text) for text in lines if text)
    return str(Markup("").join(parts))


def quoted(text: str, most: int = 120) -> str:
    """What somebody wrote, on one line of bounded length."""
    short = one_line(text)
    return short if len(short) <= most else f"{short[:most]}…"


def _table(language: str) -> Mapping[str, Any]:
    return words(language, "obeyed")
