"""The HTML of notes and tasks: every value is escaped, and nothing carries a style of its own.

The classes are those of Bootstrap, which Odoo's web client is made with: a note follows its light and dark
mode. Its sanitizer keeps them (and ``details`` and ``tel:``); a host that does not know them shows plain
paragraphs, lists and tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from markupsafe import Markup

from connector.escape import one_line

#: What is put in: text is escaped on the way, ``Markup`` is ours.
Piece: TypeAlias = str | Markup
_GAP = Markup(" · ")
_NO_MARKUP = Markup("")


def page(*blocks: Piece) -> str:
    """Blocks below one another; a text is a paragraph, an empty one is left out."""
    whole = _NO_MARKUP
    for block in blocks:
        if block:
            whole += block if isinstance(block, Markup) else paragraph(block)
    return str(whole)


def paragraph(*pieces: Piece, quiet: bool = False) -> Markup:
    """A paragraph of these pieces, side by side; empty when there are none."""
    said = joined(pieces, _NO_MARKUP)
    start = Markup('<p class="mb-1 text-muted">') if quiet else Markup('<p class="mb-1">')
    return start + said + Markup("</p>") if said else said


def joined(pieces: Iterable[Piece], between: Piece = _GAP) -> Markup:
    """The pieces that are not empty, with a dot between them."""
    return Markup.escape(between).join(piece for piece in pieces if piece)


def strong(text: Piece) -> Markup:
    return Markup("<b>{}</b>").format(text)


def small(text: Piece) -> Markup:
    return Markup('<span class="small text-muted">{}</span>').format(text) if text else _NO_MARKUP


def link(url: str, text: str) -> Markup:
    """A link to an address or a number that the caller has read and understood."""
    return Markup('<a href="{}">{}</a>').format(url, text)


def listed(head: Piece, rows: Sequence[Piece]) -> Markup:
    """A list under a line; empty without rows."""
    if not rows:
        return _NO_MARKUP
    items = _NO_MARKUP.join(Markup("<li>{}</li>").format(row) for row in rows)
    top = Markup('<p class="mb-0">{}</p>').format(strong(head)) if head else _NO_MARKUP
    return top + Markup('<ul class="mb-1">{}</ul>').format(items)


def fold(line: str, *blocks: Piece) -> Markup:
    """Blocks that show when somebody asks for them."""
    summary = Markup('<summary class="text-muted">{}</summary>').format(line)
    return Markup("<details>{}{}</details>").format(summary, Markup(page(*blocks)))  # noqa: S704 - escaped


def table(heads: Sequence[str], rows: Sequence[Sequence[Piece]], figures: int = 1) -> Markup:
    """A table whose last ``figures`` columns are amounts; empty without rows."""
    if not rows:
        return _NO_MARKUP
    plain = len(heads) - figures
    head = _NO_MARKUP.join(_cell("th", text, column >= plain) for column, text in enumerate(heads))
    body = _NO_MARKUP.join(
        Markup("<tr>{}</tr>").format(
            _NO_MARKUP.join(_cell("td", cell, column >= plain) for column, cell in enumerate(row))
        )
        for row in rows
    )
    return Markup(
        '<table class="table table-sm mb-1"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(head, body)


def _cell(tag: str, text: Piece, figure: bool) -> Markup:
    kind = Markup(' class="text-end text-nowrap"') if figure else _NO_MARKUP
    return Markup("<{tag}{kind}>{text}</{tag}>").format(tag=Markup(tag), kind=kind, text=text)  # noqa: S704


def short(text: str, most: int = 140) -> str:
    """Words from outside, on one line of bounded length."""
    line = one_line(text)
    return line if len(line) <= most else f"{line[:most].rstrip()}…"
