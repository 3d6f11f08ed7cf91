"""What Odoo makes of a message body: plain text escaped, HTML kept without scripts, data-* attributes and
comments.
"""

from __future__ import annotations

import html
from html.parser import HTMLParser

DROPPED = ("script", "style", "iframe", "object", "embed")
VOID = ("br", "hr", "img", "meta", "link", "input")


def plain_body(text: str) -> str:
    """``a < b`` -> ``<p>a &lt; b</p>``; line breaks stay line breaks."""
    return f"<p>{html.escape(text, quote=False)}</p>"


def html_body(text: str) -> str:
    """Sanitized HTML; text that starts with no tag is put into a paragraph."""
    if not text:
        return ""
    cleaner = _Cleaner()
    cleaner.feed(text)
    cleaner.close()
    clean = "".join(cleaner.parts)
    return clean if clean.lstrip().startswith("<") else f"<p>{clean}</p>"


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED:
            self._hidden += tag not in VOID
        elif not self._hidden:
            kept = "".join(
                f' {name}="{html.escape(value or "")}"'
                for name, value in attrs
                if _harmless(name, value or "")
            )
            self.parts.append(f"<{tag}{kept}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in DROPPED:
            self._hidden = max(0, self._hidden - 1)
        elif not self._hidden and tag not in VOID:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(html.escape(data, quote=False))


def _harmless(name: str, value: str) -> bool:
    if name.startswith(("data-", "on")):
        return False
    return not value.strip().lower().startswith(("javascript:", "vbscript:"))
