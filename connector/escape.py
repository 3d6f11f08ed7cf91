"""Text from the host is hostile: what it must go through before it stands in Markdown, a header or a link."""

from __future__ import annotations

import re
import string
import unicodedata
from urllib.parse import quote, urlsplit

from markupsafe import Markup

_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")
#: Characters that turn the direction of the text after them: a name with one can disguise an amount.
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_SPACE = re.compile(r"[ \t\n\r\f\v\u2028\u2029\u0085]+")
_SAFE_IN_LINK = "%/:=&?~#+!$,;'@-._*[]"


def one_line(text: str) -> str:
    """Return ``text`` on one line, without control characters, outer or repeated spaces. Narrow and
    no-break spaces inside stay: they belong to numbers."""
    spaced = _SPACE.sub(" ", text)
    kept = (c for c in spaced if c not in _DIRECTION and unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip(" ")


def escape_markdown(text: str) -> str:
    """Return ``text`` so that Markdown (and HTML after it) shows it as it is: every ASCII punctuation
    mark gets a backslash, which CommonMark allows, so nothing can begin a tag, link, table or entity."""
    return _PUNCTUATION.sub(r"\\\1", one_line(text))


class Text(str):
    """A string for a Markdown template: however it is put in, it is escaped on the way."""

    __slots__ = ()

    def __html__(self) -> str:
        return escape_markdown(self)


def finalize(value: object) -> object:
    """What a Markdown template does with every value before it is printed."""
    if isinstance(value, Markup):  # the output of a macro or a ``set`` block: done already
        return value
    return Markup(escape_markdown(str(value)))  # noqa: S704 - escaped just before


def web_link(url: str | None) -> str | None:
    """Return ``url`` when it is an http(s) address, made safe for a link; else None."""
    if not url:
        return None
    quoted = quote(one_line(url), safe=_SAFE_IN_LINK)
    try:
        parts = urlsplit(quoted)
    except ValueError:
        return None
    return quoted if parts.scheme in ("http", "https") and parts.netloc else None
